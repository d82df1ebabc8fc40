// Bytes of a regular file, inflated where it is gzip (RFC 1952; several members too). One thread.
// Bound: one input buffer of 64 KiB. Every byte before a fault is given out, which zlib's own
// gzread does not do: it drops up to a buffer of good output with the error.
#pragma once

#include "feed/replay/file_identity.hpp"
#include "tickcast/base/result.hpp"

#include <zlib.h>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tickcast {

class GzipReader {
public:
    static Result<std::unique_ptr<GzipReader>, std::string> open(std::string const& path);
    ~GzipReader();
    GzipReader(GzipReader const&) = delete;
    GzipReader& operator=(GzipReader const&) = delete;

    /// How many bytes were put into `out`. 0 at the end, which is a fault if `fault()` has a text;
    /// before the end where a long part of the file holds nothing (members without content).
    std::size_t read(std::span<char> out);
    bool ended() const noexcept { return ended_; }
    std::string const& fault() const noexcept { return fault_; }
    /// Whether the fault is the system's, so that the same file may be readable another time.
    bool failed_to_read() const noexcept { return failed_to_read_; }
    bool is_gzip() const noexcept { return gzip_; }
    /// What was opened, as it was then.
    FileIdentity const& identity() const noexcept { return identity_; }
    /// Whether something else was written over what was read of it. A file that only grows is not.
    bool written_over();
    /// Back to the file's beginning, without a fault.
    void rewind();

private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    GzipReader(std::unique_ptr<std::FILE, Close> file, FileIdentity identity);
    std::size_t inflate_into(std::span<char> out);
    void next_member();
    bool fill(std::size_t kept = 0);
    std::vector<unsigned char> beginning() const;
    void fail(std::string text);

    std::unique_ptr<std::FILE, Close> file_;
    FileIdentity const identity_;
    FileIdentity seen_;                     ///< as it was when last looked at
    std::vector<unsigned char> beginning_;  ///< of the file when it was opened
    std::vector<unsigned char> input_;
    z_stream stream_{};
    std::int64_t taken_{0};  ///< bytes read of the file
    bool at_start_{true};
    bool gzip_{false};
    bool ended_{false};
    bool failed_to_read_{false};
    std::string fault_{};
};

}  // namespace tickcast
