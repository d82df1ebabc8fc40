// Tests of the swarm's checks: a checker that lets everything pass proves nothing.
#include "client/frame_parser.hpp"
#include "client/http_client.hpp"
#include "client/latency_histogram.hpp"
#include "client/metrics_text.hpp"
#include "client/swarm_client.hpp"
#include "client/tick_scan.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tickcast::client {
namespace {

using namespace std::string_literals;

struct Reading {
    std::vector<std::string> messages;
    std::string violation;
};

/// Parses the bytes in pieces of this size.
Reading read(std::string_view bytes, std::size_t piece = 1) {
    FrameParser parser;
    Reading reading;
    while (!bytes.empty() && parser.violation().empty()) {
        auto const part = bytes.substr(0, piece);
        bytes.remove_prefix(part.size());
        parser.feed(part);
        while (auto const message = parser.next())
            reading.messages.emplace_back(message->payload);
        parser.settle();
    }
    reading.violation = parser.violation();
    return reading;
}

TEST(FrameParser, WhenWellFormed_GivesMessagesWhateverThePieces) {
    auto const long_text = std::string(126, 'x');
    auto const longer_text = std::string(65536, 'y');
    auto const bytes = "\x81\x02hi\x89\x01p"s + "\x01\x01" + "a\x8a\x00"s + "\x80\x01" + "b" +
                       "\x81\x7e\x00\x7e"s + long_text +
                       "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s + longer_text +
                       "\x88\x02\x03\xe9";
    std::vector<std::string> const expected{"hi",      "p",         "",         "ab",
                                            long_text, longer_text, "\x03\xe9"s};
    for (std::size_t const piece : {1U, 2U, 3U, 7U, 1000U, 100'000U}) {
        auto const reading = read(bytes, piece);
        EXPECT_EQ(reading.violation, "");
        EXPECT_EQ(reading.messages, expected) << "in pieces of " << piece;
    }
}

TEST(FrameParser, WhenAMessageHasVeryManyFragments_NeedsNoMoreStack) {
    std::string bytes{"\x01\x00"s};
    for (int i = 0; i < 1'000'000; ++i)
        bytes.append("\x00\x00"s);
    auto const reading = read(bytes + "\x80\x03" + "end", 10'000'000);
    EXPECT_EQ(reading.violation, "");
    EXPECT_EQ(reading.messages, std::vector{"end"s});
}

TEST(FrameParser, WhenARuleIsBroken_ReportsIt) {
    std::vector<std::string> const broken{
        "\xc1\x00"s,                                  // a reserved bit
        "\x83\x00"s,                                  // an unknown opcode
        "\x81\x80\x00\x00\x00\x00"s,                  // masked
        "\x81\x7e\x00\x7d"s + std::string(125, 'x'),  // not the shortest length
        "\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff"s,  // neither
        "\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00"s,  // beyond reason
        "\x09\x00"s,                                  // a fragmented ping
        "\x89\x7e\x00\x7e"s + std::string(126, 'x'),  // a long ping
        "\x80\x01x"s,                                 // a continuation of nothing
        "\x01\x01x\x81\x01x"s,                        // a message inside another
        "\x81\x02\xc3\x28"s,                          // bad UTF-8
        "\x01\x01\xe2\x80\x02\x82\x28"s,              // the same over two frames
        "\x88\x01x"s,                                 // half a close code
        "\x88\x02\x03\xed"s,                          // 1005 is never sent
        "\x88\x03\x03\xe8\xff"s,                      // a reason that is no UTF-8
        "\x88\x00\x81\x00"s,                          // a message after the close
    };
    for (auto const& bytes : broken) {
        EXPECT_NE(read(bytes).violation, "") << ::testing::PrintToString(bytes);
        EXPECT_NE(read(bytes, 1000).violation, "") << ::testing::PrintToString(bytes);
    }
}

TEST(Utf8, TakesWhatIsWellFormedAndNothingElse) {
    for (auto const* good : {"", "plain ascii text", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf",
                             "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "12345678\xe2\x82\xac"}) {
        EXPECT_TRUE(valid_utf8(good));
    }
    for (auto const* bad :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82", "12345678\xff", "1234567\xc3"}) {
        EXPECT_FALSE(valid_utf8(bad)) << bad;
    }
}

constexpr std::string_view kFrame =
    R"({"type":"ticks","ticks":[{"s":"A","p":-1.5,"x":7,"t":10,"n":1},{"s":"B=/","t":11,"n":22}]})";

TEST(TickScan, ReadsTicksWithTheirText) {
    EXPECT_EQ(frame_type(kFrame), "ticks");
    std::vector<TickView> ticks;
    ASSERT_TRUE(
        for_each_tick(kFrame, kTicksArray, [&](auto const& tick) { ticks.push_back(tick); }));
    ASSERT_EQ(ticks.size(), 2U);
    EXPECT_EQ(ticks[0].ticker, "A");
    EXPECT_EQ(ticks[0].x, 7U);
    EXPECT_EQ(members_of(ticks[0].text).at("p"), "-1.5");
    EXPECT_EQ(ticks[1].text, R"({"s":"B=/","t":11,"n":22})");
    EXPECT_EQ(ticks[1].n, 22U);
}

TEST(TickScan, WhenMalformed_ReportsIt) {
    for (std::size_t cut = 0; cut < kFrame.size() - 1; ++cut) {
        EXPECT_FALSE(for_each_tick(kFrame.substr(0, cut), kTicksArray, [](auto const&) {})) << cut;
    }
    for (auto const* bad : {R"("ticks":[{"s":"A","t":1}])", R"("ticks":[{"s":"A","t":1,"n":0}])",
                            R"("ticks":[{"t":1,"n":1}])", R"("ticks":[{"s":"A","t":1,"n":-1}])",
                            R"("ticks":[{"s":"A","t":1,"n":1.5}])", R"("ticks":[1])"}) {
        EXPECT_FALSE(for_each_tick(bad, kTicksArray, [](auto const&) {})) << bad;
    }
}

TEST(TickScan, ReadsStringsUntilTheVisitorStops) {
    std::vector<std::string> names;
    auto const read_names = [&](std::string_view json, std::size_t most = 9) {
        names.clear();
        return for_each_string(json, kTickersArray, [&](std::string_view name) {
            names.emplace_back(name);
            return names.size() < most;
        });
    };
    constexpr std::string_view good = R"({"tickers":["A","B=/"],"quotes":[]})";
    EXPECT_TRUE(read_names(good));
    EXPECT_EQ(names, (std::vector<std::string>{"A", "B=/"}));
    EXPECT_FALSE(read_names(good, 1));
    EXPECT_TRUE(read_names(R"("tickers":[])"));
    EXPECT_EQ(names.size(), 0U);
    for (std::size_t cut = 0; cut < good.find(']'); ++cut) {
        EXPECT_FALSE(read_names(good.substr(0, cut))) << cut;
    }
    EXPECT_FALSE(read_names(R"("tickers":["A" "B"])"));
    EXPECT_FALSE(read_names(R"("tickers":[1])"));
}

TEST(FromTheFuture, BeginsPastFiveMilliseconds) {
    EXPECT_FALSE(from_the_future(1'000'000, 999'999));
    EXPECT_FALSE(from_the_future(1'000'000, 1'005'000));
    EXPECT_TRUE(from_the_future(1'000'000, 1'005'001));
}

TEST(LatencyHistogram, QuantilesAreWithinThreePercent) {
    LatencyHistogram histogram;
    for (std::uint64_t us = 1; us <= 100'000; ++us)
        histogram.add(us);
    for (double const q : {0.01, 0.5, 0.95, 0.999}) {
        EXPECT_NEAR(histogram.quantile(q), q * 100'000, 0.035 * q * 100'000);
    }
}

TEST(Metrics, WhenAFamilyIsMissing_Throws) {
    Metrics const metrics("# HELP a b\na_total{x=\"1\"} 2\na_total{x=\"} 2\"} 3\nb 1e3\n");
    EXPECT_EQ(metrics.total("a_total"), 5);
    EXPECT_EQ(metrics.at("b"), 1000);
    EXPECT_THROW(metrics.total("a"), std::out_of_range);
    EXPECT_THROW(metrics.at("a_total"), std::out_of_range);
}

HttpReply reply_with_length(std::string const& length) {
    return parse_reply_head("HTTP/1.1 200 OK\r\nContent-Length: " + length);
}

TEST(HttpReply, ContentLength_IsAWholeNumber) {
    EXPECT_EQ(content_length(reply_with_length("0")), 0U);
    EXPECT_EQ(content_length(reply_with_length("1073741824")), 1073741824U);
    EXPECT_EQ(content_length(parse_reply_head("HTTP/1.1 204 No Content")), std::nullopt);
}

TEST(HttpReply, WhenContentLengthIsNoNumberOrTooLarge_IsNoAnswer) {
    for (auto const* length : {"", "x", "-1", "+1", "1x", "1, 1", "1073741825",
                               "18446744073709551615", "18446744073709551616"}) {
        EXPECT_THROW(content_length(reply_with_length(length)), std::runtime_error) << length;
    }
}

}  // namespace
}  // namespace tickcast::client
