#include "app/admin_server.hpp"

#include "app/listening.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <utility>

namespace tickcast {

AdminServer::AdminServer(Parts const& parts)
    : control_(parts.control),
      shared_(parts.shared),
      shards_(parts.shards),
      intake_(parts.intake),
      housekeeping_(parts.housekeeping),
      address_(listen_address("--admin-listen", shared_.settings.admin_listen)),
      collectable_(metric_sources()),
      api_(api_dependencies(parts)),
      connections_(control_.get_executor(),
                   {.handler = api_, .metrics = http_metrics_, .clock = shared_.clock.own()},
                   HttpLimits::from(shared_.settings)) {}

MetricsCollectable::Sources AdminServer::metric_sources() {
    auto http = shards_.http_metrics();
    http.push_back(&http_metrics_);
    return {
        .shards = shards_.metrics(),
        .http = std::move(http),
        .control_lag = housekeeping_.lag(),
        .feeds = intake_.metrics(),
        .pauses = housekeeping_.pauses(),
        .sessions = [this] { return session_figures(); },
        .version = std::string{version()},
        .send_backend = shards_.send_backend(),
    };
}

AdminApi::Dependencies AdminServer::api_dependencies(Parts const& parts) {
    return {
        .settings = shared_.settings,
        .clock = shared_.clock,
        .metrics = metrics_,
        .push = intake_.push(),
        .process = *this,
        .loopback = asio::ip::make_address(address_.host).is_loopback(),
        .push_token = parts.push_token,
    };
}

void AdminServer::listen(TlsContext const* tls) {
    listener_.emplace(
        listen_at(address_, control_.get_executor(), PortSharing::none, "--admin-listen"),
        shared_.clock.own(),
        [this](ClientSocket socket) { connections_.accept(std::move(socket)); }, tls);
    asio::co_spawn(control_, listener_->run(), rethrow);
}

Awaitable<> AdminServer::close(Duration grace) {
    listener_->stop();
    connections_.stop();
    SteadyTimer timer{control_};
    timer.expires_after(grace);
    timer.async_wait([this](SystemError error) {
        if (!error) connections_.abort();
    });
    co_await connections_.join();
}

Readiness AdminServer::readiness() {
    std::string feed{intake_.monitor().state()};
    if (shared_.draining) return {false, std::string{name(ErrorCode::draining)}, std::move(feed)};
    return {true, "serving", std::move(feed)};
}

SessionFigures AdminServer::session_figures() const {
    auto const counts = shared_.sessions.counts();
    SessionFigures figures;
    figures.by_state = counts.by_state;
    figures.created = counts.created;
    figures.ended = counts.ended;
    for (std::size_t i = 0; i < kLimits; ++i)
        figures.limit_hits[i] = metrics_.limit_hits[i].value();
    // Sessions that became too old, whatever their state.
    figures.limit_hits[index_of(Limit::max_session_age_seconds)] +=
        counts.ended[index_of(SessionEnd::too_old)];
    return figures;
}

}  // namespace tickcast
