// A PublicApi with real session map and ticker table, a manual clock, and recorders for the rest.
#pragma once

#include "support/manual_clock.hpp"
#include "tickcast/api/public_api.hpp"
#include "unit/api/run_coroutine.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace tickcast::test {

using Json = nlohmann::json;

inline Awaitable<std::string> quotes_of(std::vector<TickerId> ids) {
    std::string text{"["};
    for (auto const id : ids)
        text += (text.size() > 1 ? "," : "") + std::to_string(id.value);
    co_return text + ']';
}

class PublicApiTest : public ::testing::Test {
protected:
    PublicApiTest() {
        settings_.max_tickers_per_session = 3;
        for (auto const* known : {"MSFT", "AAPL"}) {
            table_.make_known(*Ticker::parse(known));
        }
        use(false);
    }

    void use(bool accept_unknown) {
        api_ = std::make_unique<PublicApi>(PublicApi::Dependencies{
            .settings = settings_,
            .tickers = table_,
            .sessions = sessions_,
            .metrics = *metrics_,
            .draining = draining_,
            .accept_unknown_tickers = accept_unknown,
            .page = page_,
            .close_stream = [this](StreamRef stream,
                                   CloseCode code) { closed_.emplace_back(stream, code); },
            .stream_changed = [this](StreamRef stream) { changed_.push_back(stream); },
            .quotes = quotes_of,
            .start_stream = [](HandedSocket, HttpRequest, HttpResponse) {}});
    }

    static HttpRequest request(http::verb verb, std::string const& target, std::string body = {}) {
        HttpRequest made{verb, target, 11};
        made.set(http::field::host, "localhost");
        made.body() = std::move(body);
        return made;
    }

    Answer call(HttpRequest const& made, ConnectionSlot const& client = {}) {
        return run_coroutine(api_->handle(made, client));
    }
    Answer call(http::verb verb, std::string const& target, std::string body = {}) {
        return call(request(verb, target, std::move(body)));
    }
    Answer post(std::string body, ConnectionSlot const& client = {}) {
        return call(request(http::verb::post, "/v1/sessions", std::move(body)), client);
    }
    std::string new_session() {
        return Json::parse(post(R"({"tickers":["AAPL"]})").response.body()).at("session_id");
    }

    static std::string code_of(Answer const& answer) {
        EXPECT_EQ(answer.response[http::field::content_type], "application/problem+json");
        return Json::parse(answer.response.body()).at("code");
    }
    std::uint64_t hits(Limit limit) const {
        return metrics_->limit_hits[static_cast<std::size_t>(limit)].value();
    }

    Settings settings_;
    StaticFiles const* page_{nullptr};  ///< from the next `use` on
    ManualClock clock_;
    TickerTable table_{5};
    SessionMap sessions_{{.pending = std::chrono::seconds{30},
                          .detached = std::chrono::seconds{30},
                          .max_sessions = 2},
                         clock_};
    std::unique_ptr<ShardMetrics> metrics_ = std::make_unique<ShardMetrics>();
    std::atomic<bool> draining_{false};
    std::vector<std::pair<StreamRef, CloseCode>> closed_;
    std::vector<StreamRef> changed_;
    std::unique_ptr<PublicApi> api_;
};

}  // namespace tickcast::test
