#include "tickcast/http/fields.hpp"

#include "http/message_check.hpp"
#include "tickcast/http/handshake.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tickcast::test {
namespace {

HttpHeader with_host() {
    HttpHeader header;
    header.version(11);
    header.method(http::verb::get);
    header.target("/");
    header.set(http::field::host, "x");
    return header;
}

HttpHeader handshake() {
    auto header = with_host();
    header.set(http::field::upgrade, "WebSocket");
    header.set(http::field::connection, "keep-alive, Upgrade");
    header.set(http::field::sec_websocket_version, "13");
    header.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
    return header;
}

TEST(EqualIgnoringCase, ReadsNoFurtherThanTheTexts) {
    auto const equal = [](std::string const& a, std::string const& b) {
        std::vector<char> const left(a.begin(), a.end());
        std::vector<char> const right(b.begin(), b.end());
        return equal_ignoring_case({left.data(), left.size()}, {right.data(), right.size()});
    };
    EXPECT_TRUE(equal("", ""));
    EXPECT_TRUE(equal("hTtp://", "http://"));
    EXPECT_TRUE(equal("A[z", "a[Z"));
    for (auto const* other : {"", "http:/", "http:///", "httpx//", "HTTP;//"}) {
        EXPECT_FALSE(equal("hTtp://", other)) << other;
    }
    EXPECT_FALSE(equal("@[", "`{")) << "letters alone";
}

TEST(ListsToken, InAnyFieldAndCase_IsFound) {
    HttpHeader header;
    EXPECT_FALSE(lists_token(header, http::field::connection, "upgrade"));
    header.insert(http::field::connection, "keep-alive ,\t, x");
    EXPECT_FALSE(lists_token(header, http::field::connection, "upgrade"));
    header.insert(http::field::connection, " a,UPGRADE\t");
    EXPECT_TRUE(lists_token(header, http::field::connection, "upgrade"));
    EXPECT_FALSE(lists_token(header, http::field::connection, "upgrad"));
}

TEST(IsUnencoded, WithIdentityAlone_Holds) {
    HttpHeader header;
    EXPECT_TRUE(is_unencoded(header));
    header.insert(http::field::content_encoding, "");
    header.insert(http::field::content_encoding, "Identity, ,identity");
    EXPECT_TRUE(is_unencoded(header));
    header.insert(http::field::content_encoding, "identity, gzip");
    EXPECT_FALSE(is_unencoded(header));
}

TEST(AskedAuthority, OfTheAbsoluteForm_StandsForHost) {
    auto header = with_host();
    EXPECT_EQ(asked_authority(header), "x");
    header.target("http://y:1/");
    EXPECT_EQ(asked_authority(header), "y:1");
    header.target("/");
    header.erase(http::field::host);
    EXPECT_EQ(asked_authority(header), std::nullopt);
}

TEST(MediaType, WithParametersAndCase_GivesTheBareType) {
    HttpHeader header;
    EXPECT_FALSE(media_type(header).has_value());
    header.set(http::field::content_type, "Application/JSON ; charset=utf-8");
    EXPECT_EQ(media_type(header), "application/json");
    header.set(http::field::content_type, "");
    EXPECT_EQ(media_type(header), "");
}

TEST(HostWithoutPort, WithAllForms_GivesTheHost) {
    EXPECT_EQ(host_without_port("LocalHost:80"), "localhost");
    EXPECT_EQ(host_without_port("127.0.0.1"), "127.0.0.1");
    EXPECT_EQ(host_without_port("[::1]:8081"), "::1");
    EXPECT_EQ(host_without_port("[::1]"), "::1");
    EXPECT_EQ(host_without_port("localhost:"), "localhost");
}

TEST(HostWithoutPort, WhenMalformed_GivesNothing) {
    for (auto const* bad : {"", ":80", "a:b", "::1", "[::1", "[]", "[::1]x", "a:80:80", "a@b:1x"}) {
        EXPECT_FALSE(host_without_port(bad).has_value()) << bad;
    }
}

TEST(IsLoopbackHost, WithNamesAndAddresses_IsExact) {
    for (auto const* good : {"localhost", "127.0.0.1", "127.255.0.9", "::1"}) {
        EXPECT_TRUE(is_loopback_host(good)) << good;
    }
    for (auto const* bad : {"localhost.evil.com", "127.0.0.1.nip.io", "128.0.0.1", "::2", "0.0.0.0",
                            "127.1", "2130706433", "localhost."}) {
        EXPECT_FALSE(is_loopback_host(bad)) << bad;
    }
}

TEST(FoldedLine, InTheHeaderOnly_IsSeen) {
    EXPECT_TRUE(has_folded_line("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"));
    EXPECT_TRUE(has_folded_line("A: b\r\n\tc"));
    EXPECT_FALSE(has_folded_line("GET / HTTP/1.1\r\nA: b\r\n\r\n body\r\n x"));
    EXPECT_FALSE(has_folded_line("A: b\r\n"));
}

TEST(MessageCheck, WithoutHost_IsRefusedInHttp11Only) {
    auto header = with_host();
    EXPECT_FALSE(check_message(header).has_value());
    header.erase(http::field::host);
    EXPECT_TRUE(check_message(header).has_value());
    header.version(10);
    EXPECT_FALSE(check_message(header).has_value());
}

TEST(MessageCheck, WithTwoHosts_IsRefused) {
    auto header = with_host();
    header.insert(http::field::host, "x");
    EXPECT_TRUE(check_message(header).has_value());
}

TEST(MessageCheck, WithOtherTransferEncodings_IsRefused) {
    auto header = with_host();
    header.set(http::field::transfer_encoding, "Chunked");
    EXPECT_FALSE(check_message(header).has_value());
    header.set(http::field::transfer_encoding, "gzip, chunked");
    EXPECT_TRUE(check_message(header).has_value());
    header.set(http::field::transfer_encoding, "identity");
    EXPECT_TRUE(check_message(header).has_value());
    header.set(http::field::transfer_encoding, "chunked");
    header.version(10);
    EXPECT_TRUE(check_message(header).has_value());
}

TEST(HandshakeCheck, WhenComplete_IsFine) {
    EXPECT_EQ(check_handshake(handshake()), Handshake::fine);
}

TEST(HandshakeCheck, WithoutUpgradeToWebsocket_IsNotAsked) {
    EXPECT_EQ(check_handshake(with_host()), Handshake::not_asked);
    auto header = handshake();
    header.set(http::field::upgrade, "h2c");
    EXPECT_EQ(check_handshake(header), Handshake::not_asked);
}

TEST(HandshakeCheck, WhenAPartIsMissingOrWrong_IsMalformed) {
    for (auto const field : {http::field::connection, http::field::sec_websocket_version,
                             http::field::sec_websocket_key}) {
        auto header = handshake();
        header.erase(field);
        EXPECT_EQ(check_handshake(header), Handshake::malformed) << field;
    }
    auto old = handshake();
    old.version(10);
    EXPECT_EQ(check_handshake(old), Handshake::malformed);
    for (auto const* key :
         {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ==x", "dGhlIHNhbXBsZSBub25j!Q=="}) {
        auto header = handshake();
        header.set(http::field::sec_websocket_key, key);
        EXPECT_EQ(check_handshake(header), Handshake::malformed) << key;
    }
}

/// A handshake with these lines of a field.
HttpHeader handshake_with(http::field field, std::initializer_list<char const*> lines) {
    auto header = handshake();
    for (auto const* line : lines)
        header.insert(field, line);
    return header;
}

TEST(HandshakeCheck, WithSubprotocolsThatAreTokensAndDiffer_IsFine) {
    constexpr auto protocol = http::field::sec_websocket_protocol;
    for (auto const* list : {"chat", "chat, superchat", ", a ,,b ,", "a!#$%&'*+-.^_`|~1", "a,A"})
        EXPECT_EQ(check_handshake(handshake_with(protocol, {list})), Handshake::fine) << list;
    EXPECT_EQ(check_handshake(handshake_with(protocol, {"a", "b"})), Handshake::fine);
    EXPECT_EQ(check_handshake(handshake_with(protocol, {"", "b"})), Handshake::fine);
}

TEST(HandshakeCheck, WithOtherSubprotocols_IsMalformed) {
    constexpr auto protocol = http::field::sec_websocket_protocol;
    for (auto const* list : {"", ", ,", "a b", "\"chat\"", "a/b", "a;b", "caf\xE9", "a, b, a"})
        EXPECT_EQ(check_handshake(handshake_with(protocol, {list})), Handshake::malformed) << list;
    EXPECT_EQ(check_handshake(handshake_with(protocol, {"a", "b,a"})), Handshake::malformed);
}

TEST(HandshakeCheck, WithWellFormedExtensions_IsFine) {
    constexpr auto extensions = http::field::sec_websocket_extensions;
    for (auto const* list : {"permessage-deflate", "a; b; c=1, d", "a;b=\"10\" ; c", "a ; b = 2",
                             ",a,,b,", "a;b=\"\\1\""})
        EXPECT_EQ(check_handshake(handshake_with(extensions, {list})), Handshake::fine) << list;
    EXPECT_EQ(check_handshake(handshake_with(extensions, {"a", "a; b"})), Handshake::fine);
}

TEST(HandshakeCheck, WithOtherExtensions_IsMalformed) {
    constexpr auto extensions = http::field::sec_websocket_extensions;
    for (auto const* list :
         {"", ",,", "; a", "a b", "a;", "a;;b", "a; =1", "a; b=", "a; b=c=d", "a; b=\"1",
          "a; b=\"1 2\"", "a; b=\"\"", "a; b=\"1\"x", "a; b=\"1\\", "a; b=\"\\,\""})
        EXPECT_EQ(check_handshake(handshake_with(extensions, {list})), Handshake::malformed)
            << list;
    EXPECT_EQ(check_handshake(handshake_with(extensions, {"a", "b;"})), Handshake::malformed);
}

TEST(HandshakeCheck, WithTheKeyOfTheRfcWhoseLastBitsAreNotZero_IsFine) {
    auto header = handshake();
    header.set(http::field::sec_websocket_key, "AQIDBAUGBwgJCgsMDQ4PEC==");
    EXPECT_EQ(check_handshake(header), Handshake::fine);
}

TEST(HandshakeCheck, WithAnotherVersion_IsOtherVersion) {
    auto header = handshake();
    header.set(http::field::sec_websocket_version, "8");
    EXPECT_EQ(check_handshake(header), Handshake::other_version);
}

TEST(LastEventId, WhenTheFieldIsMissingOrThereTwice_IsEmpty) {
    HttpHeader header;
    EXPECT_EQ(last_event_id(header), "");
    header.insert("Last-Event-ID", "S.1");
    EXPECT_EQ(last_event_id(header), "S.1");
    header.insert("Last-Event-ID", "S.1");
    EXPECT_EQ(last_event_id(header), "");
}

}  // namespace
}  // namespace tickcast::test
