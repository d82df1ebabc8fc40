// Reads the bytes of a regular file, inflated if it is gzip (RFC 1952; also of several members).
// Owner: the LineReader; one thread. Bound: one input buffer of 64 KiB. Every byte before a fault
// is returned. zlib's own gzread would drop up to a buffer of good output with the error.
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

    /// How many bytes were put into `out`. 0 at the end of the file, at a fault (`fault()` then has
    /// a text), and before the end where a long part of the file has no content (empty members).
    std::size_t read(std::span<char> out);
    bool ended() const noexcept { return ended_; }
    std::string const& fault() const noexcept { return fault_; }
    /// Whether the fault is one of the system, so that the same file may be readable later.
    bool failed_to_read() const noexcept { return failed_to_read_; }
    bool is_gzip() const noexcept { return gzip_; }
    /// The identity of the file when it was opened.
    FileIdentity const& identity() const noexcept { return identity_; }
    /// Whether the file's content was overwritten. A file that only grew was not.
    bool written_over();
    /// Goes back to the file's beginning and clears the fault.
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
    FileIdentity seen_;                     ///< at the last look at the file
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
