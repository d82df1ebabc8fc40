#include "tickcast/transport/stream_poller.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace tickcast::test {
namespace {

/// A watched socket and its peer.
struct Pair {
    Pair(asio::io_context& io, StreamPoller& poller) : peer(io) {
        asio::ip::tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
        peer.connect(acceptor.local_endpoint());
        TcpSocket accepted{io.get_executor()};
        acceptor.accept(accepted);
        watched = std::make_unique<PolledSocket>(poller, std::move(accepted));
    }
    void say(std::string const& text) { asio::write(peer, asio::buffer(text)); }

    asio::ip::tcp::socket peer;
    std::unique_ptr<PolledSocket> watched;
};

class StreamPollerTest : public testing::Test {
protected:
    void wait_for(Pair& pair, TcpSocket::wait_type what, std::vector<SystemError>& ends) {
        pair.watched->async_wait(what, [&ends](SystemError error) { ends.push_back(error); });
    }
    /// Runs until a wait has ended, or for a while.
    void run(std::vector<SystemError> const& ends, std::size_t wanted) {
        auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
        while (ends.size() < wanted && std::chrono::steady_clock::now() < until) {
            io_.restart();
            io_.run_for(std::chrono::milliseconds{5});
        }
    }
    void run_a_little() {
        io_.restart();
        io_.run_for(std::chrono::milliseconds{50});
    }
    /// Sends until the kernel takes no more, even a moment later; returns how many bytes it took.
    static std::size_t fill(Pair& pair) {
        std::string const much(65'536, 'x');
        std::size_t all = 0;
        for (bool more = true; more;) {
            more = false;
            for (;;) {
                auto const taken =
                    ::send(pair.watched->native_handle(), much.data(), much.size(), MSG_DONTWAIT);
                if (taken < 0) break;
                all += static_cast<std::size_t>(taken);
                more = true;
            }
            EXPECT_EQ(errno, EAGAIN);
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
        return all;
    }
    static std::string read(Pair& pair, SystemError& error) {
        std::string text(64, 0);
        text.resize(pair.watched->read_some(asio::buffer(text), error));
        return text;
    }

    asio::io_context io_;
    PeerClock clock_;
    StreamPoller poller_{io_, clock_};
};

TEST_F(StreamPollerTest, WhenBytesCome_AWaitEndsAndReadsGoOnUntilTheyWouldWait) {
    Pair pair{io_, poller_};
    SystemError error;
    EXPECT_EQ(read(pair, error), "");
    EXPECT_EQ(error, asio::error::would_block);
    std::vector<SystemError> ends;
    wait_for(pair, TcpSocket::wait_read, ends);
    run_a_little();
    EXPECT_TRUE(ends.empty());
    pair.say("one");
    run(ends, 1);
    ASSERT_EQ(ends, std::vector{SystemError{}});
    EXPECT_EQ(read(pair, error), "one");
    EXPECT_FALSE(error);
    read(pair, error);
    EXPECT_EQ(error, asio::error::would_block);
    wait_for(pair, TcpSocket::wait_read, ends);
    run_a_little();
    EXPECT_EQ(ends.size(), 1U);
    pair.say("two");
    run(ends, 2);
    EXPECT_EQ(read(pair, error), "two");
}

TEST_F(StreamPollerTest, WhenBytesCameBeforeTheWait_ItStillEnds) {
    Pair pair{io_, poller_};
    pair.say("early");
    run_a_little();  // no wait is there to be notified
    std::vector<SystemError> ends;
    wait_for(pair, TcpSocket::wait_read, ends);
    EXPECT_TRUE(ends.empty()) << "from within";
    run(ends, 1);
    EXPECT_EQ(ends, std::vector{SystemError{}});
}

TEST_F(StreamPollerTest, WhenAReadTookAll_NoReadAsksTheKernelUntilItReportsMore) {
    Pair pair{io_, poller_};
    std::vector<SystemError> ends;
    wait_for(pair, TcpSocket::wait_read, ends);
    pair.say("one");
    run(ends, 1);
    SystemError error;
    EXPECT_EQ(read(pair, error), "one");
    pair.say("two");
    EXPECT_EQ(read(pair, error), "") << "not reported yet";
    EXPECT_EQ(error, asio::error::would_block);
    wait_for(pair, TcpSocket::wait_read, ends);
    run(ends, 2);
    EXPECT_EQ(read(pair, error), "two");
}

TEST_F(StreamPollerTest, WhenAReadFilledItsBuffer_TheNextAsksTheKernel) {
    Pair pair{io_, poller_};
    std::vector<SystemError> ends;
    wait_for(pair, TcpSocket::wait_read, ends);
    pair.say(std::string(64, 'x') + "rest");
    run(ends, 1);
    SystemError error;
    EXPECT_EQ(read(pair, error), std::string(64, 'x'));
    EXPECT_EQ(read(pair, error), "rest");
}

/// The last bytes and the FIN come by one edge: no event follows it.
TEST_F(StreamPollerTest, WhenThePeerEndsAfterItsBytes_ReadsReachTheEnd) {
    Pair pair{io_, poller_};
    pair.say("last");
    pair.peer.shutdown(asio::ip::tcp::socket::shutdown_send);
    std::vector<SystemError> ends;
    wait_for(pair, TcpSocket::wait_read, ends);
    run(ends, 1);
    SystemError error;
    EXPECT_EQ(read(pair, error), "last");
    read(pair, error);
    EXPECT_EQ(error, asio::error::eof);
}

/// A read stops at the urgent byte; the bytes after it were reported by the same edge.
TEST_F(StreamPollerTest, WhenAByteIsUrgent_TheBytesAfterItAreReadToo) {
    Pair pair{io_, poller_};
    run_a_little();
    pair.say("before");
    ASSERT_EQ(::send(pair.peer.native_handle(), "!", 1, MSG_OOB), 1);
    pair.say("behind");
    std::vector<SystemError> ends;
    wait_for(pair, TcpSocket::wait_read, ends);
    run(ends, 1);
    SystemError error;
    EXPECT_EQ(read(pair, error), "before");
    EXPECT_EQ(read(pair, error), "behind");
}

TEST_F(StreamPollerTest, WhenThePeerEnds_ReadsReportIt) {
    Pair pair{io_, poller_};
    std::vector<SystemError> ends;
    wait_for(pair, TcpSocket::wait_read, ends);
    pair.peer.shutdown(asio::ip::tcp::socket::shutdown_send);
    run(ends, 1);
    SystemError error;
    read(pair, error);
    EXPECT_EQ(error, asio::error::eof);
}

TEST_F(StreamPollerTest, WhenThePeerResets_BothWaitsEndAndReadsReportIt) {
    Pair pair{io_, poller_};
    std::vector<SystemError> ends;
    run_a_little();
    fill(pair);
    wait_for(pair, TcpSocket::wait_write, ends);  // writable once, when it was new
    run(ends, 1);
    wait_for(pair, TcpSocket::wait_read, ends);
    wait_for(pair, TcpSocket::wait_write, ends);
    run_a_little();
    EXPECT_EQ(ends.size(), 1U);
    pair.peer.set_option(asio::socket_base::linger{true, 0});
    pair.peer.close();
    run(ends, 3);
    ASSERT_EQ(ends.size(), 3U);
    SystemError error;
    read(pair, error);
    EXPECT_EQ(error, asio::error::connection_reset);
}

TEST_F(StreamPollerTest, WhenTheKernelTakesBytesAgain_AWaitEnds) {
    Pair pair{io_, poller_};
    run_a_little();  // a new socket is writable, which ends the first wait
    auto const sent = fill(pair);
    std::vector<SystemError> ends;
    wait_for(pair, TcpSocket::wait_write, ends);
    run(ends, 1);
    ASSERT_EQ(ends.size(), 1U);
    wait_for(pair, TcpSocket::wait_write, ends);
    run_a_little();
    EXPECT_EQ(ends.size(), 1U);
    std::string into(sent, 0);
    asio::read(pair.peer, asio::buffer(into));
    run(ends, 2);
    EXPECT_EQ(ends.size(), 2U);
    EXPECT_EQ(::send(pair.watched->native_handle(), into.data(), 1, MSG_DONTWAIT), 1);
}

TEST_F(StreamPollerTest, WhenClosed_WaitsAreAborted) {
    Pair pair{io_, poller_};
    std::vector<SystemError> ends;
    run_a_little();
    wait_for(pair, TcpSocket::wait_read, ends);
    pair.watched->close();
    EXPECT_TRUE(ends.empty()) << "from within";
    EXPECT_FALSE(pair.watched->is_open());
    wait_for(pair, TcpSocket::wait_write, ends);
    run(ends, 2);
    SystemError const aborted = asio::error::operation_aborted;
    EXPECT_EQ(ends, (std::vector{aborted, aborted}));
    SystemError error;
    read(pair, error);
    EXPECT_EQ(error, asio::error::bad_descriptor);
    std::string into(1, 0);
    pair.peer.read_some(asio::buffer(into), error);
    EXPECT_EQ(error, asio::error::eof);
}

TEST_F(StreamPollerTest, WhenReset_ThePeerGetsAReset) {
    Pair pair{io_, poller_};
    pair.watched->reset();
    SystemError error;
    std::string into(1, 0);
    pair.peer.read_some(asio::buffer(into), error);
    EXPECT_EQ(error, asio::error::connection_reset);
}

/// More sockets than the kernel reports at once become ready together, and each destroys the next
/// one, whether or not that one was notified.
TEST_F(StreamPollerTest, WhenOneDestroysAnother_TheDestroyedOneIsNotNotified) {
    std::vector<std::unique_ptr<Pair>> pairs;
    for (std::size_t i = 0; i < 2 * StreamPoller::kMostAtOnce + 2; ++i)
        pairs.push_back(std::make_unique<Pair>(io_, poller_));
    run_a_little();
    std::vector<SystemError> ends;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        auto& other = pairs[i ^ 1U]->watched;
        pairs[i]->watched->async_wait(TcpSocket::wait_read, [&ends, &other](SystemError error) {
            ends.push_back(error);
            if (!error) other.reset();
        });
    }
    for (auto& pair : pairs)
        pair->say("x");
    run(ends, pairs.size());
    ASSERT_EQ(ends.size(), pairs.size());
    auto const notified = std::count(ends.begin(), ends.end(), SystemError{});
    EXPECT_EQ(static_cast<std::size_t>(notified), pairs.size() / 2);
}

/// Work that takes long goes on in a later turn, and every socket is notified.
TEST_F(StreamPollerTest, WhenNotifyingTakesLong_TheLoopTurnsInBetween) {
    std::vector<std::unique_ptr<Pair>> pairs;
    for (std::size_t i = 0; i < 32; ++i)
        pairs.push_back(std::make_unique<Pair>(io_, poller_));
    run_a_little();
    std::vector<SystemError> ends;
    std::vector<std::size_t> notified_before;  // each of the loop's turns
    for (auto& pair : pairs) {
        pair->watched->async_wait(TcpSocket::wait_read, [&](SystemError error) {
            if (ends.empty()) asio::post(io_, [&] { notified_before.push_back(ends.size()); });
            ends.push_back(error);
            std::this_thread::sleep_for(StreamPoller::kTurnTime);
        });
    }
    for (auto& pair : pairs)
        pair->say("x");
    run(ends, pairs.size());
    EXPECT_EQ(ends.size(), pairs.size());
    ASSERT_EQ(notified_before.size(), 1U);
    EXPECT_LT(notified_before[0], pairs.size());
}

TEST_F(StreamPollerTest, WhenASocketIsGoneAlready_ItIsClosed) {
    PolledSocket none{poller_, TcpSocket{io_.get_executor()}};
    EXPECT_FALSE(none.is_open());
}

}  // namespace
}  // namespace tickcast::test
