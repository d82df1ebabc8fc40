// One shard with everything that serves clients on it: mailbox, streams, HTTP, listener. Owner:
// Shards. Made and destroyed on the control thread while the shard's loop does not run;
// everything in it belongs to the shard's thread otherwise.
#pragma once

#include "app/loop_watch.hpp"
#include "app/shared_state.hpp"
#include "tickcast/api/public_api.hpp"
#include "tickcast/http/http_connections.hpp"
#include "tickcast/hub/tick_mailbox.hpp"
#include "tickcast/runtime/event_loop.hpp"
#include "tickcast/stream/shard_streams.hpp"
#include "tickcast/transport/listener.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace tickcast {

class Shard final : private Liveness {
public:
    /// All of these outlive the shard.
    struct Parts {
        SharedState& shared;
        StreamContext const& context;
        InterestSink& interest;
        QuoteSource& quotes;
        StaticFiles const* page{nullptr};
    };

    Shard(std::uint32_t index, Parts const& parts, std::unique_ptr<BatchSender> sender);

    TickMailbox& mailbox() noexcept { return mailbox_; }
    ShardMetrics const& metrics() const noexcept { return metrics_; }
    HttpMetrics const& http_metrics() const noexcept { return http_metrics_; }
    ShardStreams& streams() noexcept { return streams_; }
    asio::io_context& io() noexcept { return loop_.io(); }

    /// `tls`: null for plain HTTP; outlives the shard.
    void listen(TcpAcceptor acceptor, TlsContext const* tls);
    void start() { loop_.start(); }
    /// Any thread. Stops accepting and closes all streams with 1001, evenly spread over the time
    /// `over`; `done` runs on the shard's thread.
    void drain(Duration over, std::function<void()> done);
    /// Any thread. Cuts the remaining connections and ends the shard's loop; `done` runs last, on
    /// the shard's thread.
    void stop(std::function<void()> done);
    void join() { loop_.join(); }
    /// Ends the loop at once, whatever is pending, and joins its thread. Harmless after `stop`.
    void halt() {
        loop_.stop();
        loop_.join();
    }

private:
    void accept(ClientSocket socket);
    Awaitable<> close_all(Duration over, std::function<void()> done);
    Awaitable<> end(std::function<void()> done);

    bool alive() override;
    /// Whether the control thread's loop turns.
    bool control_thread_turns();

    SharedState& shared_;
    LoopWatch control_watch_{1};
    ShardMetrics metrics_;
    HttpMetrics http_metrics_{PublicApi::routes()};
    EventLoop loop_;
    TickMailbox mailbox_;
    ShardStreams streams_;
    PublicApi api_;
    HttpConnections http_;
    std::optional<Listener> listener_;
    bool draining_{false};
};

}  // namespace tickcast
