# Target headers_compile_alone: every header of ours as a translation unit of its own, syntax only.
# A header that the .cpp of its name includes first is left out: that file proves it already.
function(tickcast_headers_compile_alone)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS
        ${PROJECT_SOURCE_DIR}/include/*.hpp ${PROJECT_SOURCE_DIR}/src/*.hpp
        ${PROJECT_SOURCE_DIR}/loadtest/*.hpp ${PROJECT_SOURCE_DIR}/tests/*.hpp)
    set(units)
    foreach(header IN LISTS headers)
        file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${header})
        string(REGEX REPLACE "^include/tickcast/" "src/" own "${relative}")
        string(REGEX REPLACE "hpp$" "cpp" own "${own}")
        if(EXISTS ${PROJECT_SOURCE_DIR}/${own})
            file(STRINGS ${PROJECT_SOURCE_DIR}/${own} first REGEX "^#include" LIMIT_COUNT 1)
            string(REGEX REPLACE "^(include|src|loadtest|tests)/" "" included "${relative}")
            if(first STREQUAL "#include \"${included}\"")
                continue()
            endif()
        endif()
        string(REPLACE "/" "_" unit "${relative}")
        set(unit ${PROJECT_BINARY_DIR}/headers/${unit}.cpp)
        file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"@header@\"\n" @ONLY)
        list(APPEND units ${unit})
    endforeach()
    add_library(headers_compile_alone OBJECT EXCLUDE_FROM_ALL ${units})
    target_include_directories(headers_compile_alone PRIVATE ${PROJECT_SOURCE_DIR}/include
        ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/loadtest ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(headers_compile_alone PRIVATE -fsyntax-only)
    target_link_libraries(headers_compile_alone PRIVATE tickcast_app GTest::gmock tickcast_warnings)
endfunction()
