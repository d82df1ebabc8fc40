# Three modules: `low`; `high`, which uses `low`; `high/part`, which uses `high`. Each case changes
# one thing and says what the rules have to answer; empty = nothing is wrong.
cmake_minimum_required(VERSION 3.25)

function(make_tree)
    file(REMOVE_RECURSE "${SCRATCH}")
    file(WRITE "${SCRATCH}/include/tickcast/low/inner.hpp" "")
    file(WRITE "${SCRATCH}/include/tickcast/low/low.hpp" "#include \"tickcast/low/inner.hpp\"\n")
    file(WRITE "${SCRATCH}/include/tickcast/high/high.hpp" "#include \"tickcast/low/low.hpp\"\n")
    file(WRITE "${SCRATCH}/src/low/private.hpp" "")
    file(WRITE "${SCRATCH}/src/low/low.cpp"
        "#include \"tickcast/low/low.hpp\"\n#include \"low/private.hpp\"\n")
    file(WRITE "${SCRATCH}/src/high/high.cpp" "#include \"tickcast/high/high.hpp\"\n")
    file(WRITE "${SCRATCH}/src/high/private.hpp" "")
    file(WRITE "${SCRATCH}/src/high/part/part.cpp" "#include \"high/private.hpp\"\n")
    file(WRITE "${SCRATCH}/src/main.cpp" "#include \"tickcast/high/high.hpp\"\n#include <cstdio>\n")
endfunction()

# Behind `expected`: what `high/part` depends on.
function(expect_rules name high_depends expected)
    file(WRITE "${SCRATCH}/rules.cmake"
        "cmake_minimum_required(VERSION 3.25)\ninclude(\"${RULES}\")\nset(depends_low)\n"
        "set(depends_high ${high_depends})\nset(depends_high/part ${ARGN})\n"
        "tickcast_check_module_rules(\"${SCRATCH}\" low high high/part)\n")
    execute_process(COMMAND ${CMAKE_COMMAND} -P "${SCRATCH}/rules.cmake"
        RESULT_VARIABLE result ERROR_VARIABLE said OUTPUT_QUIET)
    string(REGEX REPLACE "[ \n]+" " " said "${said}")  # CMake wraps it
    if(expected STREQUAL "" AND NOT result EQUAL 0)
        message(SEND_ERROR "${name}: nothing is wrong, but the rules said: ${said}")
    elseif(NOT expected STREQUAL "")
        string(FIND "${said}" "${expected}" at)
        if(result EQUAL 0 OR at LESS 0)
            message(SEND_ERROR "${name}: not \"${expected}\", but: ${said}")
        endif()
    endif()
endfunction()

make_tree()
expect_rules(AsItShouldBe low "" high)

make_tree()
expect_rules(UsedButNotDeclared ""
    "high.hpp includes tickcast/low/low.hpp, but DEPENDS of high does not name low" high)

make_tree()
file(WRITE "${SCRATCH}/include/tickcast/high/high.hpp" "")
file(APPEND "${SCRATCH}/src/main.cpp" "#include \"tickcast/low/low.hpp\"\n")
expect_rules(DeclaredButNotUsed low
    "DEPENDS of high names low, of which it includes nothing" high)

make_tree()
file(APPEND "${SCRATCH}/src/low/low.cpp" "#include \"tickcast/high/high.hpp\"\n")
expect_rules(PointsUpward low
    "low.cpp includes tickcast/high/high.hpp, but DEPENDS of low does not name high" high)

make_tree()
file(APPEND "${SCRATCH}/src/high/high.cpp" "#include \"low/private.hpp\"\n")
expect_rules(OthersPrivateHeader low
    "src/high/high.cpp includes low/private.hpp, which is private to low" high)

make_tree()
file(WRITE "${SCRATCH}/include/tickcast/low/alone.hpp" "#include \"tickcast/low/inner.hpp\"\n")
file(APPEND "${SCRATCH}/src/low/low.cpp" "#include \"tickcast/low/alone.hpp\"\n")
expect_rules(PublicForItsOwnModuleAlone low
    "alone.hpp is included from no other folder of src/: it belongs beside its source, into src/low"
    high)

make_tree()
expect_rules(PrivateHeaderOfItsFolderNotDeclared low
    "src/high/part/part.cpp includes high/private.hpp, but DEPENDS of high/part does not name high")

make_tree()
file(APPEND "${SCRATCH}/src/high/high.cpp" "#include \"high/part/part.hpp\"\n")
expect_rules(PointsUpwardInItsFolder low
    "src/high/high.cpp includes high/part/part.hpp, but DEPENDS of high does not name high/part" high)

make_tree()
file(WRITE "${SCRATCH}/include/tickcast/high/near.hpp" "")
file(APPEND "${SCRATCH}/src/high/part/part.cpp" "#include \"tickcast/high/near.hpp\"\n")
expect_rules(PublicForItsOwnFolderAlone low
    "near.hpp is included from no other folder of src/" high)

make_tree()
file(APPEND "${SCRATCH}/src/low/low.cpp" "#include \"high/part/part.hpp\"\n")
expect_rules(PrivateHeaderOfAnInnerModule low
    "src/low/low.cpp includes high/part/part.hpp, which is private to high/part" high)

file(REMOVE_RECURSE "${SCRATCH}")
