// How much a client can send and how long it can take: each limit is tested below, at and above it.
#include "support/raw_client.hpp"
#include "unit/http/echo_server.hpp"

#include <limits>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kHeaderLimit = 1000;

class HttpLimitsTest : public ::testing::Test {
protected:
    static HttpLimits limits() {
        HttpLimits limits;
        limits.max_header_bytes = kHeaderLimit;
        limits.request = 200ms;
        limits.linger = 200ms;
        return limits;
    }
    /// A GET with a header of this size, the empty line included.
    static std::string header_of(std::size_t size) {
        std::string head{"GET /a HTTP/1.1\r\nHost: x\r\nX: "};
        return head + std::string(size - head.size() - 4, 'x') + "\r\n\r\n";
    }
    static std::string post_of(std::size_t size) {
        return "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) +
               "\r\n\r\n" + std::string(size, 'b');
    }
    static std::string chunked(std::vector<std::size_t> const& sizes) {
        std::string text{"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"};
        for (auto const size : sizes) {
            char head[32];
            std::snprintf(head, sizeof head, "%zx\r\n", size);
            text += head + std::string(size, 'b') + "\r\n";
        }
        return text + "0\r\n\r\n";
    }
    /// The status of one request. Checks that the connection stays open exactly if the request was
    /// fine.
    int status_of(std::string const& bytes) {
        RawClient client{server_.endpoint()};
        auto const reply = client.ask(bytes);
        if (reply.status == 200) {
            EXPECT_EQ(client.ask("GET /b HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
        } else {
            EXPECT_TRUE(reply.has("Connection: close"));
            EXPECT_TRUE(client.ended()) << "a reset would hide the answer";
        }
        return reply.status;
    }

    EchoServer server_{limits()};
};

TEST_F(HttpLimitsTest, Header_AtTheLimit_IsReadAndAboveItGets431) {
    EXPECT_EQ(status_of(header_of(kHeaderLimit - 1)), 200);
    EXPECT_EQ(status_of(header_of(kHeaderLimit)), 200);
    EXPECT_EQ(status_of(header_of(kHeaderLimit + 1)), 431);
    EXPECT_EQ(status_of(header_of(20 * kHeaderLimit)), 431);
}

TEST_F(HttpLimitsTest, Header_WithoutEnd_Gets431) {
    EXPECT_EQ(status_of("GET /" + std::string(kHeaderLimit, 'x')), 431);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nA: " + std::string(100 * kHeaderLimit, 'x')), 431);
}

TEST_F(HttpLimitsTest, BodyWithLength_AtTheLimit_IsReadAndAboveItGets413) {
    EXPECT_EQ(status_of(post_of(EchoHandler::kBodyLimit - 1)), 200);
    EXPECT_EQ(status_of(post_of(EchoHandler::kBodyLimit)), 200);
    EXPECT_EQ(status_of(post_of(EchoHandler::kBodyLimit + 1)), 413);
    EXPECT_EQ(status_of(post_of(500'000)), 413);
}

TEST_F(HttpLimitsTest, BodyWithLength_AnnouncedTooLarge_Gets413BeforeItComes) {
    EXPECT_EQ(status_of("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"), 413);
    EXPECT_EQ(
        status_of("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551615\r\n\r\n"),
        413);
}

TEST_F(HttpLimitsTest, BodyTooLarge_SaysTheLimit) {
    RawClient client{server_.endpoint()};
    auto const reply = client.ask(post_of(101));
    EXPECT_NE(reply.body.find("\"limit\":100"), std::string::npos) << reply.body;
    EXPECT_NE(reply.body.find("\"body_too_large\""), std::string::npos) << reply.body;
}

TEST_F(HttpLimitsTest, BodyTooLarge_WhenRefusedAnyway_GetsThatAnswer) {
    EXPECT_EQ(status_of("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"), 404);
}

TEST_F(HttpLimitsTest, BodyInChunks_AtTheLimit_IsReadAndAboveItGets413) {
    EXPECT_EQ(status_of(chunked({})), 200);
    EXPECT_EQ(status_of(chunked({99})), 200);
    EXPECT_EQ(status_of(chunked({60, 40})), 200);
    EXPECT_EQ(status_of(chunked({60, 41})), 413);
    EXPECT_EQ(status_of(chunked({101})), 413);
    EXPECT_EQ(status_of(chunked({50'000, 50'000})), 413);
}

TEST_F(HttpLimitsTest, ChunkExtension_WithoutEnd_Gets431) {
    EXPECT_EQ(status_of("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                        std::string(100'000, 'x')),
              431);
}

// contract: REQ-8
TEST_F(HttpLimitsTest, Trailer_CountsInTheHeadersLimit) {
    std::string const head{"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"};
    auto const with_trailer = [&head](std::size_t size) {
        std::string const name{"X: "};
        return head + "2\r\nab\r\n0\r\n" + name + std::string(size - name.size() - 2, 'x') +
               "\r\n\r\n";
    };
    auto const left = kHeaderLimit - head.size();
    EXPECT_EQ(status_of(with_trailer(left - 1)), 200);
    EXPECT_EQ(status_of(with_trailer(left)), 200);
    EXPECT_EQ(status_of(with_trailer(left + 1)), 431);
    EXPECT_EQ(status_of(with_trailer(100 * kHeaderLimit)), 431);
    EXPECT_EQ(status_of(head + "0\r\nX: " + std::string(kHeaderLimit, 'x')), 431) << "no end";
}

// contract: REQ-5
TEST_F(HttpLimitsTest, Version_OfAnotherMajor_Gets505AndCloses) {
    for (auto const* other :
         {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "GET / HTTP/0.9\r\n\r\n",
          "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
        EXPECT_EQ(status_of(other), 505) << other;
    }
}

// contract: REQ-4
TEST_F(HttpLimitsTest, Version_OfALaterMinor_IsTakenAs11) {
    for (char minor = '2'; minor <= '9'; ++minor) {
        std::string const line{std::string{"GET /a HTTP/1."} + minor + "\r\n"};
        EXPECT_EQ(status_of(line + "Host: x\r\n\r\n"), 200) << minor;
        EXPECT_EQ(status_of(line + "\r\n"), 400) << "without Host";
    }
}

// contract: ERR-7
TEST_F(HttpLimitsTest, Malformed_Gets400AndCloses) {
    for (
        auto const* bad : {
            "GARBAGE\r\n\r\n",
            "GET /\r\n\r\n",
            "GET / HTTP/1.11\r\nHost: x\r\n\r\n",
            "GET / HTTP/2.0.\r\nHost: x\r\n\r\n",
            "GET / HTTP/2\r\nHost: x\r\n\r\n",
            "GET / http/1.1\r\nHost: x\r\n\r\n",
            "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET hTtp:// HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET http://a@b/ HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n "
            "c\r\n\r\n",
            "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost x\r\n\r\n",
            "GET / HTTP/1.1\nHost: x\n\n",
            "\x16\x03\x01\x02",
            "GET /\x01 HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
            "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
        }) {
        EXPECT_EQ(status_of(bad), 400) << bad;
    }
}

// contract: SET-46
TEST_F(HttpLimitsTest, Request_WhenNotEndedInTime_Gets408) {
    EXPECT_EQ(status_of("GET / HTT"), 408);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: x\r\n"), 408);
    EXPECT_EQ(status_of("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"), 408);
    EXPECT_EQ(server_.counted("unknown", Method::other, 408), 1U);
    EXPECT_EQ(server_.counted("/{name}", Method::get, 408), 1U);
    EXPECT_EQ(server_.counted("/{name}", Method::post, 408), 1U);
}

// contract: SET-46
TEST_F(HttpLimitsTest, Request_ThatDribbles_Gets408AllTheSame) {
    RawClient client{server_.endpoint()};
    auto const begun = std::chrono::steady_clock::now();
    client.send("GET / HTTP/1.1\r\nHost: ");
    // Each byte is progress, but progress must not move the deadline. The test needs these pauses.
    std::thread dribble{[&client, begun] {
        while (std::chrono::steady_clock::now() - begun < 400ms) {
            client.send("x");
            std::this_thread::sleep_for(10ms);
        }
    }};
    EXPECT_EQ(client.reply().status, 408);
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 190ms);
    dribble.join();
}

/// Whether the server still reads from a connection whose body was refused, after so many bytes of
/// the body.
bool is_read_on(std::size_t body_bytes) {
    HttpLimits limits;
    limits.linger = 20s;
    limits.linger_bytes = 200'000;
    EchoServer server{limits};
    RawClient client{server.endpoint()};
    auto const reply = client.ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n");
    EXPECT_EQ(reply.status, 413);
    client.send(std::string(body_bytes, 'b'));
    auto const until = std::chrono::steady_clock::now() + 300ms;
    while (server.open_connections() > 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(5ms);
    return server.open_connections() > 0;
}

// contract: REQ-14
TEST(HttpLingerTest, RefusedBody_IsReadOnToTheLimitAndNoFurther) {
    EXPECT_TRUE(is_read_on(0));
    EXPECT_TRUE(is_read_on(199'999));
    EXPECT_FALSE(is_read_on(200'000));
    EXPECT_FALSE(is_read_on(400'000));
}

// contract: REQ-14
TEST(HttpLingerTest, RefusedBody_IsReadOnForTheTimeAndNoLonger) {
    HttpLimits limits;
    limits.linger = 200ms;
    EchoServer server{limits};
    RawClient client{server.endpoint()};
    auto const reply = client.ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n");
    auto const begun = std::chrono::steady_clock::now();
    EXPECT_EQ(reply.status, 413);
    while (server.open_connections() > 0 && std::chrono::steady_clock::now() < begun + 10s) {
        client.send("b");
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 150ms);
    EXPECT_EQ(server.open_connections(), 0U);
}

// contract: REQ-14
TEST(HttpLingerTest, Defaults_AreTheContracts) {
    HttpLimits const limits;
    EXPECT_EQ(limits.linger, 2s);
    EXPECT_EQ(limits.linger_bytes, std::size_t{16} << 20);
}

// contract: REQ-15 LIM-9
TEST(HttpIdleTest, Connection_WhenIdle_IsClosedSilently) {
    HttpLimits limits;
    limits.idle = 100ms;
    EchoServer server{limits};
    RawClient fresh{server.endpoint()};
    EXPECT_TRUE(fresh.ended());
    RawClient used{server.endpoint()};
    EXPECT_EQ(used.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    EXPECT_TRUE(used.ended());
}

TEST(HttpIdleTest, Connection_WhenIdleLongerThanARequestMayTake_Lives) {
    HttpLimits limits;
    limits.request = 50ms;
    EchoServer server{limits};
    RawClient client{server.endpoint()};
    EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    std::this_thread::sleep_for(150ms);  // this time is what the test is about
    EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
}

TEST(HttpIdleTest, Answer_WhenNotTaken_EndsTheConnection) {
    HttpLimits limits;
    limits.write = 100ms;
    limits.write_rate = std::numeric_limits<std::size_t>::max();
    limits.linger = 50ms;
    EchoServer server{limits};
    RawClient client{server.endpoint()};
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\nGET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    auto const until = std::chrono::steady_clock::now() + 10s;
    std::size_t open = 1;
    while (open > 0 && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(5ms);
        open = server.open_connections();
    }
    EXPECT_EQ(open, 0U);
}

/// Three such bodies are more than the kernel's buffers hold for a client that reads nothing.
std::size_t open_after_not_reading(EchoServer& server, RawClient& client,
                                   std::chrono::milliseconds wait) {
    // Once this request is answered, the server counts the connection.
    EXPECT_EQ(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    EXPECT_EQ(server.open_connections(), 1U);
    for (int i = 0; i < 3; ++i)
        client.send("GET /shared HTTP/1.1\r\nHost: x\r\n\r\n");
    auto const until = std::chrono::steady_clock::now() + wait;
    while (server.open_connections() > 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(5ms);
    return server.open_connections();
}

TEST(HttpIdleTest, SharedAnswer_WhenNotTaken_EndsTheConnection) {
    HttpLimits limits;
    limits.write = 100ms;
    limits.write_rate = std::numeric_limits<std::size_t>::max();
    limits.linger = 50ms;
    EchoServer server{limits};
    server.on_loop([&] { server.handler_.shared_body_.assign(std::size_t{4} << 20, 'x'); });
    RawClient client{server.endpoint()};
    EXPECT_EQ(open_after_not_reading(server, client, 10s), 0U);
}

TEST(HttpIdleTest, Answer_WhenLarge_HasTimeByItsSize) {
    HttpLimits limits;
    limits.write = 100ms;
    limits.write_rate = std::size_t{4} << 10;  // 1,024 s for the body
    EchoServer server{limits};
    server.on_loop([&] { server.handler_.shared_body_.assign(std::size_t{4} << 20, 'x'); });
    RawClient client{server.endpoint()};
    EXPECT_EQ(open_after_not_reading(server, client, 300ms), 1U);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(client.reply().body.size(), std::size_t{4} << 20);
}

TEST(HttpIdleTest, WriteTime_BelowAtAndAboveTheRate_GrowsBySeconds) {
    HttpLimits const limits;
    EXPECT_EQ(limits.write_time(0), limits.write);
    EXPECT_EQ(limits.write_time(limits.write_rate - 1), limits.write);
    EXPECT_EQ(limits.write_time(limits.write_rate), limits.write + 1s);
    EXPECT_EQ(limits.write_time(10 * limits.write_rate + 1), limits.write + 10s);
}

}  // namespace
}  // namespace tickcast::test
