// A shard's message to the router: a topic got its first subscriber there, or lost its last one. A
// value.
#pragma once

#include "tickcast/hub/tick_topic.hpp"

#include <cstdint>

namespace tickcast {

struct InterestChange {
    std::uint32_t shard{0};
    TickTopic topic{};
    /// Not 0: the number of this request, which the router's answer repeats. 0: no longer
    /// interested.
    std::uint32_t request{0};
};

/// Called on the shard's thread; the message goes to the control thread.
class InterestSink {
public:
    virtual ~InterestSink() = default;
    virtual void change(InterestChange change) = 0;
};

}  // namespace tickcast
