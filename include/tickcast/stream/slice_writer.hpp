// What a SliceLoop sends with: builds a frame for each client of a slice, and sends these frames as
// one batch. An interface only so that the loop's tests can replace it. Owner: the ShardStreams, on
// its thread. Bound: see SliceSender.
#pragma once

#include "tickcast/hub/subscriber.hpp"

namespace tickcast {

class SliceWriter {
public:
    virtual ~SliceWriter() = default;
    /// Prefetches the memory of the client that `add` will read.
    virtual void prefetch(Subscriber const& subscriber) noexcept = 0;
    /// Builds the client's next frame. False once the slice is full; this client's frame is in the
    /// slice all the same.
    virtual bool add(Subscriber& subscriber) noexcept = 0;
    /// Sends all frames, and reports to each connection how many bytes the kernel took.
    virtual void send() noexcept = 0;
};

}  // namespace tickcast
