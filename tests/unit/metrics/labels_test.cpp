#include "tickcast/metrics/labels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tickcast {
namespace {

using testing::ElementsAre;

template <class Label>
std::vector<std::string> names(std::size_t count) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i)
        out.emplace_back(name(static_cast<Label>(i)));
    return out;
}

TEST(Labels, Names_OfTheReasons_AreTheContracts) {
    EXPECT_THAT(names<RejectReason>(kRejectReasons),
                ElementsAre("syntax", "ticker", "range", "limit"));
}

}  // namespace
}  // namespace tickcast
