#include "net/accept.hpp"

#include "net/fields.hpp"

#include <algorithm>

namespace tickcast {

namespace {

std::string_view without_space(std::string_view text) noexcept {
    auto const begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// The text up to the first separator that no quoted string holds; `rest` is what follows it.
std::string_view next_part(std::string_view& rest, char separator) noexcept {
    bool quoted = false;
    std::size_t at = 0;
    for (; at < rest.size() && (quoted || rest[at] != separator); ++at) {
        if (rest[at] == '"') quoted = !quoted;
        if (rest[at] == '\\' && quoted) ++at;
    }
    auto const part = rest.substr(0, std::min(at, rest.size()));
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return without_space(part);
}

/// `0` or `1` with up to three decimals (RFC 9110 section 12.4.2), and over 0.
bool is_positive_weight(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return false;
    if (text.size() > 1 && text[1] != '.') return false;
    auto const decimals = text.substr(std::min<std::size_t>(text.size(), 2));
    auto const all = [decimals](auto admits) {
        return std::all_of(decimals.begin(), decimals.end(), admits);
    };
    bool const zeros = all([](char c) { return c == '0'; });
    if (text[0] == '1') return zeros;
    return !zeros && all([](char c) { return c >= '0' && c <= '9'; });
}

/// One media range with its parameters, of which the weight matters alone.
bool is_wanted_event_stream(std::string_view range) {
    if (to_lower(next_part(range, ';')) != "text/event-stream") return false;
    while (!range.empty()) {
        auto parameter = next_part(range, ';');
        auto const name = to_lower(next_part(parameter, '='));
        if (name == "q") return is_positive_weight(without_space(parameter));
    }
    return true;
}

}  // namespace

bool accepts_event_stream(HttpHeader const& header) {
    auto const fields = header.equal_range(http::field::accept);
    return std::any_of(fields.first, fields.second, [](auto const& field) {
        auto rest = to_std(field.value());
        while (!rest.empty()) {
            if (is_wanted_event_stream(next_part(rest, ','))) return true;
        }
        return false;
    });
}

}  // namespace tickcast
