#include "tickcast/config/setting_error.hpp"

#include "tickcast/base/text.hpp"

#include <cstddef>

namespace tickcast {
namespace {

constexpr std::size_t kMaxShown = 200;  // characters of a value; a terminal shows that much

}  // namespace

std::string in_one_line(std::string_view text) {
    std::string out;
    for (char const character : text.substr(0, kMaxShown)) {
        auto const byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte == 0x7f) {
            append_hex_escape(character, out);
        } else {
            out += character;
        }
    }
    if (text.size() > kMaxShown) out += "...";
    return out;
}

std::string in_quotes(std::string_view text) {
    return '"' + in_one_line(without_credentials(text)) + '"';
}

std::string without_credentials(std::string_view text) {
    constexpr std::string_view kScheme = "://";
    std::string out;
    for (;;) {
        auto const scheme = text.find(kScheme);
        if (scheme == std::string_view::npos) break;
        auto const begin = scheme + kScheme.size();
        out += text.substr(0, begin);
        text.remove_prefix(begin);
        // The authority ends at one of these (RFC 3986 section 3.2). A password may hold a raw '@',
        // so the last '@' counts.
        auto const authority = text.substr(0, text.find_first_of("/?# \t"));
        if (auto const at = authority.rfind('@'); at != std::string_view::npos) {
            out += "***";
            text.remove_prefix(at);
        }
    }
    return out += text;
}

SettingError setting_error(std::string_view subject, std::string_view what,
                           std::string_view source) {
    std::string line{subject};
    line.append(": ").append(what).append(" (from ").append(source).append(")");
    return {line};
}

}  // namespace tickcast
