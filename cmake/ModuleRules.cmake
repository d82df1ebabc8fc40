# The rules of the house for modules (docs/ARCHITECTURE.md), read from the #include lines alone:
# - a module includes headers of itself and of the modules in its DEPENDS, and DEPENDS names no
#   others. A module can only depend on those that are declared before it, so that no include points
#   upward;
# - a header stands in include/tickcast/MODULE only if a module of another folder includes it, or a
#   header there that has to stand there; all others stand beside their sources, where no module of
#   another folder sees them.
# A folder of src/ is one module, or several: feed, feed/sim, feed/replay.
#
# tickcast_check_module_rules(root module …) fails with all faults. Of each module the variable
# depends_MODULE lists the modules in its DEPENDS. It runs while CMake configures, and as the test
# module_rules: the includes change more often than the build files.

# The modules that `file` includes by tickcast/MODULE/… (`public`) and by MODULE/… (`private`).
function(tickcast_read_includes file public_out private_out)
    file(STRINGS "${file}" lines REGEX "^#include \"[a-z0-9_]+/")
    set(public)
    set(private)
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" path "${line}")
        if(path MATCHES "^tickcast/")
            list(APPEND public "${path}")
        else()
            list(APPEND private "${path}")
        endif()
    endforeach()
    set(${public_out} "${public}" PARENT_SCOPE)
    set(${private_out} "${private}" PARENT_SCOPE)
endfunction()

# The module of a header or source at `path`, such as feed/sim/sim_feed.hpp: that of its innermost
# folder that is a module. Empty if there is none.
function(tickcast_module_of path modules out)
    get_filename_component(folder "${path}" DIRECTORY)
    while(folder AND NOT folder IN_LIST modules)
        get_filename_component(folder "${folder}" DIRECTORY)
    endwhile()
    set(${out} "${folder}" PARENT_SCOPE)
endfunction()

# Whether two modules stand in the same folder of src/.
function(tickcast_in_one_folder module other out)
    string(REGEX REPLACE "/.*" "" folder "${module}")
    string(REGEX REPLACE "/.*" "" folder_of_other "${other}")
    set(${out} FALSE PARENT_SCOPE)
    if(folder STREQUAL folder_of_other)
        set(${out} TRUE PARENT_SCOPE)
    endif()
endfunction()

# The files of a module that match one of the patterns, which are relative to `root`.
function(tickcast_files_of module modules root out)
    set(own)
    foreach(pattern IN LISTS ARGN)
        file(GLOB_RECURSE files "${root}/${pattern}")
        foreach(file IN LISTS files)
            file(RELATIVE_PATH path "${root}" "${file}")
            string(REGEX REPLACE "^(src|include/tickcast)/" "" path "${path}")
            tickcast_module_of("${path}" "${modules}" of)
            if(of STREQUAL module)
                list(APPEND own "${file}")
            endif()
        endforeach()
    endforeach()
    set(${out} "${own}" PARENT_SCOPE)
endfunction()

# Adds its arguments, joined to one text, to the caller's `faults`.
macro(tickcast_module_fault)
    string(JOIN " " fault ${ARGN})
    list(APPEND faults "${fault}")
endmacro()

function(tickcast_check_module_rules root)
    set(modules ${ARGN})
    set(faults)
    # Checks the includes of each file.
    foreach(module IN LISTS modules ITEMS main)
        set(used)
        if(module STREQUAL "main")
            set(files "${root}/src/main.cpp")
            set(depends_main ${modules})
        else()
            tickcast_files_of("${module}" "${modules}" "${root}" files "src/${module}/*.cpp"
                "src/${module}/*.hpp" "include/tickcast/${module}/*.hpp")
        endif()
        foreach(file IN LISTS files)
            file(RELATIVE_PATH shown "${root}" "${file}")
            tickcast_read_includes("${file}" public private)
            foreach(path IN LISTS public)
                string(REGEX REPLACE "^tickcast/" "" header "${path}")
                tickcast_module_of("${header}" "${modules}" other)
                tickcast_in_one_folder("${module}" "${other}" is_near)
                if(is_near AND shown MATCHES "^include/")
                    list(APPEND shown_by "${path}<${shown}")
                endif()
                if(NOT is_near)
                    list(APPEND needed "${path}")
                endif()
                list(APPEND used "${other}")
                if(NOT other STREQUAL module AND NOT other IN_LIST depends_${module})
                    tickcast_module_fault("${shown} includes ${path}, but"
                        "DEPENDS of ${module} does not name ${other}")
                endif()
            endforeach()
            foreach(path IN LISTS private)
                tickcast_module_of("${path}" "${modules}" other)
                tickcast_in_one_folder("${module}" "${other}" is_near)
                list(APPEND used "${other}")
                if(other AND NOT is_near)
                    tickcast_module_fault("${shown} includes ${path}, which is private to ${other}:"
                        "it belongs into include/tickcast/${other}")
                elseif(other AND NOT other STREQUAL module AND NOT other IN_LIST depends_${module})
                    tickcast_module_fault("${shown} includes ${path}, but"
                        "DEPENDS of ${module} does not name ${other}")
                endif()
            endforeach()
        endforeach()
        if(NOT module STREQUAL "main")
            foreach(other IN LISTS depends_${module})
                if(NOT other IN_LIST used)
                    tickcast_module_fault("DEPENDS of ${module} names ${other},"
                        "of which it includes nothing")
                endif()
            endforeach()
        endif()
    endforeach()
    # A header that other folders need also exposes the headers of its own folder that it includes.
    set(grown TRUE)
    while(grown)
        set(grown FALSE)
        foreach(edge IN LISTS shown_by)
            string(REPLACE "<include/" ";" pair "${edge}")
            list(GET pair 0 path)
            list(GET pair 1 by)
            if(by IN_LIST needed AND NOT path IN_LIST needed)
                list(APPEND needed "${path}")
                set(grown TRUE)
            endif()
        endforeach()
    endwhile()
    foreach(module IN LISTS modules)
        tickcast_files_of("${module}" "${modules}" "${root}" headers
            "include/tickcast/${module}/*.hpp")
        foreach(header IN LISTS headers)
            file(RELATIVE_PATH path "${root}/include" "${header}")
            if(NOT path IN_LIST needed)
                tickcast_module_fault("include/${path} is included from no other folder of src/:"
                    "it belongs beside its source, into src/${module}")
            endif()
        endforeach()
    endforeach()
    if(faults)
        list(JOIN faults "\n  " text)
        message(FATAL_ERROR "The modules break the rules of cmake/ModuleRules.cmake:\n  ${text}")
    endif()
endfunction()
