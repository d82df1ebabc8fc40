// A client's WebSocket frames read as RFC 6455 writes it, frame by frame, in the plainest way: the
// reference that the server's stream is compared with. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast::fuzz {

/// What a server should make of a client's bytes.
struct FrameReading {
    std::vector<std::string> texts{};  ///< whole messages, each to be answered
    std::vector<std::string> pings{};  ///< the payloads, each to be sent back
    /// The code to close with; 0 where nothing ends the stream.
    unsigned close_code{0};
    /// The bytes end within a frame's header: a fault in it may be found already, or not yet.
    bool within_header{false};
};

/// Reads up to the frame that ends the stream. `max_message`: the most bytes of a message.
FrameReading read_frames(std::string_view bytes, std::size_t max_message);

}  // namespace tickcast::fuzz
