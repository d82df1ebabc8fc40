// The checks before a stream's upgrade.
#include "unit/api/public_api_fixture.hpp"

namespace tickcast::test {
namespace {

class PublicApiStream : public PublicApiTest {
protected:
    HttpRequest handshake(std::string const& id) {
        auto made = request(http::verb::get, "/v1/stream/" + id);
        made.set(http::field::upgrade, "websocket");
        made.set(http::field::connection, "Upgrade");
        made.set(http::field::sec_websocket_version, "13");
        made.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
        return made;
    }
    /// The answer of `handle` to a request that becomes no stream.
    Answered refused(HttpRequest const& made) {
        EXPECT_FALSE(grant_of(made));
        auto answer = call(made);
        EXPECT_EQ(answer.route, "/v1/stream/{id}");
        return answer;
    }
};

TEST_F(PublicApiStream, WhenHandshakeIsFine_IsAStream) {
    auto const id = new_session();
    auto const grant = grant_of(handshake(id));
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->session.str(), id);
    EXPECT_EQ(grant->transport, Transport::websocket);
    EXPECT_EQ(grant->head.result_int(), 101U);
    EXPECT_FALSE(grant_of(request(http::verb::get, "/v1/tickers")));
}

TEST_F(PublicApiStream, WhenAnotherConnectionStreams_IsAStreamTooSinceItTakesOver) {
    auto const id = new_session();
    ASSERT_TRUE(sessions_.claim(*SessionId::parse(id), 0, 1));
    EXPECT_TRUE(grant_of(handshake(id)));
}

// contract: ERR-27
TEST_F(PublicApiStream, WithoutUpgrade_Gives426) {
    for (auto const verb : {http::verb::get, http::verb::head}) {
        auto const answer = refused(request(verb, "/v1/stream/" + new_session()));
        EXPECT_EQ(answer.response.result_int(), 426U);
        EXPECT_EQ(code_of(answer), "upgrade_required");
        EXPECT_EQ(answer.response[http::field::upgrade], "websocket");
        EXPECT_EQ(answer.response[http::field::connection], "upgrade");
    }
}

TEST_F(PublicApiStream, WithoutSession_Gives404First) {
    EXPECT_EQ(code_of(refused(request(http::verb::get, "/v1/stream/nope"))), "no_such_session");
    draining_ = true;
    auto const answer = refused(handshake(std::string(22, 'A')));
    EXPECT_EQ(answer.response.result_int(), 404U);
    EXPECT_EQ(code_of(answer), "no_such_session");
}

TEST_F(PublicApiStream, WhileDraining_Gives503) {
    auto const id = new_session();
    draining_ = true;
    auto const answer = refused(handshake(id));
    EXPECT_EQ(answer.response.result_int(), 503U);
    EXPECT_EQ(code_of(answer), "draining");
}

TEST_F(PublicApiStream, WhenHandshakeIsMalformed_Gives400AndCloses) {
    auto made = handshake(new_session());
    made.erase(http::field::sec_websocket_key);
    auto const answer = refused(made);
    EXPECT_EQ(answer.response.result_int(), 400U);
    EXPECT_EQ(code_of(answer), "bad_request");
    EXPECT_FALSE(answer.response.keep_alive());
}

TEST_F(PublicApiStream, WithHttp10_Gives400) {
    auto made = handshake(new_session());
    made.version(10);
    EXPECT_EQ(refused(made).response.result_int(), 400U);
}

TEST_F(PublicApiStream, WithAnotherVersion_Gives426WithOurs) {
    auto made = handshake(new_session());
    made.set(http::field::sec_websocket_version, "8");
    auto const answer = refused(made);
    EXPECT_EQ(answer.response.result_int(), 426U);
    EXPECT_EQ(answer.response[http::field::sec_websocket_version], "13");
}

}  // namespace
}  // namespace tickcast::test
