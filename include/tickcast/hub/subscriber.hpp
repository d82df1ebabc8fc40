// The hub's view of one client: its tickers, and one mark a ticker ("changed since I last wrote").
// No I/O. Owner: the stream connection; touched by its shard's hub alone. Bound: the session's
// tickers.
#pragma once

#include <boost/intrusive/list.hpp>

#include <cstdint>
#include <vector>

namespace tickcast {

class Subscriber : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    /// One ticker of a client; its mark is the bit of the same index.
    struct Subscription {
        std::uint32_t slot{0};           ///< the hub's ticker slot
        std::uint32_t position{0};       ///< in that slot's subscriber list
        std::uint64_t last_sequence{0};  ///< `n` of the newest tick or snapshot written
        bool settled{false};             ///< had its snapshot: its ticks count from there
    };

    std::vector<Subscription> const& subscriptions() const noexcept { return subscriptions_; }
    bool marked() const noexcept { return marked_words_ != 0; }
    /// All tickers' newest quotes have come, so a snapshot can be built.
    bool quotes_known() const noexcept { return awaited_ == 0; }
    /// Some tickers had no snapshot yet.
    bool unsettled() const noexcept { return unsettled_ != 0; }

private:
    friend class HubShard;

    void mark(std::uint32_t bit) noexcept {
        auto& word = marks_[bit / 64];
        if (word == 0) ++marked_words_;
        word |= std::uint64_t{1} << (bit % 64);
    }
    bool has_mark(std::uint32_t bit) const noexcept {
        return (marks_[bit / 64] >> (bit % 64) & 1U) != 0;
    }
    void clear_mark(std::uint32_t bit) noexcept {
        auto& word = marks_[bit / 64];
        if (word == 0) return;
        word &= ~(std::uint64_t{1} << (bit % 64));
        if (word == 0) --marked_words_;
    }

    std::vector<std::uint64_t> marks_;
    std::vector<Subscription> subscriptions_;
    std::uint32_t marked_words_{0};
    std::uint32_t awaited_{0};    ///< tickers whose newest quote has not come from the router yet
    std::uint32_t unsettled_{0};  ///< tickers that had no snapshot yet
    bool held_{false};            ///< not to be queued by marks: its output or its throttle waits
};

}  // namespace tickcast
