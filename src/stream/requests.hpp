// What a stream's client asked for and has no answer to yet: its own message, changes of its
// session by PATCH, and the answers that wait for its socket. A value; a client that asks nothing
// has no memory for answers. One per stream; its StreamConnection's.
// Bounds: one message; kMaxReplyBytes and one answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tickcast {

class Requests {
public:
    /// While more than so many bytes of answers wait, nothing that makes another is looked at.
    static constexpr std::size_t kMaxReplyBytes = 4096;

    /// Requests wait to be looked at.
    bool any() const noexcept { return message_waits_ || changes_ != 0; }
    /// Each is answered, and what it added is in a snapshot, before the next one is looked at.
    bool may_take(bool settled) const noexcept {
        return settled && reply_bytes() <= kMaxReplyBytes;
    }

    /// The client's message was read whole; no other is read until it is taken.
    void message_read() noexcept { message_waits_ = true; }
    bool message_waits() const noexcept { return message_waits_; }
    void take_message() noexcept { message_waits_ = false; }
    /// A PATCH changed the session.
    void session_changed() noexcept { ++changes_; }
    /// True if there was one, which is taken now.
    bool take_change() noexcept {
        if (changes_ == 0) return false;
        --changes_;
        return true;
    }

    bool has_replies() const noexcept { return replies_ != nullptr; }
    /// Where the frame of one more answer is appended.
    std::string& next_reply() {
        if (!replies_) replies_ = std::make_unique<Replies>();
        ++replies_->count;
        return replies_->frames;
    }
    // Of those that wait, if any do.
    std::string_view reply_frames() const noexcept { return replies_->frames; }
    std::uint32_t reply_count() const noexcept { return replies_->count; }
    void replies_sent() noexcept { replies_.reset(); }

private:
    struct Replies {
        std::string frames;
        std::uint32_t count{0};
    };
    std::size_t reply_bytes() const noexcept { return replies_ ? replies_->frames.size() : 0; }

    std::unique_ptr<Replies> replies_;
    std::uint32_t changes_{0};
    bool message_waits_{false};
};

}  // namespace tickcast
