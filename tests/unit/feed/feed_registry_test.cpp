#include "tickcast/feed/registry/feed_registry.hpp"

#include "support.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <string_view>
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

/// The form of each kind with all its parameters, as the help has it.
std::vector<std::string> forms_of_help() {
    std::istringstream help{feeds_help()};
    std::vector<std::string> forms;
    for (std::string line; std::getline(help, line);) {
        if (line.starts_with("  ") && line[2] != ' ') forms.push_back(line.substr(2));
    }
    return forms;
}

// contract: SIM-2 RPL-1
TEST(FeedRegistry, FeedsHelp_HasEachKindWithAllItsParameters) {
    EXPECT_EQ(forms_of_help().size(), feed_labels().size());
    EXPECT_THAT(forms_of_help(), Contains("sim?tickers=500&rate=2000&burst=1&seed=1"));
    EXPECT_THAT(forms_of_help(), Contains("replay:FILE?speed=1&loop=true&start=now&maxgap=0"));
}

TEST(FeedRegistry, ParseFeed_OfEachFormOfTheHelp_MakesAFeedOfItsKindUnlessItIsPush) {
    test::TemporaryFile const file{test::kHeaderLine + "1700000000000000000,A,1,,,,,\n"};
    TickerTable table{1000};
    test::RecorderSink sink;
    asio::io_context io;
    SystemClock const clock;
    std::vector<std::string_view> kinds;
    for (auto form : forms_of_help()) {
        if (auto const at = form.find("FILE"); at != std::string::npos) {
            form.replace(at, 4, file.path());
        }
        auto const request = parse_feed(form);
        ASSERT_TRUE(request) << request.error();
        kinds.push_back(feed_labels().at(request->kind.value));
        EXPECT_EQ(static_cast<bool>(request->make), kinds.back() != "push") << form;
        if (!request->make) continue;
        auto const feed = request->make(request->kind, {table, sink, io, clock});
        ASSERT_TRUE(feed) << feed.error();
        EXPECT_EQ((*feed)->kind(), request->kind);
    }
    EXPECT_EQ(kinds, feed_labels());
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
