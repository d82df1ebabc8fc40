#include "tickcast/base/shrink_buckets.hpp"

#include <gtest/gtest.h>

#include <unordered_map>

namespace tickcast {
namespace {

TEST(ShrinkBuckets, AfterMostWereErased_FewBucketsAreLeftAndTheRestIsFound) {
    std::unordered_map<int, int> map;
    for (int i = 0; i < 1000; ++i)
        map.emplace(i, i);
    auto const most = map.bucket_count();
    for (int i = 10; i < 1000; ++i) {
        map.erase(i);
        shrink_buckets(map);
        EXPECT_GE(map.size(), map.bucket_count() > 64 ? map.bucket_count() / 8 : 0);
    }
    EXPECT_LT(map.bucket_count(), most / 8);
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(map.at(i), i);
}

TEST(ShrinkBuckets, WhenThereAreFew_KeepsThem) {
    std::unordered_map<int, int> map(50);
    auto const before = map.bucket_count();
    shrink_buckets(map);
    EXPECT_EQ(map.bucket_count(), before);
}

}  // namespace
}  // namespace tickcast
