// Whether the process lives, as /livez says it.
#pragma once

namespace tickcast {

class Liveness {
public:
    virtual ~Liveness() = default;

    /// The loops of all shards, and that of the control thread, turn. On the caller's own thread.
    virtual bool alive() = 0;
};

}  // namespace tickcast
