// All shards: made, drained and stopped together. Also passes messages to a stream on any of them.
// Owner: the Application; control thread, but any thread may use it as StreamCommands.
#pragma once

#include "app/shard.hpp"
#include "app/shared_state.hpp"
#include "tickcast/config/setting_sources.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

namespace tickcast {

class Shards final : private StreamCommands {
public:
    /// All of these outlive the shards.
    struct Parts {
        SharedState& shared;
        asio::io_context& control;
        InterestSink& interest;
        QuoteSource& quotes;
        bool any_ticker{false};  ///< clients may ask for any well-formed ticker
        StaticFiles const* page{nullptr};
    };

    /// Throws StartupError (2) where the --send-backend is refused.
    Shards(Parts const& parts, SettingSources const& sources);
    Shards(Shards const&) = delete;
    Shards& operator=(Shards const&) = delete;

    /// Opens one listener per shard. Throws StartupError (1). `tls`: null for plain HTTP; outlives
    /// the shards.
    void listen(TlsContext const* tls);
    void start();
    /// Drains all shards; `drained` is called once per shard, on the control thread.
    void drain(Duration over, std::function<void()> const& drained);
    /// Cuts the remaining connections; `stopped` is called once per shard, on the control thread.
    void stop(std::function<void()> const& stopped);
    void join();
    /// Ends all loops at once, whatever is pending, and joins the threads. Harmless after `stop`.
    void halt();

    std::size_t size() const noexcept { return shards_.size(); }
    /// The address on which all shards listen, after `listen`.
    asio::ip::tcp::endpoint const& endpoint() const noexcept { return endpoint_; }
    std::string const& send_backend() const noexcept { return send_backend_; }
    std::vector<TickMailbox*> mailboxes();
    std::vector<ShardMetrics const*> metrics() const;
    std::vector<HttpMetrics const*> http_metrics() const;
    /// How many streams have had their snapshot since the start.
    std::uint64_t streams_started() const noexcept;
    /// The last turn of the shard's loop, as a number that changes with each turn.
    std::int64_t last_turn(std::size_t index) const noexcept;
    /// Logs the refusal if io_uring was tried and refused.
    void log_send_backend() const;

private:
    void close(StreamRef stream, CloseCode code) override {
        shards_[stream.shard].streams().close_stream(stream, code);
    }
    void session_changed(StreamRef stream) override {
        shards_[stream.shard].streams().notify_changed(stream);
    }

    SharedState& shared_;
    asio::io_context& control_;
    StreamContext const context_;
    std::string send_backend_{};
    std::error_code io_uring_refused_{};
    std::deque<Shard> shards_{};
    asio::ip::tcp::endpoint endpoint_{};
};

}  // namespace tickcast
