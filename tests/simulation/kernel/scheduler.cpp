#include "simulation/kernel/scheduler.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace tickcast::simulation {

namespace {

/// What a thread does between two calls of the kernel takes this long, and rarely a hundred times.
constexpr Nanos kLeastCost = 200;
constexpr Nanos kCostRange = 4 * kMicrosecond;
constexpr unsigned kRarely = 2;  // of a thousand
/// How often another thread runs at a call of the kernel: of a thousand.
constexpr unsigned kSwitches = 250;

thread_local Thread* this_thread = nullptr;

}  // namespace

void Baton::acquire() noexcept {
    while (given_.exchange(0) == 0)
        ::syscall(SYS_futex, &given_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
}

void Baton::release() noexcept {
    given_.store(1);
    ::syscall(SYS_futex, &given_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

Thread* Scheduler::current() noexcept {
    return this_thread;
}

Scheduler::Scheduler(std::uint64_t seed, Process& world) : random_(seed) {
    this_thread = &add_thread(world);
    this_thread->id = pthread_self();
}

Scheduler::~Scheduler() {
    this_thread = nullptr;
}

Thread& Scheduler::add_thread(Process& process) {
    threads_.push_back(std::make_unique<Thread>(process));
    return *threads_.back();
}

Thread* Scheduler::find(pthread_t id) noexcept {
    for (auto const& thread : threads_) {
        if (pthread_equal(thread->id, id) != 0) return thread.get();
    }
    return nullptr;
}

void Scheduler::begin(Thread& thread) {
    thread.baton.acquire();
    this_thread = &thread;
}

void Scheduler::at(Nanos when, std::function<void()> event) {
    events_.push({std::max(when, now_), event_number_++, std::move(event)});
}

void Scheduler::yield() {
    auto& me = *this_thread;
    auto cost = kLeastCost + static_cast<Nanos>(below(random_, kCostRange));
    if (by_chance(random_, kRarely)) cost *= 100;
    cost *= me.process.slowness;
    now_ += cost;
    me.cpu += cost;
    pass_on(me);
}

bool Scheduler::block(void const* key, Nanos until) {
    auto& me = *this_thread;
    me.blocked = true;
    me.woken = false;
    me.waits_for = key;
    me.deadline = until;
    yield();
    return me.woken;
}

void Scheduler::wake(void const* key, bool all) {
    for (auto const& thread : threads_) {
        if (!thread->blocked || thread->waits_for != key) continue;
        thread->blocked = false;
        thread->woken = true;
        if (!all) return;
    }
}

void Scheduler::stall_one(Process& process, Nanos until) {
    std::vector<Thread*> alive;
    for (auto const& thread : threads_) {
        if (!thread->ended && &thread->process == &process) alive.push_back(thread.get());
    }
    if (!alive.empty()) alive[below(random_, alive.size())]->stalled_until = until;
}

void Scheduler::stall_me(Nanos most) {
    this_thread->stalled_until =
        now_ + static_cast<Nanos>(below(random_, static_cast<std::uint64_t>(most)));
}

void Scheduler::end() {
    auto& me = *std::exchange(this_thread, nullptr);
    me.ended = true;
    wake(&me);
    auto& next = choose();
    next.baton.release();
}

void Scheduler::pass_on(Thread& from) {
    // An event is no thread: what it calls must not switch.
    this_thread = nullptr;
    auto& next = choose();
    if (&next != &from) {
        next.baton.release();
        from.baton.acquire();
    }
    this_thread = &from;
}

Nanos Scheduler::runs_at(Thread const& thread) const noexcept {
    auto const may = std::max(thread.process.paused_until, thread.stalled_until);
    if (!thread.blocked) return may;
    return thread.deadline == kNever ? kNever : std::max(may, thread.deadline);
}

void Scheduler::run_due_events() {
    while (!events_.empty() && events_.top().when <= now_) {
        auto const action = std::move(const_cast<Event&>(events_.top()).action);
        events_.pop();
        action();
    }
}

Thread& Scheduler::choose() {
    ++steps_;
    std::vector<Thread*> ready;
    for (;;) {
        run_due_events();
        auto next = events_.empty() ? kNever : events_.top().when;
        for (auto const& thread : threads_) {
            if (thread->ended) continue;
            auto const at = runs_at(*thread);
            if (at <= now_) ready.push_back(thread.get());
            next = std::min(next, at);
        }
        if (!ready.empty()) break;
        if (next == kNever) {
            std::fputs("simulation: all threads wait and nothing will happen\n", stderr);
            std::abort();
        }
        now_ = std::max(now_, next);
    }
    // Mostly the thread that ran goes on, as on a processor of its own.
    auto* const same =
        std::find(ready.begin(), ready.end(), last_) != ready.end() ? last_ : nullptr;
    bool const goes_on = same != nullptr && !by_chance(random_, kSwitches);
    auto& chosen = goes_on ? *same : *ready[below(random_, ready.size())];
    last_ = &chosen;
    chosen.blocked = false;
    return chosen;
}

}  // namespace tickcast::simulation
