#include "tickcast/http/handshake.hpp"

#include "tickcast/base/text.hpp"
#include "tickcast/http/fields.hpp"

#include <algorithm>

namespace tickcast {

namespace {

/// Whether the text is the Base64 of 16 bytes: 22 characters and two '='.
bool is_key(std::string_view text) noexcept {
    auto const is_base64 = [](char c) { return is_letter_or_digit(c) || c == '+' || c == '/'; };
    return text.size() == 24 && text.ends_with("==") &&
           std::all_of(text.begin(), text.end() - 2, is_base64);
}

}  // namespace

Handshake check_handshake(HttpHeader const& header) {
    if (!lists_token(header, http::field::upgrade, "websocket")) return Handshake::not_asked;
    if (header.method() != http::verb::get || header.version() < 11) return Handshake::malformed;
    if (!lists_token(header, http::field::connection, "upgrade")) return Handshake::malformed;
    if (count_fields(header, http::field::sec_websocket_version) != 1) return Handshake::malformed;
    if (header[http::field::sec_websocket_version] != "13") return Handshake::other_version;
    if (count_fields(header, http::field::sec_websocket_key) != 1) return Handshake::malformed;
    if (!is_key(to_std(header[http::field::sec_websocket_key]))) return Handshake::malformed;
    return Handshake::fine;
}

}  // namespace tickcast
