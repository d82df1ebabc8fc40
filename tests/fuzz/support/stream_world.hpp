// The real streams of one shard without its thread: the loop turns when the target says so, the
// time stands still, and a client is one end of a pair of sockets. One thread.
#pragma once

#include "support/manual_clock.hpp"
#include "support/manual_thread.hpp"
#include "tickcast/hub/interest.hpp"
#include "tickcast/hub/tick_mailbox.hpp"
#include "tickcast/stream/shard_streams.hpp"

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

namespace tickcast::fuzz {

class StreamWorld final : private InterestSink, private StreamCommands {
public:
    /// The most bytes of a message.
    static constexpr std::size_t kMaxMessage = 200;

    StreamWorld();
    ~StreamWorld() override = default;

    /// Opens a stream of a new session with the ticker A; the client's socket is returned. The
    /// server has read `read_ahead` with the request.
    int open(std::string read_ahead);
    /// Lets the loop turn until nothing is left to do.
    void turn();
    /// Ends the session of the last `open`.
    void forget();

    ShardMetrics const& metrics() const noexcept { return metrics_; }

private:
    void change(InterestChange change) override;
    void close(StreamRef, CloseCode) override {}
    void session_changed(StreamRef) override {}

    test::ManualThread times_;
    test::ManualClock clock_;
    ShardMetrics metrics_;
    Settings settings_;
    TickerTable tickers_{8};
    SessionMap sessions_;
    EventLoop loop_{0, metrics_, times_};
    TickMailbox mailbox_;
    std::atomic<bool> feed_live_{true};
    StreamContext context_;
    ShardStreams streams_;
    asio::executor_work_guard<Executor> work_;
    SessionId session_{};
};

}  // namespace tickcast::fuzz
