// A request's target: its forms, percent-encoding, the row that it leads to, the file of the page,
// the tickers of its query; and hosts, as targets and Host have them.
#include "api/public_routes.hpp"
#include "api/tickers_query.hpp"
#include "fuzz/support/fuzz.hpp"
#include "http/uri_host.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/static_files.hpp"
#include "tickcast/http/target.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace tickcast::fuzz {

namespace {

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        out += '%';
        out += kHex[byte >> 4U];
        out += kHex[byte & 15U];
    }
    return out;
}

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

/// How RFC 3986 section 2.1 decodes a text; nothing where an escape is malformed.
std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (text[0] != '%') {
            out += text[0];
            text.remove_prefix(1);
            continue;
        }
        if (text.size() < 3 || !is_hex(text.substr(1, 2))) return std::nullopt;
        out += static_cast<char>(std::stoi(std::string{text.substr(1, 2)}, nullptr, 16));
        text.remove_prefix(3);
    }
    return out;
}

void check_decoding(std::string_view text) {
    require(percent_decode(text) == decoded(text), "escapes are decoded as RFC 3986 does it");
    require(percent_decode(percent_encoded(text)) == std::string{text}, "any text can be escaped");
}

void check_split(std::string_view target) {
    auto const split = split_target(target);
    require(!split.path.empty(), "a target has a path");
    std::string joined{split.path};
    if (target.find('?') != target.npos) joined.append("?").append(split.query);
    if (!split.authority) {
        require(target.empty() || target[0] == '?' || joined == target, "the parts are the target");
        return;
    }
    auto const scheme = target.find("://") + 3;
    require(target.substr(scheme).starts_with(*split.authority), "an authority follows the scheme");
    require(joined.ends_with(target.substr(scheme + split.authority->size())),
            "path and query follow the authority");
    if (is_plain_target(target)) {
        require(split.authority->find('@') == split.authority->npos, "nobody is named in a URL");
        require(host_without_port(*split.authority).has_value(), "a URL has a host");
    }
}

/// Decoding unreserved characters changes no meaning (RFC 3986 section 6.2.2.2).
void check_unreserved(std::string_view target) {
    auto const plain = decode_unreserved(target);
    if (!plain) return;
    require(plain->size() < target.size(), "decoding shortens");
    require(!decode_unreserved(*plain), "decoding twice is decoding once");
    auto const before = split_target(target);
    auto const after = split_target(*plain);
    require(percent_decode(before.path) == percent_decode(after.path), "the path stays the same");
    require(before.query == after.query && before.authority == after.authority,
            "query and authority stay the same");
}

void check_route(std::string_view path, Method method) {
    auto const routed = kPublicRoutes.find(path, method);
    require(routed.label < kPublicRoutes.labels().size(), "a route has a label");
    if (routed.row == Routed::kNoRow) return;
    auto const pattern = kPublicRoutes[routed.row].pattern;
    require(routed.methods.contains(method), "the row takes the method");
    require(path_of(pattern, routed.parameter) == path, "a path is its pattern with the parameter");
    require(routed.parameter.find('/') == std::string_view::npos, "a parameter is one segment");
    require(routed.parameter.empty() == (pattern.find('{') == pattern.npos),
            "a parameter is never empty");
}

void check_page(std::string_view path) {
    static StaticFiles const files = [] {
        StaticFiles made;
        made.add("index.html", "<p>");
        made.add("a b/index.html", "a");
        made.add("dir/app.js", "1");
        return made;
    }();
    auto const found = files.find(path);
    auto const plain = percent_decode(path);
    if (found.file == nullptr && found.location == nullptr) return;
    require(plain && plain->starts_with('/'), "a file's path is absolute");
    require(
        std::count(path.begin(), path.end(), '/') == std::count(plain->begin(), plain->end(), '/'),
        "an escaped slash is no slash");
}

void check_query(std::string_view query) {
    auto const names = parse_tickers_query(query);
    if (!names) {
        require(names.error().code == ErrorCode::bad_query, "a wrong query is named as such");
        return;
    }
    std::string joined;
    for (auto const& name : *names)
        joined.append(joined.empty() && &name == &names->front() ? "" : ",").append(name);
    auto const again = parse_tickers_query("tickers=" + percent_encoded(joined));
    require(again && *again == *names, "tickers may be escaped");
    auto const among = parse_tickers_query("a=b&" + std::string{query} + "&c");
    require(among && *among == *names, "other parameters do not matter");
}

void check_host(std::string_view text) {
    if (!is_host_and_port(text)) return;
    require(text.find_first_of("/?#@\\ \"<>") == text.npos, "a host has no such character");
    auto const host = host_without_port(text);
    if (!host) return;
    require(to_lower(*host) == *host, "a host is in lower case");
    is_loopback_host(*host);
    require(host_without_port(to_lower(text)) == host, "the case of a host does not matter");
}

}  // namespace

void run(std::string_view input) {
    check_decoding(input);
    check_split(input);
    check_unreserved(input);
    check_host(input);
    auto const split = split_target(input);
    for (auto const method : {Method::get, Method::head, Method::post, Method::patch,
                              Method::delete_, Method::options, Method::other})
        check_route(split.path, method);
    check_page(split.path);
    check_query(split.query);
    check_query(input);
}

}  // namespace tickcast::fuzz
