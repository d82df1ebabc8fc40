#include "tickcast/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace tickcast {
namespace {

using Text = Result<std::unique_ptr<int>, std::string>;
using Done = Result<void, std::string>;

TEST(Result, WithAValue_IsTrueAndGivesIt) {
    Text result{std::make_unique<int>(7)};
    ASSERT_TRUE(result);
    EXPECT_EQ(**result, 7);
    EXPECT_EQ(*std::unique_ptr<int>{*std::move(result)}, 7);
}

TEST(Result, WithAnError_IsFalseAndGivesIt) {
    Text const result{std::string{"why"}};
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), "why");
}

TEST(Result, WhenAskedForWhatItHasNot_Aborts) {
    EXPECT_DEATH(*Text{std::string{"why"}}, "no value in this result");
    EXPECT_DEATH((void)Text{std::make_unique<int>(7)}.error(), "no error in this result");
    EXPECT_DEATH((void)Done{}.error(), "no error in this result");
}

TEST(ResultWithoutAValue, WhenDone_IsTrue) {
    auto const done = []() -> Done { return {}; };
    EXPECT_TRUE(done());
}

TEST(ResultWithoutAValue, WithAnError_IsFalseAndGivesIt) {
    Done result{"why"};
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), "why");
    auto const taken = std::move(result.error());
    EXPECT_EQ(taken, "why");
}

TEST(ResultWithoutAValue, WithAnErrorThatIsEmpty_IsFalse) {
    EXPECT_FALSE(Done{std::string{}});
}

TEST(Keep, WithAValue_KeepsItAndIsDone) {
    int kept = 1;
    EXPECT_TRUE(keep(Result<int, std::string>{2}, kept));
    EXPECT_EQ(kept, 2);
}

TEST(Keep, WithAnError_HandsItOnAndLeavesWhatWasThere) {
    int kept = 1;
    auto const done = keep(Result<int, std::string>{"why"}, kept);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error(), "why");
    EXPECT_EQ(kept, 1);
}

}  // namespace
}  // namespace tickcast
