// A file in memory, for readers that open a path. One per target: each input replaces its content.
// One thread.
#pragma once

#include "fuzz/support/fuzz.hpp"

#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace tickcast::fuzz {

class MemoryFile {
public:
    MemoryFile() : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        require(descriptor_ >= 0, "a file in memory can be made");
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(MemoryFile const&) = delete;
    MemoryFile& operator=(MemoryFile const&) = delete;

    /// No reader of the file is open.
    void write(std::string_view content) {
        bool const emptied = ::ftruncate(descriptor_, 0) == 0;
        auto const written = ::pwrite(descriptor_, content.data(), content.size(), 0);
        require(emptied && written == static_cast<ssize_t>(content.size()),
                "a file in memory can be written");
    }
    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

private:
    int descriptor_;
};

}  // namespace tickcast::fuzz
