// Whether the process lives, as /livez answers it. An interface without state; the owner of each
// API implements it, on its own thread.
#pragma once

namespace tickcast {

class Liveness {
public:
    virtual ~Liveness() = default;

    /// Whether the loops of all shards and of the control thread turn. On the thread of the caller.
    virtual bool alive() = 0;
};

}  // namespace tickcast
