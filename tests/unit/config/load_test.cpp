#include "tickcast/config/load.hpp"

#include "config/setting_table.hpp"
#include "support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace tickcast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Loads settings from flags alone.
LoadResult load(std::vector<std::string> const& flags) {
    return load_from(flags, {});
}

Settings loaded(std::vector<std::string> const& flags) {
    return settings_of(load(flags)).settings;
}

/// The error's line; empty if there was none.
std::string error_of(std::vector<std::string> const& flags) {
    auto const line = line_of(load(flags));
    if (!line.empty()) {
        EXPECT_THAT(line, testing::EndsWith(" (from the command line)"));
    }
    return line;
}

// contract: SET-15 FED-1
TEST(LoadSettings, LoadSettings_WhenFeedsAreGiven_TheyReplaceTheDefaultAndStayRaw) {
    auto const settings = loaded({"--feed", "sim?tickers=500&rate=2000",
                                  "--feed=replay:a,b [1].csv?speed=0", "--feed", "[push]"});
    EXPECT_THAT(settings.feeds,
                ElementsAre("sim?tickers=500&rate=2000", "replay:a,b [1].csv?speed=0", "[push]"));
}

TEST(LoadSettings, LoadSettings_WhenAFlagIsGivenTwice_TheLastCounts) {
    EXPECT_EQ(loaded({"--threads", "2", "--threads", "5"}).threads, 5U);
}

TEST(LoadSettings, LoadSettings_WhenWrongNumber_NamesSettingValueRangeAndSource) {
    EXPECT_EQ(error_of({"--threads", "abc"}),
              "--threads: \"abc\" is not a whole number from 1 to 1024 (from the command "
              "line)");
    EXPECT_EQ(error_of({"--stale-seconds", "soon"}),
              "--stale-seconds: \"soon\" is not a number of seconds from 0.001 to 1000000 "
              "(from the command line)");
    EXPECT_EQ(error_of({"--log-level", "trace"}),
              "--log-level: \"trace\" is not one of debug info warn error (from the "
              "command line)");
}

/// The values at both edges of a setting and beyond them.
struct Edge {
    std::string flag;
    std::string below;
    std::string least;
    std::string most;
    std::string above;
};

void expect_edge(Edge const& edge) {
    EXPECT_THAT(error_of({edge.flag, edge.below}), HasSubstr(edge.flag));
    EXPECT_EQ(error_of({edge.flag, edge.least}), "");
    EXPECT_EQ(error_of({edge.flag, edge.most}), "");
    EXPECT_THAT(error_of({edge.flag, edge.above}), HasSubstr(edge.above));
}

// contract: SET-10
TEST(LoadSettings, LoadSettings_OfEachNumber_AcceptsTheEdgesOfItsRowAndRefusesBeyond) {
    for (auto const& setting : all_settings()) {
        if (auto const* const whole = std::get_if<WholeSetting>(&setting.kind)) {
            expect_edge({setting.flag(), whole->min == 0 ? "-1" : std::to_string(whole->min - 1),
                         std::to_string(whole->min), std::to_string(whole->max),
                         std::to_string(whole->max + 1)});
        }
        if (auto const* const seconds = std::get_if<SecondsSetting>(&setting.kind)) {
            bool const off = seconds->may_be_zero;
            expect_edge(
                {setting.flag(), off ? "-1" : "0", off ? "0" : "0.001", "1000000", "1000000.5"});
            EXPECT_NE(error_of({setting.flag(), "0.0009"}), "") << setting.name;
        }
    }
}

TEST(LoadSettings, LoadSettings_OfANumberWithABoundOfItsOwn_RefusesBeyondIt) {
    expect_edge({"--threads", "0", "1", "1024", "1025"});
    expect_edge({"--max-tickers-per-session", "0", "1", "10000", "10001"});
    expect_edge({"--max-header-bytes", "1023", "1024", "1073741824", "1073741825"});
    expect_edge({"--max-message-bytes", "124", "125", "1073741824", "1073741825"});
    expect_edge({"--max-messages-per-second", "-1", "0", "1000000000", "1000000001"});
}

TEST(LoadSettings, LoadSettings_WhenNotAPlainNumber_Refuses) {
    for (std::string const wrong :
         {"-1", "+1", " 1", "1 ", "0x10", "1.5.", "nan", "inf", "-inf", "1e999", "infinity", "1s",
          "1,5", "", "--feed", "99999999999999999999", "٣"}) {
        EXPECT_THAT(error_of({"--threads", wrong}), HasSubstr("--threads")) << wrong;
        EXPECT_THAT(error_of({"--ping-seconds", wrong}), HasSubstr("--ping-seconds")) << wrong;
    }
    EXPECT_NE(error_of({"--threads", "1.5"}), "");
}

TEST(LoadSettings, LoadSettings_WhenValueIsLongOrHasLineBreaks_StaysOneShortLine) {
    auto const line = error_of({"--threads", "1\n2\r\x1b[0m" + std::string(10'000, 'x')});
    EXPECT_THAT(line, HasSubstr(R"(1\x0a2\x0d\x1b[0m)"));
    EXPECT_LT(line.size(), 400U);
    EXPECT_NE(error_of({"stray\nline"}), "");
    EXPECT_NE(error_of({"--un\nknown"}), "");
}

// contract: SET-5
TEST(LoadSettings, LoadSettings_WhenUnknown_NamesIt) {
    EXPECT_THAT(error_of({"--thread", "2"}), HasSubstr("--thread"));
    EXPECT_THAT(error_of({"--colour", "blue"}),
                HasSubstr("--colour: is no setting, given \"blue\""));
    EXPECT_THAT(error_of({"--colour", "--threads", "2"}), HasSubstr("--colour: is no setting ("));
    EXPECT_THAT(error_of({"--colour=blue"}),
                testing::AllOf(HasSubstr("--colour"), HasSubstr("blue")));
    EXPECT_THAT(error_of({"-t", "2"}), HasSubstr("-t"));
    EXPECT_THAT(error_of({"--threads", "2", "stray"}), HasSubstr("stray"));
    EXPECT_THAT(error_of({"--feed", "sim", "push"}), HasSubstr("push"));
    EXPECT_THAT(error_of({"--", "stray"}), HasSubstr("stray"));
    EXPECT_THAT(error_of({"--", "--threads"}), HasSubstr("--threads"));
    EXPECT_NE(error_of({""}), "");
}

TEST(LoadSettings, LoadSettings_WhenAValueIsMissing_NamesTheFlag) {
    EXPECT_THAT(error_of({"--log-level", "info", "--threads"}),
                HasSubstr("--threads: has no value"));
    EXPECT_THAT(error_of({"--threads=", "4"}), HasSubstr("--threads: "));
    EXPECT_THAT(error_of({"--feed"}), HasSubstr("--feed"));
}

// contract: SET-9
TEST(LoadSettings, LoadSettings_WhenHelpIsAsked_ListsEachSettingWithDefaultAndUnit) {
    auto const help = help_of(load({"--threads", "2", "--help"}));
    for (auto const& setting : all_settings()) {
        auto const at = help.find(setting.flag() + " ");
        ASSERT_NE(at, std::string::npos) << setting.name;
        auto const entry = help.substr(at, help.find("--", at + 2) - at);
        EXPECT_THAT(entry, HasSubstr("default " + default_text(setting) + ")"));
        EXPECT_THAT(entry, HasSubstr(std::string{setting.unit}));
    }
    EXPECT_THAT(help, HasSubstr("bytes, default 65536"));
    EXPECT_THAT(help, HasSubstr("seconds, default 30"));
    EXPECT_THAT(help, HasSubstr("--version"));
}

TEST(LoadSettings, LoadSettings_WhenVersionIsAsked_GivesOneLine) {
    EXPECT_EQ(help_of(load({"--version"})), "tickcast " + std::string{version()} + "\n");
}

// contract: SET-8
TEST(LoadSettings, LoadSettings_WhenAFlagIsTrueOrFalse_TheWordMayFollowOrBeLeftOut) {
    EXPECT_FALSE(loaded({}).reuse_port);
    EXPECT_TRUE(loaded({"--reuse-port"}).reuse_port);
    EXPECT_TRUE(loaded({"--reuse-port", "true"}).reuse_port);
    EXPECT_TRUE(loaded({"--reuse-port=true"}).reuse_port);
    EXPECT_FALSE(loaded({"--reuse-port=false"}).reuse_port);
    EXPECT_FALSE(loaded({"--reuse-port", "false"}).reuse_port);
    EXPECT_FALSE(loaded({"--reuse-port", "--reuse-port", "false"}).reuse_port);
    auto const both = loaded({"--reuse-port", "--ready-needs-feed", "--threads", "3"});
    EXPECT_TRUE(both.reuse_port && both.ready_needs_feed);
    EXPECT_EQ(both.threads, 3U);
    for (std::string const wrong : {"1", "yes", "TRUE", "", "stray"}) {
        EXPECT_THAT(error_of({"--reuse-port", wrong}),
                    HasSubstr("--reuse-port: \"" + wrong + "\" is not true or false"));
    }
    EXPECT_THAT(error_of({"--reuse-port="}), HasSubstr("--reuse-port"));
}

TEST(LoadSettings, LoadSettings_WhenTheFirstOfTwoValuesIsWrong_StillRefuses) {
    EXPECT_THAT(error_of({"--threads", "x", "--threads", "5"}), HasSubstr("\"x\""));
}

// contract: RUN-11
TEST(LoadSettings, LoadSettings_WhenSettingsNeedEachOther_NamesTheOneThatIsThere) {
    EXPECT_EQ(error_of({"--tls-cert", "c.pem"}),
              "--tls-cert: \"c.pem\" needs --tls-key beside it (from the command line)");
    EXPECT_EQ(error_of({"--tls-key", "k.pem"}),
              "--tls-key: \"k.pem\" needs --tls-cert beside it (from the command line)");
    EXPECT_THAT(error_of({"--admin-tls"}), HasSubstr("--admin-tls: \"true\" needs --tls-cert"));
    EXPECT_EQ(error_of({"--admin-tls=false"}), "");
    EXPECT_THAT(error_of({"--web-root", "/nowhere/at/all"}),
                HasSubstr("--web-root: \"/nowhere/at/all\" is not a directory"));
    EXPECT_THAT(error_of({"--web-root", "/dev/null"}), HasSubstr("--web-root"));
    EXPECT_THAT(error_of({"--tls-cert", ""}), HasSubstr("--tls-cert: \"\" is not a path"));
}

TEST(LoadSettings, LoadSettings_WhenAnErrorShowsAUrl_ItsCredentialsAreMasked) {
    auto const line = error_of({"--threads", "redis://user:se@cret@host/0"});
    EXPECT_THAT(line, HasSubstr("redis://***@host/0"));
    EXPECT_THAT(error_of({"--allow-origin", "https://me:secret@host"}),
                testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace tickcast
