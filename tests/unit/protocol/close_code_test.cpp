#include "tickcast/protocol/close_code.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

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

TEST(CloseCode, Goodbyes_AreTheContracts) {
    std::map<unsigned, std::string> const contract{{1001, "draining"}, {1008, "flooding"},
                                                   {4000, "deleted"},  {4001, "taken_over"},
                                                   {4002, "too_old"},  {4003, "too_slow"}};
    for (auto const transport : {Transport::websocket, Transport::sse}) {
        std::map<unsigned, std::string> ours;
        for (auto const& row : kCloseTable) {
            if (auto const* const goodbye = goodbye_of(row.value, transport)) {
                ours.emplace(number_of(row), goodbye->reason);
            }
        }
        EXPECT_EQ(ours, contract) << name(transport);
    }
}

TEST(CloseCode, OfAFlood_TheGoodbyeNamesTheTransportsOwnLimit) {
    EXPECT_EQ(goodbye_of(CloseCode::policy, Transport::websocket)->limit,
              Limit::max_messages_per_second);
    EXPECT_EQ(goodbye_of(CloseCode::policy, Transport::sse)->limit, Limit::max_message_bytes);
}

TEST(CloseCode, ClientsRule_IsTheContracts) {
    for (auto const& row : kCloseTable) {
        auto expected = ClientThen::stays_away;
        for (auto const code : {1001U, 1006U, 1011U, 4003U}) {
            if (number_of(row) == code) expected = ClientThen::returns;
        }
        if (number_of(row) == 4002U) expected = ClientThen::renews;
        EXPECT_EQ(row.client_then, expected) << number_of(row);
    }
}

TEST(CloseCode, OfPolicyAndAge_EndTheSession) {
    for (auto const& row : kCloseTable) {
        bool const ends = row.value == CloseCode::policy || row.value == CloseCode::too_old;
        EXPECT_EQ(row.ends_session.has_value(), ends) << number_of(row);
    }
    EXPECT_EQ(facts(CloseCode::policy).ends_session, SessionEnd::policy);
    EXPECT_EQ(facts(CloseCode::too_old).ends_session, SessionEnd::too_old);
}

}  // namespace
}  // namespace tickcast
