// One WebSocket client of a Swarm: makes a session, upgrades on the same connection, and holds what
// it gets against RFC 6455 and the contract. Owned and driven by its Swarm, on the Swarm's thread.
// Has no deadline of its own: whoever drives the swarm resets a client that waits too long.
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

/// Which tickers a client takes; shared by the clients that take the same.
class TickerSet {
public:
    explicit TickerSet(std::vector<std::string> names);
    std::vector<std::string> const& names() const noexcept { return names_; }
    /// Position in names(), nothing for a ticker that is not in the set.
    std::optional<std::size_t> find(std::string_view name) const noexcept;

private:
    std::vector<std::string> names_;
    std::unordered_map<std::string_view, std::size_t> index_;
};

using TickerSetPtr = std::shared_ptr<TickerSet const>;

/// `closing`: the server's close frame came; the client has answered, and waits for the FIN.
enum class Step : std::uint8_t { created, upgraded, snapshot, closing, ended };

/// A tick this far ahead of the reader's clock was not stamped by the same clock.
constexpr bool from_the_future(std::uint64_t now_us, std::uint64_t t_us) noexcept {
    return t_us > now_us + 5'000;
}

struct ClientOptions {
    TickerSetPtr tickers;
    std::string session_id{};     ///< empty: make a session first
    std::string epoch{};          ///< of that session, which does not outlive it; empty: any
    bool only_create{false};      ///< stop once the session is made
    int throttle_ms{0};           ///< of a session made here
    int receive_buffer_bytes{0};  ///< SO_RCVBUF, 0 = the system's
    bool keep_texts{false};       ///< keep the newest text of every ticker
    bool scan_ticks{true};        ///< false: past the snapshot only frames are checked, not texts
    bool answer_pings{true};
    /// Where the latencies of ticks go (of none in a snapshot); must outlive the client.
    LatencyHistogram* latency{nullptr};
    /// Every text frame, before it is looked at.
    std::function<void(SwarmClient&, std::string_view)> on_text{};
    /// Each step that it comes to. Not called when the client is dropped with its swarm.
    std::function<void(SwarmClient&, Step)> on_step{};
};

struct TickerState {
    std::uint64_t n{0};
    std::uint64_t t{0};
    std::uint64_t snapshot_n{0};
    std::uint64_t text_number{0};  ///< of the client's text frames, the one that had it last
    std::string text;
};

enum class Phase : std::uint8_t { creating, created, upgrading, streaming, closing, ended };

enum class Ending : std::uint8_t {
    none,
    close_frame,  ///< both sides said goodbye
    end_of_file,  ///< the server hung up without a close frame
    reset,
    no_socket,  ///< this machine gave none, or no port
    refused,    ///< creation or upgrade was answered with an error
    local,      ///< reset or dropped from here
    violation,
};

class SwarmClient {
public:
    using Clock = std::chrono::steady_clock;
    /// How often slow clients read.
    static constexpr std::chrono::milliseconds kSlowInterval{50};

    SwarmClient(Swarm& swarm, ClientOptions options, std::size_t number);
    ~SwarmClient();
    SwarmClient(SwarmClient const&) = delete;
    SwarmClient& operator=(SwarmClient const&) = delete;

    /// Stops reading: the kernel's buffers fill, then the server's socket takes no more.
    void stall();
    /// Reads at most this many bytes each kSlowInterval.
    void slow_down(std::size_t bytes);
    /// Reads as fast as it can.
    void resume();
    /// Says goodbye with this code; the server answers and hangs up.
    void close(std::uint16_t code = 1000);
    /// RST: the peer is told nothing else.
    void reset();
    /// Sends bytes as they are.
    void send_raw(std::string_view bytes);

    Phase phase() const noexcept { return phase_; }
    Ending ending() const noexcept { return ending_; }
    bool streaming() const noexcept { return phase_ == Phase::streaming && snapshots_ > 0; }
    bool ended() const noexcept { return phase_ == Phase::ended; }
    /// To find the connection in the kernel's tables; 0 once it has ended.
    std::uint16_t local_port() const noexcept;
    bool mid_frame() const noexcept { return parser_.inside_message(); }
    /// From the server's close frame, whether it began or answered.
    std::optional<std::uint16_t> close_code() const noexcept { return close_code_; }
    bool closed_by_server() const noexcept { return closed_by_server_; }
    std::string const& session_id() const noexcept { return options_.session_id; }
    std::string const& epoch() const noexcept { return epoch_; }
    TickerSet const& tickers() const noexcept { return *options_.tickers; }
    TickerSetPtr const& ticker_set() const noexcept { return options_.tickers; }
    TickerState const& state(std::size_t ticker) const noexcept { return states_[ticker]; }
    /// The status of the answer that refused it, 0 if none did.
    int refusal() const noexcept { return refusal_; }
    /// The errno that ended it, 0 if none did.
    int error() const noexcept { return error_; }
    /// Why TLS ended it; empty if it did not.
    std::string_view tls_failure() const noexcept {
        return tls_ ? std::string_view(tls_->failure()) : std::string_view();
    }
    /// When the server wants it back: Retry-After of a refusal, reconnect_in_ms of a goodbye.
    std::optional<std::chrono::milliseconds> comes_back_in() const noexcept {
        return comes_back_in_;
    }

    std::uint64_t ticks() const noexcept { return ticks_; }    ///< outside snapshots
    std::uint64_t jumped() const noexcept { return jumped_; }  ///< numbers left out of the stream
    std::uint64_t frames() const noexcept { return frames_; }  ///< control frames too
    std::uint64_t texts() const noexcept { return texts_; }
    std::uint64_t snapshots() const noexcept { return snapshots_; }
    std::uint64_t heartbeats() const noexcept { return heartbeats_; }
    Clock::time_point began() const noexcept { return began_; }
    Clock::time_point created_at() const noexcept { return created_at_; }
    Clock::time_point upgraded_at() const noexcept { return upgraded_at_; }
    Clock::time_point snapshot_at() const noexcept { return snapshot_at_; }
    /// When the server's close frame came.
    Clock::time_point close_at() const noexcept { return close_at_; }
    Clock::time_point ended_at() const noexcept { return ended_at_; }

private:
    friend class Swarm;

    void connect();
    void watch();
    void on_events(std::uint32_t events);
    void on_readable(std::size_t limit);
    void on_nothing_read(ssize_t got, int error);
    /// What recv() and send() say.
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
    bool look_again_{false};  ///< TLS may hold what epoll can't tell of
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
    std::uint64_t frames_{0};
    std::uint64_t texts_{0};
    std::uint64_t snapshots_{0};
    std::uint64_t heartbeats_{0};
    std::uint32_t watched_{0};
    Clock::time_point began_;
    Clock::time_point created_at_;
    Clock::time_point upgraded_at_;
    Clock::time_point snapshot_at_;
    Clock::time_point close_at_;
    Clock::time_point ended_at_;
};

}  // namespace tickcast::client
