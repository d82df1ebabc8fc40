#include "tickcast/http/fields.hpp"

#include "http/uri_host.hpp"
#include "tickcast/base/text.hpp"
#include "tickcast/http/target.hpp"
#include "tickcast/runtime/executor.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <iterator>

namespace tickcast {

std::string to_lower(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), lower_case);
    return result;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char left, char right) { return lower_case(left) == lower_case(right); });
}

std::size_t count_fields(HttpHeader const& header, http::field field) {
    auto const range = header.equal_range(field);
    return static_cast<std::size_t>(std::distance(range.first, range.second));
}

bool lists_token(HttpHeader const& header, http::field field, std::string_view token) {
    bool listed = false;
    for_each_item(header, field, [&](std::string_view item) {
        listed = listed || equal_ignoring_case(item, token);
    });
    return listed;
}

bool is_unencoded(HttpHeader const& header) {
    bool encoded = false;
    for_each_item(header, http::field::content_encoding, [&](std::string_view coding) {
        encoded = encoded || !equal_ignoring_case(coding, "identity");
    });
    return !encoded;
}

std::optional<std::string_view> asked_authority(HttpHeader const& header) {
    if (auto const authority = split_target(to_std(header.target())).authority) return authority;
    if (count_fields(header, http::field::host) != 1) return std::nullopt;
    return to_std(header[http::field::host]);
}

std::string_view last_event_id(HttpHeader const& header) {
    static constexpr char kName[] = "Last-Event-ID";
    auto const fields = header.equal_range(kName);
    if (fields.first == fields.second || std::next(fields.first) != fields.second) return {};
    return to_std(fields.first->value());
}

std::optional<std::string> media_type(HttpHeader const& header) {
    auto const found = header.find(http::field::content_type);
    if (found == header.end()) return std::nullopt;
    auto const text = to_std(found->value());
    return to_lower(trimmed(text.substr(0, text.find(';'))));
}

std::optional<std::string> host_without_port(std::string_view text) {
    bool const bracketed = text.starts_with('[');
    auto const end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (end == std::string_view::npos) return std::nullopt;
    auto const host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
    if (host.empty() || !is_port_suffix(text.substr(end + (bracketed ? 1 : 0))))
        return std::nullopt;
    return to_lower(host);
}

bool is_loopback_host(std::string_view host) {
    if (host == "localhost") return true;
    SystemError error;
    auto const address = asio::ip::make_address(std::string{host}, error);
    return !error && address.is_loopback();
}

Method method_label(http::verb verb) noexcept {
    switch (verb) {
        case http::verb::get:
            return Method::get;
        case http::verb::head:
            return Method::head;
        case http::verb::post:
            return Method::post;
        case http::verb::patch:
            return Method::patch;
        case http::verb::delete_:
            return Method::delete_;
        case http::verb::options:
            return Method::options;
        default:
            return Method::other;
    }
}

}  // namespace tickcast
