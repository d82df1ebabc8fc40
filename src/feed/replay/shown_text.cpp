#include "feed/replay/shown_text.hpp"

namespace tickcast {

std::string shown_text(std::string_view bytes) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (char const character : bytes.substr(0, kMaxShownText)) {
        auto const byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte > 0x7e) {
            out.append("\\x") += kHex[byte >> 4];
            out += kHex[byte & 15U];
            continue;
        }
        if (character == '"' || character == '\\') out += '\\';
        out += character;
    }
    if (bytes.size() > kMaxShownText) out += "...";
    return out;
}

}  // namespace tickcast
