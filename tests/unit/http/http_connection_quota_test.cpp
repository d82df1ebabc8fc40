// Connections past a limit, and clients that send too many requests.
#include "support/manual_clock.hpp"
#include "support/raw_client.hpp"
#include "unit/http/echo_server.hpp"

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

class HttpQuotaTest : public ::testing::Test {
protected:
    static constexpr auto kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    static HttpLimits limits() {
        HttpLimits limits;
        limits.refused = 300ms;
        limits.linger = 100ms;
        return limits;
    }
    void use(AddressQuotas::Limits quotas) {
        quotas_.emplace(quotas, clock_);
        server_->on_loop([this] {
            server_->next_slot = [this] { return quotas_->connect(AddressKey::of_v4(1)); };
        });
    }
    /// Until the bytes of so many clients are read and noted: before, they look like clients that
    /// have asked nothing.
    void await_reads_of(std::size_t clients) {
        while (server_->open_connections() < clients)
            std::this_thread::yield();
        server_->on_loop([] {});
    }
    void TearDown() override { server_.reset(); }  // its slots before the quotas

    ManualClock clock_;
    std::optional<AddressQuotas> quotas_;
    std::unique_ptr<EchoServer> server_ = std::make_unique<EchoServer>(limits());
};

// contract: LIM-2
TEST_F(HttpQuotaTest, PastTheLimit_GetsTheRefusalForItsFirstRequestAndIsClosed) {
    use({.max_connections = 1});
    RawClient served{server_->endpoint()};
    EXPECT_EQ(served.ask(kGet).status, 200);
    for (auto const* request :
         {kGet, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nxyz",
          "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"}) {
        RawClient refused{server_->endpoint()};
        auto const reply = refused.ask(request);
        EXPECT_EQ(reply.status, 503);
        EXPECT_NE(reply.body.find("at_capacity"), std::string::npos);
        EXPECT_TRUE(reply.has("Connection: close"));
        EXPECT_TRUE(refused.ended());
    }
    EXPECT_EQ(served.ask(kGet).status, 200);
}

TEST_F(HttpQuotaTest, PastTheLimit_WithoutARequest_IsClosedSoonAndSilently) {
    use({.max_connections = 1});
    RawClient served{server_->endpoint()};
    EXPECT_EQ(served.ask(kGet).status, 200);
    RawClient refused{server_->endpoint()};
    EXPECT_TRUE(refused.ended());
    EXPECT_EQ(served.ask(kGet).status, 200) << "the others' idle time is longer";
}

TEST_F(HttpQuotaTest, PastTheLimit_WithARequestThatDoesNotEnd_GetsTheRefusalSoon) {
    use({.max_connections = 1});
    RawClient served{server_->endpoint()};
    EXPECT_EQ(served.ask(kGet).status, 200);
    RawClient refused{server_->endpoint()};
    EXPECT_EQ(refused.ask("GET /a HT").status, 503);
    EXPECT_TRUE(refused.ended());
}

// contract: HLT-10
TEST_F(HttpQuotaTest, PastTheLimit_WhereAllPlacesAreTaken_TheOldestThatHasSentNothingGivesWay) {
    use({.max_connections = 1, .max_refusing = 3});
    RawClient served{server_->endpoint()};
    EXPECT_EQ(served.ask(kGet).status, 200);
    RawClient half{server_->endpoint()};
    half.send("GET /a HT");
    await_reads_of(2);
    RawClient older{server_->endpoint()};
    RawClient newer{server_->endpoint()};
    EXPECT_EQ(RawClient{server_->endpoint()}.ask(kGet).status, 503);
    EXPECT_TRUE(older.ended());
    EXPECT_EQ(half.ask("TP/1.1\r\nHost: x\r\n\r\n").status, 503);
    EXPECT_EQ(newer.ask(kGet).status, 503);
    EXPECT_EQ(served.ask(kGet).status, 200);
}

TEST_F(HttpQuotaTest, PastTheLimit_WhereAllHaveTheirAnswerOrAsk_OneWithItsAnswerGivesWay) {
    use({.max_connections = 1, .max_refusing = 2});
    RawClient served{server_->endpoint()};
    EXPECT_EQ(served.ask(kGet).status, 200);
    RawClient half{server_->endpoint()};
    half.send("GET /a HT");
    RawClient answered{server_->endpoint()};
    EXPECT_EQ(answered.ask(kGet).status, 503);  // and the client does not close
    for (int turn = 0; turn < 10; ++turn)       // until the server has finished its answer too
        server_->open_connections();
    EXPECT_EQ(RawClient{server_->endpoint()}.ask(kGet).status, 503);
    EXPECT_EQ(half.ask("TP/1.1\r\nHost: x\r\n\r\n").status, 503);
}

TEST_F(HttpQuotaTest, PastTheLimit_WhereAllAsk_TheOldestGivesWay) {
    use({.max_connections = 1, .max_refusing = 2});
    RawClient served{server_->endpoint()};
    EXPECT_EQ(served.ask(kGet).status, 200);
    RawClient older{server_->endpoint()};
    older.send("GET /a HT");
    RawClient newer{server_->endpoint()};
    newer.send("GET /a HT");
    await_reads_of(3);
    EXPECT_EQ(RawClient{server_->endpoint()}.ask(kGet).status, 503);
    EXPECT_TRUE(older.ended());
    EXPECT_EQ(newer.ask("TP/1.1\r\nHost: x\r\n\r\n").status, 503);
}

// contract: HLT-10
TEST_F(HttpQuotaTest, PastTheLimit_WhereOthersHaveAllPlaces_OneIsTakenBeyondThem) {
    use({.max_connections = 1, .max_refusing = 1});
    auto const served = quotas_->connect(AddressKey::of_v4(2));
    auto const of_another_thread = quotas_->connect(AddressKey::of_v4(2));
    EXPECT_TRUE(of_another_thread.refused());
    RawClient silent{server_->endpoint()};
    EXPECT_EQ(RawClient{server_->endpoint()}.ask(kGet).status, 503);
    EXPECT_TRUE(silent.ended()) << "one, and no more";
}

TEST_F(HttpQuotaTest, Slots_AreGivenBackWithTheSocketAndGoAlongWithAStreams) {
    use({.max_connections = 2});
    {
        RawClient one{server_->endpoint()};
        RawClient two{server_->endpoint()};
        EXPECT_EQ(one.ask(kGet).status, 200);
        two.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        server_->handler_.streamed_.get_future().wait();
        EXPECT_EQ(quotas_->connections(), 2U);
    }
    while (server_->open_connections() > 0)
        std::this_thread::yield();
    EXPECT_EQ(quotas_->connections(), 1U) << "the stream's";
    server_->on_loop([this] { server_->handler_.stream_slot_ = ConnectionSlot{}; });
    EXPECT_EQ(quotas_->connections(), 0U);
}

TEST_F(HttpQuotaTest, RequestsTooOften_GetTheirAnswerAndTheConnectionStays) {
    use({.max_requests_per_second_per_address = 2});
    RawClient client{server_->endpoint()};
    EXPECT_EQ(client.ask(kGet).status, 200);
    EXPECT_EQ(client.ask(kGet).status, 200);
    auto const body = std::string(50, 'b');
    for (auto const& request :
         {std::string{kGet}, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n" + body,
          std::string{"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"}}) {
        auto const reply = client.ask(request);
        EXPECT_EQ(reply.status, 429);
        EXPECT_TRUE(reply.has("Retry-After: 1\r\n"));
        EXPECT_NE(reply.body.find("\"limit\":2"), std::string::npos);
    }
    clock_.advance(1s);
    EXPECT_EQ(client.ask(kGet).status, 200);
    EXPECT_EQ(client.ask(kGet).status, 200);
    EXPECT_EQ(client.ask(kGet).status, 429);
}

TEST_F(HttpQuotaTest, WhatIsAnsweredAlways_IsAnsweredPastALimitAndCloses) {
    constexpr auto kHealth = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    use({.max_connections = 1, .max_requests_per_second_per_address = 1});
    RawClient served{server_->endpoint()};
    EXPECT_FALSE(served.ask(kHealth).has("Connection: close"));
    RawClient refused{server_->endpoint()};
    for (auto* client : {&refused, &served}) {  // too many connections, too many requests
        auto const reply = client->ask(kHealth);
        EXPECT_EQ(reply.status, 200);
        EXPECT_TRUE(reply.has("Connection: close"));
        EXPECT_TRUE(client->ended());
    }
}

TEST_F(HttpQuotaTest, RequestsTooOften_WhenMalformed_AreThat) {
    use({.max_requests_per_second_per_address = 1});
    RawClient client{server_->endpoint()};
    EXPECT_EQ(client.ask(kGet).status, 200);
    EXPECT_EQ(client.ask("nonsense\r\n\r\n").status, 400);
    EXPECT_TRUE(client.ended());
}

}  // namespace
}  // namespace tickcast::test
