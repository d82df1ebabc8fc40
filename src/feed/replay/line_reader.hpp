// Reads the lines of a plain or gzip file one by one. Owner: the CsvTickReader; one thread. Bound:
// kMaxLine bytes per line; a longer one is only reported as such.
#pragma once

#include "feed/replay/gzip_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickcast {

class LineReader {
public:
    /// Room for some hundred columns that are not ours.
    static constexpr std::size_t kMaxLine = std::size_t{16} * 1024;

    enum class Status : std::uint8_t {
        line,      ///< `line()` is valid until the next call
        too_long,  ///< reported once per line; `line()` is its beginning
        skipping,  ///< no line yet, or in the middle of one that is too long: call again
        end,
        failed,  ///< `fault()` has the reason; all whole lines before it were returned
    };

    explicit LineReader(std::unique_ptr<GzipReader> source)
        : source_(std::move(source)), buffer_(kBufferSize) {}

    /// The text's first bytes; for use before the first `next`. Fewer than `size` only if the text
    /// has fewer. Without a value: call again.
    std::optional<std::string_view> peek(std::size_t size);
    Status next();
    /// The line without its line end (LF or CRLF).
    std::string_view line() const noexcept { return line_; }
    /// How many bytes of text were read so far.
    std::uint64_t text_read() const noexcept { return text_read_; }
    /// The number of the line last reported, from 1.
    std::uint64_t line_number() const noexcept { return line_number_; }
    /// Extends `line()` by the next line, with the line end between them. False, without a change,
    /// if there is no next line or the result would be too long.
    bool extend();
    /// Undoes every `extend`: `next` returns the lines after the first one again.
    void shrink() noexcept;
    GzipReader const& source() const noexcept { return *source_; }
    bool written_over() { return source_->written_over(); }
    std::string const& fault() const noexcept { return source_->fault(); }
    void rewind();

private:
    static constexpr std::size_t kBufferSize = std::size_t{64} * 1024;

    bool fill(std::size_t from);
    Status give(std::size_t size, std::size_t length) noexcept;
    std::string_view text(std::size_t size) const noexcept;

    std::unique_ptr<GzipReader> source_;
    std::vector<char> buffer_;
    std::size_t begin_{0};
    std::size_t end_{0};
    bool skipping_{false};
    std::string_view line_{};
    std::uint64_t line_number_{0};
    std::uint64_t text_read_{0};
    // For `extend` and `shrink`: the line that was reported last.
    std::size_t line_at_{0};
    std::size_t first_size_{0};    ///< without its LF
    std::size_t first_length_{0};  ///< with its LF
    std::uint64_t more_lines_{0};
};

}  // namespace tickcast
