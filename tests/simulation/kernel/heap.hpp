// What the code under test has on the heap: bytes of operator new, by process. Only those are
// counted that a process's own thread asked for, outside the simulated kernel's calls; memory of C
// libraries (malloc) is not.
#pragma once

#include <cstddef>

namespace tickcast::simulation {

struct Process;

/// While one exists on a thread, what it allocates belongs to the kernel. They nest.
class InKernel {
public:
    InKernel() noexcept;
    ~InKernel();
    InKernel(InKernel const&) = delete;
    InKernel& operator=(InKernel const&) = delete;
};

/// A new run: what earlier ones left is nobody's any more.
void forget_heap() noexcept;

}  // namespace tickcast::simulation
