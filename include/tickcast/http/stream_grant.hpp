// How a socket gets from the HTTP side to the streams: what the request came to, decided and parsed
// once.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/protocol/stream_transport.hpp"
#include "tickcast/session/address_quotas.hpp"
#include "tickcast/session/session_id.hpp"
#include "tickcast/transport/client_socket.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace tickcast {

/// A stream that a request may become.
struct StreamGrant {
    SessionId session{};
    Transport transport{Transport::websocket};
    /// The claim that a stream of events comes back for (Last-Event-ID).
    std::optional<std::uint64_t> continues{};
    /// Of the answer. That of a WebSocket has the status alone: its handshake makes the rest.
    HttpResponse head{};
};

/// A connection's socket on its way to a stream.
struct HandedSocket {
    ClientSocket socket;
    ConnectionSlot slot{};     ///< outlives the socket
    std::string read_ahead{};  ///< bytes read past the request
};

/// Starts streams on the sockets that connections hand over. On the connections' own thread;
/// outlives them.
class StreamStarter {
public:
    virtual ~StreamStarter() = default;
    virtual void start_stream(HandedSocket handed, HttpRequest request, StreamGrant grant) = 0;
};

}  // namespace tickcast
