#include "tickcast/protocol/feed_state.hpp"
#include "tickcast/protocol/http_status.hpp"
#include "tickcast/protocol/method.hpp"

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

// The labels that docs/CONTRACT.md lists: tests/contract/test_tables.py.
// contract: MET-3 MET-37
TEST(Labels, Names_OfEachSet_AreTheContracts) {
    EXPECT_THAT(names<Method>(kMethods),
                ElementsAre("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "other"));
    EXPECT_THAT(names<FeedState>(kFeedStateTable.size()), ElementsAre("live", "stale"));
}

TEST(HttpStatuses, AreThoseOfTheContractOnceEachInOrder) {
    EXPECT_THAT(kHttpStatuses,
                ElementsAre(101, 200, 201, 202, 204, 304, 308, 400, 401, 403, 404, 405, 408, 412,
                            413, 415, 422, 426, 429, 431, 500, 503, 505));
}

}  // namespace
}  // namespace tickcast
