// All shards: made and listening together, drained and stopped together, and the way to a stream on
// any of them. Owner: the Application; control thread, but for what streams and API are given.
#pragma once

#include "app/serving_shard.hpp"
#include "app/shared_state.hpp"
#include "tickcast/config/origins.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

namespace tickcast {

class ServingShards {
public:
    /// All outlive the shards.
    struct Parts {
        SharedState& shared;
        asio::io_context& control;
        InterestSink& interest;
        bool any_ticker{false};  ///< any well-formed ticker may be asked for
        StaticFiles const* page{nullptr};
        NewestQuotes quotes;
    };

    /// Throws StartupError (2) where --send-backend can't be had.
    ServingShards(Parts const& parts, SettingOrigins const& origins);
    ServingShards(ServingShards const&) = delete;
    ServingShards& operator=(ServingShards const&) = delete;

    /// Opens a listener per shard. Throws StartupError (1). `tls`: null where plain; outlives this.
    void listen(TlsContext const* tls);
    void start();
    /// `drained` is called once per shard, on the control thread.
    void drain(Duration over, std::function<void()> const& drained);
    /// Cuts what is left; `stopped` is called once per shard, on the control thread.
    void stop(std::function<void()> const& stopped);
    void join();
    /// Ends all loops whatever is under way, and joins. Harmless after a regular end.
    void halt();

    std::size_t size() const noexcept { return shards_.size(); }
    /// After `listen`: where all of them do.
    asio::ip::tcp::endpoint const& endpoint() const noexcept { return endpoint_; }
    std::string const& send_backend() const noexcept { return send_backend_; }
    std::vector<TickMailbox*> mailboxes();
    std::vector<ShardMetrics const*> metrics() const;
    /// Streams that have had their snapshot since the start.
    std::uint64_t streams_started() const noexcept;
    /// Of the shard's loop; any number that changes with each.
    std::int64_t last_turn(std::size_t index) const noexcept;
    /// Says where io_uring was tried and refused.
    void log_send_backend() const;

private:
    SharedState& shared_;
    asio::io_context& control_;
    StreamContext const streams_;
    std::string send_backend_{};
    std::error_code io_uring_refused_{};
    std::deque<ServingShard> shards_{};
    asio::ip::tcp::endpoint endpoint_{};
};

}  // namespace tickcast
