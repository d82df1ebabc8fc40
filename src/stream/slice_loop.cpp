#include "tickcast/stream/slice_loop.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tickcast {

SliceLoop::SliceLoop(EventLoop& loop, TickMailbox& mailbox, FanOut& fan_out, SliceWriter& writer)
    : loop_(loop), mailbox_(mailbox), fan_out_(fan_out), writer_(writer) {}

void SliceLoop::take_in() noexcept {
    thread_.check();
    bool const goes_on = has_rest();
    if (!goes_on) {
        records_ = &mailbox_.take();
        next_record_ = 0;
    }
    take_in_records();
    // Records can have come after the mailbox was read; their wake-up might have led only to a
    // slice of the rest.
    if (goes_on || has_rest()) schedule_take_in();
}

void SliceLoop::take_in_records() noexcept {
    std::optional<SteadyTime> end;
    auto const& records = *records_;
    std::size_t work = 0;
    while (next_record_ < records.size()) {
        work += 1 + fan_out_.take_in(records[next_record_++]) / 8;
        if (work < kLookAfter) continue;
        work = 0;
        auto const now = loop_.now();
        if (!end) end = now + kTakeInTime;
        if (now >= *end) break;
    }
}

void SliceLoop::schedule_take_in() noexcept {
    if (std::exchange(take_in_scheduled_, true)) return;
    asio::post(loop_.io(), [this] {
        take_in_scheduled_ = false;
        take_in();
        flush();
    });
}

void SliceLoop::flush() noexcept {
    thread_.check();
    if (!fan_out_.waiting().empty() && !flush_scheduled_) flush_slice();
}

void SliceLoop::schedule_flush() noexcept {
    if (std::exchange(flush_scheduled_, true)) return;
    asio::post(loop_.io(), [this] { flush_slice(); });
}

/// With thousands of clients little of their memory is in a cache. So the slice prefetches all
/// memory that it will touch: it then waits for memory about once, and not at each client.
void SliceLoop::prefetch_slice() const noexcept {
    auto const& waiting = fan_out_.waiting();
    auto const count = std::min<std::size_t>(kSliceClients, waiting.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (auto const* const client = waiting.peek(i)) writer_.prefetch(*client);
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (auto const* const client = waiting.peek(i)) FanOut::prefetch_marked(*client);
    }
}

void SliceLoop::flush_slice() noexcept {
    flush_scheduled_ = false;
    auto const end = loop_.now() + kSliceTime;
    prefetch_slice();
    auto& waiting = fan_out_.waiting();
    for (std::size_t clients = 0; clients < kSliceClients && !waiting.empty(); ++clients) {
        auto* const client = waiting.pop();
        if (client != nullptr && !writer_.add(*client)) break;
        if (clients % 16 == 15 && loop_.now() > end) break;
    }
    writer_.send();
    // The loop accepts, reads and takes in newer ticks before the next slice.
    if (!waiting.empty()) schedule_flush();
}

}  // namespace tickcast
