// Watches whether other threads' loops turn (/livez). It counts only time in which the watching
// thread itself ran: after a pause of the whole process no loop is stuck, it has just not turned
// yet. The control thread watches the shards, and each shard watches the control thread. Owner: the
// watching object, on its thread. Bound: one entry per loop.
#pragma once

#include "tickcast/base/clock.hpp"

#include <cstdint>
#include <vector>

namespace tickcast {

class LoopWatch {
public:
    /// A loop that has not turned for this long is stuck (CONTRACT HLT-2).
    static constexpr Duration kStuckAfter = std::chrono::seconds{5};

    explicit LoopWatch(std::size_t loops) : seen_(loops) {}

    /// `last_turn(index)` returns a number that changes with each turn of that loop. True while no
    /// loop is stuck. Call it often: a turn counts from the call that first sees it.
    template <class LastTurn>
    bool all_turn(PeerTime now, LastTurn last_turn) {
        bool all = true;
        for (std::size_t index = 0; index < seen_.size(); ++index) {
            auto& seen = seen_[index];
            if (auto const turn = last_turn(index); turn != seen.turn) seen = {turn, now};
            all = all && now - seen.at < kStuckAfter;
        }
        return all;
    }

private:
    struct Seen {
        std::int64_t turn{-1};
        PeerTime at{};
    };

    std::vector<Seen> seen_;
};

}  // namespace tickcast
