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
    /// What `handle` answers to a request that is no stream.
    Answer refused(HttpRequest const& made) {
        EXPECT_FALSE(api_->grant_stream(made));
        auto answer = call(made);
        EXPECT_EQ(answer.route, Route::stream);
        return answer;
    }
};

// contract: SSE-8
TEST_F(PublicApiEvents, WhenAccepted_IsGrantedWithTheHeadOfItsAnswer) {
    auto const granted = api_->grant_stream(wish(new_session(), "text/html, text/event-stream"));
    ASSERT_TRUE(granted);
    EXPECT_EQ(granted->route, Route::stream);
    EXPECT_EQ(granted->response.result_int(), 200U);
    EXPECT_EQ(granted->response[http::field::content_type], "text/event-stream");
    EXPECT_EQ(granted->response[http::field::access_control_allow_origin], "*");
}

TEST_F(PublicApiEvents, WithHttp10_IsGranted) {
    auto made = wish(new_session());
    made.version(10);
    EXPECT_TRUE(api_->grant_stream(made));
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
    auto const granted = api_->grant_stream(made);
    ASSERT_TRUE(granted);
    EXPECT_EQ(granted->response.result_int(), 101U);
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
    EXPECT_TRUE(api_->grant_stream(comeback(id, generation)));
    sessions_.release(*SessionId::parse(id), generation);
    EXPECT_TRUE(api_->grant_stream(comeback(id, generation)));
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
    EXPECT_TRUE(api_->grant_stream(wish(id))) << "a new one may take over";
}

TEST_F(PublicApiEvents, WhenTheLastEventIdIsForeign_IsAsWithoutOne) {
    auto const id = new_session();
    claim(id);
    claim(id);
    for (auto const* last : {"", "x", "AAAAAAAAAAAAAAAAAAAAAA.1"}) {
        auto made = wish(id);
        made.set("Last-Event-ID", last);
        EXPECT_TRUE(api_->grant_stream(made)) << last;
    }
}

}  // namespace
}  // namespace tickcast::test
