#include "tickcast/feed/push_feed.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickcast {
namespace {

using test::RecorderSink;

struct PushFeedTest : testing::Test {
    ErrorCode refused(std::string const& body) {
        auto const result = feed.push(body, PushFormat::ndjson);
        EXPECT_FALSE(result) << body;
        return result ? ErrorCode::internal : result.error().code;
    }

    TickerTable table{3};
    RecorderSink sink;
    PushFeed feed{table, sink};
};

TEST_F(PushFeedTest, WhenTicksArrive_IngestsThemAsOneBatchAndMakesTickersKnown) {
    auto const taken = feed.push(
        "{\"s\":\"B\",\"p\":1}\n{\"s\":\"a\",\"p\":2}\n{\"s\":\"B\",\"b\":3}", PushFormat::ndjson);
    ASSERT_TRUE(taken);
    EXPECT_EQ(*taken, 3U);
    ASSERT_EQ(sink.batches.size(), 1U);
    EXPECT_EQ(sink.batches[0].feed, FeedKind::push);
    auto const& ticks = sink.batches[0].ticks;
    ASSERT_EQ(ticks.size(), 3U);
    EXPECT_EQ(ticks[0].ticker, ticks[2].ticker);
    EXPECT_EQ(table.name(ticks[1].ticker).view(), "A");
    EXPECT_EQ(ticks[2].bid, test::decimal("3"));
    EXPECT_EQ(table.known(), (std::vector{test::ticker("A"), test::ticker("B")}));
}

TEST_F(PushFeedTest, WhenBodyIsEmpty_TakesNothingIn) {
    auto const taken = feed.push("[]", PushFormat::array);
    ASSERT_TRUE(taken);
    EXPECT_EQ(*taken, 0U);
    EXPECT_TRUE(sink.batches.empty());
}

TEST_F(PushFeedTest, WhenBodyIsRefused_CountsItOnceByItsReasonAndAppliesNothing) {
    std::string const good = "{\"s\":\"A\",\"p\":1}\n";
    EXPECT_EQ(refused(good + "x\nx\n"), ErrorCode::invalid_json);
    EXPECT_EQ(refused(good + "1"), ErrorCode::invalid_type);
    EXPECT_EQ(refused(good + R"({"q":1})"), ErrorCode::unknown_field);
    EXPECT_EQ(sink.rejects(RejectReason::syntax), 3U);
    EXPECT_EQ(refused(good + R"({"s":"?","p":1})"), ErrorCode::invalid_ticker);
    EXPECT_EQ(sink.rejects(RejectReason::ticker), 1U);
    EXPECT_EQ(refused(good + R"({"s":"A","p":1e99})"), ErrorCode::out_of_range);
    EXPECT_EQ(sink.rejects(RejectReason::range), 1U);
    EXPECT_EQ(sink.rejects(RejectReason::limit), 0U);
    EXPECT_EQ(sink.rejected_feed, FeedKind::push);
    EXPECT_TRUE(sink.batches.empty());
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(PushFeedTest, WhenNewTickersFitExactly_AreTakenAndOneMoreAppliesNothing) {
    ASSERT_TRUE(feed.push(R"({"s":"A","p":1})", PushFormat::ndjson));
    auto const one_too_many = feed.push(
        R"([{"s":"A","p":1},{"s":"B","p":1},{"s":"C","p":1},{"s":"D","p":1}])", PushFormat::array);
    ASSERT_FALSE(one_too_many);
    EXPECT_EQ(one_too_many.error().code, ErrorCode::too_many_tickers);
    EXPECT_EQ(one_too_many.error().limit, 3U);
    EXPECT_EQ(sink.rejects(RejectReason::limit), 1U);
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(sink.total, 1U);

    auto const fits = feed.push(
        R"([{"s":"C","p":1},{"s":"B","p":1},{"s":"C","p":1},{"s":"A","p":1}])", PushFormat::array);
    ASSERT_TRUE(fits);
    EXPECT_EQ(*fits, 4U);
    EXPECT_EQ(table.known().size(), 3U);
    EXPECT_TRUE(feed.push(R"({"s":"B","p":2})", PushFormat::ndjson)) << "full, but no new one";
}

TEST_F(PushFeedTest, WhenATickerWasOnlyAskedFor_BecomesKnown) {
    std::vector const asked{test::ticker("A")};
    auto const held = table.hold(asked);
    ASSERT_TRUE(held);
    ASSERT_TRUE(feed.push(R"({"s":"A","p":1})", PushFormat::ndjson));
    EXPECT_EQ(table.find_known(test::ticker("A")), held->ids()[0]);
}

TEST_F(PushFeedTest, WhenStopped_TakesNothingMore) {
    EXPECT_TRUE(feed.up());
    EXPECT_FALSE(feed.waiting());
    EXPECT_EQ(feed.kind(), FeedKind::push);
    feed.stop();
    feed.stop();
    EXPECT_EQ(refused(R"({"s":"A","p":1})"), ErrorCode::draining);
    EXPECT_EQ(sink.total, 0U);
    feed.start();
    EXPECT_TRUE(feed.push(R"({"s":"A","p":1})", PushFormat::ndjson));
}

}  // namespace
}  // namespace tickcast
