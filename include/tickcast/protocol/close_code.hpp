// The close codes: how streams end, and one row of facts per code. The codes are those of WebSocket
// close frames. An event stream (SSE) has no such frames: it ends for the same reasons, and names
// them in its goodbye alone. Pure; any thread.
#pragma once

#include "tickcast/protocol/limit.hpp"
#include "tickcast/protocol/session_state.hpp"
#include "tickcast/protocol/stream_transport.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tickcast {

/// The code as the side that ended the stream meant it (label `code` of
/// tickcast_stream_closes_total).
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    lost = 1006,  ///< never sent: the connection was lost, or reset without a reason of ours
    bad_payload = 1007,
    policy = 1008,
    too_big = 1009,
    internal_error = 1011,
    deleted = 4000,
    taken_over = 4001,
    too_old = 4002,
    too_slow = 4003,
};

/// Which side is at fault for the end; it decides the level of the log line.
enum class Fault : std::uint8_t {
    none,    ///< nobody, an expected end: debug
    client,  ///< info
    server,  ///< error
};

/// The content of a stream's last message.
struct Goodbye {
    std::string_view reason{};  ///< its `code`; empty where a stream ends without a goodbye
    std::string_view detail{};
    std::optional<Limit> limit{};  ///< the limit whose figure the goodbye gives
};

/// What the contract asks the client to do after that code.
enum class ClientThen : std::uint8_t {
    stays_away,
    returns,  ///< to the same session
    renews,   ///< makes a new session
};

struct CloseRow {
    CloseCode value;
    Fault fault{Fault::none};
    Goodbye goodbye{};
    std::optional<Goodbye> goodbye_of_events{};  ///< where an event stream's goodbye differs
    ClientThen client_then{ClientThen::stays_away};
    std::optional<SessionEnd> ends_session{};  ///< nothing: the session waits for its client
    /// The WebSocket layer closes with this code by itself, because of frames that the client sent.
    bool by_frames{false};
};
inline constexpr std::array kCloseTable{
    CloseRow{.value = CloseCode::normal},
    CloseRow{.value = CloseCode::going_away,
             .goodbye = {"draining", "this server is about to stop"},
             .client_then = ClientThen::returns},
    CloseRow{.value = CloseCode::protocol_error, .fault = Fault::client, .by_frames = true},
    CloseRow{.value = CloseCode::unsupported_data, .fault = Fault::client},
    CloseRow{.value = CloseCode::lost, .client_then = ClientThen::returns},
    CloseRow{.value = CloseCode::bad_payload, .fault = Fault::client, .by_frames = true},
    CloseRow{.value = CloseCode::policy,
             .fault = Fault::client,
             .goodbye = {"flooding", "more messages a second than max-messages-per-second",
                         Limit::max_messages_per_second},
             .goodbye_of_events =
                 Goodbye{"flooding", "more bytes behind the request than max-message-bytes",
                         Limit::max_message_bytes},
             .ends_session = SessionEnd::policy},
    CloseRow{.value = CloseCode::too_big, .fault = Fault::client, .by_frames = true},
    CloseRow{.value = CloseCode::internal_error,
             .fault = Fault::server,
             .client_then = ClientThen::returns},
    CloseRow{.value = CloseCode::deleted, .goodbye = {"deleted", "the session was deleted"}},
    CloseRow{.value = CloseCode::taken_over,
             .goodbye = {"taken_over", "another connection streams this session now"}},
    CloseRow{
        .value = CloseCode::too_old,
        .goodbye = {"too_old", "the session is older than max-session-age-seconds: make a new one",
                    Limit::max_session_age_seconds},
        .client_then = ClientThen::renews,
        .ends_session = SessionEnd::too_old},
    CloseRow{
        .value = CloseCode::too_slow,
        .fault = Fault::client,
        .goodbye = {"too_slow", "something waited and no byte was taken for slow-client-seconds",
                    Limit::slow_client_seconds},
        .client_then = ClientThen::returns},
};

/// The row of a code from a close frame; null where the code is none of ours.
constexpr CloseRow const* find_close_code(unsigned code) noexcept {
    auto const* const row = std::find_if(
        kCloseTable.begin(), kCloseTable.end(),
        [code](CloseRow const& each) { return static_cast<unsigned>(each.value) == code; });
    return row == kCloseTable.end() ? nullptr : row;
}

/// The index of a code's row, in the table and in any array with one entry per row.
constexpr std::size_t index_of(CloseCode code) noexcept {
    return static_cast<std::size_t>(find_close_code(static_cast<unsigned>(code)) -
                                    kCloseTable.data());
}
constexpr CloseRow const& facts(CloseCode code) noexcept {
    return kCloseTable[index_of(code)];
}

/// The goodbye of a stream that ends with this code; null where it sends none.
constexpr Goodbye const* goodbye_of(CloseCode code, Transport transport) noexcept {
    auto const& row = facts(code);
    if (transport == Transport::sse && row.goodbye_of_events) return &*row.goodbye_of_events;
    return row.goodbye.reason.empty() ? nullptr : &row.goodbye;
}

}  // namespace tickcast
