// The large bodies of POST /v1/ticks in progress. They share one turn of the loop: each turn works
// one slice on one body. So other handlers wait for one slice at most, however many bodies there
// are. Owner: the PushFeed; control thread. Bounds: kAtOnce bodies are worked on at a time (each
// may need about 11 times its size); the others wait as plain text, one per connection of the admin
// listener, which the descriptors limit.
#pragma once

#include "feed/loop_turn.hpp"
#include "feed/push/push_job.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/feed/push/push_format.hpp"
#include "tickcast/protocol/error.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

namespace tickcast {

class PushQueue {
public:
    static constexpr Duration kSliceTime = std::chrono::milliseconds{1};
    static constexpr std::size_t kAtOnce = 4;

    PushQueue(FeedKind kind, FeedContext const& context);

    /// Takes in a body, which the caller keeps until this completes. Returns the number of its
    /// ticks, or the error.
    Awaitable<Result<std::size_t>> take_in(std::string_view body, PushFormat format);
    /// Ends all bodies: those that are being applied are applied to their end, within `time`; the
    /// others get `error`.
    void cut_short(Error const& error, Duration time);

private:
    class Body;

    void turn();

    PushGate gate_;
    PushJob::Tools const tools_;
    asio::io_context& io_;
    LoopTurn turn_;
    std::vector<Body*> bodies_{};  ///< in the order of arrival
    std::size_t next_{0};          ///< the index of the body whose slice is next
    ThreadChecker thread_;
};

}  // namespace tickcast
