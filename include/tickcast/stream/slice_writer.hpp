// What a SliceLoop sends with: builds a frame for each client of a slice, and sends them as one
// batch. An interface for the sake of the loop's tests.
#pragma once

#include "tickcast/hub/subscriber.hpp"

namespace tickcast {

class SliceWriter {
public:
    virtual ~SliceWriter() = default;
    /// Fetches into the cache what `add` will read of the client.
    virtual void prefetch(Subscriber const& subscriber) noexcept = 0;
    /// Builds the client's next frame. False once the slice is full; the client was taken all the
    /// same.
    virtual bool add(Subscriber& subscriber) noexcept = 0;
    /// Sends all frames and tells their connections what was taken.
    virtual void send() noexcept = 0;
};

}  // namespace tickcast
