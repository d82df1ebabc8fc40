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
