#include "app/housekeeping.hpp"

#include "tickcast/base/logging.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tickcast {
namespace {

/// The time between two turns; kSweepPause while many sessions expire.
constexpr Duration kPause = std::chrono::milliseconds{50};
/// Thousands of sessions that expire together are ended in steps of this many, so that neither the
/// feeds nor a shard on the same processor waits for all of them.
constexpr std::size_t kSweptAtOnce = 64;
constexpr Duration kSweepPause = std::chrono::milliseconds{1};

}  // namespace

Housekeeping::Housekeeping(asio::io_context& control, SharedState& shared, Shards const& shards,
                           FeedMonitor& monitor)
    : shared_(shared),
      shards_(shards),
      monitor_(monitor),
      loop_watch_(shards.size()),
      timer_(control) {}

void Housekeeping::turn() {
    auto& clock = shared_.clock;
    // The clock comes first: the next steps judge sessions by it.
    if (auto const paused = clock.tick(kPause); paused > Duration{0}) note_pause(paused);
    auto const more = shared_.sessions.sweep(kSweptAtOnce);
    shared_.quotas.sweep();
    // A feed's silence counts in steady time, since that is the age of its prices; but after a
    // pause the waiting ticks are taken in first.
    if (!clock.own().catching_up(clock.now())) monitor_.look();
    shared_.shards_turn.store(shards_turn(), std::memory_order_relaxed);
    shared_.control_turns.fetch_add(1, std::memory_order_relaxed);
    timer_.expires_after(more ? kSweepPause : kPause);
    timer_.async_wait([this](SystemError error) {
        if (error) return;
        lag_.observe(Duration{shared_.clock.now() - timer_.expiry()}.count());
        turn();
    });
}

bool Housekeeping::shards_turn() {
    return loop_watch_.all_turn(shared_.clock.own().now(),
                                [this](std::size_t index) { return shards_.last_turn(index); });
}

void Housekeeping::note_pause(Duration paused) {
    pauses_.count.add();
    pauses_.ns.add(static_cast<std::uint64_t>(paused.count()));
    if (auto const left_out = pause_log_limit_.admit(shared_.clock.now())) {
        logger("app")->warn("event=paused seconds={:.3f} left_out={}",
                            std::chrono::duration<double>{paused}.count(), *left_out);
    }
}

}  // namespace tickcast
