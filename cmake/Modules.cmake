# tickcast_module(name SOURCES a.cpp … DEPENDS other …): one static library per module. `name` is
# the module's folder: feed, feed/sim; its library is tickcast_feed, tickcast_feed_sim. DEPENDS
# names the modules that it includes, no others (ModuleRules.cmake), and the libraries.
function(tickcast_module name)
    cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
    string(REPLACE "/" "_" target "tickcast_${name}")
    add_library(${target} STATIC ${arg_SOURCES})
    target_include_directories(${target}
        PUBLIC ${PROJECT_SOURCE_DIR}/include
        PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS} PRIVATE tickcast_warnings)
    set_target_properties(${target} PROPERTIES TICKCAST_MODULE ${name})
    set(modules)
    foreach(depends IN LISTS arg_DEPENDS)
        set(other)
        if(TARGET ${depends})
            get_target_property(other ${depends} TICKCAST_MODULE)
        endif()
        if(other)
            list(APPEND modules ${other})
        elseif(depends MATCHES "^tickcast_" AND NOT TARGET ${depends})
            message(FATAL_ERROR "${name} depends on ${depends}, "
                "which does not stand above it in src/CMakeLists.txt")
        endif()
    endforeach()
    set_property(GLOBAL APPEND PROPERTY TICKCAST_MODULES ${name})
    list(JOIN modules " " modules)
    set_property(GLOBAL APPEND_STRING PROPERTY TICKCAST_MODULE_EDGES
        "set(depends_${name} ${modules})\n")
endfunction()

# Checks the rules for modules, once all modules are declared. The script that it writes is also a
# test.
function(tickcast_check_modules)
    get_property(modules GLOBAL PROPERTY TICKCAST_MODULES)
    get_property(edges GLOBAL PROPERTY TICKCAST_MODULE_EDGES)
    list(JOIN modules " " modules)
    set(script "${PROJECT_BINARY_DIR}/module_rules.cmake")
    file(CONFIGURE OUTPUT "${script}" @ONLY CONTENT
"cmake_minimum_required(VERSION 3.25)
include(\"@PROJECT_SOURCE_DIR@/cmake/ModuleRules.cmake\")
@edges@tickcast_check_module_rules(\"@PROJECT_SOURCE_DIR@\" @modules@)
")
    include("${script}")
endfunction()

# tickcast_skip_unity(file …): these name something that another file of their target names too, so
# in a unity build (the sanitizers', and every test's: it takes half the time) they stay units of
# their own.
function(tickcast_skip_unity)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# tickcast_test(name LABEL label [THREADS] SOURCES a.cpp … DEPENDS lib …): a GoogleTest program and
# its CTest entry. THREADS: the program has several threads, so ThreadSanitizer has something to
# check (target thread_tests, label threads).
function(tickcast_test name)
    cmake_parse_arguments(arg "THREADS" "LABEL;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${name} PRIVATE ${arg_DEPENDS} GTest::gmock GTest::gtest_main
        tickcast_warnings)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABEL}" TIMEOUT ${arg_TIMEOUT})
    if(arg_LABEL STREQUAL "unit")
        if(NOT TARGET unit_tests)
            add_custom_target(unit_tests)
        endif()
        add_dependencies(unit_tests ${name})
        # Unit tests run fast enough; optimising them would take time.
        target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
    if(arg_LABEL STREQUAL "integration")
        if(NOT TARGET integration_tests)
            add_custom_target(integration_tests)
        endif()
        add_dependencies(integration_tests ${name})
    endif()
    if(arg_THREADS)
        if(NOT TARGET thread_tests)
            add_custom_target(thread_tests)
        endif()
        add_dependencies(thread_tests ${name})
        set_property(TEST ${name} APPEND PROPERTY LABELS threads)
    endif()
endfunction()
