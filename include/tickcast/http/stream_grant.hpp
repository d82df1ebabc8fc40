// How a socket gets from the HTTP side to the streams, together with what HTTP decided and parsed
// once. Values, and the interface that starts streams; on the shard's thread. Bound: a HandedSocket
// has at most one read of bytes past its request.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/protocol/stream_transport.hpp"
#include "tickcast/protocol/tick_encoding.hpp"
#include "tickcast/session/address_quotas.hpp"
#include "tickcast/session/session_id.hpp"
#include "tickcast/transport/client_socket.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace tickcast {

/// A stream that a request can become.
struct StreamGrant {
    SessionId session{};
    Transport transport{Transport::websocket};
    TickEncoding encoding{TickEncoding::json};
    /// The claim that a stream of events continues (Last-Event-ID).
    std::optional<std::uint64_t> continues{};
    /// The head of the answer. For a WebSocket it has only the status: the handshake makes the
    /// rest.
    HttpResponse head{};
};

/// A connection's socket on its way to a stream.
struct HandedSocket {
    ClientSocket socket;
    ConnectionSlot slot{};     ///< outlives the socket
    std::string read_ahead{};  ///< bytes read past the request
};

/// Starts streams on the sockets that connections hand over. On the thread of the connections;
/// outlives them.
class StreamStarter {
public:
    virtual ~StreamStarter() = default;
    virtual void start_stream(HandedSocket handed, HttpRequest request, StreamGrant grant) = 0;
};

}  // namespace tickcast
