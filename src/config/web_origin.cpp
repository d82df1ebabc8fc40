#include "web_origin.hpp"

#include "tickcast/base/parse_number.hpp"
#include "tickcast/base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <sys/socket.h>

namespace tickcast {
namespace {

bool is_lower(char c) noexcept {
    return c >= 'a' && c <= 'z';
}

bool is_scheme(std::string_view text) noexcept {
    return !text.empty() && is_lower(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
           });
}

/// Whether the text is a host: a name as browsers write it (IDNA has made it ASCII), an IPv4
/// address, or [IPv6].
bool is_host(std::string_view text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        in6_addr address{};
        std::string const inner{text.substr(1, text.size() - 2)};
        return inet_pton(AF_INET6, inner.c_str(), &address) == 1;
    }
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_lower(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
}

bool is_port(std::string_view text) noexcept {
    return parse_number<std::uint16_t>(text).value_or(0) != 0;
}

}  // namespace

std::optional<std::string> parse_web_origin(std::string_view text) {
    std::string origin{text};
    if (origin.find('\0') != std::string::npos) return std::nullopt;
    std::transform(origin.begin(), origin.end(), origin.begin(), lower_case);
    std::string_view rest{origin};
    auto const scheme = rest.find("://");
    if (scheme == std::string_view::npos || !is_scheme(rest.substr(0, scheme))) return std::nullopt;
    rest.remove_prefix(scheme + 3);
    // The colons of an IPv6 address stand before its bracket.
    auto const colon = rest.find(':', rest.starts_with('[') ? rest.find(']') : 0);
    if (!is_host(rest.substr(0, colon))) return std::nullopt;
    if (colon != std::string_view::npos && !is_port(rest.substr(colon + 1))) return std::nullopt;
    return origin;
}

}  // namespace tickcast
