#include "tickcast/protocol/stream_messages.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tickcast {
namespace {

using Texts = std::vector<std::string_view>;

/// A list as the messages want it: calls its argument with each of `texts`.
auto each_of(Texts texts) {
    return [texts = std::move(texts)](auto visit) {
        for (auto const text : texts)
            visit(text);
    };
}

std::string snapshot(Texts tickers, Texts ticks) {
    std::string out;
    SnapshotHead const head{.session = "S", .epoch = "E", .feed = FeedState::stale};
    write_snapshot(out, head, each_of(std::move(tickers)), each_of(std::move(ticks)));
    return out;
}

std::string ticks(Texts texts) {
    std::string out;
    write_ticks(out, each_of(std::move(texts)));
    return out;
}

TEST(StreamMessages, Snapshot_HasHeadTickersAndQuotes) {
    EXPECT_EQ(snapshot({"A", "B", "C"}, {R"({"s":"A"})", R"({"s":"C"})"}),
              R"({"type":"snapshot","session_id":"S","epoch":"E","feed":"stale",)"
              R"("tickers":["A","B","C"],"quotes":[{"s":"A"},{"s":"C"}]})");
}

TEST(StreamMessages, SnapshotOfOneTickerOrNone_IsJson) {
    EXPECT_TRUE(snapshot({"A"}, {}).ends_with(R"("tickers":["A"],"quotes":[]})"));
    EXPECT_TRUE(snapshot({}, {}).ends_with(R"("tickers":[],"quotes":[]})"));
}

TEST(StreamMessages, Ticks_AreSeparatedByCommas) {
    EXPECT_EQ(ticks({"1"}), R"({"type":"ticks","ticks":[1]})");
    EXPECT_EQ(ticks({"1", "2", "3"}), R"({"type":"ticks","ticks":[1,2,3]})");
}

TEST(StreamMessages, StatusAndHeartbeat_HaveTheFeedsState) {
    std::string out;
    write_status(out, FeedState::live);
    EXPECT_EQ(out, R"({"type":"status","feed":"live"})");
    out.clear();
    write_heartbeat(out, 1'764'000'000'123'456, FeedState::stale);
    EXPECT_EQ(out, R"({"type":"heartbeat","t":1764000000123456,"feed":"stale"})");
}

TEST(StreamMessages, Subscribed_ListsTheTickers) {
    EXPECT_EQ(subscribed_json(each_of({"A", "B"}), 250),
              R"({"type":"subscribed","tickers":["A","B"],"throttle_ms":250})");
    EXPECT_EQ(subscribed_json(each_of({}), 0),
              R"({"type":"subscribed","tickers":[],"throttle_ms":0})");
}

TEST(StreamMessages, Pong_RepeatsTheIdAsItWas) {
    EXPECT_EQ(pong_json("", 5), R"({"type":"pong","t":5})");
    EXPECT_EQ(pong_json("5.5e1", 5), R"({"type":"pong","id":5.5e1,"t":5})");
}

TEST(StreamMessages, Error_HasTheMembersOfTheError) {
    EXPECT_EQ(error_json("", {.code = ErrorCode::unknown_op, .detail = "d"}),
              R"({"type":"error","code":"unknown_op","detail":"d"})");
    EXPECT_EQ(
        error_json(
            "subscribe",
            {.code = ErrorCode::too_many_tickers, .detail = "d", .tickers = {"A"}, .limit = 3}),
        R"({"type":"error","op":"subscribe","code":"too_many_tickers","detail":"d",)"
        R"("tickers":["A"],"limit":3})");
}

TEST(StreamMessages, ErrorOfABrokenText_IsStillJson) {
    auto const text = error_json("\xFF", {.code = ErrorCode::unknown_op, .detail = "\xC3"});
    EXPECT_TRUE(nlohmann::json::accept(text)) << text;
}

TEST(StreamMessages, Goodbye_HasFigureAndWaitWhereThereAre) {
    Goodbye const goodbye{"too_slow", "d", Limit::slow_client_seconds};
    EXPECT_EQ(goodbye_json(goodbye, {}, {}),
              R"({"type":"goodbye","code":"too_slow","detail":"d"})");
    EXPECT_EQ(goodbye_json(goodbye, 30.0, 250U),
              R"({"type":"goodbye","code":"too_slow","detail":"d","limit":30.0,)"
              R"("reconnect_in_ms":250})");
    EXPECT_EQ(goodbye_json(goodbye, std::uint64_t{20}, {}),
              R"({"type":"goodbye","code":"too_slow","detail":"d","limit":20})");
}

/// The table names the event of an event stream; the builder names the message.
TEST(StreamMessages, EachType_IsTheNameInTheTable) {
    std::string status;
    write_status(status, FeedState::live);
    std::string heartbeat;
    write_heartbeat(heartbeat, 1, FeedState::live);
    std::vector<std::pair<MessageType, std::string>> const all{
        {MessageType::snapshot, snapshot({}, {})},
        {MessageType::ticks, ticks({"1"})},
        {MessageType::subscribed, subscribed_json(each_of({}), 0)},
        {MessageType::status, status},
        {MessageType::heartbeat, heartbeat},
        {MessageType::error, error_json("", {})},
        {MessageType::pong, pong_json("", 1)},
        {MessageType::goodbye, goodbye_json({}, {}, {})}};
    ASSERT_EQ(all.size(), kMessageTypeTable.size());
    for (auto const& [type, text] : all)
        EXPECT_EQ(nlohmann::json::parse(text)["type"], name(type)) << text;
}

}  // namespace
}  // namespace tickcast
