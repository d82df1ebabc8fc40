#include "tickcast/transport/batch_sender.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <numeric>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace tickcast {
namespace {

/// Two connected stream sockets; the server's side has a send buffer of the given size.
class Pair {
public:
    explicit Pair(int send_buffer = 1 << 16) {
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0);
        ::setsockopt(ends_[0], SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    }
    Pair(Pair&& other) noexcept : ends_(std::exchange(other.ends_, {-1, -1})) {}
    Pair& operator=(Pair&&) = delete;
    ~Pair() {
        for (auto const end : ends_)
            if (end >= 0) ::close(end);
    }
    int server() const noexcept { return ends_[0]; }
    std::string read() const {
        std::string all;
        std::array<char, 65536> buffer;
        for (;;) {
            auto const got = ::recv(ends_[1], buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (got <= 0) return all;
            all.append(buffer.data(), static_cast<std::size_t>(got));
        }
    }
    void hang_up() { ::close(std::exchange(ends_[1], -1)); }

private:
    std::array<int, 2> ends_{-1, -1};
};

std::unique_ptr<BatchSender> loop() {
    return std::make_unique<LoopSender>();
}

std::unique_ptr<BatchSender> uring() {
    std::error_code error;
    auto sender = UringSender::make(error);
    return sender;
}

class EachBatchSender : public testing::TestWithParam<std::unique_ptr<BatchSender> (*)()> {
protected:
    void SetUp() override {
        if (!sender_) GTEST_SKIP() << "this kernel, or its sandbox, gives no io_uring";
    }
    std::unique_ptr<BatchSender> const sender_{GetParam()()};
};

INSTANTIATE_TEST_SUITE_P(All, EachBatchSender, testing::Values(&loop, &uring),
                         [](auto const& each) { return each.index == 0 ? "send" : "io_uring"; });

TEST_P(EachBatchSender, Send_WhenSocketsHaveRoom_TakesAllOfEach) {
    Pair const a;
    Pair const b;
    std::array<SendItem, 2> items{SendItem{a.server(), "for a"}, SendItem{b.server(), "b's"}};
    sender_->send(items);
    EXPECT_EQ(items[0].taken, 5);
    EXPECT_EQ(items[1].taken, 3);
    EXPECT_EQ(a.read(), "for a");
    EXPECT_EQ(b.read(), "b's");
}

TEST_P(EachBatchSender, Send_WhenThereIsNothing_DoesNothing) {
    sender_->send({});
}

TEST_P(EachBatchSender, Send_WhenOneAfterAnother_KeepsTheOrder) {
    Pair const pair;
    for (auto const* const text : {"one ", "two ", "three"}) {
        std::array<SendItem, 1> items{SendItem{pair.server(), text}};
        sender_->send(items);
    }
    EXPECT_EQ(pair.read(), "one two three");
}

TEST_P(EachBatchSender, Send_WhenOneHasRoomForAPart_ReturnsHowMuch) {
    Pair const small(4096);
    Pair const other;
    std::string const large(1 << 20, 'x');
    std::array<SendItem, 2> items{SendItem{small.server(), large}, SendItem{other.server(), "y"}};
    sender_->send(items);
    EXPECT_GT(items[0].taken, 0);
    EXPECT_LT(items[0].taken, 1 << 20);
    EXPECT_EQ(items[1].taken, 1);
    EXPECT_EQ(small.read().size(), static_cast<std::size_t>(items[0].taken));
}

TEST_P(EachBatchSender, Send_WhenOneIsFull_ReportsItAndDoesNotWait) {
    Pair const full(4096);
    std::string const large(1 << 20, 'x');
    std::array<SendItem, 1> items{SendItem{full.server(), large}};
    do
        sender_->send(items);
    while (items[0].taken > 0);
    EXPECT_EQ(items[0].taken, -EAGAIN);
    full.read();
    sender_->send(items);
    EXPECT_GT(items[0].taken, 0);
}

TEST_P(EachBatchSender, Send_WhenSomeAreDead_ReportsThemAndSendsTheOthers) {
    Pair gone;
    gone.hang_up();
    Pair const alive;
    std::array<SendItem, 3> items{SendItem{gone.server(), "x"}, SendItem{-1, "y"},
                                  SendItem{alive.server(), "z"}};
    sender_->send(items);  // and no SIGPIPE
    EXPECT_EQ(items[0].taken, -EPIPE);
    EXPECT_EQ(items[1].taken, -EBADF);
    EXPECT_EQ(items[2].taken, 1);
    EXPECT_EQ(alive.read(), "z");
}

class EachCount : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(AroundTheRing, EachCount,
                         testing::Values(UringSender::kEntries - 1, UringSender::kEntries,
                                         UringSender::kEntries + 1, 5 * UringSender::kEntries));

TEST_P(EachCount, Send_WhenItemsAreAboutAsManyAsEntries_SendsEach) {
    std::error_code error;
    auto const sender = UringSender::make(error);
    if (!sender) GTEST_SKIP() << error.message();
    std::vector<Pair> pairs(GetParam());
    std::vector<std::string> texts;
    std::vector<SendItem> items;
    for (std::size_t i = 0; i < pairs.size(); ++i)
        texts.push_back(std::to_string(i));
    for (auto round = 0; round < 3; ++round) {
        items.clear();
        for (std::size_t i = 0; i < pairs.size(); ++i)
            items.push_back({pairs[i].server(), texts[i]});
        sender->send(items);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            EXPECT_EQ(items[i].taken, static_cast<std::ptrdiff_t>(texts[i].size()));
            EXPECT_EQ(pairs[i].read(), texts[i]);
        }
    }
}

/// Closes all descriptors of this process that are rings.
void close_rings() {
    for (auto const& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code error;
        if (std::filesystem::read_symlink(entry, error) == "anon_inode:[io_uring]") {
            ::close(std::stoi(entry.path().filename()));
        }
    }
}

TEST(UringSender, Send_WhenTheKernelRefusesTheCall_SendsByLoopFromThenOn) {
    std::error_code error;
    auto const sender = UringSender::make(error);
    if (!sender) GTEST_SKIP() << error.message();
    std::vector<Pair> pairs(UringSender::kEntries + 1);
    close_rings();  // no file is opened afterwards that could get the descriptor
    for (auto round = 0; round < 2; ++round) {
        std::vector<SendItem> items;
        for (auto const& pair : pairs)
            items.push_back({pair.server(), "still"});
        sender->send(items);
        EXPECT_TRUE(sender->broken());
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            EXPECT_EQ(items[i].taken, 5);
            EXPECT_EQ(pairs[i].read(), "still");
        }
    }
}

TEST(UringSender, Make_WhenThereIsNoDescriptorLeft_GivesTheReason) {
    rlimit old{};
    ::getrlimit(RLIMIT_NOFILE, &old);
    rlimit none{0, old.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    std::error_code error;
    auto const sender = UringSender::make(error);
    ::setrlimit(RLIMIT_NOFILE, &old);
    EXPECT_EQ(sender, nullptr);
    EXPECT_TRUE(error == std::errc::too_many_files_open ||
                error == std::errc::operation_not_permitted ||
                error == std::errc::function_not_supported)
        << error.message();
}

}  // namespace
}  // namespace tickcast
