#include "http/uri_host.hpp"

#include "tickcast/http/target.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstddef>
#include <netinet/in.h>
#include <sys/socket.h>

namespace tickcast {

namespace {

bool is_sub_delimiter(char c) noexcept {
    return std::string_view{"!$&'()*+,;="}.find(c) != std::string_view::npos;
}

/// An IPv4 address is a registered name too.
bool is_registered_name(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_unreserved(text[i]) || is_sub_delimiter(text[i])) continue;
        if (hex_octet(text.substr(i)) < 0) return false;
        i += 2;
    }
    return true;
}

bool is_ipv6_address(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> copy{};
    // inet_pton would read only up to a NUL.
    if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return false;
    std::copy(text.begin(), text.end(), copy.begin());
    in6_addr address{};
    return inet_pton(AF_INET6, copy.data(), &address) == 1;
}

/// "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
bool is_future_address(std::string_view text) noexcept {
    if (!text.starts_with('v') && !text.starts_with('V')) return false;
    auto const dot = std::min(text.find('.'), text.size());
    auto const version = text.substr(1, dot - 1);
    auto const address = text.substr(std::min(dot + 1, text.size()));
    return !version.empty() && !address.empty() &&
           std::all_of(version.begin(), version.end(), [](char c) { return hex_digit(c) >= 0; }) &&
           std::all_of(address.begin(), address.end(),
                       [](char c) { return is_unreserved(c) || is_sub_delimiter(c) || c == ':'; });
}

}  // namespace

bool is_port_suffix(std::string_view text) noexcept {
    if (text.empty()) return true;
    return text.front() == ':' && std::all_of(text.begin() + 1, text.end(), is_digit);
}

bool is_host_and_port(std::string_view text) {
    if (!text.starts_with('[')) {
        auto const end = std::min(text.find(':'), text.size());
        return is_registered_name(text.substr(0, end)) && is_port_suffix(text.substr(end));
    }
    auto const end = text.find(']');
    if (end == std::string_view::npos) return false;
    auto const literal = text.substr(1, end - 1);
    return (is_ipv6_address(literal) || is_future_address(literal)) &&
           is_port_suffix(text.substr(end + 1));
}

}  // namespace tickcast
