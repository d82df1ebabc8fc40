// What must be true of every row. Which codes, goodbyes and rules the contract has:
// tests/contract/test_close_codes.py.
#include "tickcast/protocol/close_code.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <set>
#include <string_view>

namespace tickcast {
namespace {

unsigned number_of(CloseRow const& row) {
    return static_cast<unsigned>(row.value);
}

TEST(CloseCode, EachRow_IsFoundByItsNumberAndIsItsOwnIndex) {
    std::set<unsigned> numbers;
    for (std::size_t i = 0; i < kCloseTable.size(); ++i) {
        auto const& row = kCloseTable[i];
        EXPECT_TRUE(numbers.insert(number_of(row)).second) << number_of(row);
        EXPECT_EQ(find_close_code(number_of(row)), &row);
        EXPECT_EQ(index_of(row.value), i);
    }
    EXPECT_EQ(find_close_code(0), nullptr);
    EXPECT_EQ(find_close_code(1014), nullptr);
}

TEST(CloseCode, Goodbye_OfEachRow_GivesTheSameReasonOnBothTransports) {
    std::set<std::string_view> reasons;
    for (auto const& row : kCloseTable) {
        auto const* const on_websocket = goodbye_of(row.value, Transport::websocket);
        auto const* const on_events = goodbye_of(row.value, Transport::sse);
        ASSERT_EQ(on_websocket == nullptr, on_events == nullptr) << number_of(row);
        if (on_websocket == nullptr) continue;
        EXPECT_EQ(on_websocket->reason, on_events->reason) << number_of(row);
        EXPECT_FALSE(on_websocket->detail.empty() || on_events->detail.empty()) << number_of(row);
        EXPECT_TRUE(reasons.insert(on_websocket->reason).second) << on_websocket->reason;
    }
    EXPECT_EQ(goodbye_of(CloseCode::lost, Transport::websocket), nullptr);
    EXPECT_EQ(goodbye_of(CloseCode::going_away, Transport::sse)->reason, "draining");
}

TEST(CloseCode, OfAFlood_TheGoodbyeNamesTheTransportsOwnLimit) {
    EXPECT_EQ(goodbye_of(CloseCode::policy, Transport::websocket)->limit,
              Limit::max_messages_per_second);
    EXPECT_EQ(goodbye_of(CloseCode::policy, Transport::sse)->limit, Limit::max_message_bytes);
}

TEST(CloseCode, OfPolicyAndAge_EndTheSession) {
    EXPECT_EQ(facts(CloseCode::policy).ends_session, SessionEnd::policy);
    EXPECT_EQ(facts(CloseCode::too_old).ends_session, SessionEnd::too_old);
    EXPECT_EQ(facts(CloseCode::going_away).ends_session, std::nullopt);
}

}  // namespace
}  // namespace tickcast
