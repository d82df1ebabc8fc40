// Bytes of a regular file, inflated where it is gzip (RFC 1952; several members too). One thread.
// Bound: one input buffer of 64 KiB. Every byte before a fault is given out, which zlib's own
// gzread does not do: it drops up to a buffer of good output with the error.
#pragma once

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

    /// How many bytes were put into `out`; 0 at the end, which is a fault if `fault()` has a text.
    std::size_t read(std::span<char> out);
    std::string const& fault() const noexcept { return fault_; }
    /// Back to the file's beginning, without a fault.
    void rewind();

private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    explicit GzipReader(std::unique_ptr<std::FILE, Close> file);
    std::size_t inflate_into(std::span<char> out);
    void next_member();
    bool fill();
    void fail(std::string text);

    std::unique_ptr<std::FILE, Close> file_;
    std::vector<unsigned char> input_;
    z_stream stream_{};
    bool at_start_{true};
    bool gzip_{false};
    bool ended_{false};
    std::string fault_{};
};

}  // namespace tickcast
