#include "tickcast/hub/tick_mailbox.hpp"

#include <utility>

namespace tickcast {

void TickMailbox::Batch::put(TickRecord const& record, std::uint32_t request) {
    auto& box = mailbox_;
    auto const index = record.topic.index();
    if (index >= box.positions_.size()) box.positions_.resize(index + 1);
    auto& position = box.positions_[index];
    if (position.round != box.round_) {
        position = {box.round_, static_cast<std::uint32_t>(box.waiting_.size())};
        box.waiting_.add().request = 0;
    }
    auto& slot = box.waiting_[position.at];
    slot.assign(record);
    // A waiting record that answers a request stays an answer: it merely carries a newer tick.
    if (request != 0) slot.request = request;
}

TickMailbox::Batch::~Batch() {
    if (!mailbox_.waiting_.empty() && !std::exchange(mailbox_.woken_, true)) mailbox_.wake_();
}

TickRecords const& TickMailbox::take() {
    taken_.clear();
    std::lock_guard const lock{mutex_};
    taken_.swap(waiting_);
    woken_ = false;
    ++round_;
    return taken_;
}

}  // namespace tickcast
