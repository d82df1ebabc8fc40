#include "tickcast/http/negotiation.hpp"

#include "tickcast/base/text.hpp"
#include "tickcast/http/fields.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace tickcast {

namespace {

constexpr int kWhole = 1000;  // a weight of 1, in thousandths (RFC 9110 section 12.4.2)

/// Cuts off the part before the first `separator` outside quoted strings, and returns it without
/// the space around it.
std::string_view take_part(std::string_view& text, char separator) noexcept {
    bool quoted = false;
    std::size_t at = 0;
    for (; at < text.size() && (quoted || text[at] != separator); ++at) {
        if (text[at] == '"') quoted = !quoted;
        if (text[at] == '\\' && quoted) ++at;
    }
    auto const part = trimmed(text.substr(0, at));
    text.remove_prefix(std::min(at + 1, text.size()));
    return part;
}

/// The value of a weight such as "0", "0.5" or "1.000"; nothing for a text that is no weight.
std::optional<int> parse_weight(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    int weight = (text[0] - '0') * kWhole;
    int place = kWhole / 10;
    for (char const c : text.substr(std::min<std::size_t>(text.size(), 2))) {
        if (!is_digit(c)) return std::nullopt;
        weight += (c - '0') * place;
        place /= 10;
    }
    if (weight > kWhole) return std::nullopt;
    return weight;
}

/// The weight in the part of "gzip;q=0.5" after the ';'. An item whose weight can't be read is not
/// wanted.
int weight_of(std::string_view parameters) {
    while (!parameters.empty()) {
        auto parameter = take_part(parameters, ';');
        if (to_lower(take_part(parameter, '=')) == "q") {
            return parse_weight(trimmed(parameter)).value_or(0);
        }
    }
    return kWhole;
}

/// Calls `visit(name, weight)` for each item of all fields of this name, with the item's name in
/// lower case.
template <class Visit>
void for_each_weighted(HttpHeader const& header, http::field field, Visit&& visit) {
    auto const [begin, end] = header.equal_range(field);
    for (auto one = begin; one != end; ++one) {
        auto list = to_std(one->value());
        while (!list.empty()) {
            auto item = take_part(list, ',');
            auto const name = to_lower(take_part(item, ';'));
            visit(name, weight_of(item));
        }
    }
}

struct EntityTag {
    std::string_view text;  ///< with its quotes
    bool weak;
};

/// Takes an entity-tag from the front of a list; nothing if there is none. A tag can contain a
/// comma, so a list can't be split at its commas.
std::optional<EntityTag> take_tag(std::string_view& list) noexcept {
    auto const begin = list.find_first_not_of(" \t,");
    if (begin == std::string_view::npos) return std::nullopt;
    list.remove_prefix(begin);
    bool const weak = list.starts_with("W/");
    if (weak) list.remove_prefix(2);
    auto const end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return std::nullopt;
    auto const text = list.substr(0, end + 1);
    list.remove_prefix(end + 1);
    return EntityTag{text, weak};
}

/// `strong`: a tag marked as weak matches nothing (RFC 9110 section 8.8.3.2).
bool names_tag(std::string_view list, std::string_view etag, bool strong) noexcept {
    if (trimmed(list) == "*") return true;
    while (auto const tag = take_tag(list)) {
        if (tag->text == etag && !(strong && tag->weak)) return true;
    }
    return false;
}

bool any_names_tag(HttpHeader const& header, http::field field, std::string_view etag,
                   bool strong) {
    auto const [begin, end] = header.equal_range(field);
    return std::any_of(
        begin, end, [&](auto const& one) { return names_tag(to_std(one.value()), etag, strong); });
}

}  // namespace

bool accepts_event_stream(HttpHeader const& header) {
    bool accepts = false;
    for_each_weighted(header, http::field::accept, [&](std::string_view name, int weight) {
        accepts = accepts || (name == "text/event-stream" && weight > 0);
    });
    return accepts;
}

bool prefers_gzip(HttpHeader const& header) {
    std::optional<int> gzip;
    std::optional<int> identity;
    std::optional<int> any;
    for_each_weighted(header, http::field::accept_encoding, [&](std::string_view name, int weight) {
        if (name == "gzip" || name == "x-gzip") gzip = weight;
        if (name == "identity") identity = weight;
        if (name == "*") any = weight;
    });
    auto const wanted = gzip.value_or(any.value_or(0));
    // Plain bytes are always acceptable unless the list refuses them, but preferred only if the
    // list says so.
    return wanted > 0 && wanted >= identity.value_or(0);
}

Precondition check_precondition(HttpHeader const& header, std::string_view etag) {
    if (header.count(http::field::if_match) != 0 &&
        !any_names_tag(header, http::field::if_match, etag, true)) {
        return Precondition::failed;
    }
    return any_names_tag(header, http::field::if_none_match, etag, false)
               ? Precondition::not_modified
               : Precondition::none;
}

}  // namespace tickcast
