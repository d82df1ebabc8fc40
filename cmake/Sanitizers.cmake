# TICKCAST_SANITIZE: "address,undefined", "thread" or empty. It applies to all targets.
set(TICKCAST_SANITIZE "" CACHE STRING "value of -fsanitize=, empty for none")
if(TICKCAST_SANITIZE)
    add_compile_options(-fsanitize=${TICKCAST_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer -g1 -O1)
    add_link_options(-fsanitize=${TICKCAST_SANITIZE})
    if(TICKCAST_SANITIZE MATCHES undefined)
        # Left out: the checks of every pointer's use, which take a third of the compile time.
        # AddressSanitizer reports null pointers and accesses outside of an object; no code here
        # casts bytes to wider types.
        add_compile_options(-fno-sanitize=null,object-size,alignment)
    endif()
    if(TICKCAST_SANITIZE MATCHES fuzzer)
        # operator[], front() and the like of the library's types check their bounds, which a
        # string's own memory would hide from AddressSanitizer.
        add_compile_definitions(_GLIBCXX_ASSERTIONS)
    endif()
    # Sanitized builds are test builds: the thread checkers stay on in them.
    add_compile_definitions(TICKCAST_CHECK_THREADS=1)
    if(TICKCAST_SANITIZE MATCHES thread)
        # GCC 12's TSan does not model fences; Asio has a way without them.
        add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
    endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_compile_definitions(TICKCAST_CHECK_THREADS=1)
endif()
