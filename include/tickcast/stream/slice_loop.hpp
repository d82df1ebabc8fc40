// The turns of one shard's fan-out: takes in the records that the mailbox holds, and sends to the
// clients that wait, slice by slice. Between two slices the shard's loop accepts, reads and takes
// in newer ticks. Owner: the ShardStreams, on its thread. Bounds: the times and counts below.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/hub/fan_out.hpp"
#include "tickcast/hub/tick_mailbox.hpp"
#include "tickcast/runtime/event_loop.hpp"
#include "tickcast/stream/slice_writer.hpp"

#include <cstddef>

namespace tickcast {

class SliceLoop {
public:
    static constexpr std::size_t kSliceClients = 64;
    static constexpr Duration kSliceTime = std::chrono::milliseconds{1};
    /// The longest time for which records are taken in at once. Mostly this is enough for all that
    /// the mailbox holds.
    static constexpr Duration kTakeInTime = std::chrono::milliseconds{2};
    /// About so many records, or eight times as many marks, are taken in between two looks at the
    /// clock.
    static constexpr std::size_t kLookAfter = 256;

    /// The arguments outlive this.
    SliceLoop(EventLoop& loop, TickMailbox& mailbox, FanOut& fan_out, SliceWriter& writer);

    /// Takes in the records that the mailbox holds, and marks clients; the caller then calls
    /// `flush`. Records that need more than kTakeInTime wait for a later turn of the loop: a large
    /// push must not hold up the shard.
    void take_in() noexcept;
    /// Flushes the first slice of the clients that wait, unless a flush is scheduled already.
    /// Flushes at once: another turn of the loop would only make these clients wait longer.
    void flush() noexcept;
    /// Schedules a flush for a client that begins to wait when no caller is about to call `flush`.
    void schedule_flush() noexcept;

private:
    void take_in_records() noexcept;
    void schedule_take_in() noexcept;
    bool has_rest() const noexcept {
        return records_ != nullptr && next_record_ < records_->size();
    }
    void flush_slice() noexcept;
    void prefetch_slice() const noexcept;

    EventLoop& loop_;
    TickMailbox& mailbox_;
    FanOut& fan_out_;
    SliceWriter& writer_;
    TickRecords const* records_{nullptr};  ///< the mailbox's, valid until its next `take`
    std::size_t next_record_{0};           ///< index in `records_`
    bool take_in_scheduled_{false};
    bool flush_scheduled_{false};
    ThreadChecker thread_;
};

}  // namespace tickcast
