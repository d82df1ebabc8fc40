// What a stream's client asked for and has no answer to yet: the client's own message, changes of
// its session by PATCH, and the answers that wait for its socket. A value; a client that asks for
// nothing uses no memory for answers. Owner: the StreamOutput of its stream, on the shard's thread.
// Bounds: one message; kMaxReplyBytes and one answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tickcast {

class ClientRequests {
public:
    /// While more than so many bytes of answers wait, no further request is taken.
    static constexpr std::size_t kMaxReplyBytes = 4096;

    /// Requests wait to be taken.
    bool any() const noexcept { return message_waits_ || changes_ != 0; }
    /// A request is taken only after the one before was answered and the tickers that it added are
    /// in a snapshot.
    bool may_take(bool settled) const noexcept {
        return settled && reply_bytes() <= kMaxReplyBytes;
    }

    /// The client's message was read whole. No other message is read until this one is taken.
    void message_read() noexcept { message_waits_ = true; }
    bool message_waits() const noexcept { return message_waits_; }
    void take_message() noexcept { message_waits_ = false; }
    /// A PATCH changed the session.
    void session_changed() noexcept { ++changes_; }
    /// Takes one change. False if there was none.
    bool take_change() noexcept {
        if (changes_ == 0) return false;
        --changes_;
        return true;
    }

    bool has_replies() const noexcept { return replies_ != nullptr; }
    /// Counts one more answer. The caller appends the answer's frame to the returned text.
    std::string& next_reply() {
        if (!replies_) replies_ = std::make_unique<Replies>();
        ++replies_->count;
        return replies_->frames;
    }
    // The answers that wait; only where `has_replies`.
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
