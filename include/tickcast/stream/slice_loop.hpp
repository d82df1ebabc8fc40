// The turns of one shard's fan-out: takes in what its mailbox holds, and sends to the clients that
// wait, slice by slice; in between the shard's loop accepts, reads and takes in newer ticks.
// Owner: the StreamShard, on its thread. Bounds: the times and counts below.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/hub/fan_out.hpp"
#include "tickcast/hub/tick_mailbox.hpp"
#include "tickcast/runtime/shard.hpp"
#include "tickcast/stream/slice_writer.hpp"

#include <cstddef>

namespace tickcast {

class SliceLoop {
public:
    static constexpr std::size_t kSliceClients = 64;
    static constexpr Duration kSliceTime = std::chrono::milliseconds{1};
    /// Of what the mailbox holds so much is taken in at once: mostly all.
    static constexpr Duration kTakeInTime = std::chrono::milliseconds{2};
    /// And about so many records, or eight times as many marks, between two looks at the clock.
    static constexpr std::size_t kLookAfter = 256;

    /// All outlive this.
    SliceLoop(Shard& shard, TickMailbox& mailbox, FanOut& fan_out, SliceWriter& writer);

    /// Takes in what the mailbox holds, and marks clients; `flush` follows. Of very much the rest
    /// waits for a later turn of the loop: a large push must not hold up the shard.
    void take_in() noexcept;
    /// Flushes the first slice of those that wait, unless a flush is under way: a turn of the loop
    /// before it would only make them wait.
    void flush() noexcept;
    /// A client waits, for which nobody calls `flush`.
    void schedule_flush() noexcept;

private:
    void take_slice() noexcept;
    void schedule_take_in() noexcept;
    bool has_rest() const noexcept {
        return records_ != nullptr && next_record_ < records_->size();
    }
    void flush_slice() noexcept;
    void prefetch_slice() const noexcept;

    Shard& shard_;
    TickMailbox& mailbox_;
    FanOut& fan_out_;
    SliceWriter& writer_;
    TickRecords const* records_{nullptr};  ///< the mailbox's, valid up to its next `take`
    std::size_t next_record_{0};           ///< of these, to be taken in
    bool take_in_scheduled_{false};
    bool flush_scheduled_{false};
    ThreadChecker thread_;
};

}  // namespace tickcast
