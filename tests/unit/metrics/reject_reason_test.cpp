#include "tickcast/metrics/reject_reason.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace tickcast {
namespace {

TEST(RejectReason, Names_AreTheContracts) {
    std::vector<std::string_view> names;
    names.reserve(kRejectReasons);
    for (auto const& row : kRejectReasonTable)
        names.push_back(name(row.value));
    EXPECT_THAT(names, testing::ElementsAre("syntax", "ticker", "range", "limit"));
}

}  // namespace
}  // namespace tickcast
