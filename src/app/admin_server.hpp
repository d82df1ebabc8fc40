// The admin listener with all that it shows: metrics, health, readiness, and pushes.
// Owner: the Application; control thread.
#pragma once

#include "app/housekeeping.hpp"
#include "app/intake.hpp"
#include "app/serving_shards.hpp"
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

class AdminServer {
public:
    /// All outlive the server.
    struct Parts {
        asio::io_context& control;
        SharedState& shared;
        ServingShards const& shards;
        Intake& intake;
        Housekeeping& housekeeping;
        std::string push_token{};  ///< what a push has to show; empty if nothing
    };

    explicit AdminServer(Parts const& parts);
    AdminServer(AdminServer const&) = delete;
    AdminServer& operator=(AdminServer const&) = delete;

    /// Opens the listener. Throws StartupError (1). `tls`: null where plain; outlives this.
    void listen(TlsContext const* tls);
    /// After `listen`.
    asio::ip::tcp::endpoint endpoint() const noexcept { return listener_->local_endpoint(); }
    /// Accepts no more, and cuts requests under way after that time. Returns when all have ended.
    Awaitable<> close(Duration grace);

private:
    MetricsCollectable::Sources metric_sources();
    AdminApi::Dependencies api_dependencies(Parts const& parts);
    Readiness readiness() const;
    SessionFigures session_figures() const;

    asio::io_context& control_;
    SharedState& shared_;
    ServingShards const& shards_;
    Intake& intake_;
    Housekeeping& housekeeping_;
    HostPort const address_;
    ShardMetrics metrics_;
    MetricsCollectable collectable_;
    AdminApi api_;
    HttpConnections connections_;
    std::optional<Listener> listener_;
};

}  // namespace tickcast
