#include "net/fields.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <iterator>

namespace tickcast {

namespace {

bool is_port_suffix(std::string_view text) noexcept {
    if (text.empty()) return true;
    return text.front() == ':' &&
           std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string to_lower(std::string_view text) {
    std::string lower{text};
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::size_t count_fields(HttpHeader const& header, http::field field) {
    auto const range = header.equal_range(field);
    return static_cast<std::size_t>(std::distance(range.first, range.second));
}

std::optional<std::string> media_type(HttpHeader const& header) {
    auto const found = header.find(http::field::content_type);
    if (found == header.end()) return std::nullopt;
    auto text = to_std(found->value());
    text = text.substr(0, text.find(';'));
    auto const end = text.find_last_not_of(" \t");
    return to_lower(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
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
