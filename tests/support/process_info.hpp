// Figures of another process from /proc, read at each call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sys/types.h>

namespace tickcast::test {

/// Resident memory in bytes (VmRSS), 0 if the process is gone.
std::size_t resident_bytes(pid_t pid);

/// How many descriptors are open, 0 if the process is gone.
std::size_t open_descriptors(pid_t pid);

/// How many sockets with this local port are ESTABLISHED, in the kernel's IPv4 and IPv6 tables.
std::size_t established_sockets(std::uint16_t local_port);

}  // namespace tickcast::test
