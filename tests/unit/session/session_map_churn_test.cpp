#include "support/manual_clock.hpp"
#include "tickcast/session/session_map.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <optional>
#include <random>
#include <thread>
#include <vector>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kThreads = 4;
constexpr int kSteps = 20'000;
/// Fewer sessions than would live at a time without a limit (about 130 pending ones alone).
constexpr std::size_t kMaxSessions = 100;

template <class Numbers>
std::uint64_t total(Numbers const& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
}

/// Sessions that all threads act upon, so that the threads do conflict.
class SharedIds {
public:
    void put(SessionId const& id, std::mt19937& random) {
        std::scoped_lock const lock{mutex_};
        if (ids_.size() < kMaxSessions) {
            ids_.push_back(id);
        } else {
            ids_[random() % ids_.size()] = id;
        }
    }
    std::optional<SessionId> pick(std::mt19937& random) {
        std::scoped_lock const lock{mutex_};
        if (ids_.empty()) return std::nullopt;
        return ids_[random() % ids_.size()];
    }

private:
    std::mutex mutex_;
    std::vector<SessionId> ids_;
};

struct Tally {
    std::atomic<std::uint64_t> created{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> removed{0};
    std::atomic<std::uint64_t> ended{0};
};

struct Streamed {
    SessionId id;
    std::uint64_t generation;
};

void churn(unsigned thread, SessionMap& map, SharedIds& ids, test::ManualClock& clock,
           Tally& tally) {
    std::mt19937 random{thread + 1};
    std::vector<Streamed> streams;
    auto const take_stream = [&] {
        auto const at = random() % streams.size();
        auto const taken = streams[at];
        streams[at] = streams.back();
        streams.pop_back();
        return taken;
    };
    for (int step = 0; step < kSteps; ++step) {
        auto const what = random() % 100;
        auto const id = ids.pick(random);
        if (what < 35 || !id) {
            if (auto created = map.create({TickerId{1}}, 0)) {
                ++tally.created;
                ids.put(created->id, random);
            } else {
                ++tally.refused;
            }
        } else if (what < 60) {
            if (auto const claim = map.claim(*id, thread, static_cast<std::uint64_t>(step))) {
                streams.push_back({*id, claim->generation});
            }
        } else if (what < 75 && !streams.empty()) {
            auto const stream = take_stream();
            map.release(stream.id, stream.generation);
        } else if (what < 80 && !streams.empty()) {
            auto const stream = take_stream();
            if (map.end(stream.id, stream.generation, SessionEnd::policy)) ++tally.ended;
        } else if (what < 88) {
            if (map.remove(*id).found) ++tally.removed;
        } else if (what < 96) {
            map.get(*id);
        } else {
            clock.advance(20ms);
            map.sweep();
            auto const counts = map.counts();  // true for each stripe, so for their sum at any time
            EXPECT_EQ(counts.created, total(counts.by_state) + total(counts.ended));
        }
    }
    for (auto const& stream : streams)
        map.release(stream.id, stream.generation);
}

// contract: MET-9 MET-10
TEST(SessionMapChurn, SessionMap_WhenManyThreadsChurn_CountsAddUpAndAllExpires) {
    test::ManualClock clock;
    SessionMap map{{.pending = 300ms, .detached = 200ms, .max_sessions = kMaxSessions}, clock};
    SharedIds ids;
    Tally tally;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] { churn(t, map, ids, clock, tally); });
    }
    for (auto& thread : threads)
        thread.join();

    auto const counts = map.counts();
    EXPECT_EQ(counts.created, tally.created);
    EXPECT_EQ(counts.created, total(counts.by_state) + total(counts.ended));
    EXPECT_EQ(counts.ended[static_cast<std::size_t>(SessionEnd::deleted)], tally.removed);
    EXPECT_EQ(counts.ended[static_cast<std::size_t>(SessionEnd::policy)], tally.ended);
    EXPECT_GT(tally.refused, 0U) << "the limit was never reached";
    EXPECT_GT(counts.ended[static_cast<std::size_t>(SessionEnd::expired_pending)], 0U);
    EXPECT_GT(counts.ended[static_cast<std::size_t>(SessionEnd::expired_detached)], 0U);

    clock.advance(300ms);
    map.sweep();
    auto const after = map.counts();
    EXPECT_EQ(total(after.by_state), 0U);
    EXPECT_EQ(after.created, total(after.ended));
    // Each session was counted down once, and no more than once.
    for (std::size_t i = 0; i < kMaxSessions; ++i)
        ASSERT_TRUE(map.create({}, 0)) << i;
    EXPECT_FALSE(map.create({}, 0));
}

TEST(SessionMapChurn, SessionMap_WhenManyThreadsCreate_NeverExceedsTheLimit) {
    constexpr std::size_t kLimit = 1000;
    test::ManualClock clock;
    SessionMap map{{.pending = 1s, .detached = 1s, .max_sessions = kLimit}, clock};
    std::atomic<std::size_t> created{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
            for (std::size_t i = 0; i < kLimit; ++i) {
                if (map.create({}, 0)) ++created;
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(created, kLimit);
    EXPECT_EQ(total(map.counts().by_state), kLimit);
}

}  // namespace
}  // namespace tickcast
