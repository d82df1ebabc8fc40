// The admin listener: metrics, health, readiness, and POST /v1/ticks behind guards that keep web
// pages from forging prices (CONTRACT PSH-10..14). The table in src/api/admin_routes.hpp lists all
// that it serves. Owner: the AdminServer; one per process, on the control thread. It outlives its
// connections. Bound: --push-body-max (413 body_too_large).
#pragma once

#include "tickcast/api/liveness.hpp"
#include "tickcast/base/rate_limit.hpp"
#include "tickcast/feed/push/push_feed.hpp"
#include "tickcast/http/http_handler.hpp"
#include "tickcast/metrics/shard_metrics.hpp"

#include <span>
#include <string>
#include <string_view>

namespace tickcast {

/// The answer of /readyz. `ready` is false only while starting or draining.
struct Readiness {
    bool ready{false};
    std::string reason{};
    std::string feed{};  ///< "live" or "stale"
};

/// What the admin API asks of the process.
class ProcessView : public Liveness {
public:
    virtual Readiness readiness() = 0;
    virtual std::string metrics_text() = 0;
};

class AdminApi final : public HttpHandler {
public:
    /// What the API needs; all outlive the API.
    struct Dependencies {
        Settings const& settings;
        Clock const& clock;
        ShardMetrics& metrics;  ///< the metrics of the control thread
        PushFeed& push;
        ProcessView& process;
        /// The listener is bound to a loopback address. On another address a push needs a token, or
        /// it is off (404).
        bool loopback{false};
        /// The token that a push must have (--push-token-file); empty if it needs none. Never
        /// logged.
        std::string push_token{};
    };
    /// What the handlers work on.
    struct State {
        Dependencies deps;
        std::string own_host;  ///< the host of --admin-listen
    };

    explicit AdminApi(Dependencies dependencies);

    /// The value of the label `route` for each Routed::label.
    static std::span<std::string_view const> routes() noexcept;

    Routed route(HttpHeader const& header) const override;
    Result<Admission, Refusal> admit(HttpHeader const& header, Routed const& routed) const override;
    Awaitable<Outcome> handle(HttpRequest const& request, Routed const& routed,
                              ConnectionSlot const& client) override;
    void refused(Refusal const& refusal, HttpHeader const* header, Routed const& routed) override;
    void mark(HttpResponse&, HttpHeader const*) const override {}

private:
    State state_;
    LogLimiter origin_log_{10, std::chrono::seconds{10}};
};

}  // namespace tickcast
