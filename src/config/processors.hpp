// Reads a cgroup's CPU quota. A function, used at start-up and on SIGHUP. The paths are parameters
// so that a test can pass its own files.
#pragma once

#include <filesystem>
#include <optional>

namespace tickcast {

/// The lowest quota, in processors, of the process's cgroups and the cgroups above them (v2
/// `cpu.max`, v1 `cpu.cfs_quota_us`); nothing if there is none. `membership` is /proc/self/cgroup,
/// `root` is /sys/fs/cgroup.
std::optional<double> cgroup_cpu_quota(std::filesystem::path const& membership,
                                       std::filesystem::path const& root);

}  // namespace tickcast
