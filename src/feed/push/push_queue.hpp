// The large bodies of POST /v1/ticks that are under way. They share one turn of the loop, a slice
// of one of them each time, so that however many there are, nothing else waits for more than a
// slice of theirs. Owner: the PushFeed; control thread. Bounds: kAtOnce bodies are worked on (each
// may need about 11 times its size); the others wait as the text they are, on the admin listener's
// connections, which are as many as the descriptors allow.
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

    /// Takes in a body, which stays until then; gives the number of its ticks, or what is wrong.
    Awaitable<Result<std::size_t>> take_in(std::string_view body, PushFormat format);
    /// Ends all of them: those that are being applied are applied to their end, as far as that time
    /// goes; the others get that error.
    void cut_short(Error const& error, Duration time);
    std::size_t size() const noexcept { return bodies_.size(); }

private:
    class Body;

    void turn();

    PushGate gate_;
    PushJob::Tools const tools_;
    asio::io_context& io_;
    LoopTurn turn_;
    std::vector<Body*> bodies_{};  ///< first come, first worked on
    std::size_t next_{0};          ///< whose slice it is
    ThreadChecker thread_;
};

}  // namespace tickcast
