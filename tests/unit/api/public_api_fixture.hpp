// A PublicApi with a real session map and ticker table, a manual clock, and recorders in place of
// its other dependencies.
#pragma once

#include "support/manual_clock.hpp"
#include "tickcast/api/public_api.hpp"
#include "unit/api/api_call.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace tickcast::test {

using Json = nlohmann::json;

class PublicApiTest : public ::testing::Test,
                      protected StreamCommands,
                      protected QuoteSource,
                      protected Liveness {
protected:
    PublicApiTest() {
        settings_.max_tickers_per_session = 3;
        for (auto const* known : {"MSFT", "AAPL"}) {
            table_.make_known(*Ticker::parse(known));
        }
        use(false);
    }

    void use(bool accept_unknown) {
        context_.emplace(SessionContext{.settings = settings_,
                                        .tickers = table_,
                                        .sessions = sessions_,
                                        .clock = clock_,
                                        .streams = *this,
                                        .accept_unknown_tickers = accept_unknown});
        api_ = std::make_unique<PublicApi>(PublicApi::Dependencies{.context = *context_,
                                                                   .metrics = *metrics_,
                                                                   .draining = draining_,
                                                                   .liveness = *this,
                                                                   .quotes = *this,
                                                                   .page = page_});
    }

    void close(StreamRef stream, CloseCode code) override { closed_.emplace_back(stream, code); }
    void session_changed(StreamRef stream) override { changed_.push_back(stream); }
    Awaitable<std::string> newest_quotes(std::vector<TickerId> tickers) override {
        std::string text{"["};
        for (auto const ticker : tickers)
            text += (text.size() > 1 ? "," : "") + std::to_string(ticker.value);
        co_return text + ']';
    }
    bool alive() override { return alive_; }

    static HttpRequest request(http::verb verb, std::string const& target, std::string body = {}) {
        HttpRequest made{verb, target, 11};
        made.set(http::field::host, "localhost");
        made.body() = std::move(body);
        return made;
    }

    Answered call(HttpRequest const& made, ConnectionSlot const& client = {}) {
        return call_api(*api_, made, client);
    }
    Answered call(http::verb verb, std::string const& target, std::string body = {}) {
        return call(request(verb, target, std::move(body)));
    }
    Answered post(std::string body, ConnectionSlot const& client = {}) {
        return call(request(http::verb::post, "/v1/sessions", std::move(body)), client);
    }
    /// Whether the request is refused by its header, whatever its body contains.
    bool is_refused_early(HttpHeader const& header) const {
        return !api_->admit(header, api_->route(header));
    }
    /// The stream that the request becomes; nothing if it becomes none.
    std::optional<StreamGrant> grant_of(HttpHeader const& header) const {
        auto admitted = api_->admit(header, api_->route(header));
        return admitted ? std::move(admitted->stream) : std::nullopt;
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
    StaticFiles const* page_{nullptr};  ///< used from the next `use` on
    ManualClock clock_;
    TickerTable table_{5};
    SessionMap sessions_{{.pending = std::chrono::seconds{30},
                          .detached = std::chrono::seconds{30},
                          .max_sessions = 2},
                         clock_};
    std::unique_ptr<ShardMetrics> metrics_ = std::make_unique<ShardMetrics>();
    std::atomic<bool> draining_{false};
    bool alive_{true};
    std::vector<std::pair<StreamRef, CloseCode>> closed_;
    std::vector<StreamRef> changed_;
    std::optional<SessionContext> context_;
    std::unique_ptr<PublicApi> api_;
};

}  // namespace tickcast::test
