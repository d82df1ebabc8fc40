#include "tickcast/http/handshake.hpp"

#include "http/parameters.hpp"
#include "tickcast/base/text.hpp"
#include "tickcast/http/fields.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace tickcast {

namespace {

/// Whether the text is the Base64 of 16 bytes: 22 characters and two '='.
bool is_key(std::string_view text) noexcept {
    auto const is_base64 = [](char c) { return is_letter_or_digit(c) || c == '+' || c == '/'; };
    return text.size() == 24 && text.ends_with("==") &&
           std::all_of(text.begin(), text.end() - 2, is_base64);
}

/// Reads all fields of this name as one list of at least one item (RFC 9110 sections 5.3, 5.6.1):
/// `take(rest)` takes an item off the front of a text, or is false. True where the field is absent.
template <class Take>
bool is_list(HttpHeader const& header, http::field field, Take&& take) {
    auto const [begin, end] = header.equal_range(field);
    bool found = begin == end;
    for (auto one = begin; one != end; ++one) {
        auto rest = trimmed(to_std(one->value()));
        while (!rest.empty()) {
            if (!rest.starts_with(',')) {
                if (!take(rest)) return false;
                found = true;
                rest = without_leading_blanks(rest);
                if (!rest.empty() && !rest.starts_with(',')) return false;
            }
            if (!rest.empty()) rest = without_leading_blanks(rest.substr(1));
        }
    }
    return found;
}

/// Tokens, none of them twice.
bool are_protocols_right(HttpHeader const& header) {
    std::vector<std::string_view> names;
    bool const are_tokens =
        is_list(header, http::field::sec_websocket_protocol, [&](std::string_view& rest) {
            names.push_back(take_token(rest));
            return !names.back().empty();
        });
    std::sort(names.begin(), names.end());
    return are_tokens && std::adjacent_find(names.begin(), names.end()) == names.end();
}

/// RFC 6455 section 9.1.
bool are_extensions_right(HttpHeader const& header) {
    return is_list(header, http::field::sec_websocket_extensions, [](std::string_view& rest) {
        return !take_token(rest).empty() && take_parameters(rest, QuotedValue::token);
    });
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
    if (!are_protocols_right(header) || !are_extensions_right(header)) return Handshake::malformed;
    return Handshake::fine;
}

}  // namespace tickcast
