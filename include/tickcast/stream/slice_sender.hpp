// Sends the frames of a slice: each client builds its frame in the shard's arena, the SliceSender
// encrypts the frames of TLS connections and hands all frames to the BatchSender together. Owner:
// the ShardStreams, on its thread. Bound: kSliceBytes, and one frame.
#pragma once

#include "tickcast/stream/frame_arena.hpp"
#include "tickcast/stream/frame_in_flight.hpp"
#include "tickcast/stream/slice_writer.hpp"
#include "tickcast/transport/batch_sender.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace tickcast {

class StreamOutput;

class SliceSender final : public SliceWriter {
public:
    /// A slice is full once its frames have this size together.
    static constexpr std::size_t kSliceBytes = std::size_t{1} << 20;

    explicit SliceSender(std::unique_ptr<BatchSender> sender) noexcept;

    void prefetch(Subscriber const& subscriber) noexcept override;
    bool add(Subscriber& subscriber) noexcept override;
    void send() noexcept override;

private:
    struct Outgoing {
        StreamOutput* stream;
        FrameArena const* arena;
        BuiltFrame frame;
    };

    std::unique_ptr<BatchSender> const sender_;
    FrameArena arena_;
    FrameArena tls_arena_;  ///< the records of frames that go out by TLS
    std::vector<Outgoing> outgoing_;
    std::vector<SendItem> items_;
};

}  // namespace tickcast
