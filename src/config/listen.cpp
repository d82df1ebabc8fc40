#include "listen.hpp"

#include "tickcast/base/parse_number.hpp"

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>

namespace tickcast {
namespace {

bool is_address(int family, std::string const& text) noexcept {
    in6_addr address{};  // the larger of the two
    return inet_pton(family, text.c_str(), &address) == 1;
}

}  // namespace

std::optional<HostPort> split_listen(std::string const& text) {
    auto const colon = text.rfind(':');
    // inet_pton stops at a NUL and would not see the text after it.
    if (colon == std::string::npos || text.find('\0') != std::string::npos) return std::nullopt;
    auto const port = parse_number<std::uint16_t>(std::string_view{text}.substr(colon + 1));
    if (!port) return std::nullopt;
    auto host = text.substr(0, colon);
    int family = AF_INET;
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
        family = AF_INET6;
    }
    if (!is_address(family, host)) return std::nullopt;
    return HostPort{.host = std::move(host), .port = *port};
}

Result<HostPort, SettingError> parse_listen(std::string const& setting, std::string const& value) {
    if (auto parsed = split_listen(value)) return *std::move(parsed);
    return SettingError{setting + ": " + in_quotes(value) + " is not " + kListenForm};
}

}  // namespace tickcast
