// Reads the messages that a stream's client sends (CONTRACT OPS-1..5). A pure function; its memory
// is bounded by the message.
#pragma once

#include "tickcast/protocol/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// The longest text that a ping's `id` may be; the pong repeats it.
inline constexpr std::size_t kMaxPingIdBytes = 64;

struct ClientMessage {
    enum class Op : std::uint8_t { subscribe, unsubscribe, throttle, ping };

    Op op{Op::ping};
    std::vector<std::string> tickers{};  ///< of subscribe and unsubscribe, as the client wrote them
    std::uint32_t throttle_ms{0};        ///< of throttle
    std::string id_json{};               ///< of ping: the pong's id as JSON, empty if absent
    std::string op_name{};               ///< as the client wrote it
};

/// The fault of a message, for the stream's answer.
struct ClientMessageError {
    Error error{};
    std::string op_name{};  ///< as given, cut to kMaxEchoedBytes; empty if it was no string
};

/// Errors: invalid_json, invalid_type (also for a missing member or `op`), unknown_op,
/// unknown_field, bad_throttle. A text that is no JSON gives invalid_json, whatever else is wrong
/// with it; then a wrong operation counts, then the first fault in the text.
Result<ClientMessage, ClientMessageError> parse_client_message(std::string_view text);

}  // namespace tickcast
