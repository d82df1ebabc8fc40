#include "tickcast/stream/slice_loop.hpp"

#include "tickcast/runtime/event_loop.hpp"
#include "unit/hub/fan_out_world.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

namespace tickcast::test {
namespace {

class RecordingWriter final : public SliceWriter {
public:
    explicit RecordingWriter(RecordedFrames& frames) : frames_(frames) {}

    void prefetch(Subscriber const&) noexcept override {}
    bool add(Subscriber& client) noexcept override {
        frames_.add(client);
        return true;
    }
    void send() noexcept override { frames_.send(); }

private:
    RecordedFrames& frames_;
};

class SliceLoopTest : public FanOutWorld {
protected:
    void run() {
        loop_.take_in();
        loop_.flush();
        event_loop_.io().restart();
        event_loop_.io().poll();
    }
    void woken() override { loop_.schedule_flush(); }

    EventLoop event_loop_{0, metrics_};
    RecordingWriter slices_{writer_};
    SliceLoop loop_{event_loop_, mailbox_, fan_out_, slices_};
};

TEST_F(SliceLoopTest, WhenTicksAreTakenIn_TheFirstSliceGoesOutAtOnceAndTheRestByTurns) {
    constexpr auto clients = SliceLoop::kSliceClients + 1;
    std::vector<std::unique_ptr<Subscriber>> all;
    for (std::size_t i = 0; i < clients; ++i) {
        all.push_back(std::make_unique<Subscriber>());
        fan_out_.subscribe(*all.back(), ids({1}));
    }
    answer();
    run();
    writer_.slices_.clear();
    tick(1);
    loop_.take_in();
    loop_.flush();
    EXPECT_EQ(writer_.slices_, std::vector{SliceLoop::kSliceClients});
    tick(1);
    loop_.take_in();
    loop_.flush();  // a flush is scheduled already: this call does nothing
    EXPECT_EQ(writer_.slices_.size(), 1U);
    run();
    EXPECT_EQ(writer_.delivered, 2 * clients - 1);  // the last client gets only the newest tick
    for (auto& client : all)
        fan_out_.unsubscribe_all(*client);
}

TEST_F(SliceLoopTest, WhenManyClientsAreMarked_SlicesAreBounded) {
    std::vector<std::unique_ptr<Subscriber>> clients;
    for (int i = 0; i < 1000; ++i) {
        clients.push_back(std::make_unique<Subscriber>());
        fan_out_.subscribe(*clients.back(), ids({1}));
    }
    answer();
    run();
    writer_.slices_.clear();
    tick(1);
    run();
    EXPECT_EQ(writer_.frames.size(), 1000U);
    EXPECT_GE(writer_.slices_.size(), 1000U / SliceLoop::kSliceClients);
    EXPECT_LE(*std::max_element(writer_.slices_.begin(), writer_.slices_.end()),
              SliceLoop::kSliceClients);
    for (auto& client : clients)
        fan_out_.unsubscribe_all(*client);
}

// contract: PSH-16
TEST_F(SliceLoopTest, WhenTheMailboxHoldsVeryMuch_TakesItInSlicesAndTheNewestOfAllArrives) {
    constexpr std::uint32_t kTickers = 30'000;
    constexpr std::uint32_t kClients = 4;
    std::vector<Subscriber> clients(kClients);
    for (std::uint32_t i = 0; i < kClients; ++i) {
        std::vector<std::uint32_t> own(kTickers);
        std::iota(own.begin(), own.end(), i * kTickers);
        fan_out_.subscribe(clients[i], ids(own));
    }
    answer();
    run();
    ASSERT_EQ(writer_.snapshots.size(), kClients);
    for (std::uint32_t ticker = 0; ticker < kClients * kTickers; ++ticker)
        tick(ticker);
    loop_.take_in();
    // 120,000 records can't be taken in within one slice. Newer records are taken in after the
    // rest.
    std::uint64_t marked = 0;
    for (auto const& client : clients)
        fan_out_.for_each_marked(client, [&](std::string_view) { ++marked; });
    EXPECT_GT(marked, 0U);
    EXPECT_LT(marked, kClients * kTickers);
    tick(0);
    tick(kClients * kTickers - 1);
    loop_.take_in();
    event_loop_.io().restart();
    event_loop_.io().poll();
    EXPECT_EQ(writer_.delivered + metrics_.ticks_conflated.value(), kClients * kTickers + 2);
    EXPECT_GE(writer_.frames.size(), kClients);
    auto const last = "[" + std::to_string(kClients * kTickers - 1) + ":2]";
    EXPECT_TRUE(std::any_of(writer_.frames.begin(), writer_.frames.end(), [&](auto const& frame) {
        return frame.second.find(last) != std::string::npos;
    }));
    for (auto& client : clients)
        fan_out_.unsubscribe_all(client);
}

}  // namespace
}  // namespace tickcast::test
