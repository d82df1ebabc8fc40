# Packages of Debian 12 and 13; scripts/test.sh and scripts/run.sh install them.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS headers)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(ZLIB REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS SSL)
if(EXISTS "${PROJECT_SOURCE_DIR}/tests")  # the image is built without them
    find_package(GTest REQUIRED)
endif()
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
find_path(LIBURING_INCLUDE_DIR liburing.h REQUIRED)
find_library(LIBURING_LIBRARY uring REQUIRED)
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)  # headers only

# Asio and Beast are compiled once, here, not in every file that includes them.
add_library(tickcast_asio STATIC ${CMAKE_CURRENT_LIST_DIR}/asio_beast.cpp)
target_compile_features(tickcast_asio PUBLIC cxx_std_20)
target_compile_definitions(tickcast_asio PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_BEAST_SEPARATE_COMPILATION
    BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(tickcast_asio PUBLIC Boost::headers Threads::Threads)

add_library(tickcast_uring INTERFACE)
target_include_directories(tickcast_uring SYSTEM INTERFACE ${LIBURING_INCLUDE_DIR})
target_link_libraries(tickcast_uring INTERFACE ${LIBURING_LIBRARY})
