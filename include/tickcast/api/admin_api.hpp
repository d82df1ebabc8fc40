// The admin listener: metrics, health, readiness, and POST /v1/ticks behind guards that keep web
// pages from forging prices (CONTRACT PSH-10..14). One, on the control thread; outlives its
// connections. Bound: --push-body-max (413 body_too_large).
#pragma once

#include "tickcast/base/rate_limit.hpp"
#include "tickcast/config/settings.hpp"
#include "tickcast/feed/push/push_feed.hpp"
#include "tickcast/http/http_types.hpp"
#include "tickcast/metrics/shard_metrics.hpp"

#include <functional>
#include <string>

namespace tickcast {

/// What /readyz says. `ready` is false only while starting or draining.
struct Readiness {
    bool ready{false};
    std::string reason{};
    std::string feed{};  ///< "live" or "stale"
};

class AdminApi final : public HttpHandler {
public:
    /// What the API works on; the references outlive it.
    struct Dependencies {
        Settings const& settings;
        ShardMetrics& metrics;  ///< the control thread's
        PushFeed& push;
        /// The listener is bound to a loopback address; elsewhere push needs a token or is off
        /// (404).
        bool loopback{false};
        /// What a push has to show (--push-token-file); empty if nothing. Never logged.
        std::string push_token{};
        std::function<std::string()> metrics_text;
        std::function<bool()> alive;
        std::function<Readiness()> readiness;
    };

    explicit AdminApi(Dependencies dependencies);

    Awaitable<Answer> handle(HttpRequest const& request, ConnectionSlot const& client) override;
    std::optional<Answer> refuse_early(HttpHeader const& header) const override;
    Answer refuse(Error error, HttpHeader const* header) override;
    std::size_t body_limit(HttpHeader const& header) const override;
    /// There are no streams here.
    std::optional<Answer> grant_stream(HttpRequest const& request) const override;
    void start_stream(HandedSocket handed, HttpRequest request, HttpResponse head) override;

private:
    Route locate(HttpHeader const& header) const;
    std::optional<HttpResponse> refuse_header(HttpHeader const& header, Route route) const;
    std::optional<HttpResponse> refuse_push(HttpHeader const& header) const;
    static std::optional<HttpResponse> refuse_content(HttpHeader const& header);
    void log_if_forbidden(HttpHeader const& header, HttpResponse const& refused) const;
    HttpResponse answer(HttpRequest const& request, Route route);
    HttpResponse push(HttpRequest const& request);
    Awaitable<HttpResponse> push_in_slices(HttpRequest const& request);
    HttpResponse answer_to_push(Result<std::size_t> const& accepted);

    Dependencies deps_;
    std::string own_host_;  ///< that of --admin-listen
    mutable LogLimiter origin_log_{10, std::chrono::seconds{10}};
};

}  // namespace tickcast
