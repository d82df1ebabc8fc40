#include "app/send_backend.hpp"

#include "tickcast/app/startup_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

namespace tickcast {
namespace {

using testing::StartsWith;

bool kernel_gives_rings() {
    std::error_code error;
    return UringSender::make(error) != nullptr;
}

std::vector<std::string> names(std::string const& wanted, std::size_t shards) {
    std::vector<std::string> names;
    for (auto const& sender : make_senders(wanted, shards, {}).of_shards)
        names.emplace_back(sender->name());
    return names;
}

/// No more than `count` descriptors can be opened while it lives.
class DescriptorsLeft {
public:
    explicit DescriptorsLeft(unsigned count) {
        ::getrlimit(RLIMIT_NOFILE, &old_);
        int const next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::close(next);
        rlimit few{static_cast<rlim_t>(next) + count, old_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    ~DescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &old_); }
    DescriptorsLeft(DescriptorsLeft const&) = delete;
    DescriptorsLeft& operator=(DescriptorsLeft const&) = delete;

private:
    rlimit old_{};
};

std::vector<std::string> all(std::size_t shards, std::string const& name) {
    return std::vector<std::string>(shards, name);
}

TEST(MakeSenders, MakeSenders_WhenSendIsWanted_MakesNoRing) {
    EXPECT_EQ(names("send", 3), all(3, "send"));
}

TEST(MakeSenders, MakeSenders_WhenTheKernelGivesRings_AutoUsesThem) {
    if (!kernel_gives_rings()) GTEST_SKIP() << "this kernel, or its sandbox, gives no io_uring";
    EXPECT_EQ(names("auto", 3), all(3, "io_uring"));
    EXPECT_EQ(names("io_uring", 3), all(3, "io_uring"));
}

TEST(MakeSenders, MakeSenders_WhenThereAreAsManyDescriptorsAsShards_EachGetsARing) {
    if (!kernel_gives_rings()) GTEST_SKIP() << "this kernel, or its sandbox, gives no io_uring";
    DescriptorsLeft const left{3};
    EXPECT_EQ(names("auto", 3), all(3, "io_uring"));
}

TEST(MakeSenders, MakeSenders_WhenOneShardGetsNoRing_AutoSendsOnAllOfThem) {
    DescriptorsLeft const left{2};
    EXPECT_EQ(names("auto", 3), all(3, "send"));
}

TEST(MakeSenders, MakeSenders_WhenIoUringIsWantedAndRefused_NamesTheSettingAndTheReason) {
    std::optional<StartupError> refused;
    {
        // Around this call alone: sanitizers need descriptors too, for a pipe.
        DescriptorsLeft const left{0};
        try {
            make_senders("io_uring", 1, {});
        } catch (StartupError const& error) {
            refused = error;
        }
    }
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status(), 2);
    EXPECT_THAT(refused->what(),
                StartsWith("--send-backend: \"io_uring\" is refused by this system: "));
}

}  // namespace
}  // namespace tickcast
