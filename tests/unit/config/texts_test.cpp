// Texts about settings for people: the README's table, the configuration in the log, web origins.
#include "config/setting_table.hpp"
#include "config/web_origin.hpp"
#include "support.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace tickcast {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> table_of_readme() {
    std::ifstream file{TICKCAST_SOURCE_DIR "/README.md"};
    std::vector<std::string> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("| `--")) rows.push_back(line);
    }
    return rows;
}

std::string row(Setting const& setting) {
    return "| `" + setting.flag() + "` | " + default_text(setting) + " | " + unit_text(setting) +
           " | " + std::string{setting.meaning} + " |";
}

// contract: RUN-2 RUN-3 SET-12..50 FED-2 FED-4
TEST(SettingTexts, Readme_ItsTableHasEachSettingAsTheProgramHasIt) {
    std::vector<std::string> wanted;
    std::string all;
    for (auto const& setting : all_settings()) {
        wanted.push_back(row(setting));
        all += wanted.back() + "\n";
    }
    EXPECT_EQ(table_of_readme(), wanted) << "the README's table has to be:\n" << all;
}

// contract: SET-3
TEST(SettingTexts, Variable_IsTheNameInCapitals) {
    auto const index = find_setting("max-requests-per-second-per-address");
    ASSERT_TRUE(index);
    EXPECT_EQ(all_settings()[*index].variable(), "TICKCAST_MAX_REQUESTS_PER_SECOND_PER_ADDRESS");
    EXPECT_FALSE(find_setting("max-requests"));
}

TEST(SettingTexts, ConfigurationText_HasEverySettingInOneLine) {
    Settings settings;
    settings.feeds = {"sim", "replay:a\"b.csv"};
    settings.admin_tls = true;
    auto const text = configuration_text(settings);
    for (auto const& setting : all_settings())
        EXPECT_THAT(" " + text, HasSubstr(" " + std::string{setting.name} + "="));
    EXPECT_THAT(text, HasSubstr(R"(feed="sim replay:a\"b.csv")"));
    EXPECT_THAT(text, HasSubstr("admin-tls=true"));
    EXPECT_THAT(text, HasSubstr("tls-cert=\"\""));
    EXPECT_THAT(text, HasSubstr("ping-seconds=20 "));
    EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(SettingTexts, ConfigurationText_WhenAUrlHasCredentials_TheyAreMasked) {
    Settings settings;
    settings.feeds = {"redis://me:p@ss/w@host:1/0?x=a@b", "nats://token@h", "sim"};
    auto const text = configuration_text(settings);
    EXPECT_THAT(text, HasSubstr("nats://***@h sim"));
    EXPECT_THAT(text, Not(HasSubstr("token@")));
    EXPECT_THAT(text, Not(HasSubstr("me:p")));
}

TEST(SettingTexts, WithoutCredentials_LeavesTheRestAsItIs) {
    EXPECT_EQ(without_credentials("redis://u:p@h:1/0"), "redis://***@h:1/0");
    EXPECT_EQ(without_credentials("redis://u:p@q@h"), "redis://***@h");
    EXPECT_EQ(without_credentials("a://u@h b://v@i"), "a://***@h b://***@i");
    for (std::string const plain : {"", "sim?x=a@b", "redis://h:1/a@b", "redis://h?x=a@b", "://"})
        EXPECT_EQ(without_credentials(plain), plain);
}

TEST(WebOrigin, ParseWebOrigin_WhenOfTheForm_GivesItInLowerCase) {
    EXPECT_EQ(parse_web_origin("https://Example.ORG"), "https://example.org");
    for (std::string const good :
         {"http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080", "http://[fe80::1]",
          "https://a-b.c_d.example:65535", "moz-extension://0a-1b", "http://x:1"}) {
        EXPECT_EQ(parse_web_origin(good), good);
    }
}

TEST(WebOrigin, ParseWebOrigin_WhenNot_GivesNothing) {
    using namespace std::string_literals;
    for (auto const& wrong : {""s,
                              "*"s,
                              "null"s,
                              "example.org"s,
                              "https://"s,
                              "://host"s,
                              "1http://host"s,
                              "https://host/"s,
                              "https://host/path"s,
                              "https://host?x"s,
                              "https://host#x"s,
                              "https://me@host"s,
                              "https://host:"s,
                              "https://host:0"s,
                              "https://host:65536"s,
                              "https://host:8x"s,
                              "https://host:-1"s,
                              "https://ho st"s,
                              "https://h\0st"s,
                              "https://[::1"s,
                              "https://[]"s,
                              "https://[nope]"s,
                              "https://[::1]x"s,
                              "https://::1"s,
                              "https://h\xc3\xb6st"s,
                              "https://*.example.org"s}) {
        EXPECT_EQ(parse_web_origin(wrong), std::nullopt) << wrong;
    }
}

}  // namespace
}  // namespace tickcast
