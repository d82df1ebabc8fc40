// Reads single header fields: media type, host, last event. Pure functions; any thread.
#pragma once

#include "tickcast/base/text.hpp"
#include "tickcast/http/http_types.hpp"
#include "tickcast/protocol/method.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

inline std::string_view to_std(boost::beast::string_view text) noexcept {
    return {text.data(), text.size()};
}

/// Changes A to Z only, whatever the locale.
std::string to_lower(std::string_view text);

/// Whether the texts are equal apart from the case of A to Z, whatever the locale. Beast's
/// `iequals` reads one byte past both texts where they differ only in case.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// How often the header has the field.
std::size_t count_fields(HttpHeader const& header, http::field field);

/// Calls `visit(item)` for each item of all fields of this name, trimmed; skips empty items. Each
/// field is a comma-separated list without quoted strings (RFC 9110 section 5.6.1).
template <class Visit>
void for_each_item(HttpHeader const& header, http::field field, Visit&& visit) {
    auto const [begin, end] = header.equal_range(field);
    for (auto one = begin; one != end; ++one) {
        auto list = to_std(one->value());
        while (!list.empty()) {
            auto const comma = std::min(list.find(','), list.size());
            if (auto const item = trimmed(list.substr(0, comma)); !item.empty()) visit(item);
            list.remove_prefix(std::min(comma + 1, list.size()));
        }
    }
}

/// Whether one of the fields of this name lists the token, whatever its case.
bool lists_token(HttpHeader const& header, http::field field, std::string_view token);

/// Whether the body is not encoded: no Content-Encoding other than `identity` (RFC 9110 section
/// 8.4).
bool is_unencoded(HttpHeader const& header);

/// The authority that a request asks for: the authority of an absolute-form target, or else the one
/// Host; nothing where there is none (RFC 9112 section 3.2.2).
std::optional<std::string_view> asked_authority(HttpHeader const& header);

/// The one Last-Event-ID; empty where there is none, or several.
std::string_view last_event_id(HttpHeader const& header);

/// Content-Type in lower case without its parameters; nothing if there is none.
std::optional<std::string> media_type(HttpHeader const& header);

/// The host of "host", "host:port", "[v6]" or "[v6]:port", in lower case, without brackets; nothing
/// if `text` has none of these forms.
std::optional<std::string> host_without_port(std::string_view text);

/// Whether the host is localhost, 127.0.0.0/8 or ::1. `host`: as host_without_port gives it. Names
/// are not resolved.
bool is_loopback_host(std::string_view host);

/// The value of the label `method`.
Method method_label(http::verb verb) noexcept;

}  // namespace tickcast
