// Each text is given whole, and in pieces of every size. A piece is in memory of exactly its size,
// so that AddressSanitizer finds a read past its end.
#include "http/chunked_body.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tickcast::test {
namespace {

using State = ChunkedBody::State;

constexpr ChunkedBody::Limits kLimits{.body = 100, .line = 50, .trailer = 60};

struct Decoded {
    State state;
    std::string body;
    std::string behind;  ///< the bytes that were left
};

Decoded decode(std::string_view text, std::size_t piece) {
    ChunkedBody chunks{kLimits};
    Decoded decoded{};
    std::string waiting;
    while (chunks.state() == State::unfinished && !text.empty()) {
        waiting.append(text.substr(0, piece));
        text.remove_prefix(std::min(piece, text.size()));
        std::vector<char> const exact(waiting.begin(), waiting.end());
        waiting.erase(0, chunks.decode({exact.data(), exact.size()}, decoded.body));
    }
    decoded.state = chunks.state();
    decoded.behind = waiting.append(text);
    return decoded;
}

void expect(std::string const& text, State state, std::string const& body = {},
            std::string const& behind = {}) {
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        auto const decoded = decode(text, piece);
        EXPECT_EQ(decoded.state, state) << text << " by " << piece;
        if (state != State::done) continue;
        EXPECT_EQ(decoded.body, body) << text << " by " << piece;
        EXPECT_EQ(decoded.behind, behind) << text << " by " << piece;
    }
}

TEST(ChunkedBody, OfWholeBodies_GivesThemAndLeavesWhatFollows) {
    expect("0\r\n\r\n", State::done);
    expect("00000000000000000000000000000001\r\na\r\n0\r\n\r\n", State::done, "a");
    expect("000\r\n\r\nGET /", State::done, "", "GET /");
    expect("3\r\nabc\r\n0\r\n\r\n", State::done, "abc");
    expect("1\r\na\r\n02\r\nbc\r\n0\r\n\r\n\r\n", State::done, "abc", "\r\n");
    expect("A\r\n0123456789\r\na\r\n0\r\n\r\n67890\r\n0\r\n\r\n", State::done,
           "01234567890\r\n\r\n67890");
}

TEST(ChunkedBody, WithExtensions_IgnoresThem) {
    for (auto const* extensions :
         {";a", ";a=b", " ;a", "; a = b ;c", ";a=\"q\\\"; \\\\x\"", ";a=\"\";b", "\t;\ta\t=\tb"}) {
        expect("1" + std::string{extensions} + "\r\nx\r\n0;z=1\r\n\r\n", State::done, "x");
    }
}

// contract: REQ-6
TEST(ChunkedBody, WithATrailer_DropsIt) {
    expect("1\r\nx\r\n0\r\nUpgrade: websocket\r\nContent-Length: 7\r\n\r\nG", State::done, "x",
           "G");
    expect("0\r\nTransfer-Encoding: chunked\r\nHost:\r\nA:\t b \xc3\xa4\r\n\r\n", State::done);
}

// contract: REQ-7
TEST(ChunkedBody, WhenMalformed_SaysSo) {
    for (auto const* text : {
             "\r\n\r\n",
             "g\r\n",
             "10000000000000000\r\n",
             "fffffffffffffffffffffffffffffffff\r\n",
             "-1\r\n",
             "+1\r\nx\r\n",
             "0x1\r\nx\r\n",
             " 1\r\nx\r\n",
             "1 \r\nx\r\n",
             "1\nx\r\n",
             "1\r\nxy\r\n",
             "1\r\nx\n",
             "1\r\nx\rz",
             "1;\r\nx\r\n",
             "1;=b\r\nx\r\n",
             "1;a=\r\nx\r\n",
             "1;a \r\nx\r\n",
             "1;a b\r\nx\r\n",
             "1;a=\"b\r\nx\r\n",
             "1;a=\"b\\\r\nx\r\n",
             "1;a=\"b\x01\"\r\nx\r\n",
             "1;a\rb\r\nx\r\n",
             "0\r\nno colon\r\n\r\n",
             "0\r\n: empty\r\n\r\n",
             "0\r\nA : b\r\n\r\n",
             "0\r\nA: b\r\n c\r\n\r\n",
             "0\r\n\tA: b\r\n\r\n",
             "0\r\nA: b\x01\r\n\r\n",
             "0\r\nA: b\rc\r\n\r\n",
             "0\r\nA: b\n\r\n",
             "0\r\n\n",
         }) {
        expect(text, State::malformed);
    }
    expect(std::string{"0\r\nA: b"} + '\0' + "\r\n\r\n", State::malformed);
}

TEST(ChunkedBody, Body_BelowAtAndAboveTheLimit) {
    auto const of = [](std::vector<std::size_t> const& sizes) {
        std::string text;
        for (auto const size : sizes) {
            char head[32];
            std::snprintf(head, sizeof head, "%zx\r\n", size);
            text += head + std::string(size, 'b') + "\r\n";
        }
        return text + "0\r\n\r\n";
    };
    expect(of({99}), State::done, std::string(99, 'b'));
    expect(of({60, 40}), State::done, std::string(100, 'b'));
    expect(of({60, 41}), State::too_large);
    expect("65\r\n", State::too_large);
    expect("ffffffffffffffff\r\n", State::too_large);
}

TEST(ChunkedBody, ChunkHead_BelowAtAndAboveTheLimit) {
    auto const head = [](std::size_t size) { return "0;" + std::string(size - 4, 'x') + "\r\n"; };
    expect(head(49) + "\r\n", State::done);
    expect(head(50) + "\r\n", State::done);
    expect(head(51) + "\r\n", State::line_too_long);
    expect("0;" + std::string(49, 'x'), State::line_too_long);
    expect(std::string(60, '0') + "1\r\n", State::line_too_long);
}

/// RFC 9112 section 7.1.1: each of them is short.
TEST(ChunkedBody, AllExtensionsTogether_BelowAtAndAboveTheLimit) {
    auto const chunk = [](std::size_t extension) {
        return "1;" + std::string(extension - 1, 'x') + "\r\nb\r\n";
    };
    expect(chunk(25) + chunk(24) + "0\r\n\r\n", State::done, "bb");
    expect(chunk(25) + chunk(25) + "0\r\n\r\n", State::done, "bb");
    expect(chunk(25) + chunk(26) + "0\r\n\r\n", State::line_too_long);
    expect(chunk(25) + chunk(25) + "0;x\r\n\r\n", State::line_too_long);
}

TEST(ChunkedBody, Trailer_BelowAtAndAboveTheLimit) {
    auto const line = [](std::size_t size) { return "A:" + std::string(size - 4, 'x') + "\r\n"; };
    expect("0\r\n" + line(59) + "\r\n", State::done);
    expect("0\r\n" + line(60) + "\r\n", State::done);
    expect("0\r\n" + line(61) + "\r\n", State::trailer_too_long);
    expect("0\r\n" + line(30) + line(30) + "\r\n", State::done);
    expect("0\r\n" + line(30) + line(31) + "\r\n", State::trailer_too_long);
    expect("0\r\nA:" + std::string(60, 'x'), State::trailer_too_long);
}

}  // namespace
}  // namespace tickcast::test
