#include "tickcast/http/negotiation.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace tickcast::test {
namespace {

HttpHeader with(http::field field, std::initializer_list<char const*> values) {
    HttpHeader header;
    for (auto const* value : values)
        header.insert(field, value);
    return header;
}
bool gzip_for(std::initializer_list<char const*> values) {
    return prefers_gzip(with(http::field::accept_encoding, values));
}

TEST(PrefersGzip, WhenAllowed_IsTrue) {
    for (auto const* value :
         {"gzip", "GZip", "x-gzip", "*", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8, *;q=0.1",
          "gzip;q=1.000", "gzip;q=0.001", "gzip ; q=0.5", "gzip;Q=1", "deflate,,gzip", ", gzip",
          "identity;q=0.5, gzip;q=0.5", "identity;q=0, gzip;q=0.1", "*;q=0.5, identity;q=0.2",
          "gzip;q=0.5;level=9", "gzip;q=0.5;q=0", "gzip;q= 0.5", R"(br;x="identity,", gzip)"}) {
        EXPECT_TRUE(gzip_for({value})) << value;
    }
    EXPECT_TRUE(gzip_for({"br", "gzip"}));
}

TEST(PrefersGzip, WhenAbsentRefusedOrLessLiked_IsFalse) {
    EXPECT_FALSE(prefers_gzip(HttpHeader{}));
    for (auto const* value :
         {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "gzip;q=0, *", "*;q=0", "x-gzip;q=0",
          "identity, gzip;q=0.9", "identity;q=0.501, gzip;q=0.5", "gzipped", "deflate;gzip"}) {
        EXPECT_FALSE(gzip_for({value})) << value;
    }
    EXPECT_FALSE(gzip_for({"gzip;q=0", "*"}));
}

/// Every client can read plain bytes.
TEST(PrefersGzip, WhenAWeightIsNone_IsFalse) {
    for (auto const* weight :
         {"", "2", "1.001", "0.0001", "-1", "a", "0,5", ".5", "1.0000", "10"}) {
        EXPECT_FALSE(gzip_for({("gzip;q=" + std::string{weight}).c_str()})) << weight;
    }
}

bool accepts(std::initializer_list<char const*> values) {
    return accepts_event_stream(with(http::field::accept, values));
}

// contract: STR-2
TEST(AcceptsEventStream, WhenItIsNamed_IsTrue) {
    for (auto const* field :
         {"text/event-stream", "Text/Event-Stream", " text/event-stream ", "text/event-stream;q=1",
          "text/event-stream; q=0.001", "text/event-stream;charset=utf-8",
          "text/event-stream ; Q=1.000", "text/html, text/event-stream",
          "*/*;q=0,text/event-stream;q=0.1", ",,text/event-stream",
          R"(text/html;x="a,\",b", text/event-stream)", R"(text/event-stream;x="a;q=0")",
          "text/event-stream;q=0, text/event-stream", "text/event-stream;q=0.5;q=0",
          "text/event-stream; q = 0.5"}) {
        EXPECT_TRUE(accepts({field})) << field;
    }
}

TEST(AcceptsEventStream, WhenItIsNotNamed_IsFalse) {
    for (auto const* field :
         {"", "*/*", "text/*", "text/html", "text/event-streams", "text/event",
          "text / event-stream", "application/json, text/plain",
          R"(text/html;x="text/event-stream")", R"(text/html;x="a, text/event-stream)"}) {
        EXPECT_FALSE(accepts({field})) << field;
    }
    EXPECT_FALSE(accepts({}));
}

// contract: STR-2
TEST(AcceptsEventStream, WhenItsWeightIsZeroOrNone_IsFalse) {
    for (auto const* weight : {"0", "0.", "0.0", "0.000", "", "x", "1.001", "2", "0.0001", "-1",
                               "0,5", "0.5x", "1.1", "01"}) {
        EXPECT_FALSE(accepts({("text/event-stream;q=" + std::string{weight}).c_str()})) << weight;
    }
    for (auto const* weight : {"1", "1.", "1.0", "1.000", "0.1", "0.999", "0.001"}) {
        EXPECT_TRUE(accepts({("text/event-stream;q=" + std::string{weight}).c_str()})) << weight;
    }
}

TEST(AcceptsEventStream, WhenTheFieldIsThereTwice_EitherMayNameIt) {
    EXPECT_TRUE(accepts({"text/html", "text/event-stream"}));
    EXPECT_TRUE(accepts({"text/event-stream", "text/html"}));
    EXPECT_FALSE(accepts({"text/html", "*/*"}));
}

constexpr char kTag[] = "\"a,b\"";

Precondition when(http::field field, std::initializer_list<char const*> values) {
    return check_precondition(with(field, values), kTag);
}

TEST(IfNoneMatch, WhenItNamesTheTag_IsNotModified) {
    for (auto const* value : {"\"a,b\"", "W/\"a,b\"", "*", " * ", "\"x\", \"a,b\"",
                              "W/\"x\",W/\"a,b\" , \"y\"", ",\"a,b\"", "\"\", \"a,b\""}) {
        EXPECT_EQ(when(http::field::if_none_match, {value}), Precondition::not_modified) << value;
    }
    EXPECT_EQ(when(http::field::if_none_match, {"\"x\"", "\"a,b\""}), Precondition::not_modified);
}

TEST(IfNoneMatch, WhenItDoesNot_ChangesNothing) {
    EXPECT_EQ(check_precondition(HttpHeader{}, kTag), Precondition::none);
    for (auto const* value : {"", "\"a\"", "\"a\", \"b\"", "a,b", "\"a,b", "\"A,B\"", "w/\"a,b\"",
                              "W/ \"a,b\"", "\"x\" *", "x \"a,b\""}) {
        EXPECT_EQ(when(http::field::if_none_match, {value}), Precondition::none) << value;
    }
}

TEST(IfMatch, WhenItDoesNotNameTheTagStrongly_Fails) {
    for (auto const* value : {"\"a,b\"", "*", "\"x\", \"a,b\"", "W/\"a,b\", \"a,b\""}) {
        EXPECT_EQ(when(http::field::if_match, {value}), Precondition::none) << value;
    }
    for (auto const* value : {"", "\"x\"", "W/\"a,b\"", "a,b"}) {
        EXPECT_EQ(when(http::field::if_match, {value}), Precondition::failed) << value;
    }
}

/// RFC 9110 section 13.2.2.
TEST(IfMatch, BesideIfNoneMatch_IsLookedAtFirst) {
    auto header = with(http::field::if_match, {"\"x\""});
    header.set(http::field::if_none_match, kTag);
    EXPECT_EQ(check_precondition(header, kTag), Precondition::failed);
    header.set(http::field::if_match, kTag);
    EXPECT_EQ(check_precondition(header, kTag), Precondition::not_modified);
}

/// No answer has a Last-Modified to compare it with.
TEST(IfModifiedSince, Whatever_ChangesNothing) {
    HttpHeader header;
    header.set(http::field::if_modified_since, "Sun, 06 Nov 2094 08:49:37 GMT");
    header.set(http::field::if_unmodified_since, "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(check_precondition(header, kTag), Precondition::none);
}

}  // namespace
}  // namespace tickcast::test
