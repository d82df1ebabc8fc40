// How far a stream is in its life, and whether we chose its end. A value. One per stream; its
// StreamConnection's.
#pragma once

#include "tickcast/protocol/close_code.hpp"

#include <cstdint>
#include <optional>

namespace tickcast {

/// Phases follow one another; some may be left out.
enum class StreamPhase : std::uint8_t {
    opening,   ///< the handshake is under way
    open,      ///< frames pass
    closing,   ///< one side has begun to close
    ended,     ///< for session, hub and metrics; the socket lingers for the peer's FIN
    finished,  ///< the socket is closed
};

class StreamLife {
public:
    StreamPhase phase() const noexcept { return phase_; }
    bool is_open() const noexcept { return phase_ == StreamPhase::open; }
    bool has_ended() const noexcept { return phase_ >= StreamPhase::ended; }
    bool is_finished() const noexcept { return phase_ == StreamPhase::finished; }
    /// What we close with; nothing where the peer, or a loss, was first.
    std::optional<CloseCode> our_code() const noexcept { return our_code_; }

    /// We close it with this code. False if its end has begun, or was chosen already. While the
    /// handshake is under way it only is chosen: the closing begins when that is over.
    bool close(CloseCode code) noexcept {
        if (our_code_ || phase_ > StreamPhase::open) return false;
        our_code_ = code;
        if (is_open()) closing_begins();
        return true;
    }
    void handshake_over() noexcept {
        advance(our_code_ ? StreamPhase::closing : StreamPhase::open);
    }
    /// By whichever side. Later calls do nothing.
    void closing_begins() noexcept { advance(StreamPhase::closing); }
    /// False if it has ended already.
    bool end() noexcept { return advance(StreamPhase::ended); }
    /// False if it is finished already.
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
