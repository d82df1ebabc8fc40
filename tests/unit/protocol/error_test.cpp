#include "tickcast/protocol/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace tickcast {
namespace {

constexpr int kCodeCount = static_cast<int>(ErrorCode::unknown_op) + 1;

// Which codes there are, and their statuses: tests/contract/test_tables.py.
TEST(ErrorCode, Names_OfAllCodes_AreDifferent) {
    std::set<std::string_view> names;
    for (int i = 0; i < kCodeCount; ++i) {
        auto const code = static_cast<ErrorCode>(i);
        EXPECT_TRUE(names.insert(name(code)).second) << name(code);
    }
    EXPECT_EQ(name(ErrorCode::at_capacity), "at_capacity");
    EXPECT_EQ(facts(ErrorCode::at_capacity).status, 503U);
}

TEST(ErrorCode, Titles_OfAllCodes_AreDifferentSentences) {
    std::set<std::string_view> titles;
    for (int i = 0; i < kCodeCount; ++i) {
        auto const text = facts(static_cast<ErrorCode>(i)).title;
        EXPECT_TRUE(text.ends_with('.')) << text;
        EXPECT_TRUE(titles.insert(text).second) << text;
    }
}

}  // namespace
}  // namespace tickcast
