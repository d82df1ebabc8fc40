# The rules of the house for modules (docs/ARCHITECTURE.md), read from the #include lines alone:
# - a module includes headers of itself and of the modules in its DEPENDS, and DEPENDS names no
#   others. A module can only depend on those that stand above it in src/CMakeLists.txt, so that no
#   include points upward;
# - a header stands in include/tickcast/MODULE only if another module includes it, or a header there
#   that has to stand there; all others stand beside their sources, where no other module sees them.
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
            file(GLOB_RECURSE files "${root}/src/${module}/*.cpp" "${root}/src/${module}/*.hpp"
                "${root}/include/tickcast/${module}/*.hpp")
        endif()
        foreach(file IN LISTS files)
            file(RELATIVE_PATH shown "${root}" "${file}")
            tickcast_read_includes("${file}" public private)
            foreach(path IN LISTS public)
                string(REGEX REPLACE "^tickcast/([^/]+)/.*" "\\1" other "${path}")
                if(other STREQUAL module)
                    if(shown MATCHES "^include/")
                        list(APPEND shown_by_${other} "${path}<${shown}")
                    endif()
                elseif(other IN_LIST depends_${module})
                    list(APPEND used "${other}")
                    list(APPEND needed "${path}")
                else()
                    tickcast_module_fault("${shown} includes ${path}, but"
                        "DEPENDS of ${module} does not name tickcast_${other}")
                endif()
            endforeach()
            foreach(path IN LISTS private)
                string(REGEX REPLACE "^([^/]+)/.*" "\\1" other "${path}")
                if(other IN_LIST modules AND NOT other STREQUAL module)
                    tickcast_module_fault("${shown} includes ${path}, which is private to ${other}:"
                        "it belongs into include/tickcast/${other}")
                endif()
            endforeach()
        endforeach()
        if(NOT module STREQUAL "main")
            foreach(other IN LISTS depends_${module})
                if(NOT other IN_LIST used)
                    tickcast_module_fault("DEPENDS of ${module} names tickcast_${other},"
                        "of which it includes nothing")
                endif()
            endforeach()
        endif()
    endforeach()
    # A header that other modules need also exposes the headers of its own module that it includes.
    foreach(module IN LISTS modules)
        set(grown TRUE)
        while(grown)
            set(grown FALSE)
            foreach(edge IN LISTS shown_by_${module})
                string(REPLACE "<include/" ";" pair "${edge}")
                list(GET pair 0 path)
                list(GET pair 1 by)
                if(by IN_LIST needed AND NOT path IN_LIST needed)
                    list(APPEND needed "${path}")
                    set(grown TRUE)
                endif()
            endforeach()
        endwhile()
        file(GLOB_RECURSE headers RELATIVE "${root}/include"
            "${root}/include/tickcast/${module}/*.hpp")
        foreach(path IN LISTS headers)
            if(NOT path IN_LIST needed)
                tickcast_module_fault("include/${path} is included by ${module} alone:"
                    "it belongs beside its source, into src/${module}")
            endif()
        endforeach()
    endforeach()
    if(faults)
        list(JOIN faults "\n  " text)
        message(FATAL_ERROR "The modules break the rules of cmake/ModuleRules.cmake:\n  ${text}")
    endif()
endfunction()
