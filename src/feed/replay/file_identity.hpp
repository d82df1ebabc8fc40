// The identity and state of a file: shows whether a path still leads to the file that was opened,
// unchanged. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/stat.h>

namespace tickcast {

struct FileIdentity {
    std::uint64_t device{0};
    std::uint64_t inode{0};
    std::int64_t size{0};
    std::int64_t modified_ns{0};

    static FileIdentity of(struct stat const& status) noexcept {
        return {status.st_dev, status.st_ino, status.st_size,
                status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
    }
    /// Nothing where there is no such file, or where it cannot be examined.
    static std::optional<FileIdentity> of(std::string const& path) noexcept {
        struct stat status{};
        if (::stat(path.c_str(), &status) != 0) return std::nullopt;
        return of(status);
    }

    /// The same file, though perhaps with other content.
    bool same_file(FileIdentity const& other) const noexcept {
        return device == other.device && inode == other.inode;
    }
    friend bool operator==(FileIdentity const&, FileIdentity const&) noexcept = default;
};

}  // namespace tickcast
