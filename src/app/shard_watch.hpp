// Whether the shards' loops turn (/livez), in time in which the watching thread itself ran: after
// a pause of the whole process no shard is stuck, it has only not turned yet. Control thread.
#pragma once

#include "tickcast/base/clock.hpp"

#include <cstdint>
#include <vector>

namespace tickcast {

class ShardWatch {
public:
    ShardWatch(std::size_t shards, Duration stuck_after)
        : stuck_after_(stuck_after), seen_(shards) {}

    /// `last_turn` gives a shard's last turn, by its index. True while none is stuck; to be asked
    /// often, since a turn counts from when it was seen.
    template <class LastTurn>
    bool all_turn(PeerTime now, LastTurn last_turn) {
        bool all = true;
        for (std::size_t index = 0; index < seen_.size(); ++index) {
            auto& seen = seen_[index];
            if (auto const turn = last_turn(index); turn != seen.turn) seen = {turn, now};
            all = all && now - seen.at < stuck_after_;
        }
        return all;
    }

private:
    struct Seen {
        std::int64_t turn{-1};
        PeerTime at{};
    };

    Duration const stuck_after_;
    std::vector<Seen> seen_;
};

}  // namespace tickcast
