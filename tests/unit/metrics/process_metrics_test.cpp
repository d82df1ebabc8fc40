#include "metrics/process_metrics.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <fcntl.h>
#include <map>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace tickcast {
namespace {

std::map<std::string, double> read() {
    std::vector<prometheus::MetricFamily> families;
    append_process_metrics(families);
    std::map<std::string, double> values;
    for (auto const& family : families) {
        if (family.metric.empty()) continue;
        auto const& metric = family.metric.front();
        bool const counts = family.type == prometheus::MetricType::Counter;
        values[family.name] = counts ? metric.counter.value : metric.gauge.value;
    }
    return values;
}

// contract: MET-4
TEST(ProcessMetrics, ProcessMetrics_OfThisProcess_ArePlausible) {
    auto values = read();
    ASSERT_EQ(values.size(), 6U);
    EXPECT_GT(values["process_resident_memory_bytes"], 1e6);
    EXPECT_GT(values["process_virtual_memory_bytes"], values["process_resident_memory_bytes"]);
    auto const now = static_cast<double>(std::time(nullptr));
    EXPECT_NEAR(values["process_start_time_seconds"], now, 600);
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT_EQ(values["process_max_fds"], static_cast<double>(limit.rlim_cur));
}

TEST(ProcessMetrics, ProcessMetrics_WhenADescriptorIsOpened_CountOneMore) {
    auto const before = read()["process_open_fds"];
    int const fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    EXPECT_EQ(read()["process_open_fds"], before + 1);
    close(fd);
    EXPECT_EQ(read()["process_open_fds"], before);
}

TEST(ProcessMetrics, ProcessMetrics_WhenTheCpuIsUsed_CountsIt) {
    auto const before = read()["process_cpu_seconds_total"];
    auto const start = std::clock();
    while (std::clock() - start < CLOCKS_PER_SEC / 20) {  // 50 ms, several of the kernel's ticks
    }
    auto const used = read()["process_cpu_seconds_total"] - before;
    EXPECT_GE(used, 0.02);
    EXPECT_LT(used, 10);
}

}  // namespace
}  // namespace tickcast
