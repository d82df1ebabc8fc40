#include "api/tickers_query.hpp"

#include "tickcast/http/target.hpp"

#include <algorithm>
#include <optional>

namespace tickcast {

namespace {

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

Result<std::vector<std::string>> parse_tickers_query(std::string_view query) {
    std::optional<std::string> tickers;
    while (!query.empty()) {
        auto value = take_until(query, '&');
        auto const key = percent_decode(take_until(value, '='));
        if (key != "tickers") continue;
        if (tickers) return bad_query("tickers is there twice");
        tickers = percent_decode(value);
        if (!tickers) return bad_query("a % is not followed by two hexadecimal digits");
    }
    if (!tickers) return bad_query("tickers is missing: ?tickers=AAPL,MSFT");
    if (tickers->empty()) return bad_query("tickers is empty: ?tickers=AAPL,MSFT");
    return split_names(*tickers);
}

}  // namespace tickcast
