#include "generator/settings.hpp"
#include "support/scratch_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace tickcast::load {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

std::string refusal(std::vector<std::string> const& arguments) {
    try {
        parse_settings(arguments);
    } catch (SettingError const& error) {
        return error.what();
    }
    return {};
}

class LoadFile : public ::testing::Test {
protected:
    std::string write(std::string const& text) {
        auto const path = (scratch_.path() / "load.toml").string();
        std::ofstream(path) << text;
        return path;
    }

private:
    test::ScratchDirectory scratch_;
};

TEST(LoadSettings, WhenNothingIsGiven_IsTheSpike) {
    auto const settings = parse_settings({});
    EXPECT_EQ(settings.scenario, "spike");
    EXPECT_EQ(settings.users, 1'500U);
    EXPECT_FALSE(settings.allow_remote);
}

TEST(LoadSettings, EachScenario_HasItsOwnDefaults) {
    EXPECT_EQ(parse_settings({"capacity"}).users, 5'000U);
    EXPECT_EQ(parse_settings({"capacity"}).ramp_seconds, 300);
    EXPECT_EQ(parse_settings({"churn"}).leaving_percent, 60);
    EXPECT_EQ(parse_settings({"soak"}).hold_seconds, 3'600);
    EXPECT_THAT(refusal({"stampede"}), HasSubstr("stampede"));
}

TEST_F(LoadFile, Flags_WinOverTheFileAndThatOverTheScenario) {
    auto const file = write(
        "scenario = 'churn'\nusers = 70\nhold-seconds = 1.5\n"
        "tickers = ['AAPL', 'MSFT']\nallow-remote = true\n");
    auto const settings = parse_settings({"--file", file, "--users", "80"});
    EXPECT_EQ(settings.scenario, "churn");
    EXPECT_EQ(settings.leaving_percent, 60);
    EXPECT_EQ(settings.hold_seconds, 1.5);
    EXPECT_EQ(settings.users, 80U);
    EXPECT_EQ(settings.tickers, "AAPL,MSFT");
    EXPECT_TRUE(settings.allow_remote);
    EXPECT_EQ(parse_settings({"soak", "--file", file}).slow_percent, 2);
}

TEST_F(LoadFile, WhenSomethingIsWrong_NamesSettingValueAndLine) {
    EXPECT_THAT(refusal({"--file", write("\nuser = 5\n")}),
                ::testing::AllOf(HasSubstr("\"user\""), HasSubstr("line 2")));
    EXPECT_THAT(refusal({"--file", write("users = 0\n")}),
                ::testing::AllOf(HasSubstr("--users"), HasSubstr("\"0\""), HasSubstr("line 1")));
    EXPECT_THAT(refusal({"--file", write("users = { a = 1 }\n")}), HasSubstr("--users"));
    EXPECT_THAT(refusal({"--file", write("users = \n")}), HasSubstr("line 1"));
    EXPECT_NE(refusal({"--file", "/nonexistent.toml"}), "");
}

struct Bound {
    char const* setting;
    char const* inside;
    char const* outside;
};

TEST(LoadSettings, Bounds_HoldAtTheEdgeAndNotBeyond) {
    for (auto const& [setting, inside, outside] :
         {Bound{"--users", "1", "0"}, Bound{"--users", "100000", "100001"},
          Bound{"--ramp-seconds", "86400", "86401"}, Bound{"--slow-percent", "100", "100.1"},
          Bound{"--slow-percent", "0", "-1"}, Bound{"--threads", "64", "65"},
          Bound{"--threads", "1", "0"}, Bound{"--throttle-ms", "60000", "60001"},
          Bound{"--max-seconds", "604800", "604801"},
          Bound{"--max-sessions", "100000000", "100000001"},
          Bound{"--settle-seconds", "600", "601"}, Bound{"--users", "7", "7.5"},
          Bound{"--users", "7", "many"}, Bound{"--hold-seconds", "7.5", "nan"},
          Bound{"--hold-seconds", "7.5", "7.5s"}}) {
        EXPECT_EQ(refusal({setting, inside}), "") << setting;
        EXPECT_THAT(refusal({setting, outside}),
                    ::testing::AllOf(HasSubstr(setting), HasSubstr(outside)));
    }
    EXPECT_NE(refusal({"--user", "5"}), "");
    EXPECT_NE(refusal({"--users"}), "");
}

bool passes(std::vector<std::string> const& arguments, std::size_t descriptors = 20'000) {
    try {
        check(parse_settings(arguments), descriptors);
        return true;
    } catch (SettingError const&) {
        return false;
    }
}

TEST(LoadSettings, BoundsOfSeveralSettings_HoldAtTheEdge) {
    EXPECT_TRUE(passes({"--slow-percent", "40", "--aborting-percent", "60"}));
    EXPECT_FALSE(passes({"--slow-percent", "40", "--aborting-percent", "60.5"}));
    EXPECT_TRUE(passes({"--max-seconds", "33", "--drop-seconds", "1"}));
    EXPECT_FALSE(passes({"--max-seconds", "32", "--drop-seconds", "1"}));
    EXPECT_TRUE(passes({"--users", "9", "--max-sessions", "9"}));
    EXPECT_FALSE(passes({"--users", "9", "--max-sessions", "8"}));
    EXPECT_TRUE(passes({"--users", "9", "--threads", "9"}));
    EXPECT_FALSE(passes({"--users", "9", "--threads", "10"}));
    EXPECT_TRUE(passes({"--users", "100"}, 164));
    EXPECT_FALSE(passes({"--users", "100"}, 163));
    EXPECT_FALSE(passes({"--users", "100", "--leaving-percent", "1"}, 164));
    EXPECT_TRUE(passes({"--users", "100", "--leaving-percent", "1"}, 174));
    EXPECT_FALSE(passes({"--ramp-seconds", "0", "--hold-seconds", "0"}));
}

std::vector<std::string> tickers_of(std::string const& given) {
    return named_tickers(parse_settings({"--tickers", given}));
}

TEST(LoadSettings, Tickers_AreFoldedAndEachIsKeptOnce) {
    using ::testing::ElementsAre;
    EXPECT_THAT(named_tickers(parse_settings({})), ::testing::IsEmpty());
    EXPECT_THAT(tickers_of("msft,AAPL,aapl,MSFT,BRK.B"), ElementsAre("MSFT", "AAPL", "BRK.B"));
    EXPECT_THAT(tickers_of("A09.-^=/:_&+#@"), ElementsAre("A09.-^=/:_&+#@"));
    EXPECT_THAT(tickers_of(std::string(32, 'z')), ElementsAre(std::string(32, 'Z')));
}

TEST(LoadSettings, WhenATickerIsNone_NamesIt) {
    auto const too_long = "A," + std::string(33, 'Z');
    for (auto const& given : {"A,B C"s, "A, B"s, ","s, "A,"s, "A,,B"s, "\xc3\x84"s, too_long}) {
        EXPECT_THROW(tickers_of(given), SettingError) << given;
        EXPECT_FALSE(passes({"--tickers", given})) << given;
    }
    EXPECT_TRUE(passes({"--tickers", "a,b"}));
}

TEST(LoadSettings, Help_NamesThemWithTheirDefaults) {
    try {
        parse_settings({"--help"});
        FAIL() << "no help";
    } catch (HelpAsked const& help) {
        EXPECT_THAT(help.text, HasSubstr("--allow-remote"));
        EXPECT_THAT(help.text, HasSubstr("users at a time [1500]"));
    }
}

}  // namespace
}  // namespace tickcast::load
