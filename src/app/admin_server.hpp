// The admin listener and what it serves: metrics, health, readiness, and pushed ticks. Owner: the
// Application; control thread. Bound: connections and requests are limited by its HTTP server.
#pragma once

#include "app/housekeeping.hpp"
#include "app/intake.hpp"
#include "app/shards.hpp"
#include "app/shared_state.hpp"
#include "tickcast/api/admin_api.hpp"
#include "tickcast/config/load.hpp"
#include "tickcast/http/http_connections.hpp"
#include "tickcast/metrics/collectable.hpp"
#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/runtime/executor.hpp"
#include "tickcast/transport/listener.hpp"

#include <optional>
#include <string>

namespace tickcast {

class AdminServer final : private ProcessView {
public:
    /// All of these outlive the server.
    struct Parts {
        asio::io_context& control;
        SharedState& shared;
        Shards const& shards;
        Intake& intake;
        Housekeeping& housekeeping;
        std::string push_token{};  ///< the bearer token of a push; empty if none is needed
    };

    explicit AdminServer(Parts const& parts);
    AdminServer(AdminServer const&) = delete;
    AdminServer& operator=(AdminServer const&) = delete;

    /// Opens the listener. Throws StartupError (1). `tls`: null for plain HTTP; outlives the
    /// server.
    void listen(TlsContext const* tls);
    /// The listener's address, after `listen`.
    asio::ip::tcp::endpoint endpoint() const noexcept { return listener_->local_endpoint(); }
    /// Stops accepting, and cuts requests that are still in progress after `grace`. Completes when
    /// all have ended.
    Awaitable<> close(Duration grace);

private:
    MetricsCollectable::Sources metric_sources();
    AdminApi::Dependencies api_dependencies(Parts const& parts);
    bool alive() override { return housekeeping_.shards_turn(); }
    Readiness readiness() override;
    std::string metrics_text() override { return tickcast::metrics_text(collectable_); }
    SessionFigures session_figures() const;

    asio::io_context& control_;
    SharedState& shared_;
    Shards const& shards_;
    Intake& intake_;
    Housekeeping& housekeeping_;
    HostPort const address_;
    ShardMetrics metrics_;
    HttpMetrics http_metrics_{AdminApi::routes()};
    MetricsCollectable collectable_;
    AdminApi api_;
    HttpConnections connections_;
    std::optional<Listener> listener_;
};

}  // namespace tickcast
