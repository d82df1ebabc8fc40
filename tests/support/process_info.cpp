#include "support/process_info.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace tickcast::test {
namespace {

std::size_t established_in(char const* table, std::uint16_t local_port) {
    constexpr char const* kEstablished = "01";
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);
    std::size_t count = 0;
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::string slot;
        std::string local;
        std::string remote;
        std::string state;
        fields >> slot >> local >> remote >> state;
        auto const colon = local.rfind(':');
        if (colon == std::string::npos || state != kEstablished) continue;
        if (std::stoul(local.substr(colon + 1), nullptr, 16) == local_port) ++count;
    }
    return count;
}

}  // namespace

std::size_t resident_bytes(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6)) * 1024;
    }
    return 0;
}

std::size_t open_descriptors(pid_t pid) {
    std::error_code error;
    std::filesystem::directory_iterator const files("/proc/" + std::to_string(pid) + "/fd", error);
    if (error) return 0;
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::size_t established_sockets(std::uint16_t local_port) {
    return established_in("/proc/net/tcp", local_port) +
           established_in("/proc/net/tcp6", local_port);
}

}  // namespace tickcast::test
