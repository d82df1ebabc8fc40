# TICKCAST_SANITIZE: "address,undefined", "thread" or empty. It holds for everything that is built.
set(TICKCAST_SANITIZE "" CACHE STRING "value of -fsanitize=, empty for none")
if(TICKCAST_SANITIZE)
    add_compile_options(-fsanitize=${TICKCAST_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer -g1 -O1)
    add_link_options(-fsanitize=${TICKCAST_SANITIZE})
    if(TICKCAST_SANITIZE MATCHES undefined)
        # Checks of every pointer's use, a third of the compile time. AddressSanitizer sees null and
        # accesses outside of an object when they are made; nothing here casts bytes to wider types.
        add_compile_options(-fno-sanitize=null,object-size,alignment)
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
