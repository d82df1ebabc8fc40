#include "stream/held_input.hpp"

#include <gtest/gtest.h>

namespace tickcast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

SteadyTime at(Duration since_begin) {
    return SteadyTime{seconds{1000}} + since_begin;
}

// contract: OPS-6
TEST(HeldInput, WhenNothingWasHeld_InputHasNotWaited) {
    HeldInput const input;
    EXPECT_EQ(input.waiting_since(at(seconds{1})), at(seconds{1}));
}

// contract: OPS-6
TEST(HeldInput, AfterAMessageHadToWait_InputMayHaveWaitedAsLong) {
    HeldInput input;
    input.held(at(seconds{0}));
    input.released(at(seconds{10}));
    EXPECT_EQ(input.waiting_since(at(seconds{10})), at(seconds{0}));
    // By no more than that, or the time since then would be granted twice.
    EXPECT_EQ(input.waiting_since(at(seconds{15})), at(seconds{5}));
}

TEST(HeldInput, WhenReadingHasTakenAsLongAsTheWaiting_InputHasNotWaited) {
    HeldInput input;
    input.held(at(seconds{0}));
    input.released(at(seconds{10}));
    EXPECT_EQ(input.waiting_since(at(milliseconds{19'999})), at(milliseconds{9'999}));
    EXPECT_EQ(input.waiting_since(at(seconds{20})), at(seconds{20}));
}

TEST(HeldInput, AfterAShortWait_ThereIsASecondForReading) {
    HeldInput input;
    input.held(at(seconds{0}));
    input.released(at(milliseconds{20}));
    EXPECT_EQ(input.waiting_since(at(milliseconds{1'019})), at(milliseconds{999}));
    EXPECT_EQ(input.waiting_since(at(milliseconds{1'020})), at(milliseconds{1'020}));
}

TEST(HeldInput, WhenTheNextMessageHasToWaitAtOnce_TheWaitsAddUp) {
    HeldInput input;
    input.held(at(seconds{0}));
    input.released(at(seconds{10}));
    input.held(at(seconds{12}));
    input.released(at(seconds{20}));
    // 8 s of the first wait had not been read yet.
    EXPECT_EQ(input.waiting_since(at(seconds{20})), at(seconds{4}));
}

TEST(HeldInput, WhenMessagesAreAnsweredAtOnce_NothingIsGranted) {
    HeldInput input;
    for (int i = 0; i < 100; ++i) {
        input.held(at(milliseconds{10 * i}));
        input.released(at(milliseconds{10 * i}));
    }
    EXPECT_EQ(input.waiting_since(at(seconds{1})), at(seconds{1}));
}

}  // namespace
}  // namespace tickcast
