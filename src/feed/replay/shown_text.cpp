#include "feed/replay/shown_text.hpp"

#include "tickcast/base/text.hpp"

namespace tickcast {

std::string shown_text(std::string_view bytes) {
    std::string out;
    for (char const character : bytes.substr(0, kMaxShownText)) {
        auto const byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte > 0x7e) {
            append_hex_escape(character, out);
            continue;
        }
        if (character == '"' || character == '\\') out += '\\';
        out += character;
    }
    if (bytes.size() > kMaxShownText) out += "...";
    return out;
}

}  // namespace tickcast
