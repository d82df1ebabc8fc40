#include "tickcast/net/session_tickers.hpp"

#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

using Names = std::vector<std::string>;

class SessionTickers : public ::testing::Test {
protected:
    Result<std::vector<TickerId>> resolve(Names const& names, TickerRules rules) {
        return resolve_tickers(names, rules, table_, *metrics_);
    }
    std::uint64_t hits(Limit limit) const {
        return metrics_->limit_hits[static_cast<std::size_t>(limit)].value();
    }

    TickerTable table_{4};
    std::unique_ptr<ShardMetrics> metrics_ = std::make_unique<ShardMetrics>();
};

TEST_F(SessionTickers, WithDuplicates_FoldsAndKeepsTheOrder) {
    auto const ids =
        resolve({"msft", "AAPL", "MSFT", "aapl"}, {.max_tickers = 2, .accept_unknown = true});
    ASSERT_TRUE(ids);
    ASSERT_EQ(ids->size(), 2U);
    EXPECT_EQ(table_.name((*ids)[0]).view(), "MSFT");
    EXPECT_EQ(table_.name((*ids)[1]).view(), "AAPL");
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
    EXPECT_EQ(table_.size(), 2U);
}

TEST_F(SessionTickers, AtTheTablesLimit_FitsAndAboveItMakesNothing) {
    TickerRules const rules{.max_tickers = 64, .accept_unknown = true};
    ASSERT_TRUE(resolve({"A", "B", "C"}, rules));
    auto const refused = resolve({"D", "E"}, rules);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::too_many_tickers);
    EXPECT_EQ(refused.error().limit, 4U);
    EXPECT_EQ(table_.size(), 3U);
    EXPECT_EQ(hits(Limit::max_known_tickers), 1U);
    EXPECT_TRUE(resolve({"A", "D"}, rules));
    EXPECT_TRUE(resolve({"A", "B", "C", "D"}, rules)) << "a full table still serves what it has";
}

TEST_F(SessionTickers, WhenSomeAreIllFormed_NamesAllAndMakesNothing) {
    auto const ids =
        resolve({"A", "", "B C", "SEVENTEENLETTERSX"}, {.max_tickers = 2, .accept_unknown = true});
    ASSERT_FALSE(ids);
    EXPECT_EQ(ids.error().code, ErrorCode::invalid_ticker);
    EXPECT_EQ(ids.error().tickers, (Names{"", "B C", "SEVENTEENLETTERSX"}));
    EXPECT_EQ(table_.size(), 0U);
}

TEST_F(SessionTickers, WhenUnknownAreRefused_NamesThoseNotKnown) {
    table_.mark_known(*table_.intern(*Ticker::parse("A")));
    ASSERT_TRUE(table_.intern(*Ticker::parse("ASKED")));
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
