// The shard's scratch memory for the frames of one slice. Owner: the SliceSender, on the shard's
// thread. Bound: SliceSender::kSliceBytes and one frame; the memory grows to what a slice needs and
// keeps that size. Growing moves the bytes, so a frame is named by its offsets until the slice is
// sent.
#pragma once

#include "tickcast/stream/ws_frame.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace tickcast {

class FrameArena {
public:
    struct Frame {
        std::size_t begin{0};
        std::size_t end{0};
    };

    void clear() noexcept { used_ = 0; }
    std::size_t used() const noexcept { return used_; }
    std::string_view bytes(Frame frame) const noexcept {
        return {memory_.data() + frame.begin, frame.end - frame.begin};
    }

    /// Starts a payload, and leaves room for its header before it.
    void begin() {
        payload_ = used_ + kMaxWsHeader;
        room(kMaxWsHeader);
        used_ = payload_;
    }
    /// Starts a payload that gets no header.
    void begin_plain() noexcept { payload_ = used_; }
    void append(std::string_view text) {
        room(text.size());
        std::memcpy(memory_.data() + used_, text.data(), text.size());
        used_ += text.size();
    }
    /// Ends a payload that `begin_plain` started.
    Frame end_plain() const noexcept { return {payload_, used_}; }
    /// Adds frames that have their headers already.
    Frame add(std::string_view frames) {
        auto const start = used_;
        append(frames);
        return {start, used_};
    }
    /// Ends the payload and sets its header right before it.
    Frame end(WsOpcode opcode) noexcept {
        auto const size = used_ - payload_;
        auto const start = payload_ - ws_header_size(size);
        write_ws_header(opcode, size, memory_.data() + start);
        return {start, used_};
    }

private:
    void room(std::size_t size) {
        if (used_ + size > memory_.size()) {
            memory_.resize(std::max({used_ + size, memory_.size() * 2, std::size_t{65536}}));
        }
    }

    std::vector<char> memory_;
    std::size_t used_{0};
    std::size_t payload_{0};
};

}  // namespace tickcast
