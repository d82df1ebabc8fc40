#include "tickcast/transport/listener.hpp"

#include "support/raw_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace tickcast::test {
namespace {

using asio::ip::tcp;

class ListenerTest : public ::testing::Test {
protected:
    Result<TcpAcceptor, std::string> open(std::uint16_t port, PortSharing sharing,
                                          std::string const& host = "127.0.0.1") {
        return open_listener(io_.get_executor(), host, port, sharing);
    }
    asio::io_context io_{1};
    PeerClock clock_;
};

// contract: RUN-9
TEST_F(ListenerTest, OpenListener_WithPortZero_ChoosesAFreeOneThatOthersJoin) {
    auto first = open(0, PortSharing::first);
    ASSERT_TRUE(first) << first.error();
    auto const port = first->local_endpoint().port();
    EXPECT_NE(port, 0);
    auto second = open(port, PortSharing::next);
    ASSERT_TRUE(second) << second.error();
    auto third = open(port, PortSharing::next);
    ASSERT_TRUE(third) << third.error();
}

TEST_F(ListenerTest, OpenListener_WhenJoined_SpreadsConnections) {
    auto first = open(0, PortSharing::first);
    ASSERT_TRUE(first);
    auto second = open(first->local_endpoint().port(), PortSharing::next);
    ASSERT_TRUE(second);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 64; ++i) {
        clients.push_back(std::make_unique<RawClient>(first->local_endpoint()));
    }
    auto const queued = [this](TcpAcceptor& acceptor) {
        int count = 0;
        for (SystemError error; !error; ++count) {
            TcpSocket socket{io_.get_executor()};
            acceptor.accept(socket, error);
        }
        return count - 1;
    };
    int const at_first = queued(*first);
    int const at_second = queued(*second);
    EXPECT_EQ(at_first + at_second, 64);
    EXPECT_GT(at_first, 0);
    EXPECT_GT(at_second, 0);
}

TEST_F(ListenerTest, OpenListener_WhenPortIsInUse_FailsAndNamesIt) {
    auto other = open(0, PortSharing::none);
    ASSERT_TRUE(other);
    auto const port = other->local_endpoint().port();
    for (auto const sharing : {PortSharing::none, PortSharing::first, PortSharing::next}) {
        auto const refused = open(port, sharing);
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().find("127.0.0.1"), std::string::npos);
        EXPECT_NE(refused.error().find(std::to_string(port)), std::string::npos);
    }
}

// contract: RUN-8
TEST_F(ListenerTest, OpenListener_WhenPortIsSharedByOthers_StillFails) {
    auto other = open(0, PortSharing::first);
    ASSERT_TRUE(other);
    auto const port = other->local_endpoint().port();
    EXPECT_FALSE(open(port, PortSharing::first));
    EXPECT_FALSE(open(port, PortSharing::none));
    EXPECT_FALSE(open(port, PortSharing::first, "0.0.0.0"));
}

TEST_F(ListenerTest, OpenListener_WithoutSuchAddress_Fails) {
    EXPECT_FALSE(open(0, PortSharing::none, "192.0.2.1"));
    EXPECT_FALSE(open(0, PortSharing::none, "no such host"));
}

TEST_F(ListenerTest, ListenerUrl_WithIpv6_HasBrackets) {
    EXPECT_EQ(listener_url({asio::ip::make_address("::1"), 80}), "http://[::1]:80");
    EXPECT_EQ(listener_url({asio::ip::make_address("127.0.0.1"), 81}), "http://127.0.0.1:81");
}

// contract: SIG-3
TEST_F(ListenerTest, Stop_HandsOverQueuedSocketsAndEndsTheLoop) {
    int accepted = 0;
    Listener listener{*open(0, PortSharing::none), clock_,
                      [&accepted](ClientSocket) { ++accepted; }};
    RawClient first{listener.local_endpoint()};
    RawClient second{listener.local_endpoint()};
    bool ended = false;
    asio::co_spawn(io_, listener.run(), [&ended](std::exception_ptr) { ended = true; });
    listener.stop();
    io_.run();
    EXPECT_TRUE(ended);
    EXPECT_EQ(accepted, 2);
}

TEST_F(ListenerTest, Run_WhenSeveralWait_AcceptsSomePerTurnAndTheRestLater) {
    std::vector<int> of_turns{0};
    std::optional<Listener> listener;
    listener.emplace(*open(0, PortSharing::none), clock_, [&](ClientSocket) { ++of_turns.back(); });
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 7; ++i)
        clients.push_back(std::make_unique<RawClient>(listener->local_endpoint()));
    asio::co_spawn(io_, listener->run(), [](std::exception_ptr) {});
    for (int turn = 0; turn < 25; ++turn) {
        io_.run_one_for(std::chrono::milliseconds{20});
        if (of_turns.back() > 0) of_turns.push_back(0);
    }
    of_turns.pop_back();
    EXPECT_EQ(of_turns, (std::vector{3, 3, 1}));
    listener->stop();
    io_.run();
}

TEST_F(ListenerTest, Run_WhenDescriptorsRunOut_BacksOffAndGoesOn) {
    int accepted = 0;
    std::optional<Listener> listener;
    listener.emplace(*open(0, PortSharing::none), clock_, [&](ClientSocket) {
        ++accepted;
        listener->stop();
    });
    RawClient client{listener->local_endpoint()};
    // UBSan looks at an object's type once, and needs descriptors for that.
    static_cast<void>(clock_.steady_now());
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
    asio::co_spawn(io_, listener->run(), [](std::exception_ptr) {});
    // The next free descriptor is above this limit.
    int const next = ::dup(0);
    ::close(next);
    rlimit const none{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    io_.run_for(std::chrono::milliseconds{120});
    EXPECT_EQ(accepted, 0);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
    io_.restart();
    io_.run_for(std::chrono::seconds{5});
    EXPECT_EQ(accepted, 1);
}

}  // namespace
}  // namespace tickcast::test
