#include "tickcast/protocol/error.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace tickcast {
namespace {

constexpr int kCodeCount = static_cast<int>(ErrorCode::unknown_op) + 1;

// contract: ERR-1 ERR-7..35
TEST(ErrorCode, Names_OfAllCodes_AreTheContractsWithItsStatus) {
    std::map<std::string, unsigned> const contract{{"bad_request", 400},
                                                   {"invalid_json", 400},
                                                   {"invalid_type", 400},
                                                   {"unknown_field", 400},
                                                   {"bad_throttle", 400},
                                                   {"bad_query", 400},
                                                   {"unauthorized", 401},
                                                   {"origin_not_allowed", 403},
                                                   {"host_not_allowed", 403},
                                                   {"no_such_session", 404},
                                                   {"no_such_route", 404},
                                                   {"method_not_allowed", 405},
                                                   {"request_timeout", 408},
                                                   {"body_too_large", 413},
                                                   {"unsupported_media_type", 415},
                                                   {"unknown_ticker", 422},
                                                   {"invalid_ticker", 422},
                                                   {"too_many_tickers", 422},
                                                   {"empty_tickers", 422},
                                                   {"out_of_range", 422},
                                                   {"upgrade_required", 426},
                                                   {"rate_limited", 429},
                                                   {"too_many_sessions", 429},
                                                   {"too_many_connections", 429},
                                                   {"headers_too_large", 431},
                                                   {"internal", 500},
                                                   {"draining", 503},
                                                   {"at_capacity", 503},
                                                   {"unknown_op", 400},
                                                   {"http_version_not_supported", 505}};
    std::map<std::string, unsigned> ours;
    for (int i = 0; i < kCodeCount; ++i) {
        auto const code = static_cast<ErrorCode>(i);
        ours.emplace(name(code), facts(code).status);
    }
    EXPECT_EQ(ours, contract);
}

TEST(ErrorCode, Titles_OfAllCodes_AreDifferentSentences) {
    std::set<std::string_view> titles;
    for (int i = 0; i < kCodeCount; ++i) {
        auto const text = facts(static_cast<ErrorCode>(i)).title;
        EXPECT_TRUE(text.ends_with('.')) << text;
        EXPECT_TRUE(titles.insert(text).second) << text;
    }
}

}  // namespace
}  // namespace tickcast
