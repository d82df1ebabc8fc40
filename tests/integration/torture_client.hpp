// A strict but misbehaving WebSocket client on a blocking socket: it checks every byte that it
// gets, and acts at random. One thread per object.
#pragma once

#include "client/frame_parser.hpp"
#include "support/tls_client.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast::test {

using namespace client;

/// The counts of all clients of a run.
struct TortureTotals {
    std::uint64_t streams{0};
    std::uint64_t frames{0};
    std::uint64_t ticks{0};
    std::uint64_t pongs{0};
    std::uint64_t key_updates{0};          ///< requested from the server, with TLS 1.3
    std::map<int, std::uint64_t> endings;  ///< close code; 0 = cut by us
};

class TortureClient {
public:
    TortureClient(std::uint16_t port, std::uint32_t seed, bool over_tls = false)
        : port_(port), over_tls_(over_tls), random_(seed) {}
    ~TortureClient() { hang_up(false); }
    TortureClient(TortureClient const&) = delete;
    TortureClient& operator=(TortureClient const&) = delete;

    /// Makes one session and some streams of it, one after the other, each ended in a random way.
    /// The server's fault; empty if there was none.
    std::string live_once();
    /// Reads one stream of `tickers` of the server's tickers until `stop`; calls `streaming` once
    /// it has its snapshot.
    void read_quietly(std::size_t tickers, std::atomic<bool> const& stop,
                      std::function<void()> const& streaming);
    TortureTotals const& totals() const noexcept { return totals_; }

private:
    struct Fault {
        std::string what;
    };

    bool create_session();
    bool post_session();
    void stream_once();
    void connect(int receive_buffer);
    void upgrade();
    void misbehave();
    void end();
    void expect_close(int code);
    void send_bytes(std::string_view bytes);
    ssize_t receive_bytes(char* into, std::size_t size) noexcept;
    void send_frame(int first_byte, std::string_view payload, bool masked = true);
    void send_ping();
    void send_fragments();
    /// Reads the bytes that come within the time; false at the end of the stream.
    bool read_for(int milliseconds);
    void take(Message const& message);
    void take_text(std::string_view text);
    void take_tick(std::string const& ticker, std::uint64_t sequence, bool snapshot);
    void hang_up(bool reset) noexcept;
    std::uint32_t below(std::uint32_t limit) {
        return static_cast<std::uint32_t>(random_() % limit);
    }
    std::string http(std::string const& request);

    std::uint16_t const port_;
    bool const over_tls_;
    std::mt19937 random_;
    int socket_{-1};
    std::optional<TlsClient> tls_;
    std::string session_;
    std::vector<std::string> tickers_;
    FrameParser parser_;
    std::deque<std::string> pings_;  ///< not answered yet, in order
    std::map<std::string, std::uint64_t> sequences_;
    bool had_snapshot_{false};
    int close_code_{0};
    TortureTotals totals_;
};

}  // namespace tickcast::test
