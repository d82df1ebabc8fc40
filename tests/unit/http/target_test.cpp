#include "tickcast/http/target.hpp"

#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

TEST(SplitTarget, WithQuery_SplitsAtTheFirstQuestionMark) {
    auto const target = split_target("/v1/quotes?a=b?c");
    EXPECT_EQ(target.path, "/v1/quotes");
    EXPECT_EQ(target.query, "a=b?c");
}

TEST(SplitTarget, WithAbsoluteForm_LeavesOutSchemeAndAuthority) {
    EXPECT_EQ(split_target("http://example.com:8080/v1/tickers?x").path, "/v1/tickers");
    EXPECT_EQ(split_target("HTTPS://example.com").path, "/");
    EXPECT_EQ(split_target("http://example.com?x=1").path, "/");
    EXPECT_EQ(split_target("http://example.com?x=1").query, "x=1");
}

/// Gives the text in memory of exactly its size: the comparison with a scheme must not read past
/// its end.
template <class Look>
auto exactly(std::string const& text, Look look) {
    std::vector<char> const exact(text.begin(), text.end());
    return look(std::string_view{exact.data(), exact.size()});
}

TEST(SplitTarget, WhenItEndsWithTheSchemeInAnyCase_ReadsNotPastIt) {
    for (auto const* target : {"hTtp://", "HTTPs://", "http://", "Http:/", "h", "HTTP:", ""}) {
        auto const authority =
            exactly(target, [](std::string_view text) { return split_target(text).authority; });
        EXPECT_EQ(authority.has_value(), std::string_view{target}.ends_with("//")) << target;
    }
}

TEST(SplitTarget, WithAbsoluteForm_GivesTheAuthority) {
    EXPECT_EQ(split_target("http://Example.com:8080/v1?x").authority, "Example.com:8080");
    EXPECT_EQ(split_target("HTTPS://[::1]?x").authority, "[::1]");
    EXPECT_EQ(split_target("/http://a").authority, std::nullopt);
}

// contract: REQ-9
TEST(PlainTarget, BelongsToAPathOrToAHost) {
    auto const is_plain = [](std::string const& text) { return exactly(text, is_plain_target); };
    for (auto const* good : {"/", "/v1", "//", "http://a", "hTTps://a:1/b", "http://[::1]?x"}) {
        EXPECT_TRUE(is_plain(good)) << good;
    }
    for (auto const* bad :
         {"", "*", "v1", "a:80", "hTtp://", "HTTPs://", "http:///", "http://:80/", "http://?a",
          "http://u@a/", "http://a:b/", "http://[a]/", "ftp://a/", "http:/a"}) {
        EXPECT_FALSE(is_plain(bad)) << bad;
    }
}

/// RFC 3986 section 2: octets outside ASCII are encoded, and a fragment stays with the client.
TEST(PlainTarget, HasVisibleAsciiAndNoFragment) {
    auto const is_plain = [](std::string const& text) { return exactly(text, is_plain_target); };
    for (auto const* good : {"/a?b=^|", "/~", "/!?{}", "http://a/%C3%A9"})
        EXPECT_TRUE(is_plain(good)) << good;
    for (auto const* bad : {"/\xc3\xa9", "/a?\xe9", "/\x7f", "/\x01", "/a b", "/a#b", "/?#",
                            "http://a/#b", "http://a/\xff"}) {
        EXPECT_FALSE(is_plain(bad)) << bad;
    }
}

TEST(AuthorityTarget, IsAHostWithAPort) {
    auto const is_authority = [](std::string const& text) {
        return exactly(text, is_authority_target);
    };
    for (auto const* good : {"a:80", "[::1]:443", "127.0.0.1:1"})
        EXPECT_TRUE(is_authority(good)) << good;
    for (auto const* bad : {"", "a", "7", "a:", ":80", "/", "/a:80", "http://a:80", "u@a:80",
                            "[::1]", "::1", "a:b", "a:1:2"}) {
        EXPECT_FALSE(is_authority(bad)) << bad;
    }
}

// contract: REQ-10
TEST(DecodeUnreserved, OfThePathAlone_IsDoneOnce) {
    auto const decoded = [](std::string const& text) { return exactly(text, decode_unreserved); };
    EXPECT_EQ(decoded("/v1/%74icker%73"), "/v1/tickers");
    EXPECT_EQ(decoded("/%41%7a%30%2D%2e%5f%7E?a=%41"), "/Az0-._~?a=%41");
    EXPECT_EQ(decoded("http://%61/%62?%63"), "http://%61/b?%63");
    EXPECT_EQ(decoded("/%2F%74%25%3f"), "/%2Ft%25%3f") << "reserved ones stay";
    EXPECT_EQ(decoded("/%2574%74"), "/%2574t") << "once";
    for (auto const* unchanged :
         {"/", "", "*", "/v1/tickers", "/a?%41", "http://%61", "/v1%2Ftickers", "/%2574", "/%41%",
          "/%41%4", "/%4", "/%zz%41", "/%%37%34"}) {
        EXPECT_EQ(decoded(unchanged), std::nullopt) << unchanged;
    }
}

TEST(PercentDecode, WithBadEscapes_GivesNothing) {
    EXPECT_EQ(percent_decode("A%2cB%2C"), "A,B,");
    EXPECT_EQ(percent_decode(""), "");
    for (auto const* bad : {"%", "A%2", "%G0", "%0G", "%%41"}) {
        EXPECT_FALSE(percent_decode(bad).has_value()) << bad;
    }
}

}  // namespace
}  // namespace tickcast::test
