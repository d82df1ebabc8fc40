// One WebSocket client of a Swarm: it makes a session, upgrades on the same connection, and checks
// everything that it receives against RFC 6455 and the contract. Owner: its Swarm, on the Swarm's
// thread. It has no deadline of its own: the program that runs the swarm resets a client that waits
// too long.
#pragma once

#include "client/frame_parser.hpp"
#include "client/latency_histogram.hpp"
#include "client/tls_stream.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tickcast::client {

class Swarm;
class SwarmClient;
struct HttpReply;

/// The tickers of a client; clients with the same tickers share one set.
class TickerSet {
public:
    explicit TickerSet(std::vector<std::string> names);
    std::vector<std::string> const& names() const noexcept { return names_; }
    /// The ticker's index in names(); nothing for a ticker that is not in the set.
    std::optional<std::size_t> find(std::string_view name) const noexcept;

private:
    std::vector<std::string> names_;
    std::unordered_map<std::string_view, std::size_t> index_;
};

using TickerSetPtr = std::shared_ptr<TickerSet const>;

/// `closing`: the server's close frame came; the client has answered, and waits for the FIN.
enum class Step : std::uint8_t { created, upgraded, snapshot, closing, ended };

/// If a tick's time is this far ahead of the reader's clock, another clock stamped the tick.
constexpr bool from_the_future(std::uint64_t now_us, std::uint64_t t_us) noexcept {
    return t_us > now_us + 5'000;
}

struct ClientOptions {
    TickerSetPtr tickers;
    std::string session_id{};  ///< empty: make a session first
    std::string epoch{};      ///< the process that made the session, which ends with it; empty: any
    bool only_create{false};  ///< end once the session is made
    int throttle_ms{0};       ///< of a session made here
    int receive_buffer_bytes{0};  ///< SO_RCVBUF, 0 = the system's
    bool keep_texts{false};       ///< keep the newest text of every ticker
    bool scan_ticks{true};        ///< false: after the snapshot only frames are checked, not texts
    bool answer_pings{true};
    /// Collects the latencies of ticks (not of those in a snapshot); must outlive the client.
    LatencyHistogram* latency{nullptr};
    /// Called with every text frame, before it is checked.
    std::function<void(SwarmClient&, std::string_view)> on_text{};
    /// Called at each step that the client reaches. Not called when the client is destroyed with
    /// its swarm.
    std::function<void(SwarmClient&, Step)> on_step{};
};

struct TickerState {
    std::uint64_t n{0};
    std::uint64_t t{0};
    std::uint64_t snapshot_n{0};
    std::uint64_t text_number{0};  ///< number of the last text frame that had this ticker
    std::string text;
};

enum class Phase : std::uint8_t { creating, created, upgrading, streaming, closing, ended };

enum class Ending : std::uint8_t {
    none,
    close_frame,  ///< both sides sent a close frame
    end_of_file,  ///< the server hung up without a close frame
    reset,
    no_socket,  ///< this machine has no free descriptor or port
    refused,    ///< creation or upgrade was answered with an error
    local,      ///< reset or dropped by this program
    violation,
};

class SwarmClient {
public:
    using Clock = std::chrono::steady_clock;
    /// How often a slow client reads.
    static constexpr std::chrono::milliseconds kSlowInterval{50};

    SwarmClient(Swarm& swarm, ClientOptions options, std::size_t number);
    ~SwarmClient();
    SwarmClient(SwarmClient const&) = delete;
    SwarmClient& operator=(SwarmClient const&) = delete;

    /// Stops reading: the kernel's buffers fill up, then the server cannot write any more.
    void stall();
    /// Reads at most this many bytes each kSlowInterval.
    void slow_down(std::size_t bytes);
    /// Reads as fast as possible again.
    void resume();
    /// Sends a close frame with this code; the server answers and hangs up.
    void close(std::uint16_t code = 1000);
    /// Closes by RST, without a close frame.
    void reset();

    Phase phase() const noexcept { return phase_; }
    Ending ending() const noexcept { return ending_; }
    bool streaming() const noexcept { return phase_ == Phase::streaming && snapshots_ > 0; }
    bool ended() const noexcept { return phase_ == Phase::ended; }
    /// The local port, to find the connection in the kernel's tables; 0 once the client has ended.
    std::uint16_t local_port() const noexcept;
    bool mid_frame() const noexcept { return parser_.inside_message(); }
    /// The code of the server's close frame, whether it was the first one or the answer.
    std::optional<std::uint16_t> close_code() const noexcept { return close_code_; }
    bool closed_by_server() const noexcept { return closed_by_server_; }
    std::string const& session_id() const noexcept { return options_.session_id; }
    std::string const& epoch() const noexcept { return epoch_; }
    TickerSet const& tickers() const noexcept { return *options_.tickers; }
    TickerSetPtr const& ticker_set() const noexcept { return options_.tickers; }
    TickerState const& state(std::size_t ticker) const noexcept { return states_[ticker]; }
    /// The HTTP status that refused the client, 0 if none did.
    int refusal() const noexcept { return refusal_; }
    /// The errno that ended the client, 0 if none did.
    int error() const noexcept { return error_; }
    /// The TLS error that ended the client; empty if none did.
    std::string_view tls_failure() const noexcept {
        return tls_ ? std::string_view(tls_->failure()) : std::string_view();
    }
    /// After what time the server asks the client to return: Retry-After of a refusal,
    /// reconnect_in_ms of a goodbye.
    std::optional<std::chrono::milliseconds> comes_back_in() const noexcept {
        return comes_back_in_;
    }

    std::uint64_t ticks() const noexcept { return ticks_; }  ///< outside snapshots
    std::uint64_t jumped() const noexcept {
        return jumped_;
    }  ///< sequence numbers that are missing
    std::uint64_t texts() const noexcept { return texts_; }
    std::uint64_t snapshots() const noexcept { return snapshots_; }
    Clock::time_point began() const noexcept { return began_; }
    Clock::time_point created_at() const noexcept { return created_at_; }
    Clock::time_point upgraded_at() const noexcept { return upgraded_at_; }
    Clock::time_point snapshot_at() const noexcept { return snapshot_at_; }
    /// The time at which the server's close frame came.
    Clock::time_point close_at() const noexcept { return close_at_; }
    Clock::time_point ended_at() const noexcept { return ended_at_; }

private:
    friend class Swarm;

    void connect();
    void watch();
    void on_events(std::uint32_t events);
    void on_readable(std::size_t limit);
    void on_nothing_read(ssize_t got, int error);
    /// The results of recv() and send().
    ssize_t receive(std::size_t limit);
    ssize_t send_waiting();
    void on_bytes(std::string_view bytes);
    void on_reply();
    void on_refusal(HttpReply const& reply);
    void on_created(std::string_view body);
    void ask_for_stream();
    void on_message(Message const& message);
    void on_close(std::string_view payload);
    void on_text(std::string_view text);
    void on_snapshot(std::string_view text);
    bool covers_all(std::string_view snapshot) const;
    void on_ticks(std::string_view text);
    void on_goodbye(std::string_view text);
    void send_frame(Opcode opcode, std::string_view payload);
    void flush();
    void violation(std::string_view what);
    void step(Step step) {
        if (options_.on_step) options_.on_step(*this, step);
    }
    void end(Ending ending, int error = 0);

    Swarm& swarm_;
    ClientOptions options_;
    std::size_t number_;
    int fd_{-1};
    std::unique_ptr<TlsStream> tls_;
    Phase phase_{Phase::creating};
    Ending ending_{Ending::none};
    bool reading_{true};
    std::size_t slow_bytes_{0};
    bool look_again_{false};  ///< TLS may hold records that epoll cannot report
    bool closed_by_server_{false};
    bool close_sent_{false};
    std::optional<std::uint16_t> close_code_;
    int refusal_{0};
    int error_{0};
    bool connected_{false};
    int send_error_{0};
    std::optional<std::chrono::milliseconds> comes_back_in_;
    std::string out_;
    std::string http_in_;
    FrameParser parser_;
    std::string epoch_;
    std::vector<TickerState> states_;
    std::uint64_t ticks_{0};
    std::uint64_t jumped_{0};
    std::uint64_t texts_{0};
    std::uint64_t snapshots_{0};
    std::uint32_t watched_{0};
    Clock::time_point began_;
    Clock::time_point created_at_;
    Clock::time_point upgraded_at_;
    Clock::time_point snapshot_at_;
    Clock::time_point close_at_;
    Clock::time_point ended_at_;
};

}  // namespace tickcast::client
