#include "stream/client_requests.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickcast {
namespace {

TEST(ClientRequests, WhenThereAreNone_NothingWaits) {
    ClientRequests requests;
    EXPECT_FALSE(requests.any());
    EXPECT_FALSE(requests.message_waits());
    EXPECT_FALSE(requests.take_change());
    EXPECT_FALSE(requests.has_replies());
}

TEST(ClientRequests, Changes_AreTakenOneByOne) {
    ClientRequests requests;
    requests.session_changed();
    requests.session_changed();
    EXPECT_TRUE(requests.any());
    EXPECT_TRUE(requests.take_change());
    EXPECT_TRUE(requests.any());
    EXPECT_TRUE(requests.take_change());
    EXPECT_FALSE(requests.take_change());
    EXPECT_FALSE(requests.any());
}

TEST(ClientRequests, AMessage_WaitsUntilItIsTaken) {
    ClientRequests requests;
    requests.message_read();
    EXPECT_TRUE(requests.any());
    EXPECT_TRUE(requests.message_waits());
    requests.take_message();
    EXPECT_FALSE(requests.any());
}

TEST(ClientRequests, Replies_AreKeptInOrderUntilSent) {
    ClientRequests requests;
    requests.next_reply() += "one";
    requests.next_reply() += "two";
    EXPECT_TRUE(requests.has_replies());
    EXPECT_EQ(requests.reply_frames(), "onetwo");
    EXPECT_EQ(requests.reply_count(), 2U);
    requests.replies_sent();
    EXPECT_FALSE(requests.has_replies());
    requests.next_reply() += "three";
    EXPECT_EQ(requests.reply_frames(), "three");
    EXPECT_EQ(requests.reply_count(), 1U);
}

TEST(ClientRequests, WhileMoreThanTheMostOfRepliesWaits_NothingIsTaken) {
    ClientRequests requests;
    EXPECT_TRUE(requests.may_take(true));
    EXPECT_FALSE(requests.may_take(false)) << "the change before has no snapshot yet";
    requests.next_reply() += std::string(ClientRequests::kMaxReplyBytes - 1, 'x');
    EXPECT_TRUE(requests.may_take(true));
    requests.next_reply() += 'x';
    EXPECT_TRUE(requests.may_take(true)) << "at the limit";
    requests.next_reply() += 'x';
    EXPECT_FALSE(requests.may_take(true)) << "above it";
    requests.replies_sent();
    EXPECT_TRUE(requests.may_take(true));
}

}  // namespace
}  // namespace tickcast
