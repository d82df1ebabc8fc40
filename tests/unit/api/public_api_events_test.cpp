// The checks before a stream of Server-Sent Events.
#include "tickcast/protocol/event_text.hpp"
#include "unit/api/public_api_fixture.hpp"

namespace tickcast::test {
namespace {

class PublicApiEvents : public PublicApiTest {
protected:
    static HttpRequest wish(std::string const& id, char const* accept = "text/event-stream") {
        auto made = request(http::verb::get, "/v1/stream/" + id);
        made.set(http::field::accept, accept);
        return made;
    }
    static HttpRequest comeback(std::string const& id, std::uint64_t generation) {
        auto made = wish(id);
        made.set("Last-Event-ID", event_id(id, generation));
        return made;
    }
    std::uint64_t claim(std::string const& id) {
        return sessions_.claim(*SessionId::parse(id), 0, 1)->generation;
    }
    /// The answer of `handle` to a request that becomes no stream.
    Answered refused(HttpRequest const& made) {
        EXPECT_FALSE(grant_of(made));
        auto answer = call(made);
        EXPECT_EQ(answer.route, "/v1/stream/{id}");
        return answer;
    }
};

// contract: SSE-8
TEST_F(PublicApiEvents, WhenAccepted_IsGrantedWithTheHeadOfItsAnswer) {
    auto const id = new_session();
    auto const grant = grant_of(wish(id, "text/html, text/event-stream"));
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->session.str(), id);
    EXPECT_EQ(grant->transport, Transport::sse);
    EXPECT_EQ(grant->continues, std::nullopt);
    EXPECT_EQ(grant->head.result_int(), 200U);
    EXPECT_EQ(grant->head[http::field::content_type], "text/event-stream");
}

TEST_F(PublicApiEvents, WithHttp10_IsGranted) {
    auto made = wish(new_session());
    made.version(10);
    EXPECT_TRUE(grant_of(made));
}

TEST_F(PublicApiEvents, WhenNotAccepted_Gives426) {
    auto const id = new_session();
    for (auto const* accept : {"*/*", "text/event-stream;q=0", "text/html"}) {
        EXPECT_EQ(refused(wish(id, accept)).response.result_int(), 426U) << accept;
    }
}

TEST_F(PublicApiEvents, WithHead_Gives426AsWithoutAccept) {
    auto made = wish(new_session());
    made.method(http::verb::head);
    EXPECT_EQ(refused(made).response.result_int(), 426U);
}

// contract: STR-2
TEST_F(PublicApiEvents, WithAnUpgrade_TheUpgradeDecides) {
    auto made = wish(new_session());
    made.set(http::field::upgrade, "websocket");
    EXPECT_EQ(refused(made).response.result_int(), 400U);
    made.set(http::field::connection, "Upgrade");
    made.set(http::field::sec_websocket_version, "13");
    made.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
    auto const grant = grant_of(made);
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->transport, Transport::websocket);
    EXPECT_EQ(grant->head.result_int(), 101U);
}

TEST_F(PublicApiEvents, WithoutSessionOrWhileDraining_IsRefusedAsAWebSocketIs) {
    EXPECT_EQ(code_of(refused(wish(std::string(22, 'A')))), "no_such_session");
    auto const id = new_session();
    draining_ = true;
    EXPECT_EQ(code_of(refused(wish(id))), "draining");
}

TEST_F(PublicApiEvents, WhenItComesBackAndNobodyTookOver_IsGranted) {
    auto const id = new_session();
    auto const generation = claim(id);
    auto const grant = grant_of(comeback(id, generation));
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->continues, generation);
    sessions_.release(*SessionId::parse(id), generation);
    EXPECT_TRUE(grant_of(comeback(id, generation)));
}

// contract: SSE-7
TEST_F(PublicApiEvents, WhenItComesBackAndAnotherTookOver_Gives204) {
    auto const id = new_session();
    auto const generation = claim(id);
    claim(id);
    auto const answer = refused(comeback(id, generation));
    EXPECT_EQ(answer.response.result_int(), 204U);
    EXPECT_EQ(answer.response[http::field::cache_control], "no-store");
    EXPECT_EQ(answer.response[http::field::access_control_allow_origin], "*");
    EXPECT_TRUE(grant_of(wish(id))) << "a new one may take over";
}

TEST_F(PublicApiEvents, WhenTheLastEventIdIsForeign_IsAsWithoutOne) {
    auto const id = new_session();
    claim(id);
    claim(id);
    for (auto const* last : {"", "x", "AAAAAAAAAAAAAAAAAAAAAA.1"}) {
        auto made = wish(id);
        made.set("Last-Event-ID", last);
        auto const grant = grant_of(made);
        ASSERT_TRUE(grant) << last;
        EXPECT_EQ(grant->continues, std::nullopt) << last;
    }
}

}  // namespace
}  // namespace tickcast::test
