#include "feed/push/push_queue.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <utility>

namespace tickcast {

/// A body in the queue. Owned by the coroutine that waits for its result.
class PushQueue::Body {
public:
    Body(PushQueue& queue, std::string_view body, PushFormat format)
        : queue_(queue), job_(body, format, queue.tools_), done_(queue.io_, SteadyTime::max()) {
        queue_.bodies_.push_back(this);
    }
    ~Body() {
        if (!left_) std::erase(queue_.bodies_, this);
    }
    Body(Body const&) = delete;
    Body& operator=(Body const&) = delete;

    PushJob& job() noexcept { return job_; }
    PushJob const& job() const noexcept { return job_; }
    /// The body has left the queue, and its result is final.
    void leave() {
        left_ = true;
        done_.cancel();
    }
    Awaitable<> left() {
        while (!left_) {
            SystemError cancelled;
            co_await done_.async_wait(asio::redirect_error(use_await, cancelled));
        }
    }

private:
    PushQueue& queue_;
    PushJob job_;
    SteadyTimer done_;  ///< never expires: cancelled to wake `left`
    bool left_{false};
};

PushQueue::PushQueue(FeedKind kind, FeedContext const& context)
    : tools_{kind, context.tickers, context.sink, context.clock, gate_},
      io_(context.io),
      turn_(context.io, [this] { turn(); }) {}

Awaitable<Result<std::size_t>> PushQueue::take_in(std::string_view body, PushFormat format) {
    thread_.check();
    Body waiting{*this, body, format};
    // Later bodies must not delay the turn of the first one.
    if (bodies_.size() == 1) turn_.soon();
    co_await waiting.left();
    co_return waiting.job().result();
}

void PushQueue::cut_short(Error const& error, Duration time) {
    thread_.check();
    turn_.cancel();
    auto const until = tools_.clock.now() + time;
    auto bodies = std::exchange(bodies_, {});
    std::sort(bodies.begin(), bodies.end(), [](auto const* one, auto const* other) {
        return one->job().rank() < other->job().rank();
    });
    for (auto* const body : bodies) {
        body->job().cut_short(error, until);
        body->leave();
    }
}

/// Works one slice on one of the first kAtOnce bodies; the next turn is for the next of them.
void PushQueue::turn() {
    thread_.check();
    if (bodies_.empty()) return;
    next_ = (next_ + 1) % std::min(bodies_.size(), kAtOnce);
    auto* const body = bodies_[next_];
    if (body->job().work(tools_.clock.now() + kSliceTime)) {
        bodies_.erase(bodies_.begin() + static_cast<std::ptrdiff_t>(next_));
        body->leave();
    }
    if (!bodies_.empty()) turn_.soon();
}

}  // namespace tickcast
