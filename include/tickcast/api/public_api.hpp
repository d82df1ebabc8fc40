// The public listener: REST calls, the checks before a stream, and the web page (CONTRACT
// API-1..28, STR-3). The table in src/api/public_routes.hpp lists all that it serves. Owner: the
// Shard, on its thread. It outlives the shard's HTTP connections. Bounds: the limits in the
// settings, and kMaxQuotes.
#pragma once

#include "tickcast/api/liveness.hpp"
#include "tickcast/api/origin_policy.hpp"
#include "tickcast/http/http_handler.hpp"
#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/model/ticker_listing.hpp"
#include "tickcast/session/session_context.hpp"

#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

class QuoteSource {
public:
    virtual ~QuoteSource() = default;

    /// Returns a JSON array of these tickers' newest ticks. It resumes on the calling thread, in
    /// bounded time.
    virtual Awaitable<std::string> newest_quotes(std::vector<TickerId> tickers) = 0;
};

class PublicApi final : public HttpHandler {
public:
    /// What the API needs; all outlive the API.
    struct Dependencies {
        SessionContext const& context;
        ShardMetrics& metrics;  ///< the metrics of the shard
        std::atomic<bool> const& draining;
        Liveness& liveness;
        QuoteSource& quotes;
        StaticFiles const* page{nullptr};  ///< null if the process serves no page
    };
    /// What the handlers work on.
    struct State {
        Dependencies deps;
        TickerListing listing;  ///< the answer of /v1/tickers
    };

    explicit PublicApi(Dependencies const& dependencies);

    /// The value of the label `route` for each Routed::label.
    static std::span<std::string_view const> routes() noexcept;

    Routed route(HttpHeader const& header) const override;
    Result<Admission, Refusal> admit(HttpHeader const& header, Routed const& routed) const override;
    Awaitable<Outcome> handle(HttpRequest const& request, Routed const& routed,
                              ConnectionSlot const& client) override;
    void refused(Refusal const& refusal, HttpHeader const* header, Routed const& routed) override;
    /// Adds the CORS headers.
    void mark(HttpResponse& response, HttpHeader const* header) const override;

private:
    State state_;
    OriginPolicy const origins_;
    LogLimiter origin_log_{10, std::chrono::seconds{10}};
};

}  // namespace tickcast
