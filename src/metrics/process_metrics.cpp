#include "process_metrics.hpp"

#include "families.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace tickcast {
namespace {

/// The fields of /proc/self/stat that are used, in the units of that file.
struct ProcessStat {
    std::uint64_t user_ticks{0};
    std::uint64_t system_ticks{0};
    std::uint64_t start_ticks{0};  ///< since boot
    std::uint64_t virtual_bytes{0};
    std::int64_t resident_pages{0};
};

std::optional<ProcessStat> read_stat() {
    std::ifstream file{"/proc/self/stat"};
    std::string text;
    if (!std::getline(file, text)) return std::nullopt;
    // The second field is the command in parentheses and may itself hold any of these characters.
    auto const command_end = text.rfind(')');
    if (command_end == std::string::npos) return std::nullopt;
    std::istringstream fields{text.substr(command_end + 1)};
    auto const skip = [&fields](int count) {
        for (std::string ignored; count > 0; --count)
            fields >> ignored;
    };
    // proc(5): 14 utime, 15 stime, 22 starttime, 23 vsize, 24 rss; the next here is field 3.
    ProcessStat stat;
    skip(11);
    fields >> stat.user_ticks >> stat.system_ticks;
    skip(6);
    fields >> stat.start_ticks >> stat.virtual_bytes >> stat.resident_pages;
    if (!fields) return std::nullopt;
    return stat;
}

/// When the system was booted, in seconds since the Unix epoch.
std::optional<std::uint64_t> read_boot_time() {
    std::ifstream file{"/proc/stat"};
    for (std::string word; file >> word;) {
        std::uint64_t seconds{};
        if (word == "btime" && file >> seconds) return seconds;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> count_open_fds() {
    std::error_code error;
    std::uint64_t count = 0;
    std::filesystem::directory_iterator it{"/proc/self/fd", error};
    for (; !error && it != std::filesystem::directory_iterator{}; it.increment(error))
        ++count;
    if (error || count == 0) return std::nullopt;
    return count - 1;  // without the descriptor that reads the directory
}

std::optional<double> read_max_fds() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
    if (limit.rlim_cur == RLIM_INFINITY) return std::numeric_limits<double>::infinity();
    return static_cast<double>(limit.rlim_cur);
}

double positive_sysconf(int what) {
    auto const value = sysconf(what);
    return value > 0 ? static_cast<double>(value) : 1;
}

template <class Value>
void append(std::vector<prometheus::MetricFamily>& families, FamilyBuilder family,
            std::optional<Value> value) {
    if (value) family.sample({}, *value);
    families.push_back(family.take());
}

}  // namespace

void append_process_metrics(std::vector<prometheus::MetricFamily>& families) {
    static double const ticks_per_second = positive_sysconf(_SC_CLK_TCK);
    static double const page_bytes = positive_sysconf(_SC_PAGESIZE);
    std::optional<double> cpu_seconds;
    std::optional<double> resident_bytes;
    std::optional<std::uint64_t> virtual_bytes;
    std::optional<double> start_seconds;
    if (auto const stat = read_stat()) {
        cpu_seconds = static_cast<double>(stat->user_ticks + stat->system_ticks) / ticks_per_second;
        resident_bytes = static_cast<double>(stat->resident_pages) * page_bytes;
        virtual_bytes = stat->virtual_bytes;
        if (auto const boot = read_boot_time()) {
            start_seconds = static_cast<double>(*boot) +
                            static_cast<double>(stat->start_ticks) / ticks_per_second;
        }
    }
    append(families, counter("process_cpu_seconds_total", "User and system CPU time (seconds)."),
           cpu_seconds);
    append(families, gauge("process_resident_memory_bytes", "Resident memory (bytes)."),
           resident_bytes);
    append(families, gauge("process_virtual_memory_bytes", "Virtual memory (bytes)."),
           virtual_bytes);
    append(families, gauge("process_open_fds", "Open file descriptors (descriptors)."),
           count_open_fds());
    append(families, gauge("process_max_fds", "Soft limit of open file descriptors (descriptors)."),
           read_max_fds());
    append(families, gauge("process_start_time_seconds", "Start (seconds since the Unix epoch)."),
           start_seconds);
}

}  // namespace tickcast
