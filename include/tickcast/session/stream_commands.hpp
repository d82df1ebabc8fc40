// Reaches the streams of sessions, whatever shard they are on. Any thread; a command for a stream
// that has ended meanwhile does nothing.
#pragma once

#include "tickcast/protocol/close_code.hpp"
#include "tickcast/session/session_map.hpp"

namespace tickcast {

class StreamCommands {
public:
    virtual ~StreamCommands() = default;

    virtual void close(StreamRef stream, CloseCode code) = 0;
    /// The session was changed by a PATCH: the stream is to follow.
    virtual void session_changed(StreamRef stream) = 0;
};

}  // namespace tickcast
