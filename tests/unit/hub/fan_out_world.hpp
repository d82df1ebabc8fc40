// A fan-out without a loop and sockets: a mailbox that takes ticks, and clients whose frames are
// recorded.
#pragma once

#include "tickcast/hub/fan_out.hpp"
#include "tickcast/hub/tick_mailbox.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tickcast::test {

/// Records the frames that the fan-out gives each client; `takes` plays the kernel.
class RecordedFrames {
public:
    explicit RecordedFrames(FanOut& fan_out) : fan_out_(fan_out) {}

    void add(Subscriber& client) {
        slice_.push_back(&client);
        ++added_;
    }
    void send() {
        slices_.push_back(slice_.size());
        for (auto* client : slice_) {
            if (!takes) {
                fan_out_.hold(*client);
                continue;
            }
            if (snapshots.insert(client).second || client->unsettled()) {
                fan_out_.snapshot_accepted(*client);
                continue;
            }
            std::string frame;
            fan_out_.for_each_marked(*client, [&](std::string_view text) { frame += text; });
            fan_out_.frame_accepted(*client, [&](TickerId, std::int64_t) { ++delivered; });
            frames.emplace_back(client, frame);
        }
        slice_.clear();
    }

    bool takes{true};
    std::uint64_t delivered{0};
    std::set<Subscriber*> snapshots;
    std::vector<std::pair<Subscriber*, std::string>> frames;
    std::size_t added_{0};
    std::vector<std::size_t> slices_;

private:
    FanOut& fan_out_;
    std::vector<Subscriber*> slice_;
};

class RecordedInterest final : public InterestSink {
public:
    void change(InterestChange change) override { changes.push_back(change); }
    std::vector<InterestChange> changes;
};

class FanOutWorld : public ::testing::Test {
protected:
    void put(std::uint32_t ticker, std::uint64_t sequence, std::uint32_t request = 0) {
        TickRecord record;
        record.topic = {TickerId{ticker}, TickEncoding::json};
        record.sequence = sequence;
        auto const text = "[" + std::to_string(ticker) + ":" + std::to_string(sequence) + "]";
        record.size = static_cast<std::uint16_t>(text.copy(record.bytes, text.size()));
        TickMailbox::Batch{mailbox_}.put(record, request);
    }
    /// Answers all interests not answered yet, as the router does.
    void answer() {
        for (auto const& change : interest_.changes) {
            auto const ticker = change.topic.ticker().value;
            if (change.request != 0) put(ticker, sequence_[ticker], change.request);
        }
        interest_.changes.clear();
    }
    void tick(std::uint32_t ticker) { put(ticker, ++sequence_[ticker]); }
    static std::vector<TickerId> ids(std::vector<std::uint32_t> const& values) {
        std::vector<TickerId> made;
        for (auto const value : values)
            made.push_back(TickerId{value});
        return made;
    }
    /// Called when a client joins the queue without a mark.
    virtual void woken() { ++wakes_; }

    ShardMetrics metrics_;
    TickMailbox mailbox_{[] {}};
    RecordedInterest interest_;
    FanOut fan_out_{0, metrics_, interest_, [this] { woken(); }};
    RecordedFrames writer_{fan_out_};
    std::map<std::uint32_t, std::uint64_t> sequence_;
    int wakes_{0};
};

}  // namespace tickcast::test
