#include "tickcast/feed/registry/feed_registry.hpp"

#include "support.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tickcast {
namespace {

using testing::Contains;

// Which kinds there are: MET-11, held by tests/contract/test_tables.py.
TEST(FeedRegistry, FeedForms_BeginWithTheirLabels) {
    auto const labels = feed_labels();
    auto const forms = feed_forms();
    ASSERT_EQ(forms.size(), labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i)
        EXPECT_EQ(forms[i].substr(0, forms[i].find(':')), labels[i]);
    EXPECT_THAT(forms, Contains("replay:FILE"));
    EXPECT_THAT(forms, Contains("push"));
}

TEST(FeedRegistry, FeedKind_OfEachLabel_IsItsIndex) {
    auto const labels = feed_labels();
    for (std::size_t i = 0; i < labels.size(); ++i)
        EXPECT_EQ(feed_kind(labels[i]).value, i);
}

TEST(FeedRegistry, ParseFeed_OfEachKind_GivesTheKindAndWhetherAnyTickerIsAllowed) {
    std::map<std::string, bool> const any_ticker{
        {"sim", false}, {"replay:x.csv", false}, {"push", true}};
    for (auto const& [text, any] : any_ticker) {
        auto const request = parse_feed(text);
        ASSERT_TRUE(request) << text;
        EXPECT_EQ(request->any_ticker, any) << text;
        EXPECT_EQ(feed_labels().at(request->kind.value), text.substr(0, text.find(':')));
    }
}

TEST(FeedRegistry, ParseFeed_OfAllButPush_MakesAFeedOfItsKind) {
    test::TemporaryFile const file{test::kHeaderLine + "1700000000000000000,A,1,,,,,\n"};
    TickerTable table{10};
    test::RecorderSink sink;
    asio::io_context io;
    SystemClock const clock;
    std::set<std::string_view> made;
    for (auto const& text : {std::string{"sim?tickers=2"}, "replay:" + file.path()}) {
        auto const request = parse_feed(text);
        ASSERT_TRUE(request) << text;
        auto const feed = request->make(request->kind, {table, sink, io, clock});
        ASSERT_TRUE(feed) << feed.error();
        EXPECT_EQ((*feed)->kind(), request->kind);
        made.insert(feed_labels().at(request->kind.value));
    }
    EXPECT_EQ(made.size() + 1, feed_labels().size()) << "a kind has no case here";
    EXPECT_FALSE(parse_feed("push")->make);
    EXPECT_EQ(table.known_count(), 3U);
}

TEST(FeedRegistry, Make_WhenTheFileIsMissing_GivesTheReason) {
    TickerTable table{10};
    test::RecorderSink sink;
    asio::io_context io;
    SystemClock const clock;
    auto const request = parse_feed("replay:/no/such/file");
    ASSERT_TRUE(request);
    auto const feed = request->make(request->kind, {table, sink, io, clock});
    ASSERT_FALSE(feed);
    EXPECT_EQ(feed.error(), "No such file or directory");
}

}  // namespace
}  // namespace tickcast
