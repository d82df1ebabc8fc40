# Warnings are errors on our own targets, and only there.
add_library(tickcast_warnings INTERFACE)
target_compile_options(tickcast_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wnull-dereference -Wextra-semi -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 sees false null dereferences through inlined library code once sanitizers are on.
    # Its -Wrestrict is wrong about std::string's operator+ (GCC bug 105651).
    target_compile_options(tickcast_warnings INTERFACE -Wno-null-dereference -Wno-restrict)
    if(CMAKE_UNITY_BUILD)
        # GCC takes the .cpp files of a unity build for headers, whose lambdas should have linkage.
        target_compile_options(tickcast_warnings INTERFACE -Wno-subobject-linkage)
    endif()
    if(TICKCAST_SANITIZE)
        # So it is with the allocation of coroutines' frames, which Asio keeps for the next one.
        target_compile_options(tickcast_warnings INTERFACE -Wno-maybe-uninitialized
            -Wno-mismatched-new-delete)
        if(TICKCAST_SANITIZE MATCHES thread)
            target_compile_options(tickcast_warnings INTERFACE -Wno-tsan)
        endif()
    endif()
endif()
