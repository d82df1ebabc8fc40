#include "http/request_version.hpp"

#include "tickcast/http/target.hpp"

#include <algorithm>

namespace tickcast {

/// method SP target SP "HTTP/" DIGIT "." DIGIT CRLF (RFC 9112 section 3)
RequestVersion refused_version(std::string_view raw) noexcept {
    constexpr std::string_view kName = "HTTP/";
    constexpr std::size_t kSize = 8;
    constexpr std::string_view kEnd = "\r\n";
    auto const method_end = std::min(raw.find(' '), raw.size());
    auto const target_end = raw.find(' ', std::min(method_end + 1, raw.size()));
    if (target_end == std::string_view::npos) return {};
    auto const text = raw.substr(target_end + 1);
    if (text.size() < kSize || !text.starts_with(kName)) return {};
    if (!is_digit(text[5]) || text[6] != '.' || !is_digit(text[7])) return {};
    // The end of the line might not have come yet.
    auto const end = text.substr(kSize, kEnd.size());
    if (!kEnd.starts_with(end)) return {};
    if (text[5] != '1') return {RequestVersion::Kind::other_major, 0};
    if (text[7] < '2') return {};
    return {RequestVersion::Kind::later_minor, target_end + kSize};
}

}  // namespace tickcast
