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

// contract: RUN-2 RUN-3 SET-12..50 FED-2
TEST(LoadSettings, LoadSettings_WhenNothingIsGiven_GivesTheContractsDefaults) {
    auto const settings = loaded({});
    EXPECT_EQ(settings.listen, "0.0.0.0:8080");
    EXPECT_EQ(settings.admin_listen, "127.0.0.1:8081");
    EXPECT_EQ(settings.threads, 0U);
    EXPECT_THAT(settings.feeds, ElementsAre("sim"));
    EXPECT_EQ(settings.max_tickers_per_session, 256U);
    EXPECT_EQ(settings.max_sessions, 200'000U);
    EXPECT_EQ(settings.max_connections, 100'000U);
    EXPECT_EQ(settings.max_sessions_per_address, 0U);
    EXPECT_EQ(settings.max_connections_per_address, 0U);
    EXPECT_EQ(settings.max_requests_per_second_per_address, 0U);
    EXPECT_EQ(settings.max_known_tickers, 100'000U);
    EXPECT_EQ(settings.max_body_bytes, 65'536U);
    EXPECT_EQ(settings.max_header_bytes, 16'384U);
    EXPECT_EQ(settings.max_message_bytes, 16'384U);
    EXPECT_EQ(settings.max_messages_per_second, 20U);
    EXPECT_EQ(settings.push_body_max, 8'388'608U);
    EXPECT_EQ(settings.pending_seconds, 30);
    EXPECT_EQ(settings.detached_seconds, 30);
    EXPECT_EQ(settings.max_session_age_seconds, 0);
    EXPECT_EQ(settings.heartbeat_seconds, 15);
    EXPECT_EQ(settings.stale_seconds, 15);
    EXPECT_EQ(settings.ping_seconds, 20);
    EXPECT_EQ(settings.peer_timeout_seconds, 60);
    EXPECT_EQ(settings.request_timeout_seconds, 10);
    EXPECT_EQ(settings.slow_client_seconds, 30);
    EXPECT_EQ(settings.drain_seconds, 10);
    EXPECT_EQ(settings.drain_delay_seconds, 0);
    EXPECT_FALSE(settings.reuse_port || settings.admin_tls || settings.ready_needs_feed);
}

// contract: SET-12..50
TEST(LoadSettings, LoadSettings_WhenAllAreGiven_EachReachesItsMember) {
    auto const s = loaded({"--listen",
                           "[::1]:80",
                           "--admin-listen=10.0.0.1:0",
                           "--threads",
                           "3",
                           "--log-level",
                           "debug",
                           "--max-tickers-per-session",
                           "11",
                           "--max-sessions",
                           "12",
                           "--max-known-tickers",
                           "13",
                           "--max-body-bytes",
                           "14",
                           "--max-header-bytes",
                           "2000",
                           "--max-message-bytes",
                           "2001",
                           "--push-body-max",
                           "15",
                           "--pending-seconds",
                           "0.5",
                           "--detached-seconds",
                           "1.25",
                           "--heartbeat-seconds",
                           "2",
                           "--stale-seconds",
                           "3",
                           "--ping-seconds",
                           "4",
                           "--peer-timeout-seconds",
                           "5",
                           "--request-timeout-seconds",
                           "6.5",
                           "--config",
                           "/dev/null",
                           "--log-format",
                           "json",
                           "--web-root",
                           "/tmp",
                           "--allow-origin",
                           "https://A.example",
                           "--allow-origin",
                           "http://b:81",
                           "--tls-cert",
                           "c.pem",
                           "--tls-key",
                           "k.pem",
                           "--admin-tls",
                           "--send-backend",
                           "send",
                           "--reuse-port",
                           "--max-connections",
                           "16",
                           "--max-sessions-per-address",
                           "17",
                           "--max-connections-per-address",
                           "18",
                           "--max-requests-per-second-per-address",
                           "19",
                           "--max-messages-per-second",
                           "20",
                           "--push-token-file",
                           "token",
                           "--max-session-age-seconds",
                           "7",
                           "--slow-client-seconds",
                           "8",
                           "--drain-seconds",
                           "9",
                           "--drain-delay-seconds",
                           "10",
                           "--ready-needs-feed"});
    EXPECT_EQ(s.listen, "[::1]:80");
    EXPECT_EQ(s.admin_listen, "10.0.0.1:0");
    EXPECT_EQ(s.threads, 3U);
    EXPECT_EQ(s.log_level, "debug");
    EXPECT_EQ(s.max_tickers_per_session, 11U);
    EXPECT_EQ(s.max_sessions, 12U);
    EXPECT_EQ(s.max_known_tickers, 13U);
    EXPECT_EQ(s.max_body_bytes, 14U);
    EXPECT_EQ(s.max_header_bytes, 2000U);
    EXPECT_EQ(s.max_message_bytes, 2001U);
    EXPECT_EQ(s.push_body_max, 15U);
    EXPECT_EQ(s.pending_seconds, 0.5);
    EXPECT_EQ(s.detached_seconds, 1.25);
    EXPECT_EQ(s.heartbeat_seconds, 2);
    EXPECT_EQ(s.stale_seconds, 3);
    EXPECT_EQ(s.ping_seconds, 4);
    EXPECT_EQ(s.peer_timeout_seconds, 5);
    EXPECT_EQ(s.request_timeout_seconds, 6.5);
    EXPECT_EQ(s.config, "/dev/null");
    EXPECT_EQ(s.log_format, "json");
    EXPECT_EQ(s.web_root, "/tmp");
    EXPECT_THAT(s.allow_origins, ElementsAre("https://a.example", "http://b:81"));
    EXPECT_EQ(s.tls_cert, "c.pem");
    EXPECT_EQ(s.tls_key, "k.pem");
    EXPECT_TRUE(s.admin_tls);
    EXPECT_EQ(s.send_backend, "send");
    EXPECT_TRUE(s.reuse_port);
    EXPECT_EQ(s.max_connections, 16U);
    EXPECT_EQ(s.max_sessions_per_address, 17U);
    EXPECT_EQ(s.max_connections_per_address, 18U);
    EXPECT_EQ(s.max_requests_per_second_per_address, 19U);
    EXPECT_EQ(s.max_messages_per_second, 20U);
    EXPECT_EQ(s.push_token_file, "token");
    EXPECT_EQ(s.max_session_age_seconds, 7);
    EXPECT_EQ(s.slow_client_seconds, 8);
    EXPECT_EQ(s.drain_seconds, 9);
    EXPECT_EQ(s.drain_delay_seconds, 10);
    EXPECT_TRUE(s.ready_needs_feed);
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

TEST(LoadSettings, LoadSettings_WhenWrongNumber_NamesSettingValueRangeAndOrigin) {
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

struct Edge {
    char const* flag;
    char const* below;
    char const* least;
    char const* most;
    char const* above;
};

class LoadSettingsEdges : public testing::TestWithParam<Edge> {};

// contract: SET-10
TEST_P(LoadSettingsEdges, LoadSettings_WhenAtTheEdge_AcceptsAndBeyondRefuses) {
    auto const edge = GetParam();
    EXPECT_THAT(error_of({edge.flag, edge.below}), HasSubstr(edge.flag));
    EXPECT_EQ(error_of({edge.flag, edge.least}), "");
    EXPECT_EQ(error_of({edge.flag, edge.most}), "");
    EXPECT_THAT(error_of({edge.flag, edge.above}), HasSubstr(edge.above));
}

INSTANTIATE_TEST_SUITE_P(
    All, LoadSettingsEdges,
    testing::Values(Edge{"--threads", "0", "1", "1024", "1025"},
                    Edge{"--max-tickers-per-session", "0", "1", "10000", "10001"},
                    Edge{"--max-sessions", "0", "1", "1000000000", "1000000001"},
                    Edge{"--max-known-tickers", "0", "1", "1000000000", "1000000001"},
                    Edge{"--max-body-bytes", "0", "1", "1073741824", "1073741825"},
                    Edge{"--max-header-bytes", "1023", "1024", "1073741824", "1073741825"},
                    Edge{"--max-message-bytes", "124", "125", "1073741824", "1073741825"},
                    Edge{"--push-body-max", "0", "1", "1073741824", "1073741825"},
                    Edge{"--max-connections", "0", "1", "1000000000", "1000000001"},
                    Edge{"--max-sessions-per-address", "-1", "0", "1000000000", "1000000001"},
                    Edge{"--max-connections-per-address", "-1", "0", "1000000000", "1000000001"},
                    Edge{"--max-requests-per-second-per-address", "-1", "0", "1000000000",
                         "1000000001"},
                    Edge{"--max-messages-per-second", "-1", "0", "1000000000", "1000000001"},
                    Edge{"--slow-client-seconds", "0", "0.001", "1000000", "1000000.5"},
                    Edge{"--max-session-age-seconds", "-1", "0", "1000000", "1000000.5"},
                    Edge{"--drain-seconds", "0.0009", "0", "1000000", "1000000.5"},
                    Edge{"--drain-delay-seconds", "0.0009", "0.001", "1000000", "1000000.5"},
                    Edge{"--pending-seconds", "0", "0.001", "1000000", "1000000.5"},
                    Edge{"--detached-seconds", "0", "0.001", "1000000", "1000000.5"},
                    Edge{"--heartbeat-seconds", "0", "0.001", "1000000", "1000000.5"},
                    Edge{"--stale-seconds", "0", "0.001", "1000000", "1000000.5"},
                    Edge{"--ping-seconds", "0", "0.001", "1000000", "1000000.5"},
                    Edge{"--peer-timeout-seconds", "0", "0.001", "1000000", "1000000.5"},
                    Edge{"--request-timeout-seconds", "0", "0.001", "1000000", "1000000.5"}));

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
