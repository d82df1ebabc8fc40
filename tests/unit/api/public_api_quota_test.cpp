// What a client's address can have, and which limits count its refusals.
#include "unit/api/public_api_fixture.hpp"

namespace tickcast::test {
namespace {

class PublicApiQuota : public PublicApiTest {
protected:
    static constexpr auto kBody = R"({"tickers":["AAPL"]})";

    ~PublicApiQuota() override {  // frees the sessions' slots before the quotas are destroyed
        clock_.advance(std::chrono::hours{1});
        sessions_.sweep();
    }

    AddressQuotas quotas_{{.max_sessions_per_address = 1}, clock_};
    ConnectionSlot const client_ = quotas_.connect(AddressKey::of_v4(1));
    ConnectionSlot const other_ = quotas_.connect(AddressKey::of_v4(2));
};

// contract: LIM-5
TEST_F(PublicApiQuota, WithASessionTooMany_Gives429WithTheFigure) {
    EXPECT_EQ(post(kBody, client_).response.result_int(), 201U);
    auto const answer = post(kBody, client_);
    EXPECT_EQ(answer.response.result_int(), 429U);
    EXPECT_EQ(code_of(answer), "too_many_sessions");
    EXPECT_EQ(Json::parse(answer.response.body()).at("limit"), 1);
    EXPECT_EQ(answer.response.count(http::field::retry_after), 1U);
    EXPECT_EQ(hits(Limit::max_sessions_per_address), 1U);
    EXPECT_EQ(post(kBody, other_).response.result_int(), 201U);
}

TEST_F(PublicApiQuota, WhenABodyIsWrong_SaysThatAndTakesNoPlace) {
    EXPECT_EQ(code_of(post("{", client_)), "invalid_json");
    EXPECT_EQ(code_of(post(R"({"tickers":["NOPE"]})", client_)), "unknown_ticker");
    EXPECT_EQ(post(kBody, client_).response.result_int(), 201U);
    EXPECT_EQ(code_of(post("{", client_)), "invalid_json") << "before the quota";
    EXPECT_EQ(code_of(post(R"({"tickers":["NOPE"]})", client_)), "too_many_sessions");
}

TEST_F(PublicApiQuota, WhenTheProcessIsFull_TakesNoPlace) {
    new_session();
    auto const id = new_session();
    EXPECT_EQ(code_of(post(kBody, client_)), "at_capacity");
    EXPECT_EQ(call(http::verb::delete_, "/v1/sessions/" + id).response.result_int(), 204U);
    EXPECT_EQ(post(kBody, client_).response.result_int(), 201U);
}

TEST_F(PublicApiQuota, WhenASessionEnds_HoweverItDoes_GivesItsPlaceBack) {
    auto const make = [this] {
        auto const answer = post(kBody, client_);
        EXPECT_EQ(answer.response.result_int(), 201U);
        EXPECT_EQ(code_of(post(kBody, client_)), "too_many_sessions");
        return *SessionId::parse(std::string{Json::parse(answer.response.body()).at("session_id")});
    };
    EXPECT_TRUE(sessions_.remove(make()).found);
    make();  // expires before a stream claims it
    clock_.advance(std::chrono::seconds{31});
    sessions_.sweep();
    auto id = make();
    auto claim = sessions_.claim(id, 0, 1);
    EXPECT_TRUE(sessions_.release(id, claim->generation));
    clock_.advance(std::chrono::seconds{31});
    sessions_.sweep();
    for (auto const why : {SessionEnd::policy, SessionEnd::too_old}) {
        id = make();
        claim = sessions_.claim(id, 0, 1);
        EXPECT_TRUE(sessions_.end(id, claim->generation, why));
    }
    make();
}

TEST_F(PublicApiQuota, RefusalsOfTheConnection_AreCountedByTheirLimit) {
    refuse_for(*api_, Error{.code = ErrorCode::rate_limited}, nullptr);
    EXPECT_EQ(hits(Limit::max_requests_per_second_per_address), 1U);
    refuse_for(*api_, Error{.code = ErrorCode::request_timeout}, nullptr);
    EXPECT_EQ(hits(Limit::request_timeout_seconds), 1U);
    refuse_for(*api_, Error{.code = ErrorCode::bad_request}, nullptr);
    // This limit is counted where the socket is accepted.
    refuse_for(*api_, Error{.code = ErrorCode::at_capacity}, nullptr);
    std::uint64_t all = 0;
    for (auto const& limit : metrics_->limit_hits)
        all += limit.value();
    EXPECT_EQ(all, 2U);
}

}  // namespace
}  // namespace tickcast::test
