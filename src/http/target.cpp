#include "tickcast/http/target.hpp"

#include "http/uri_host.hpp"
#include "tickcast/base/text.hpp"
#include "tickcast/http/fields.hpp"

#include <algorithm>

namespace tickcast {

namespace {

/// The length of "http://" or "https://" at the front of an absolute form; 0 for another form.
std::size_t scheme_size(std::string_view target) noexcept {
    for (std::string_view scheme : {"http://", "https://"}) {
        if (equal_ignoring_case(target.substr(0, scheme.size()), scheme)) return scheme.size();
    }
    return 0;
}

/// Beast's parser lets octets above ASCII pass. Of the characters that RFC 3986 does not allow
/// either, browsers send some as they are in a query, such as ^ and |.
bool is_target_character(char c) noexcept {
    return c > ' ' && c <= '~' && c != '#';
}

}  // namespace

std::string_view take_until(std::string_view& text, char separator) noexcept {
    auto const end = text.find(separator);
    auto const head = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return head;
}

Target split_target(std::string_view target) noexcept {
    Target split{};
    auto rest = target;
    if (auto const scheme = scheme_size(target); scheme > 0) {
        rest.remove_prefix(scheme);
        auto const end = std::min(rest.find_first_of("/?"), rest.size());
        split.authority = rest.substr(0, end);
        rest.remove_prefix(end);
    }
    split.path = take_until(rest, '?');
    split.query = rest;
    if (split.path.empty()) split.path = "/";
    return split;
}

bool is_plain_target(std::string_view target) {
    if (!std::all_of(target.begin(), target.end(), is_target_character)) return false;
    auto const authority = split_target(target).authority;
    if (!authority) return target.starts_with('/');
    return !authority->empty() && authority->front() != ':' && is_host_and_port(*authority);
}

bool is_authority_target(std::string_view target) {
    bool const port = !target.empty() && is_digit(target.back());
    return port && !target.starts_with(':') && target.find(':') != std::string_view::npos &&
           is_host_and_port(target);
}

bool is_unreserved(char c) noexcept {
    return is_letter_or_digit(c) || std::string_view{"-._~"}.find(c) != std::string_view::npos;
}

int hex_digit(char c) noexcept {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

int hex_octet(std::string_view text) noexcept {
    if (text.size() < 3 || text[0] != '%') return -1;
    int const high = hex_digit(text[1]);
    int const low = hex_digit(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i]);
            continue;
        }
        int const octet = hex_octet(text.substr(i));
        if (octet < 0) return std::nullopt;
        decoded.push_back(static_cast<char>(octet));
        i += 2;
    }
    return decoded;
}

std::optional<std::string> decode_unreserved(std::string_view target) {
    auto const path = split_target(target).path;
    // The view of an empty path does not point into the target.
    if (path.find('%') == std::string_view::npos) return std::nullopt;
    auto const begin = static_cast<std::size_t>(path.data() - target.data());
    std::string decoded{target.substr(0, begin)};
    for (std::size_t i = 0; i < path.size(); ++i) {
        int const octet = path[i] == '%' ? hex_octet(path.substr(i)) : path[i];
        // Decoding further characters could turn text that is no escape into an escape.
        if (path[i] == '%' && octet < 0) return std::nullopt;
        auto const c = static_cast<char>(octet);
        if (path[i] == '%' && !is_unreserved(c)) {
            decoded.append(path.substr(i, 3));
        } else {
            decoded.push_back(c);
        }
        if (path[i] == '%') i += 2;
    }
    if (decoded.size() == begin + path.size()) return std::nullopt;
    return decoded.append(target.substr(begin + path.size()));
}

}  // namespace tickcast
