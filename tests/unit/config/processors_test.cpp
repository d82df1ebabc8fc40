#include "config/processors.hpp"

#include "support/scratch_directory.hpp"
#include "tickcast/config/load.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sched.h>
#include <string>
#include <thread>

namespace tickcast {
namespace {

namespace fs = std::filesystem;

/// A directory that plays /sys/fs/cgroup, with a file that plays /proc/self/cgroup.
class CgroupTest : public testing::Test {
protected:
    void write(std::string const& path, std::string const& text) const {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream{root_ / path} << text;
    }
    std::optional<double> quota(std::string const& membership) const {
        write("membership", membership);
        return cgroup_cpu_quota(root_ / "membership", root_);
    }

    test::ScratchDirectory scratch_;
    fs::path const root_{scratch_.path()};
};

// contract: RUN-7
TEST_F(CgroupTest, CgroupQuota_WhenV2HasOne_IsTheQuotient) {
    write("a/b/cpu.max", "150000 100000\n");
    EXPECT_EQ(quota("0::/a/b\n"), 1.5);
}

// contract: RUN-7
TEST_F(CgroupTest, CgroupQuota_WhenAGroupAboveHasLess_TheLeastCounts) {
    write("cpu.max", "400000 100000\n");
    write("a/cpu.max", "50000 100000\n");
    write("a/b/cpu.max", "max 100000\n");
    EXPECT_EQ(quota("0::/a/b\n"), 0.5);
}

TEST_F(CgroupTest, CgroupQuota_WhenOnlyTheMountHasOne_IsFoundInAContainer) {
    write("cpu.max", "200000 100000\n");
    EXPECT_EQ(quota("0::/\n"), 2.0);
    EXPECT_EQ(quota("0::/docker/0123/not/mounted\n"), 2.0);
    EXPECT_EQ(quota("0::/../../else\n"), 2.0);
}

TEST_F(CgroupTest, CgroupQuota_WhenV1HasOne_IsTheQuotient) {
    write("cpu,cpuacct/a/cpu.cfs_quota_us", "250000\n");
    write("cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(quota("5:cpuset:/x\n4:cpu,cpuacct:/a\n0::/\n"), 2.5);
}

TEST_F(CgroupTest, CgroupQuota_WhenThereIsNone_IsNothing) {
    write("a/cpu.max", "max 100000\n");
    write("cpu/cpu.cfs_quota_us", "-1\n");
    write("cpu/cpu.cfs_period_us", "100000\n");
    EXPECT_FALSE(quota("0::/a\n1:cpu:/\n"));
    EXPECT_FALSE(quota(""));
    EXPECT_FALSE(quota("nonsense\n"));
    write("a/cpu.max", "5 0\n");
    EXPECT_FALSE(quota("0::/a\n"));
    EXPECT_FALSE(cgroup_cpu_quota(root_ / "no-such-file", root_));
}

// contract: RUN-7
TEST(UsableProcessors, UsableProcessors_WhenAffinityIsOne_IsOne) {
    auto const before = usable_processors();
    EXPECT_GE(before, 1U);
    std::size_t within = 0;
    std::thread narrow{[&within] {  // affinity belongs to a thread
        cpu_set_t allowed;
        if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
        std::size_t first = 0;
        while (!CPU_ISSET(first, &allowed))
            ++first;
        CPU_ZERO(&allowed);
        CPU_SET(first, &allowed);
        if (sched_setaffinity(0, sizeof allowed, &allowed) == 0) within = usable_processors();
    }};
    narrow.join();
    EXPECT_EQ(within, 1U);
    EXPECT_EQ(usable_processors(), before);
}

}  // namespace
}  // namespace tickcast
