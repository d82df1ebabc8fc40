#include "tickcast/session/session_tickers.hpp"

#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

using Names = std::vector<std::string>;

class SessionTickers : public ::testing::Test {
protected:
    Result<TickerHold> resolve(Names const& names, TickerRules rules) {
        return resolve_tickers(names, rules, table_, *metrics_);
    }
    std::uint64_t hits(Limit limit) const {
        return metrics_->limit_hits[static_cast<std::size_t>(limit)].value();
    }

    TickerTable table_{4};
    std::unique_ptr<ShardMetrics> metrics_ = std::make_unique<ShardMetrics>();
};

// contract: API-11
TEST_F(SessionTickers, WithDuplicates_FoldsAndKeepsTheOrder) {
    auto const ids =
        resolve({"msft", "AAPL", "MSFT", "aapl"}, {.max_tickers = 2, .accept_unknown = true});
    ASSERT_TRUE(ids);
    ASSERT_EQ(ids->size(), 2U);
    EXPECT_EQ(table_.name(ids->ids()[0]).view(), "MSFT");
    EXPECT_EQ(table_.name(ids->ids()[1]).view(), "AAPL");
}

TEST_F(SessionTickers, AtTheSessionsLimit_FitsAndAboveItIsRefused) {
    TickerRules const rules{.max_tickers = 2, .accept_unknown = true};
    EXPECT_TRUE(resolve({"A"}, rules));
    EXPECT_TRUE(resolve({"A", "B"}, rules));
    auto const ids = resolve({"A", "B", "C"}, rules);
    ASSERT_FALSE(ids);
    EXPECT_EQ(ids.error().code, ErrorCode::too_many_tickers);
    EXPECT_EQ(ids.error().limit, 2U);
    EXPECT_EQ(hits(Limit::max_tickers_per_session), 1U);
    EXPECT_EQ(table_.size(), 0U) << "an empty hold adds no ticker";
}

// contract: LIM-8
TEST_F(SessionTickers, AtTheTablesLimit_FitsAndAboveItMakesNothing) {
    TickerRules const rules{.max_tickers = 64, .accept_unknown = true};
    auto const held = resolve({"A", "B", "C"}, rules);
    ASSERT_TRUE(held);
    auto const refused = resolve({"D", "E"}, rules);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::too_many_tickers);
    EXPECT_EQ(refused.error().limit, 4U);
    EXPECT_EQ(table_.size(), 3U);
    EXPECT_EQ(hits(Limit::max_known_tickers), 1U);
    auto const fourth = resolve({"A", "D"}, rules);
    EXPECT_TRUE(fourth);
    EXPECT_TRUE(resolve({"A", "B", "C", "D"}, rules)) << "a full table still finds its tickers";
}

TEST_F(SessionTickers, WhenSomeAreIllFormed_NamesAllAndMakesNothing) {
    auto const ids =
        resolve({"A", "", "B C", std::string(33, 'X')}, {.max_tickers = 2, .accept_unknown = true});
    ASSERT_FALSE(ids);
    EXPECT_EQ(ids.error().code, ErrorCode::invalid_ticker);
    EXPECT_EQ(ids.error().tickers, (Names{"", "B C", std::string(33, 'X')}));
    EXPECT_EQ(table_.size(), 0U);
}

TEST_F(SessionTickers, WhenUnknownAreRefused_NamesThoseNotKnown) {
    table_.make_known(*Ticker::parse("A"));
    std::vector const asked{*Ticker::parse("ASKED")};
    auto const held = table_.hold(asked);
    EXPECT_TRUE(resolve({"a"}, {.max_tickers = 2}));
    auto const ids = resolve({"A", "ASKED"}, {.max_tickers = 2});
    ASSERT_FALSE(ids);
    EXPECT_EQ(ids.error().code, ErrorCode::unknown_ticker);
    EXPECT_EQ(ids.error().tickers, (Names{"ASKED"}));
    EXPECT_FALSE(resolve({"NEW"}, {.max_tickers = 2}));
    EXPECT_EQ(table_.size(), 2U);
}

}  // namespace
}  // namespace tickcast::test
