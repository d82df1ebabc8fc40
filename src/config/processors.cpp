#include "processors.hpp"

#include "tickcast/config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <sched.h>
#include <string>
#include <thread>

namespace tickcast {
namespace {

namespace fs = std::filesystem;

/// "200000 100000"; the first word is "max" where there is no quota.
std::optional<double> quota_v2(fs::path const& directory) {
    std::ifstream file{directory / "cpu.max"};
    double quota_us{};
    double period_us{};
    if (!(file >> quota_us >> period_us) || quota_us <= 0 || period_us <= 0) return std::nullopt;
    return quota_us / period_us;
}

/// A quota of -1 means no quota.
std::optional<double> quota_v1(fs::path const& directory) {
    std::ifstream quota_file{directory / "cpu.cfs_quota_us"};
    std::ifstream period_file{directory / "cpu.cfs_period_us"};
    double quota_us{};
    double period_us{};
    if (!(quota_file >> quota_us) || !(period_file >> period_us)) return std::nullopt;
    if (quota_us <= 0 || period_us <= 0) return std::nullopt;
    return quota_us / period_us;
}

/// A group's quota binds all groups below it. In a container the group's path may be the host's
/// path, of which only the last part, or nothing, is mounted here: a group that does not exist here
/// has no quota.
template <class ReadQuota>
void take_least(fs::path const& mount, fs::path group, ReadQuota read,
                std::optional<double>& least) {
    group = group.lexically_normal().relative_path();
    if (!group.empty() && *group.begin() == "..") group.clear();
    for (;; group = group.parent_path()) {
        auto const quota = read(mount / group);
        if (quota && (!least || *quota < *least)) least = quota;
        if (group.empty()) return;
    }
}

bool has_cpu(std::string const& controllers) {
    return ("," + controllers + ",").find(",cpu,") != std::string::npos;
}

std::size_t affinity() {
    // The kernel refuses a set smaller than its own (EINVAL), so the set grows until it is large
    // enough.
    for (std::size_t processors = CPU_SETSIZE; processors <= 1U << 20U; processors *= 2) {
        auto* const set = CPU_ALLOC(processors);
        if (set == nullptr) break;
        auto const bytes = CPU_ALLOC_SIZE(processors);
        bool const known = sched_getaffinity(0, bytes, set) == 0;
        int const error = errno;
        int const count = known ? CPU_COUNT_S(bytes, set) : 0;
        CPU_FREE(set);
        if (known && count > 0) return static_cast<std::size_t>(count);
        if (error != EINVAL) break;
    }
    return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

std::optional<double> cgroup_cpu_quota(fs::path const& membership, fs::path const& root) {
    std::optional<double> least;
    std::ifstream file{membership};
    // Lines are ID:CONTROLLERS:PATH; v2 has ID 0 and no controllers (cgroups(7)).
    for (std::string line; std::getline(file, line);) {
        auto const first = line.find(':');
        auto const second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        auto const controllers = line.substr(first + 1, second - first - 1);
        fs::path const group{line.substr(second + 1)};
        if (controllers.empty()) {
            take_least(root, group, quota_v2, least);
        } else if (has_cpu(controllers)) {
            take_least(root / controllers, group, quota_v1, least);
            take_least(root / "cpu", group, quota_v1, least);
        }
    }
    return least;
}

std::size_t usable_processors() {
    auto const allowed = affinity();
    auto const quota = cgroup_cpu_quota("/proc/self/cgroup", "/sys/fs/cgroup");
    if (!quota || *quota >= static_cast<double>(allowed)) return allowed;
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(*quota)));
}

}  // namespace tickcast
