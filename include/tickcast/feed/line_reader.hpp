// Lines of a plain or gzip file, one by one. One thread.
// Bound: kMaxLine bytes a line; of a longer one only that it was there is told.
#pragma once

#include "tickcast/feed/gzip_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickcast {

class LineReader {
public:
    static constexpr std::size_t kMaxLine = 1024;

    enum class Status : std::uint8_t {
        line,      ///< `line()` is valid until the next call
        too_long,  ///< told once a line
        skipping,  ///< amid a line that is too long: call again
        end,
        failed,  ///< `fault()` says why; all whole lines before it were given
    };

    explicit LineReader(std::unique_ptr<GzipReader> source)
        : source_(std::move(source)), buffer_(kBufferSize) {}

    Status next();
    /// Without its line end (LF or CRLF).
    std::string_view line() const noexcept { return line_; }
    /// The number of the line last told of, from 1.
    std::uint64_t number() const noexcept { return number_; }
    std::string const& fault() const noexcept { return source_->fault(); }
    void rewind();

private:
    static constexpr std::size_t kBufferSize = std::size_t{64} * 1024;

    bool fill();
    Status give(std::string_view line) noexcept;

    std::unique_ptr<GzipReader> source_;
    std::vector<char> buffer_;
    std::size_t begin_{0};
    std::size_t end_{0};
    bool skipping_{false};
    std::string_view line_{};
    std::uint64_t number_{0};
};

}  // namespace tickcast
