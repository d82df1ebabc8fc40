// The public listener's REST calls, and the checks before a stream's upgrade (CONTRACT API-1..28,
// STR-3). One per shard, on its thread; outlives the shard's HTTP connections.
#pragma once

#include "tickcast/api/origin_policy.hpp"
#include "tickcast/config/settings.hpp"
#include "tickcast/http/http_types.hpp"
#include "tickcast/http/static_files.hpp"
#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/model/ticker_listing.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "tickcast/session/session_map.hpp"
#include "tickcast/session/session_tickers.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace tickcast {

class PublicApi final : public HttpHandler {
public:
    /// What the API works on; the references outlive it.
    struct Dependencies {
        Settings const& settings;
        TickerTable& tickers;
        SessionMap& sessions;
        ShardMetrics& metrics;
        std::atomic<bool> const& draining;
        /// Push (or a bus) is configured: any well-formed ticker can be subscribed to.
        bool accept_unknown_tickers{false};
        /// Every shard's loop turns; any thread. None: nobody knows, so it says yes.
        std::function<bool()> alive{};
        /// The web page; null where there is none.
        StaticFiles const* page{nullptr};
        /// Tells the stream's shard to close it; any thread.
        std::function<void(StreamRef, CloseCode)> close_stream;
        /// Tells the stream's shard that its session was changed; any thread.
        std::function<void(StreamRef)> stream_changed;
        /// JSON array of these tickers' newest ticks; resumes on the calling thread, in bounded
        /// time.
        std::function<Awaitable<std::string>(std::vector<TickerId>)> quotes;
        std::function<void(HandedSocket, HttpRequest, HttpResponse)> start_stream;
    };

    /// Most tickers in one `GET /v1/quotes`.
    static constexpr std::size_t kMaxQuotes = 400;  // CONTRACT API-6

    explicit PublicApi(Dependencies dependencies);

    Awaitable<Answer> handle(HttpRequest const& request, ConnectionSlot const& client) override;
    std::optional<Answer> refuse_early(HttpHeader const& header) const override;
    Answer refuse(Error error, HttpHeader const* header) override;
    /// /readyz and /livez.
    bool answers_always(HttpHeader const& header) const override;
    std::size_t body_limit(HttpHeader const& header) const override;
    std::optional<Answer> grant_stream(HttpRequest const& request) const override;
    void start_stream(HandedSocket handed, HttpRequest request, HttpResponse head) override;

private:
    struct Place;

    Place locate(HttpHeader const& header) const;
    std::optional<HttpResponse> refuse_header(HttpHeader const& header, Place const& place) const;
    std::optional<HttpResponse> refuse_stream(HttpHeader const& header, Place const& place) const;
    HttpResponse answer(HttpRequest const& request, Place const& place,
                        ConnectionSlot const& client);
    void log_if_origin(HttpHeader const& header) const;
    Awaitable<HttpResponse> list_tickers();
    Awaitable<HttpResponse> show_quotes(std::string query);

    Dependencies deps_;
    OriginPolicy const origins_;
    mutable LogLimiter origin_log_{10, std::chrono::seconds{10}};
    TickerListing listing_;  ///< the answer of /v1/tickers
};

}  // namespace tickcast
