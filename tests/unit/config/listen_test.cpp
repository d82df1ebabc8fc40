#include "tickcast/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tickcast {
namespace {

void expect_parsed(std::string const& text, std::string const& host, unsigned port) {
    auto const parsed = parse_listen("--listen", text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->host, host);
    EXPECT_EQ(parsed->port, port);
}

TEST(ParseListen, ParseListen_WhenAddressAndPort_GivesBoth) {
    expect_parsed("1.2.3.4:80", "1.2.3.4", 80);
    expect_parsed("[::1]:8080", "::1", 8080);
    expect_parsed("[::]:0", "::", 0);
    expect_parsed("0.0.0.0:65535", "0.0.0.0", 65535);
}

TEST(ParseListen, ParseListen_WhenNeither_NamesSettingAndValueInOneLine) {
    using namespace std::string_literals;
    for (auto const& wrong :
         {""s,           "1.2.3.4"s,    ":80"s,        "1.2.3.4:"s,     "1.2.3.4:65536"s,
          "1.2.3.4:-1"s, "1.2.3.4:+1"s, "1.2.3.4:8x"s, "1.2.3.4: 80"s,  "localhost:80"s,
          "::1:80"s,     "[::1]"s,      "[::1]80"s,    "[1.2.3.4]:80"s, "[]:80"s,
          "[:80"s,       "]:80"s,       "1.2.3:80"s,   "[::1%lo]:80"s,  "1.2.3.4\0x:80"s,
          "1.2.3.4:8\0"s}) {
        auto const result = parse_listen("--listen", wrong);
        ASSERT_FALSE(result) << wrong;
        EXPECT_THAT(result.error().line, testing::StartsWith("--listen: \""));
        EXPECT_EQ(result.error().line.find('\n'), std::string::npos);
    }
}

TEST(ParseListen, LoadSettings_WhenListenIsWrong_Refuses) {
    char const* const environment[]{nullptr};
    char const* const argv[]{"tickcast", "--admin-listen", "localhost:80"};
    auto const result = load_settings(3, argv, environment);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().line, testing::HasSubstr("--admin-listen: \"localhost:80\""));
    EXPECT_THAT(result.error().line, testing::EndsWith("(from the command line)"));
}

}  // namespace
}  // namespace tickcast
