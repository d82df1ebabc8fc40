// A WebSocket of a strict but misbehaving client: it checks every byte that it gets. One thread per
// object.
#pragma once

#include "client/frame_parser.hpp"
#include "integration/stream_rules.hpp"
#include "integration/torture_socket.hpp"
#include "integration/torture_totals.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>

namespace tickcast::test {

using namespace client;

class TortureStream {
public:
    /// `random` and `totals` are the client's.
    TortureStream(TortureTarget target, std::string session, std::mt19937& random,
                  TortureTotals& totals)
        : target_(target),
          session_(std::move(session)),
          random_(random),
          totals_(totals),
          rules_(session_) {}

    /// Connects and requests the session's stream.
    void ask();
    /// The status of the answer, 101 or 404; throws Fault at another one.
    int answered();
    /// Reads the bytes that come within the time; false at the end of the stream.
    bool read_for(int milliseconds);
    /// Reads to the end, which must be by a close frame with this code.
    void expect_close(int code);
    void hang_up(bool reset) noexcept { socket_.hang_up(reset); }

    void send_frame(int first_byte, std::string_view payload, bool masked = true);
    void send_ping();
    void send_fragments();
    /// More messages than the server admits.
    void flood(std::size_t messages);
    /// Sends a message that the server answers by `subscribed`, `pong` or `error`.
    void send_change(std::string const& text);
    void send_ping_message();
    void send_wrong(std::string const& text);

    /// The session is being changed by a PATCH, which this stream might answer.
    void patch_begins() noexcept { ++due_.perhaps_changes; }
    /// It must answer that PATCH.
    void patch_ends() noexcept;
    /// All that was asked is answered, as far as it must be.
    bool is_answered() const noexcept;
    /// No PATCH may be answered that need not be.
    bool is_certain() const noexcept { return due_.perhaps_changes == 0; }

    /// What the session was at the newest answer.
    NamedSubscription const& newest() const noexcept { return newest_; }
    /// Takes out the answers that were not checked yet, one by one; throws Fault at one too many.
    bool next_named(NamedSubscription& named);
    bool had_snapshot() const noexcept { return rules_.had_snapshot(); }
    int close_code() const noexcept { return close_code_; }

private:
    /// How many answers the stream must give, and how many more of changes it may give.
    struct Due {
        std::size_t changes{0};
        std::size_t perhaps_changes{0};
        std::size_t pongs{0};
        std::size_t errors{0};
    };

    void take(Message const& message);
    void take_pong(std::string_view payload);
    void take_close(std::string_view payload);
    std::uint32_t below(std::uint32_t limit) {
        return static_cast<std::uint32_t>(random_() % limit);
    }

    TortureTarget const target_;
    std::string const session_;
    std::mt19937& random_;
    TortureTotals& totals_;
    TortureSocket socket_;
    FrameParser parser_;
    StreamRules rules_;
    NamedSubscription newest_;
    std::deque<std::string> pings_;  ///< not answered yet, in order
    Due due_;
    std::size_t named_changes_{0};  ///< `subscribed` messages so far
    int close_code_{0};
};

}  // namespace tickcast::test
