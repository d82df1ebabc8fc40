#include "setting_error.hpp"

#include <cstddef>

namespace tickcast {
namespace {

constexpr std::size_t kMaxShown = 200;  // characters of a value; a terminal shows that much

}  // namespace

std::string in_one_line(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (char const character : text.substr(0, kMaxShown)) {
        auto const byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte == 0x7f) {
            out.append("\\x") += kHex[byte >> 4];
            out += kHex[byte & 15U];
        } else {
            out += character;
        }
    }
    if (text.size() > kMaxShown) out += "...";
    return out;
}

std::string in_quotes(std::string_view text) {
    return '"' + in_one_line(text) + '"';
}

SettingError setting_error(std::string_view subject, std::string_view what,
                           std::string_view origin) {
    std::string line{"tickcast: "};
    line.append(subject).append(": ").append(what);
    line.append(" (from ").append(origin).append(")");
    return {line};
}

}  // namespace tickcast
