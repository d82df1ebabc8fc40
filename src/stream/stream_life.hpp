// The phase of a stream's life, and whether we chose its end. A value. Owner: the StreamOutput of
// its stream, on the shard's thread.
#pragma once

#include "tickcast/protocol/close_code.hpp"

#include <cstdint>
#include <optional>

namespace tickcast {

/// A stream only moves on to a later phase; it can skip phases.
enum class StreamPhase : std::uint8_t {
    opening,   ///< the handshake is under way
    open,      ///< frames pass
    closing,   ///< one side has begun to close
    ended,     ///< ended for session, hub and metrics; the socket lingers for the peer's FIN
    finished,  ///< the socket is closed
};

class StreamLife {
public:
    StreamPhase phase() const noexcept { return phase_; }
    bool is_open() const noexcept { return phase_ == StreamPhase::open; }
    bool has_ended() const noexcept { return phase_ >= StreamPhase::ended; }
    bool is_finished() const noexcept { return phase_ == StreamPhase::finished; }
    /// The code that we close with; nothing where the peer or a loss came first.
    std::optional<CloseCode> our_code() const noexcept { return our_code_; }

    /// Chooses this code to close with. False if the end has begun, or if a code was chosen
    /// already. While the handshake is under way the code is only noted: the closing begins when
    /// the handshake is over.
    bool close(CloseCode code) noexcept {
        if (our_code_ || phase_ > StreamPhase::open) return false;
        our_code_ = code;
        if (is_open()) closing_begins();
        return true;
    }
    void handshake_over() noexcept {
        advance(our_code_ ? StreamPhase::closing : StreamPhase::open);
    }
    /// One of the sides begins to close. Later calls do nothing.
    void closing_begins() noexcept { advance(StreamPhase::closing); }
    /// False if the stream has ended already.
    bool end() noexcept { return advance(StreamPhase::ended); }
    /// False if the stream is finished already.
    bool finish() noexcept { return advance(StreamPhase::finished); }

private:
    bool advance(StreamPhase to) noexcept {
        if (phase_ >= to) return false;
        phase_ = to;
        return true;
    }

    std::optional<CloseCode> our_code_{};
    StreamPhase phase_{StreamPhase::opening};
};

}  // namespace tickcast
