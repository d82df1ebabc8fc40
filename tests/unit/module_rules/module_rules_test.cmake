# Two modules, `low` and `high`, of which `high` uses `low`. Each case changes one thing and says
# what the rules have to answer; empty = nothing is wrong.
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
    file(WRITE "${SCRATCH}/src/main.cpp" "#include \"tickcast/high/high.hpp\"\n#include <cstdio>\n")
endfunction()

function(expect_rules name high_depends expected)
    file(WRITE "${SCRATCH}/rules.cmake"
        "cmake_minimum_required(VERSION 3.25)\ninclude(\"${RULES}\")\nset(depends_low)\n"
        "set(depends_high ${high_depends})\ntickcast_check_module_rules(\"${SCRATCH}\" low high)\n")
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
expect_rules(AsItShouldBe low "")

make_tree()
expect_rules(UsedButNotDeclared ""
    "high.hpp includes tickcast/low/low.hpp, but DEPENDS of high does not name tickcast_low")

make_tree()
file(WRITE "${SCRATCH}/include/tickcast/high/high.hpp" "")
file(APPEND "${SCRATCH}/src/main.cpp" "#include \"tickcast/low/low.hpp\"\n")
expect_rules(DeclaredButNotUsed low
    "DEPENDS of high names tickcast_low, of which it includes nothing")

make_tree()
file(APPEND "${SCRATCH}/src/low/low.cpp" "#include \"tickcast/high/high.hpp\"\n")
expect_rules(PointsUpward low
    "low.cpp includes tickcast/high/high.hpp, but DEPENDS of low does not name tickcast_high")

make_tree()
file(APPEND "${SCRATCH}/src/high/high.cpp" "#include \"low/private.hpp\"\n")
expect_rules(OthersPrivateHeader low
    "src/high/high.cpp includes low/private.hpp, which is private to low")

make_tree()
file(WRITE "${SCRATCH}/include/tickcast/low/alone.hpp" "#include \"tickcast/low/inner.hpp\"\n")
file(APPEND "${SCRATCH}/src/low/low.cpp" "#include \"tickcast/low/alone.hpp\"\n")
expect_rules(PublicForItsOwnModuleAlone low
    "alone.hpp is included by low alone: it belongs beside its source, into src/low")

file(REMOVE_RECURSE "${SCRATCH}")
