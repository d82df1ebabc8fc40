#include "tickcast/session/address_quotas.hpp"

#include "support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

AddressKey const kOne = AddressKey::of_v4(0x7F000001);
AddressKey const kTwo = AddressKey::of_v4(0x7F000002);

class AddressQuotasTest : public ::testing::Test {
protected:
    void use(AddressQuotas::Limits limits) {
        quotas_ = std::make_unique<AddressQuotas>(limits, clock_);
    }
    std::vector<ConnectionSlot> connect(AddressKey key, std::size_t count) {
        std::vector<ConnectionSlot> slots;
        for (std::size_t i = 0; i < count; ++i)
            slots.push_back(quotas_->connect(key));
        return slots;
    }
    /// How many of `count` simultaneous requests are allowed.
    static std::size_t granted(ConnectionSlot const& slot, std::size_t requests) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < requests; ++i)
            count += slot.count_request() ? 1U : 0U;
        return count;
    }

    ManualClock clock_;
    std::unique_ptr<AddressQuotas> quotas_;
};

TEST_F(AddressQuotasTest, Connections_PastTheProcessLimit_AreRefusedWithTheFigure) {
    use({.max_connections = 2});
    auto slots = connect(kOne, 1);
    slots.push_back(quotas_->connect(kTwo));
    EXPECT_FALSE(slots[0].refusal());
    EXPECT_FALSE(slots[1].refusal());
    auto const refused = quotas_->connect(kTwo);
    ASSERT_TRUE(refused.refusal());
    EXPECT_EQ(refused.refusal()->code, ErrorCode::at_capacity);
    EXPECT_EQ(refused.refusal()->limit, 2U);
    EXPECT_FALSE(refused.dropped());
    EXPECT_EQ(quotas_->connections(), 2U) << "a refused socket does not count";
    slots.pop_back();
    EXPECT_FALSE(quotas_->connect(kTwo).refusal());
}

TEST_F(AddressQuotasTest, Connections_PastTheAddressLimit_AreRefusedOfThatAddressOnly) {
    use({.max_connections = 10, .max_connections_per_address = 2});
    auto slots = connect(kOne, 2);
    EXPECT_FALSE(slots[1].refusal());
    auto const refused = quotas_->connect(kOne);
    ASSERT_TRUE(refused.refusal());
    EXPECT_EQ(refused.refusal()->code, ErrorCode::too_many_connections);
    EXPECT_EQ(refused.refusal()->limit, 2U);
    EXPECT_FALSE(quotas_->connect(kTwo).refusal());
    slots.pop_back();
    EXPECT_FALSE(quotas_->connect(kOne).refusal());
}

TEST_F(AddressQuotasTest, Connections_RefusedByTheProcess_DoNotCountForTheirAddress) {
    use({.max_connections = 1, .max_connections_per_address = 1});
    auto first = connect(kOne, 1);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(quotas_->connect(kTwo).refusal()->code, ErrorCode::at_capacity);
    first.clear();
    EXPECT_FALSE(quotas_->connect(kTwo).refusal());
    EXPECT_EQ(quotas_->addresses(), 0U);
}

TEST_F(AddressQuotasTest, Refusals_PastTheirOwnBound_AreDropped) {
    use({.max_connections = 1});
    auto const served = connect(kOne, 1);
    auto refused = connect(kOne, AddressQuotas::kMaxRefusing);
    EXPECT_FALSE(refused.back().dropped());
    auto const dropped = quotas_->connect(kOne);
    EXPECT_TRUE(dropped.dropped());
    EXPECT_EQ(dropped.refusal()->code, ErrorCode::at_capacity);
    {
        auto const moved = std::move(refused.back());
    }
    EXPECT_FALSE(quotas_->connect(kOne).dropped()) << "a place is free again";
}

TEST_F(AddressQuotasTest, Slots_WhenMoved_AreGivenBackOnce) {
    use({.max_connections = 10, .max_connections_per_address = 10});
    {
        auto slot = quotas_->connect(kOne);
        auto moved = std::move(slot);
        slot = quotas_->connect(kOne);
        EXPECT_EQ(quotas_->connections(), 2U);
        slot = std::move(moved);
        EXPECT_EQ(quotas_->connections(), 1U);
        slot = ConnectionSlot{};
        EXPECT_EQ(quotas_->connections(), 0U);
    }
    EXPECT_EQ(quotas_->connections(), 0U);
    EXPECT_EQ(quotas_->addresses(), 0U);
}

TEST_F(AddressQuotasTest, Sessions_PastTheAddressLimit_AreRefusedUntilOneEnds) {
    use({.max_sessions_per_address = 2});
    auto const slot = quotas_->connect(kOne);
    auto first = slot.open_session();
    auto const second = slot.open_session();
    ASSERT_TRUE(first && second);
    auto const third = slot.open_session();
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, ErrorCode::too_many_sessions);
    EXPECT_EQ(third.error().limit, 2U);
    EXPECT_TRUE(quotas_->connect(kTwo).open_session());
    *first = SessionSlot{};
    EXPECT_TRUE(slot.open_session());
}

TEST_F(AddressQuotasTest, Sessions_OutliveTheConnectionThatMadeThem) {
    use({.max_sessions_per_address = 1});
    auto session = quotas_->connect(kOne).open_session();
    ASSERT_TRUE(session);
    EXPECT_EQ(quotas_->addresses(), 1U);
    EXPECT_FALSE(quotas_->connect(kOne).open_session());
    *session = SessionSlot{};
    EXPECT_EQ(quotas_->addresses(), 0U);
}

// contract: LIM-6
TEST_F(AddressQuotasTest, Requests_HaveABurstOfOneSecondsWorth) {
    use({.max_requests_per_second_per_address = 5});
    auto const slot = quotas_->connect(kOne);
    EXPECT_EQ(granted(slot, 20), 5U);
    auto const refused = slot.count_request();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::rate_limited);
    EXPECT_EQ(refused.error().limit, 5U);
    clock_.advance(400ms);
    EXPECT_EQ(granted(slot, 20), 2U);
    clock_.advance(60s);
    EXPECT_EQ(granted(slot, 20), 5U);
}

// contract: PAU-1
TEST_F(AddressQuotasTest, Requests_ThatWaitedWhileTheProcessStoodStill_AreNotTooMany) {
    use({.max_requests_per_second_per_address = 5});
    auto const slot = quotas_->connect(kOne);
    EXPECT_EQ(granted(slot, 20), 5U);
    clock_.advance(10s);
    auto const since = clock_.now() - 4s;
    for (int i = 0; i < 5 + 4 * 5; ++i)
        EXPECT_TRUE(slot.count_request(since)) << i;
    EXPECT_FALSE(slot.count_request(since));
}

// contract: PAU-1
TEST_F(AddressQuotasTest, Requests_ThatWaitedInANewConnection_AreNotTooManyAndGrantedOnce) {
    use({.max_requests_per_second_per_address = 5});
    auto const since = clock_.now();
    clock_.pause(7s);
    int granted = 0;
    for (int i = 0; i < 100; ++i)  // one connection each; none stays and holds the address
        granted += quotas_->connect(kOne).count_request(since) ? 1 : 0;
    EXPECT_EQ(granted, 5 + 7 * 5);
    clock_.advance(4s);  // requests that waited may still wait
    quotas_->sweep();
    for (int i = 0; i < 100; ++i)
        granted += quotas_->connect(kOne).count_request(since) ? 1 : 0;
    EXPECT_EQ(granted, 5 + 7 * 5 + 4 * 5);
    for (int second = 0; second < 11; ++second) {
        EXPECT_EQ(quotas_->addresses(), 1U) << second;
        clock_.advance(1s);
        quotas_->sweep();
    }
    EXPECT_EQ(quotas_->addresses(), 0U);
}

TEST_F(AddressQuotasTest, Requests_ThatWaited_AreTooManyWhereTheBurstWasSpentBeforeThePause) {
    use({.max_requests_per_second_per_address = 5});
    auto const since = clock_.now();
    EXPECT_EQ(granted(quotas_->connect(kOne), 20), 5U);
    clock_.pause(7s);
    quotas_->sweep();
    int granted = 0;
    for (int i = 0; i < 100; ++i)
        granted += quotas_->connect(kOne).count_request(since) ? 1 : 0;
    EXPECT_EQ(granted, 7 * 5);
}

TEST_F(AddressQuotasTest, Requests_AreCountedOverAllConnectionsOfAnAddress) {
    use({.max_requests_per_second_per_address = 3});
    auto const slots = connect(kOne, 2);
    EXPECT_EQ(granted(slots[0], 2), 2U);
    EXPECT_EQ(granted(slots[1], 2), 1U);
    EXPECT_EQ(granted(quotas_->connect(kTwo), 3), 3U);
}

TEST_F(AddressQuotasTest, Requests_AreRememberedPastTheConnection) {
    use({.max_requests_per_second_per_address = 4});
    EXPECT_EQ(granted(quotas_->connect(kOne), 4), 4U);
    EXPECT_EQ(granted(quotas_->connect(kOne), 4), 0U) << "a new connection is no new bucket";
    quotas_->sweep();
    EXPECT_EQ(quotas_->addresses(), 1U);
    clock_.advance(500ms);
    quotas_->sweep();
    EXPECT_EQ(granted(quotas_->connect(kOne), 4), 2U);
}

TEST_F(AddressQuotasTest, Addresses_AreForgottenOnceTheirBucketIsFull) {
    use({.max_requests_per_second_per_address = 4});
    for (std::uint32_t i = 0; i < 1000; ++i)
        EXPECT_EQ(granted(quotas_->connect(AddressKey::of_v4(i)), 1), 1U);
    EXPECT_EQ(quotas_->addresses(), 1000U);
    clock_.advance(999ms);
    quotas_->sweep();
    EXPECT_EQ(quotas_->addresses(), 1000U);
    // An address that is back when its turn comes stays, until it has been gone for one second.
    auto back = connect(AddressKey::of_v4(7), 1);
    EXPECT_EQ(granted(back[0], 9), 4U);
    clock_.advance(1ms);
    quotas_->sweep();
    EXPECT_EQ(quotas_->addresses(), 1U);
    back.clear();
    clock_.advance(1s);
    quotas_->sweep();
    EXPECT_EQ(quotas_->addresses(), 0U);
}

TEST_F(AddressQuotasTest, Addresses_ThatWentAgainMeanwhile_AreLookedAtAgain) {
    use({.max_requests_per_second_per_address = 1});
    EXPECT_EQ(granted(quotas_->connect(kOne), 1), 1U);
    clock_.advance(999ms);
    EXPECT_EQ(granted(quotas_->connect(kOne), 1), 0U);
    clock_.advance(1ms);
    EXPECT_EQ(granted(quotas_->connect(kOne), 1), 1U);  // empty again, and listed for one second
    quotas_->sweep();
    EXPECT_EQ(quotas_->addresses(), 1U);
    clock_.advance(1s);
    quotas_->sweep();
    EXPECT_EQ(quotas_->addresses(), 0U);
}

// contract: SET-10
TEST_F(AddressQuotasTest, WithoutLimitsByAddress_RemembersNone) {
    use({});
    auto const slots = connect(kOne, 100);
    EXPECT_FALSE(quotas_->by_address());
    EXPECT_EQ(quotas_->addresses(), 0U);
    EXPECT_EQ(granted(slots[0], 1000), 1000U);
    EXPECT_TRUE(slots[0].open_session());
}

TEST_F(AddressQuotasTest, WithoutASlot_NothingIsRefused) {
    ConnectionSlot const none;
    EXPECT_FALSE(none.refusal());
    EXPECT_FALSE(none.dropped());
    EXPECT_EQ(granted(none, 100), 100U);
    EXPECT_TRUE(none.open_session());
}

TEST_F(AddressQuotasTest, FromManyThreads_GrantsExactlyTheLimitAndEndsEmpty) {
    use({.max_connections = 50, .max_connections_per_address = 40, .max_sessions_per_address = 30});
    std::atomic<int> most{0};
    std::atomic<int> now{0};
    auto const work = [&](AddressKey key) {
        for (int i = 0; i < 2000; ++i) {
            auto slots = connect(key, 20);
            for (auto const& slot : slots) {
                if (slot.refusal()) continue;
                auto const held = now.fetch_add(1) + 1;
                for (int seen = most; held > seen && !most.compare_exchange_weak(seen, held);) {
                }
                auto const session = slot.open_session();
                now.fetch_sub(1);
            }
        }
    };
    std::vector<std::thread> threads;
    for (auto const key : {kOne, kOne, kOne, kTwo})
        threads.emplace_back(work, key);
    for (auto& thread : threads)
        thread.join();
    EXPECT_LE(most, 50);
    EXPECT_GT(most, 0);
    EXPECT_EQ(quotas_->connections(), 0U);
    EXPECT_EQ(quotas_->addresses(), 0U);
    EXPECT_EQ(connect(kOne, 41).back().refusal()->code, ErrorCode::too_many_connections);
}

TEST(AddressKey, OfIpv6_IsTheFirst64Bits) {
    std::array<unsigned char, 16> address{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1};
    auto const key = AddressKey::of_v6(address);
    EXPECT_TRUE(key.v6);
    address[8] = 0xFF;
    address[15] = 1;
    EXPECT_EQ(AddressKey::of_v6(address), key);
    address[7] = 2;
    EXPECT_NE(AddressKey::of_v6(address), key);
}

TEST(AddressKey, OfIpv4InIpv6_IsThatOfTheIpv4Address) {
    std::array<unsigned char, 16> address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1};
    EXPECT_EQ(AddressKey::of_v6(address), kOne);
    address[10] = 0;
    EXPECT_NE(AddressKey::of_v6(address), kOne);
    EXPECT_NE(AddressKey::of_v6({}), AddressKey::of_v4(0));
}

}  // namespace
}  // namespace tickcast::test
