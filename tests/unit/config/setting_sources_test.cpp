// Settings from the environment and from the file, and the precedence of the sources.
#include "config/setting_table.hpp"
#include "support.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tickcast {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

using Sources = WithFiles;

/// A valid value of the kind that is not the default, as flags, environment and files write it.
struct Sample {
    std::string operator()(AddressSetting const&) const { return "127.0.0.1:7"; }
    std::string operator()(ChoiceSetting const& kind) const {
        Settings const defaults;
        auto const& choices = kind.choices;
        return std::string{*std::find_if(choices.begin(), choices.end(), [&](auto const& choice) {
            return choice != defaults.*kind.member;
        })};
    }
    std::string operator()(PathSetting const&) const { return "/tmp"; }
    std::string operator()(TextsSetting const&) const { return "push"; }
    std::string operator()(OriginsSetting const&) const { return "https://a.example"; }
    std::string operator()(WholeSetting const& kind) const {
        return std::to_string(Settings{}.*kind.member == kind.min ? kind.max : kind.min);
    }
    std::string operator()(SecondsSetting const&) const { return "2.5"; }
    std::string operator()(BoolSetting const&) const { return "true"; }
};

/// Settings that cannot be valid alone, or cannot come from a file.
bool stands_alone(Setting const& setting) {
    return setting.name != "config" && !setting.name.starts_with("tls-") &&
           setting.name != "admin-tls";
}

std::string sample(Setting const& setting) {
    return std::visit(Sample{}, setting.kind);
}

std::string toml_line(Setting const& setting) {
    bool const bare = std::holds_alternative<WholeSetting>(setting.kind) ||
                      std::holds_alternative<SecondsSetting>(setting.kind) || setting.is_bool();
    auto const quote = bare ? "" : "\"";
    return std::string{setting.name} + " = " + quote + sample(setting) + quote + "\n";
}

// contract: SET-2
TEST_F(Sources, LoadSettings_FromOneSourceAlone_AppliesEachSettingAndKnowsItsSource) {
    for (auto const& setting : all_settings()) {
        if (!stands_alone(setting)) continue;
        auto const value = sample(setting);
        auto const name = std::string{setting.name};
        auto const by_flag = settings_of(load_from({setting.flag(), value}, {}));
        EXPECT_EQ(value_text(setting, by_flag.settings), value) << name;
        EXPECT_EQ(by_flag.sources.of(name), "the command line");

        auto const by_variable = settings_of(load_from({}, {setting.variable() + "=" + value}));
        EXPECT_EQ(value_text(setting, by_variable.settings), value) << name;
        EXPECT_EQ(by_variable.sources.of(name), "environment variable " + setting.variable());

        write("# a line before\n" + toml_line(setting));
        auto const by_file = settings_of(load_from({"--config", path()}, {}));
        EXPECT_EQ(value_text(setting, by_file.settings), value) << name;
        EXPECT_EQ(by_file.sources.of(name), "file " + path() + ":2");

        EXPECT_NE(value, value_text(setting, Settings{})) << "the sample is the default: " << name;
        EXPECT_EQ(settings_of(load_from({}, {})).sources.of(name), "the default");
    }
}

TEST_F(Sources, LoadSettings_OfOneSetting_LeavesAllOthersAtTheirDefaults) {
    Settings const defaults;
    for (auto const& setting : all_settings()) {
        if (!stands_alone(setting)) continue;
        auto const loaded = settings_of(load_from({setting.flag(), sample(setting)}, {}));
        for (auto const& other : all_settings()) {
            if (other.name == setting.name) continue;
            EXPECT_EQ(value_text(other, loaded.settings), value_text(other, defaults))
                << setting.name << " changes " << other.name;
        }
    }
}

// contract: SET-1 SET-4
TEST_F(Sources, LoadSettings_WhenOfSeveralSources_FlagBeatsEnvironmentBeatsFile) {
    write("threads = 2\nmax-sessions = 20\nfeed = [\"sim\", \"push\"]\n");
    auto const config = "TICKCAST_CONFIG=" + path();
    auto of_file = settings_of(load_from({}, {config})).settings;
    EXPECT_EQ(of_file.threads, 2U);
    EXPECT_THAT(of_file.feeds, ElementsAre("sim", "push"));
    auto const of_environment = settings_of(
        load_from({}, {config, "TICKCAST_THREADS=3", "TICKCAST_FEED= push\tsim?rate=1\n"}));
    EXPECT_EQ(of_environment.settings.threads, 3U);
    EXPECT_EQ(of_environment.settings.max_sessions, 20U);
    EXPECT_THAT(of_environment.settings.feeds, ElementsAre("push", "sim?rate=1"));
    auto const of_flags =
        settings_of(load_from({"--threads", "4", "--feed=push"}, {config, "TICKCAST_THREADS=3"}));
    EXPECT_EQ(of_flags.settings.threads, 4U);
    EXPECT_THAT(of_flags.settings.feeds, ElementsAre("push"));
    EXPECT_EQ(of_flags.sources.of("threads"), "the command line");
    auto const off = settings_of(load_from({"--reuse-port=false"}, {"TICKCAST_REUSE_PORT=true"}));
    EXPECT_FALSE(off.settings.reuse_port);
}

TEST_F(Sources, LoadSettings_WhenTwoFilesAreNamed_TheFlagsOneIsRead) {
    write("threads = 2\n");
    auto const loaded =
        settings_of(load_from({"--config", path()}, {"TICKCAST_CONFIG=/nowhere.toml"}));
    EXPECT_EQ(loaded.settings.threads, 2U);
}

TEST_F(Sources, LoadSettings_WhenAVariableIsEmpty_CountsAsNotSet) {
    auto const loaded = settings_of(load_from(
        {}, {"TICKCAST_THREADS=", "TICKCAST_FEED=  \t", "TICKCAST_CONFIG=", "TICKCAST_TLS_CERT="}));
    EXPECT_EQ(loaded.settings.threads, 0U);
    EXPECT_THAT(loaded.settings.feeds, ElementsAre("sim"));
    EXPECT_EQ(loaded.sources.of("feed"), "the default");
}

// contract: SET-6
TEST_F(Sources, LoadSettings_WhenAVariableIsUnknown_ReportsItsNameOnly) {
    auto const loaded = settings_of(
        load_from({}, {"TICKCAST_COLOUR=blue", "OTHER=1", "TICKCASTX=1", "TICKCAST_THREADS=2"}));
    EXPECT_THAT(loaded.unknown_variables, ElementsAre("TICKCAST_COLOUR"));
}

// contract: SET-5
TEST_F(Sources, LoadSettings_WhenAVariableIsWrong_NamesSettingValueAndVariable) {
    EXPECT_EQ(line_of(load_from({}, {"TICKCAST_MAX_SESSIONS=many"})),
              "--max-sessions: \"many\" is not a whole number from 1 to 1000000000 (from "
              "environment variable TICKCAST_MAX_SESSIONS)");
    EXPECT_THAT(line_of(load_from({}, {"TICKCAST_REUSE_PORT=1"})),
                HasSubstr("--reuse-port: \"1\" is not true or false"));
    EXPECT_THAT(line_of(load_from({}, {"TICKCAST_ALLOW_ORIGIN=https://a https://b/"})),
                HasSubstr("\"https://b/\" is not an origin"));
}

TEST_F(Sources, LoadSettings_WhenOverridden_AWrongValueIsStillRefused) {
    EXPECT_THAT(line_of(load_from({"--threads", "2"}, {"TICKCAST_THREADS=x"})),
                EndsWith("(from environment variable TICKCAST_THREADS)"));
    write("threads = 0\n");
    EXPECT_THAT(line_of(load_from({"--threads", "2", "--config", path()}, {})),
                EndsWith("(from file " + path() + ":1)"));
}

// contract: SET-5
TEST_F(Sources, LoadSettings_WhenAFilesKeyIsUnknown_NamesKeyValueAndLine) {
    struct Case {
        std::string text;
        std::string key;
        std::string line;
    };
    for (auto const& [text, key, line] :
         {Case{"threads = 1\n\ncolour = \"blue\"\n", "colour: is no setting, given", "3"},
          Case{"[server]\nthreads = 1\n", "server: is no setting, given", "1"},
          Case{"log.level = \"info\"\n", "log: is no setting, given", "1"},
          Case{"threads = 1\n[[feeds]]\nname = 1\n", "feeds: is no setting, given", "2"},
          Case{"Threads = 1\n", "Threads: is no setting", "1"},
          Case{"max_sessions = 1\n", "max_sessions: is no setting", "1"},
          Case{"\"a\\nb\" = 1\n", "a\\x0ab: is no setting, given 1", "1"},
          Case{"zebra = 1\nant = 2\n", "zebra: is no setting", "1"},
          Case{"config = \"x\"\n", "config: can't be in the file, given", "1"}}) {
        write(text);
        EXPECT_THAT(line_of(load_from({"--config", path()}, {})),
                    AllOf(StartsWith(key), EndsWith("(from file " + path() + ":" + line + ")")))
            << text;
    }
}

// contract: SET-5
TEST_F(Sources, LoadSettings_WhenAFilesValueIsWrong_NamesItAndItsLine) {
    struct Case {
        std::string text;
        std::string start;
    };
    for (auto const& [text, start] : {
             Case{"threads = \"3\"", "--threads: \"3\", a string, is not a whole"},
             Case{"threads = 'abc'", "--threads: \"abc\", a string, is not a whole"},
             Case{"threads = 2.0", "--threads: 2.0 is not a whole"},
             Case{"threads = -1", "--threads: \"-1\" is not a whole"},
             Case{"threads = 1025", "--threads: \"1025\" is not a whole"},
             Case{"threads = true", "--threads: true is not a whole"},
             Case{"threads = [2]", "--threads: [ 2 ] is not a whole"},
             Case{"ping-seconds = inf", "--ping-seconds: \"inf\" is not a number"},
             Case{"ping-seconds = nan", "--ping-seconds: \"nan\" is not a number"},
             Case{"ping-seconds = 0", "--ping-seconds: \"0\" is not a number"},
             Case{"ping-seconds = 1979-05-27", "--ping-seconds: 1979-05-27 is not a number"},
             Case{"reuse-port = 1", "--reuse-port: 1 is not true or false"},
             Case{"reuse-port = 'true'", "--reuse-port: \"true\", a string, is not true or false"},
             Case{"log-level = 3", "--log-level: 3 is not one of"},
             Case{"log-level = 'loud'", "--log-level: \"loud\" is not one of"},
             Case{"listen = 8080", "--listen: 8080 is not ADDRESS:PORT"},
             Case{"web-root = ''", "--web-root: \"\" is not a path"},
             Case{"feed = []", "--feed: [] is not a text"},
             Case{"feed = ['sim', 3]", "--feed: 3 is not a text"},
             Case{"allow-origin = ['*']", "--allow-origin: \"*\" is not an origin"},
             Case{"feed = {a = 1}", "--feed: { a = 1 } is not a text"},
         }) {
        write("# 1\n" + text + "\n");
        EXPECT_THAT(line_of(load_from({"--config", path()}, {})),
                    AllOf(StartsWith(start), EndsWith("(from file " + path() + ":2)")))
            << text;
    }
}

TEST_F(Sources, LoadSettings_WhenAFilesArraySpansLines_NamesTheElementsLine) {
    write("allow-origin = [\n  \"https://a\",\n  \"https://b/path\",\n]\n");
    EXPECT_THAT(line_of(load_from({"--config", path()}, {})),
                EndsWith("(from file " + path() + ":3)"));
    write("feed = [\n  \"sim\",\n  \"push\",\n]\n");
    auto const loaded = settings_of(load_from({"--config", path()}, {}));
    EXPECT_EQ(loaded.sources.of("feed", 1), "file " + path() + ":3");
}

TEST_F(Sources, LoadSettings_WhenTheFileCannotBeRead_NamesTheReasonAndTheSourceOfItsName) {
    EXPECT_EQ(line_of(load_from({"--config", path()}, {})),
              "--config: \"" + path() +
                  "\" can't be read: No such file or directory (from the command line)");
    EXPECT_THAT(line_of(load_from({}, {"TICKCAST_CONFIG=/"})),
                EndsWith("can't be read: Is a directory (from environment variable "
                         "TICKCAST_CONFIG)"));
    write("#" + std::string((1 << 20) - 1, 'x'));
    EXPECT_EQ(line_of(load_from({"--config", path()}, {})), "");
    write("#" + std::string(1 << 20, 'x'));
    EXPECT_THAT(line_of(load_from({"--config", path()}, {})), HasSubstr("over 1048576 bytes"));
}

TEST_F(Sources, LoadSettings_WhenTheFileIsMalformed_NamesTheLine) {
    using namespace std::string_literals;
    for (auto const& text :
         {"threads = 1\nthreads = 2\n"s, "#\nthreads\n"s, "#\n= 1\n"s, "#\nthreads = 1 2\n"s,
          "#\nfeed = \"\xff\"\n"s, "#\n\0"s, "#\nfeed = \"open\n"s}) {
        write(text);
        EXPECT_THAT(line_of(load_from({"--config", path()}, {})),
                    AllOf(StartsWith("--config: \"" + path() + "\" is not TOML, line 2: "),
                          EndsWith("(from the command line)")))
            << text;
    }
}

TEST_F(Sources, LoadSettings_WhenSettingsOfTwoSourcesNeedEachOther_TheyAreCheckedTogether) {
    write("tls-cert = \"c.pem\"\n");
    EXPECT_THAT(line_of(load_from({"--config", path()}, {})),
                EndsWith("needs --tls-key beside it (from file " + path() + ":1)"));
    auto const both = settings_of(load_from({"--config", path()}, {"TICKCAST_TLS_KEY=k.pem"}));
    EXPECT_EQ(both.settings.tls_key, "k.pem");
    write("web-root = \"/nowhere\"\n");
    EXPECT_EQ(line_of(load_from({"--config", path(), "--web-root", "/tmp"}, {})), "");
}

}  // namespace
}  // namespace tickcast
