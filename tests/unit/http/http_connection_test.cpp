#include "support/raw_client.hpp"
#include "unit/http/echo_server.hpp"

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

class HttpConnectionTest : public ::testing::Test {
protected:
    static HttpLimits limits() {
        HttpLimits limits;
        limits.linger = 200ms;
        limits.last_call = 200ms;
        return limits;
    }
    EchoServer server_{limits()};
};

// contract: REQ-1
TEST_F(HttpConnectionTest, KeepAlive_OverSeveralRequests_AnswersEach) {
    RawClient client{server_.endpoint()};
    for (int i = 0; i < 3; ++i) {
        auto const reply = client.ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, "POST /a hi");
        EXPECT_FALSE(reply.has("Connection: close"));
        EXPECT_TRUE(reply.has("Date: "));
    }
    EXPECT_EQ(server_.open_connections(), 1U);
    EXPECT_EQ(server_.counted("/{name}", Method::post, 200), 3U);
}

TEST_F(HttpConnectionTest, Requests_WhateverTheyComeTo_AreRoutedOnce) {
    RawClient client{server_.endpoint()};
    for (auto const* request :
         {"GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /throw HTTP/1.1\r\nHost: x\r\n\r\n",
          "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
          "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"}) {
        server_.on_loop([this] { server_.handler_.routed_ = 0; });
        client.ask(request);
        server_.on_loop([this, request] { EXPECT_EQ(server_.handler_.routed_, 1U) << request; });
    }
    server_.on_loop([this] {
        EXPECT_EQ(server_.handler_.refused_,
                  (std::vector{ErrorCode::internal, ErrorCode::body_too_large}));
    });
}

TEST_F(HttpConnectionTest, Path_WithUnreservedCharactersEncoded_IsRoutedDecoded) {
    RawClient client{server_.endpoint()};
    EXPECT_TRUE(client.ask("GET /%61%2Db HTTP/1.1\r\nHost: x\r\n\r\n").has("X-Name: a-b\r\n"));
    EXPECT_TRUE(client.ask("GET /%2f HTTP/1.1\r\nHost: x\r\n\r\n").has("X-Name: %2f\r\n"));
    EXPECT_EQ(client.ask("GET /%75nchanged HTTP/1.1\r\nHost: x\r\n\r\n").status, 304);
    EXPECT_EQ(server_.counted("/unchanged", Method::get, 304), 1U);
}

TEST_F(HttpConnectionTest, Answers_RefusalsIncluded_AreMarked) {
    RawClient client{server_.endpoint()};
    EXPECT_TRUE(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").has("X-Marked: yes"));
    EXPECT_TRUE(client.ask("GET /early HTTP/1.1\r\nHost: x\r\n\r\n").has("X-Marked: yes"));
    EXPECT_TRUE(client.ask("nonsense\r\n\r\n").has("X-Marked: yes"));
}

// contract: REQ-1
TEST_F(HttpConnectionTest, Pipelining_OfThree_AnswersInOrder) {
    RawClient client{server_.endpoint()};
    client.send(
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nb"
        "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.reply().body, "GET /1 ");
    EXPECT_EQ(client.reply().body, "POST /2 b");
    EXPECT_EQ(client.reply().body, "GET /3 ");
}

TEST_F(HttpConnectionTest, Requests_InSingleBytes_AreRead) {
    RawClient client{server_.endpoint()};
    for (char const byte : std::string_view{
             "POST /1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
             "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: "
             "b\r\n\r\n"}) {
        client.send({&byte, 1});
    }
    EXPECT_EQ(client.reply().body, "POST /1 ab");
    EXPECT_EQ(client.reply().body, "POST /2 ");
}

// contract: REQ-2
TEST_F(HttpConnectionTest, Head_IsAnsweredWithoutBodyButItsLength) {
    RawClient client{server_.endpoint()};
    client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.reply(true).has("Content-Length: 8\r\n"));
    EXPECT_EQ(client.reply().body, "GET /b ");
}

TEST_F(HttpConnectionTest, SharedBody_IsSentInPlaceOfTheResponses) {
    RawClient client{server_.endpoint()};
    client.send(
        "GET /shared HTTP/1.1\r\nHost: x\r\n\r\nHEAD /shared HTTP/1.1\r\nHost: x\r\n\r\n"
        "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.reply().body, "the same for all");
    EXPECT_TRUE(client.reply(true).has("Content-Length: 16\r\n"));
    EXPECT_EQ(client.reply().body, "GET /b ");
    auto const last = client.ask("GET /shared HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(last.body, "the same for all");
    EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnectionTest, NotModified_HasNeitherLengthNorBodyAndKeepsTheConnection) {
    RawClient client{server_.endpoint()};
    auto const reply = client.ask("GET /unchanged HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(reply.status, 304);
    EXPECT_FALSE(reply.has("Content-Length"));
    EXPECT_FALSE(reply.has("Transfer-Encoding"));
    EXPECT_EQ(client.ask("GET /b HTTP/1.1\r\nHost: x\r\n\r\n").body, "GET /b ");
    EXPECT_EQ(server_.counted("/unchanged", Method::get, 304), 1U);
}

TEST_F(HttpConnectionTest, Close_WhenAskedFor_ComesAfterTheAnswer) {
    RawClient client{server_.endpoint()};
    auto const reply = client.ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(reply.has("Connection: close"));
    EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnectionTest, Http10_ClosesUnlessToldOtherwise) {
    RawClient once{server_.endpoint()};
    EXPECT_EQ(once.ask("GET / HTTP/1.0\r\n\r\n").status, 200);
    EXPECT_TRUE(once.ended());
    RawClient again{server_.endpoint()};
    auto const reply = again.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_TRUE(reply.has("Connection: keep-alive"));
    EXPECT_EQ(again.ask("GET / HTTP/1.0\r\n\r\n").status, 200);
}

/// RFC 9110 section 9.3.2. The parser gives no method where it refuses the request line.
TEST_F(HttpConnectionTest, Head_WhenItsRequestLineIsRefused_GetsNoBody) {
    for (auto const* request :
         {"HEAD / HTTP/2.0\r\n\r\n", "HEAD  / HTTP/1.1\r\n\r\n", "HEAD / HTTX/1.1\r\n\r\n"}) {
        RawClient client{server_.endpoint()};
        client.send(request);
        EXPECT_GE(client.reply(true).status, 400) << request;
        EXPECT_TRUE(client.ended()) << request;
    }
}

TEST_F(HttpConnectionTest, HalfClose_AfterTheRequest_StillGetsTheAnswer) {
    RawClient client{server_.endpoint()};
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    client.half_close();
    EXPECT_EQ(client.reply().body, "GET /a ");
    EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnectionTest, HalfClose_WithinTheRequest_Gets400) {
    RawClient client{server_.endpoint()};
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
    client.half_close();
    EXPECT_EQ(client.reply().status, 400);
    EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnectionTest, Continue_WhenExpected_IsSentBeforeTheBody) {
    RawClient client{server_.endpoint()};
    auto const interim = client.ask(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(interim.status, 100);
    EXPECT_EQ(client.ask("hi").body, "POST /a hi");
}

TEST_F(HttpConnectionTest, Continue_WhenBodyIsThereAlready_IsLeftOut) {
    RawClient client{server_.endpoint()};
    EXPECT_EQ(client
                  .ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                       "Expect: 100-continue\r\n\r\nhi")
                  .status,
              200);
}

TEST_F(HttpConnectionTest, Continue_WhenRefusedAnyway_GetsTheRefusalInstead) {
    RawClient client{server_.endpoint()};
    EXPECT_EQ(client
                  .ask("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                       "Expect: 100-continue\r\n\r\n")
                  .status,
              404);
    EXPECT_TRUE(client.ended());
    RawClient large{server_.endpoint()};
    EXPECT_EQ(large
                  .ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n"
                       "Expect: 100-continue\r\n\r\n")
                  .status,
              413);
}

TEST_F(HttpConnectionTest, EmptyLines_BeforeARequest_AreSkipped) {
    RawClient client{server_.endpoint()};
    EXPECT_EQ(client.ask("\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
}

TEST_F(HttpConnectionTest, Stream_IsHandedOverWithWhatWasReadPastIt) {
    auto streamed = server_.handler_.streamed_.get_future();
    RawClient client{server_.endpoint()};
    client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n\x81\x01");
    ASSERT_EQ(streamed.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(streamed.get(), "/stream \x81\x01");
    EXPECT_EQ(server_.open_connections(), 0U);
    EXPECT_EQ(server_.counted("/stream", Method::get, 101), 1U);
}

// contract: ERR-32
TEST_F(HttpConnectionTest, Handler_WhenItThrows_Gives500AndGoesOn) {
    RawClient client{server_.endpoint()};
    EXPECT_EQ(client.ask("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n").status, 500);
    EXPECT_EQ(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
}

TEST_F(HttpConnectionTest, Stop_ClosesIdleConnectionsAtOnce) {
    RawClient client{server_.endpoint()};
    EXPECT_EQ(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    server_.on_loop([this] { server_.connections_.stop(); });
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(server_.open_connections(), 0U);
}

TEST_F(HttpConnectionTest, Stop_WithinARequest_LetsItsAnswerFinish) {
    RawClient client{server_.endpoint()};
    client.ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    server_.on_loop([this] { server_.connections_.stop(); });
    auto const reply = client.ask("hi");
    EXPECT_EQ(reply.body, "POST /a hi");
    EXPECT_TRUE(reply.has("Connection: close"));
    EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnectionTest, Stop_BeforeTheFirstRequest_StillAnswersIt) {
    RawClient silent{server_.endpoint()};
    RawClient client{server_.endpoint()};
    while (server_.open_connections() < 2)
        std::this_thread::yield();
    server_.on_loop([this] { server_.connections_.stop(); });
    auto const reply = client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.has("Connection: close"));
    EXPECT_TRUE(silent.ended()) << "the last call has an end";
}

// contract: SIG-3
TEST_F(HttpConnectionTest, Accept_WhenDraining_AnswersTheFirstRequestWith503AndCloses) {
    server_.on_loop([this] { server_.draining = true; });
    for (auto const* request :
         {"GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"}) {
        RawClient client{server_.endpoint()};
        auto const reply = client.ask(request);
        EXPECT_EQ(reply.status, 503);
        EXPECT_NE(reply.body.find("\"draining\""), std::string::npos) << reply.body;
        EXPECT_TRUE(reply.has("Retry-After: "));
        EXPECT_TRUE(reply.has("Connection: close"));
        EXPECT_TRUE(client.ended());
    }
}

TEST_F(HttpConnectionTest, Abort_WithinALargeAnswer_EndsTheConnection) {
    RawClient client{server_.endpoint()};
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    while (server_.open_connections() < 1)
        std::this_thread::yield();
    server_.on_loop([this] { server_.connections_.abort(); });
    while (server_.open_connections() > 0)
        std::this_thread::yield();
}

}  // namespace
}  // namespace tickcast::test
