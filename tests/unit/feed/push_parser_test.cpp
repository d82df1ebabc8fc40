#include "feed/push/push_parser.hpp"

#include "feed/push/push_handler.hpp"
#include "feed/push/push_reader.hpp"
#include "support.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

void PrintTo(ErrorCode code, std::ostream* out) {
    *out << "code " << static_cast<int>(code);
}

namespace {

using test::decimal;

constexpr std::string_view kGood = R"({"s":"AAPL","p":1})";

struct Fault {
    ErrorCode code{};
    std::uint64_t line{0};
    friend bool operator==(Fault const&, Fault const&) = default;
    friend std::ostream& operator<<(std::ostream& out, Fault const& fault) {
        return out << "code " << static_cast<int>(fault.code) << " line " << fault.line;
    }
};

Fault fault(std::string_view body, PushFormat format) {
    auto const ticks = parse_push_body(body, format);
    EXPECT_FALSE(ticks) << body;
    if (ticks) return {};
    EXPECT_FALSE(ticks.error().detail.empty());
    return {ticks.error().code, ticks.error().line.value_or(0)};
}

/// The error code of one bad tick; the error's line is checked in either format.
ErrorCode code_of(std::string const& tick) {
    std::string const good{kGood};
    auto const line = fault("\n" + good + "\n" + tick + "\n" + good, PushFormat::ndjson);
    EXPECT_EQ(line.line, 3U) << tick;
    auto const element = fault("[" + good + ",\n\n" + tick + "," + good + "]", PushFormat::array);
    EXPECT_EQ(element.line, 2U) << tick;
    EXPECT_EQ(line.code, element.code) << tick;
    return line.code;
}

std::size_t count(std::string_view body, PushFormat format) {
    auto const ticks = parse_push_body(body, format);
    EXPECT_TRUE(ticks) << body << ": " << (ticks ? "" : ticks.error().detail);
    return ticks ? ticks->size() : 999;
}

// contract: PSH-4
TEST(PushParser, WhenAllMembersAreThere_ReadsThemExactly) {
    for (auto const format : {PushFormat::ndjson, PushFormat::array}) {
        std::string body =
            R"({"s":"aapl","p":189.34,"b":-189.33,"a":92233720368.54775807,"z":100,"bz":3e2,)"
            R"("az":0.00000001,"x":1764000000123456})";
        if (format == PushFormat::array) body = "[" + body + "]";
        auto const ticks = parse_push_body(body, format);
        ASSERT_TRUE(ticks) << ticks.error().detail;
        ASSERT_EQ(ticks->size(), 1U);
        auto const& tick = ticks->front();
        EXPECT_EQ(tick.ticker.view(), "AAPL");
        EXPECT_EQ(tick.update.last, decimal("189.34"));
        EXPECT_EQ(tick.update.bid, decimal("-189.33"));
        EXPECT_EQ(tick.update.ask->raw(), INT64_MAX);
        EXPECT_EQ(tick.update.last_size, decimal("100"));
        EXPECT_EQ(tick.update.bid_size, decimal("300"));
        EXPECT_EQ(tick.update.ask_size->raw(), 1);
        EXPECT_EQ(tick.update.source_time_us, 1764000000123456);
    }
}

// contract: PSH-4
TEST(PushParser, WhenMembersAreLeftOut_AreAbsent) {
    auto const ticks =
        parse_push_body("{\"az\":0,\"s\":\"A\"}\n{\"s\":\"B\",\"p\":-0}", PushFormat::ndjson);
    ASSERT_TRUE(ticks);
    ASSERT_EQ(ticks->size(), 2U);
    EXPECT_EQ((*ticks)[0].update.ask_size, Decimal{});
    EXPECT_FALSE((*ticks)[0].update.last);
    EXPECT_FALSE((*ticks)[0].update.source_time_us);
    EXPECT_EQ((*ticks)[1].update.last, Decimal{});
    EXPECT_FALSE((*ticks)[1].update.ask_size) << "nothing is left over from the tick before";
}

TEST(PushParser, WhenTheBodyIsEmpty_GivesNoTick) {
    for (auto const* const body : {"", "\n", "\r\n\r\n", "  \n\t\n"}) {
        EXPECT_EQ(count(body, PushFormat::ndjson), 0U);
        EXPECT_EQ(count(body, PushFormat::array), 0U);
    }
    EXPECT_EQ(count("[]", PushFormat::array), 0U);
    EXPECT_EQ(count(" [ \n ] \n", PushFormat::array), 0U);
}

TEST(PushParser, WhenLinesEndInCrLfOrAreBlank_AreRead) {
    std::string const good{kGood};
    EXPECT_EQ(count(good + "\r\n\r\n" + good + "\n \n" + good, PushFormat::ndjson), 3U);
    EXPECT_EQ(fault(good + "\r\n\r\n\n" + "{}\r\n", PushFormat::ndjson),
              (Fault{ErrorCode::invalid_type, 4}));
}

// contract: VAL-10 VAL-11
TEST(PushParser, WhenNumbersAreAtTheirLimits_AreReadAndPastThemOutOfRange) {
    EXPECT_EQ(count(R"({"s":"A","p":92233720368})", PushFormat::ndjson), 1U);
    EXPECT_EQ(count(R"({"s":"A","p":-92233720368.54775807})", PushFormat::ndjson), 1U);
    EXPECT_EQ(count(R"({"s":"A","p":1.00000000000000000000})", PushFormat::ndjson), 1U);
    EXPECT_EQ(count(R"({"s":"A","p":0e999999999})", PushFormat::ndjson), 1U);
    for (auto const* const tick :
         {R"({"s":"A","p":92233720369})", R"({"s":"A","p":-92233720369})",
          R"({"s":"A","p":92233720368.54775808})", R"({"s":"A","p":-92233720368.54775808})",
          R"({"s":"A","p":0.123456789})", R"({"s":"A","p":1e400})", R"({"s":"A","p":-1e400})",
          R"({"s":"A","p":1e-400})", R"({"s":"A","p":9223372036854775808})",
          R"({"s":"A","p":18446744073709551616})", R"({"s":"A","z":-1})", R"({"s":"A","bz":-0.5})",
          R"({"s":"A","az":-1e-8})", R"({"s":"A","p":1,"x":9223372036854775808})",
          R"({"s":"A","p":1,"x":18446744073709551616})", R"({"s":"A","p":1,"x":-1})"}) {
        EXPECT_EQ(code_of(tick), ErrorCode::out_of_range) << tick;
    }
    std::string const digits(400, '9');
    EXPECT_EQ(code_of(R"({"s":"A","p":)" + digits + "}"), ErrorCode::out_of_range);
    EXPECT_EQ(code_of(R"({"s":"A","p":1,"x":)" + digits + "}"), ErrorCode::out_of_range);
}

std::string detail_of_time(std::string const& time) {
    auto const ticks = parse_push_body(R"({"s":"A","p":1,"x":)" + time + "}", PushFormat::ndjson);
    if (ticks) return {};
    EXPECT_EQ(ticks.error().code, ErrorCode::out_of_range) << time;
    return ticks.error().detail;
}

// contract: PSH-15
TEST(PushParser, WhenSourceTimeIsOutside1990To2100_IsOutOfRangeAndTheLikelyUnitIsNamed) {
    std::string const common = "'x' must be microseconds since 1970, of a time from 1990 to 2100";
    for (auto const* const good : {"631152000000000", "1764000000123456", "4133980799999999"})
        EXPECT_EQ(detail_of_time(good), "") << good;
    for (auto const* const none :
         {"0", "1", "-1", "-1764000000123456", "631151999999999", "4133980800000000",
          "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e400"})
        EXPECT_EQ(detail_of_time(none), common) << none;
    EXPECT_EQ(detail_of_time("1764000000"), common + "; it looks like seconds");
    EXPECT_EQ(detail_of_time("1764000000123"), common + "; it looks like milliseconds");
    EXPECT_EQ(detail_of_time("1764000000123456789"), common + "; it looks like nanoseconds");
    EXPECT_EQ(detail_of_time("1.764e9"), common + "; it looks like seconds");
}

// contract: VAL-13
TEST(PushParser, WhenSourceTimeIsWrittenWithPointOrExponent_IsTheSame) {
    for (auto const* const time : {"1764000000123456", "1764000000123456.0", "1.764000000123456e15",
                                   "17640000001234560E-1"}) {
        auto const ticks =
            parse_push_body(R"({"s":"A","p":1,"x":)" + std::string{time} + "}", PushFormat::ndjson);
        ASSERT_TRUE(ticks) << time;
        EXPECT_EQ(ticks->front().update.source_time_us, 1764000000123456) << time;
    }
}

// contract: VAL-7
TEST(PushParser, WhenMemberHasAnotherType_IsInvalidType) {
    for (auto const* const tick : {"1",
                                   "1e400",
                                   "null",
                                   "true",
                                   R"("AAPL")",
                                   "[]",
                                   "[1]",
                                   "{}",
                                   R"({"p":1})",
                                   R"({"s":"A"})",
                                   R"({"s":"A","x":1764000000123456})",
                                   R"({"s":1,"p":1})",
                                   R"({"s":null,"p":1})",
                                   R"({"s":1e400,"p":1})",
                                   R"({"s":["A"],"p":1})",
                                   R"({"s":{},"p":1})",
                                   R"({"s":"A","p":"1"})",
                                   R"({"s":"A","p":null})",
                                   R"({"s":"A","p":true})",
                                   R"({"s":"A","p":[1]})",
                                   R"({"s":"A","p":{"v":1}})",
                                   R"({"s":"A","p":1,"x":1.5})",
                                   R"({"s":"A","p":1,"x":1764000000123456.5})",
                                   R"({"s":"A","p":1,"x":1e-3})",
                                   R"({"s":"A","p":1,"x":"1"})",
                                   R"({"s":"A","p":1,"x":null})"}) {
        EXPECT_EQ(code_of(tick), ErrorCode::invalid_type) << tick;
    }
}

TEST(PushParser, WhenTheBodyIsNoArray_IsInvalidType) {
    for (auto const* const body : {"1", "null", "\"x\"", R"({"s":"A","p":1})"}) {
        EXPECT_EQ(fault(body, PushFormat::array), (Fault{ErrorCode::invalid_type, 1})) << body;
    }
    EXPECT_EQ(fault("[" + std::string{kGood} + "]", PushFormat::ndjson),
              (Fault{ErrorCode::invalid_type, 1}));
}

TEST(PushParser, WhenMemberIsUnknown_IsUnknownField) {
    for (auto const* const tick :
         {R"({"s":"A","p":1,"q":1})", R"({"S":"A","p":1})", R"({"s":"A","":1})",
          R"({"s":"A","p":1,"n":{"deep":[1]}})", R"({"s":"A","p":1,"t":1})"}) {
        EXPECT_EQ(code_of(tick), ErrorCode::unknown_field) << tick;
    }
}

TEST(PushParser, WhenTickerIsIllFormed_IsInvalidTicker) {
    for (auto const* const tick : {R"({"s":"","p":1})", R"({"s":"A B","p":1})",
                                   R"({"s":"ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567","p":1})",
                                   R"({"s":"\u00c4","p":1})", R"({"s":"A\u0000","p":1})"}) {
        EXPECT_EQ(code_of(tick), ErrorCode::invalid_ticker) << tick;
    }
    EXPECT_EQ(count(R"({"s":"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456","p":1})", PushFormat::ndjson), 1U);
    EXPECT_EQ(count(R"({"\u0073":"\u0041","p":1})", PushFormat::ndjson), 1U);
}

TEST(PushParser, WhenMalformed_IsInvalidJson) {
    for (auto const* const tick : {"{",
                                   R"({"s":"A","p":1)",
                                   R"({"s":"A","p":})",
                                   R"({"s":"A","p":1,})",
                                   R"({s:"A","p":1})",
                                   R"({"s":"A" "p":1})",
                                   R"({'s':'A','p':1})",
                                   R"({"s":"A","p":NaN})",
                                   R"({"s":"A","p":Infinity})",
                                   R"({"s":"A","p":-Infinity})",
                                   R"({"s":"A","p":+1})",
                                   R"({"s":"A","p":01})",
                                   R"({"s":"A","p":1.})",
                                   R"({"s":"A","p":.5})",
                                   R"({"s":"A","p":0x1})",
                                   R"({"s":"A","p":1,"p":1})",
                                   R"({"s":"A","s":"A","p":1})",
                                   R"({"s":"A","x":1764000000123456,"x":2})",
                                   "{\"s\":\"\xff\",\"p\":1}",
                                   "{\"s\":\"\xc0\x80\",\"p\":1}",
                                   R"({"s":"\ud800","p":1})",
                                   "{\"s\":\"A\tB\",\"p\":1}",
                                   "tru",
                                   "nul",
                                   "junk",
                                   "/* c */ {\"s\":\"A\",\"p\":1}"}) {
        EXPECT_EQ(code_of(tick), ErrorCode::invalid_json) << tick;
    }
}

TEST(PushParser, WhenSomethingFollowsATick_IsInvalidJson) {
    std::string const good{kGood};
    for (auto const& line : {good + "1", good + good, good + ",", good + "]", good + " x",
                             good + std::string(1, '\0'), good + std::string("\0{}", 3)}) {
        EXPECT_EQ(fault(good + "\n" + line + "\n" + good, PushFormat::ndjson),
                  (Fault{ErrorCode::invalid_json, 2}))
            << line;
    }
    for (auto const& body : {"[" + good + "]x", "[" + good + "],", "[" + good + "][]",
                             "[" + good + "]" + std::string(1, '\0')}) {
        EXPECT_EQ(fault(body, PushFormat::array), (Fault{ErrorCode::invalid_json, 1})) << body;
    }
    EXPECT_EQ(fault(std::string(1, '\0'), PushFormat::array), (Fault{ErrorCode::invalid_json, 1}));
}

// contract: PSH-6
TEST(PushParser, WhenTheArrayIsMalformed_TheElementAfterTheGoodOnesIsNamed) {
    std::string const good{kGood};
    EXPECT_EQ(fault("[" + good + "," + good, PushFormat::array),
              (Fault{ErrorCode::invalid_json, 3}));
    EXPECT_EQ(fault("[" + good + ",]", PushFormat::array), (Fault{ErrorCode::invalid_json, 2}));
    EXPECT_EQ(fault("[" + good + "\n" + good + "]", PushFormat::array),
              (Fault{ErrorCode::invalid_json, 2}));
    EXPECT_EQ(fault("[", PushFormat::array), (Fault{ErrorCode::invalid_json, 1}));
    EXPECT_EQ(fault("[NaN]", PushFormat::array), (Fault{ErrorCode::invalid_json, 1}));
}

TEST(PushParser, WhenThereIsAByteOrderMark_IsInvalidJson) {
    std::string const mark = "\xEF\xBB\xBF";
    std::string const good{kGood};
    EXPECT_EQ(fault(mark + good, PushFormat::ndjson), (Fault{ErrorCode::invalid_json, 1}));
    EXPECT_EQ(fault(good + "\n" + mark + good, PushFormat::ndjson),
              (Fault{ErrorCode::invalid_json, 2}));
    EXPECT_EQ(fault(mark + "[]", PushFormat::array), (Fault{ErrorCode::invalid_json, 1}));
    EXPECT_EQ(fault(mark, PushFormat::array), (Fault{ErrorCode::invalid_json, 1}));
}

TEST(PushParser, WhenNestedDeeply_IsRefusedAtTheFirstLevel) {
    std::string const deep(4'000'000, '[');
    EXPECT_EQ(fault(deep, PushFormat::array), (Fault{ErrorCode::invalid_type, 1}));
    EXPECT_EQ(fault(deep, PushFormat::ndjson), (Fault{ErrorCode::invalid_type, 1}));
    EXPECT_EQ(fault(R"({"s":"A","p":)" + deep, PushFormat::ndjson),
              (Fault{ErrorCode::invalid_type, 1}));
    EXPECT_EQ(fault(R"([{"s":"A","q":)" + deep, PushFormat::array),
              (Fault{ErrorCode::unknown_field, 1}));
}

// contract: PSH-3
TEST(PushParser, WhenABodyIsLarge_ReadsAll) {
    std::string lines;
    std::string array = "[";
    for (int i = 0; i < 20'000; ++i) {
        auto const tick = R"({"s":"T)" + std::to_string(i) + R"(","p":)" + std::to_string(i) + "}";
        lines += tick + "\n";
        array += (i == 0 ? "" : ",") + tick;
    }
    EXPECT_EQ(count(lines, PushFormat::ndjson), 20'000U);
    EXPECT_EQ(count(array + "]", PushFormat::array), 20'000U);
    EXPECT_EQ(fault(lines + "x", PushFormat::ndjson), (Fault{ErrorCode::invalid_json, 20'001}));
    EXPECT_EQ(fault(array + ",1]", PushFormat::array), (Fault{ErrorCode::invalid_type, 20'001}));
}

// contract: PSH-16
TEST(PushParser, WhenATickIsLong_IsReadUpToItsLimitAndPastItTooLarge) {
    // A number may have any number of zeros before its end.
    auto const sized = [](std::size_t size) {
        std::string const begin = R"({"s":"A","p":1.)";
        return begin + std::string(size - begin.size() - 1, '0') + "}";
    };
    auto const most = PushReader::kMaxTickBytes;
    std::string const good{kGood};
    for (auto const& blanks : {std::string{}, std::string(20'000, ' ')}) {
        auto const with = [&](std::size_t size) { return sized(size).insert(1, blanks); };
        EXPECT_EQ(count(with(most - 1), PushFormat::ndjson), 1U);
        EXPECT_EQ(count(good + "\n" + with(most) + "\n" + good, PushFormat::ndjson), 3U);
        EXPECT_EQ(count("[" + good + "," + with(most) + "," + good + "]", PushFormat::array), 3U);
        EXPECT_EQ(fault(good + "\n" + with(most + 1), PushFormat::ndjson),
                  (Fault{ErrorCode::body_too_large, 2}));
        EXPECT_EQ(fault("[" + good + "," + with(most + 1) + "]", PushFormat::array),
                  (Fault{ErrorCode::body_too_large, 2}));
    }
    EXPECT_EQ(code_of(R"({"s":")" + std::string(5'000'000, 'A') + R"(","p":1})"),
              ErrorCode::body_too_large);
    EXPECT_EQ(code_of(R"({"s":"A","p":"1","b":)" + std::string(most, '1') + "}"),
              ErrorCode::invalid_type)
        << "the first fault counts";
    EXPECT_EQ(fault(std::string(most, '{') + good, PushFormat::array).code, ErrorCode::invalid_type)
        << "no array";
}

// contract: PSH-16
TEST(PushParser, WhenATickHasManyBlanks_TheyDoNotCountWhereverTheyStand) {
    std::string const blanks(50'000, ' ');
    std::string const tokens[] = {"{", R"("s")", ":", R"("A,]}\u002D\"{")", ",", R"("p")",
                                  ":", "1.5",    "}"};
    auto const ticker = [&](std::string text) {
        return text.replace(text.find(tokens[3]), tokens[3].size(), R"("A\u002DB")");
    };
    for (std::size_t gap = 0; gap <= std::size(tokens); ++gap) {
        for (auto const& filler : {blanks, std::string(50'000, '\t'), std::string(50'000, '\r')}) {
            std::string text;
            for (std::size_t i = 0; i < std::size(tokens); ++i)
                text += (i == gap ? filler : "") + tokens[i];
            if (gap == std::size(tokens)) text += filler;
            EXPECT_EQ(count(ticker(text) + "\n" + ticker(text), PushFormat::ndjson), 2U) << gap;
            EXPECT_EQ(count("[" + ticker(text) + "," + ticker(text) + "]", PushFormat::array), 2U)
                << gap;
            // Commas, brackets and quotes in a string end nothing.
            EXPECT_EQ(fault("[" + std::string{kGood} + "," + text + "]", PushFormat::array),
                      (Fault{ErrorCode::invalid_ticker, 2}));
        }
    }
    std::string const lines(50'000, '\n');
    EXPECT_EQ(count("[{" + lines + R"("s":"A","p":1}])", PushFormat::array), 1U);
    EXPECT_EQ(code_of(R"({"s":"A","p":1)" + blanks + "2}"), ErrorCode::invalid_json)
        << "blanks part two tokens";
    EXPECT_EQ(code_of(R"({"s":"A)" + blanks + R"(","p":1})"), ErrorCode::body_too_large)
        << "in a string they count";
}

// contract: PSH-16
TEST(PushParser, WhenBlanksAreMany_TheyAreSkipped) {
    std::string const good{kGood};
    std::string const blanks(1'000'000, ' ');
    std::string const lines(1'000'000, '\n');
    EXPECT_EQ(count(blanks + good + "\n" + blanks, PushFormat::ndjson), 1U);
    EXPECT_EQ(fault(lines + good + "\n" + lines + "x", PushFormat::ndjson),
              (Fault{ErrorCode::invalid_json, 2'000'002}));
    EXPECT_EQ(count(blanks + "[" + lines + good + "," + lines + good + lines.substr(0, 9'000) +
                        "]" + blanks,
                    PushFormat::array),
              2U);
    EXPECT_EQ(count(blanks + lines, PushFormat::array), 0U);
}

/// The reference: the result if nlohmann reads the whole array at once.
Result<std::vector<PushTick>> parse_whole(std::string_view body) {
    PushHandler handler{PushFormat::array};
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return handler.take_ticks();
    bool good =
        !body.starts_with("\xEF\xBB\xBF") || handler.malformed("begins with a byte order mark");
    good = good && nlohmann::json::sax_parse(body.begin(), body.end(), &handler);
    good = good && (body.find('\0') == std::string_view::npos || handler.malformed("a NUL"));
    if (!good) return handler.take_error();
    return handler.take_ticks();
}

/// The text with a few bytes changed, removed or inserted.
std::string mutated(std::string text, std::mt19937& random) {
    static constexpr std::string_view kPieces[] = {"{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   ",",
                                                   ":",
                                                   "\"",
                                                   "\\",
                                                   " ",
                                                   "\n",
                                                   "1",
                                                   "-",
                                                   "e9",
                                                   "null",
                                                   "true",
                                                   "\xEF\xBB\xBF",
                                                   "\xFF",
                                                   std::string_view{"\0", 1},
                                                   R"({"s":"A","p":1})",
                                                   R"("s")",
                                                   "\\u0041",
                                                   R"("x":1764000000123456,)",
                                                   "]]",
                                                   "[[",
                                                   "},{"};
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
        auto const at = random() % (text.size() + 1);
        auto const gone = random() % 3 == 0 ? random() % 8 : 0;
        text.replace(at, gone, random() % 4 == 0 ? "" : kPieces[random() % std::size(kPieces)]);
    }
    return text;
}

// contract: PSH-3
TEST(PushParser, WhenAnArrayIsReadByElements_TheResultIsThatOfTheWhole) {
    std::mt19937 random{20'240'607};
    std::string const base =
        R"( [{"s":"A,]","p":1.5e0} , {"b":2,"s":"B\"}","z":[3]},{"s":"C","p":4}] )";
    std::string const good =
        R"([{"s":"A","p":1} ,{"s":"B","p":2,"x":1764000000123456},{"s":"C","p":3}])";
    std::size_t accepted = 0;
    for (int i = 0; i < 40'000; ++i) {
        auto const text = mutated(i % 4 == 0 ? base : good, random);
        auto const expected = parse_whole(text);
        auto const found = parse_push_body(text, PushFormat::array);
        ASSERT_EQ(bool{expected}, bool{found}) << text;
        if (expected) {
            ++accepted;
            ASSERT_EQ(expected->size(), found->size()) << text;
        } else {
            ASSERT_EQ(expected.error().code, found.error().code) << text;
            ASSERT_EQ(expected.error().line, found.error().line) << text;
        }
    }
    EXPECT_GT(accepted, 100U);
}

}  // namespace
}  // namespace tickcast
