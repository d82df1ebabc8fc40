#include "net/target.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace tickcast {

namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string_view after_authority(std::string_view target) noexcept {
    for (std::string_view scheme : {"http://", "https://"}) {
        if (!boost::beast::iequals(target.substr(0, scheme.size()), scheme)) continue;
        auto const end = target.find_first_of("/?", scheme.size());
        return end == std::string_view::npos ? std::string_view{} : target.substr(end);
    }
    return target;
}

/// Cuts `text` at the first `separator` and returns what stood before it.
std::string_view take_until(std::string_view& text, char separator) noexcept {
    auto const end = text.find(separator);
    auto const head = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return head;
}

Error bad_query(std::string detail) {
    return Error{.code = ErrorCode::bad_query, .detail = std::move(detail)};
}

std::vector<std::string> split_names(std::string_view list) {
    std::vector<std::string> names;
    for (std::size_t begin = 0; begin <= list.size();) {
        auto const end = std::min(list.find(',', begin), list.size());
        names.emplace_back(list.substr(begin, end - begin));
        begin = end + 1;
    }
    return names;
}

}  // namespace

Target split_target(std::string_view target) noexcept {
    auto rest = after_authority(target);
    Target split{.path = take_until(rest, '?'), .query = rest};
    if (split.path.empty()) split.path = "/";
    return split;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i]);
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        int const high = hex_value(text[i + 1]);
        int const low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return decoded;
}

Result<std::vector<std::string>> parse_tickers_query(std::string_view query) {
    std::optional<std::string> tickers;
    while (!query.empty()) {
        auto value = take_until(query, '&');
        if (value.empty()) continue;
        auto const key = percent_decode(take_until(value, '='));
        if (!key || *key != "tickers") return bad_query("the only parameter is tickers");
        if (tickers) return bad_query("tickers is there twice");
        tickers = percent_decode(value);
        if (!tickers) return bad_query("a % is not followed by two hexadecimal digits");
    }
    if (!tickers) return bad_query("tickers is missing: ?tickers=AAPL,MSFT");
    if (tickers->empty()) return bad_query("tickers is empty: ?tickers=AAPL,MSFT");
    return split_names(*tickers);
}

}  // namespace tickcast
