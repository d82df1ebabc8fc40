#include "feed/replay/line_reader.hpp"

#include <algorithm>
#include <span>

namespace tickcast {

std::optional<std::string_view> LineReader::peek(std::size_t size) {
    while (end_ - begin_ < size && fill(begin_)) {
    }
    if (end_ - begin_ < size && !source_->ended()) return std::nullopt;
    return std::string_view{buffer_.data() + begin_, end_ - begin_}.substr(0, size);
}

LineReader::Status LineReader::next() {
    for (;;) {
        std::string_view const held{buffer_.data() + begin_, end_ - begin_};
        auto const newline = held.find('\n');
        bool const whole = newline != std::string_view::npos;
        if (skipping_) {
            begin_ += whole ? newline + 1 : held.size();
            skipping_ = !whole;
            if (!whole && fill(begin_)) return Status::skipping;
            if (whole) continue;
            if (!source_->ended()) return Status::skipping;
            return fault().empty() ? Status::end : Status::failed;
        }
        if (whole) return give(newline, newline + 1);
        // One byte more than the longest line: a CR may still belong to the line end.
        if (held.size() > kMaxLine + 1) {
            skipping_ = true;
            give(held.size(), held.size());
            return Status::too_long;
        }
        if (fill(begin_)) continue;
        if (!source_->ended()) return Status::skipping;
        if (!fault().empty()) return Status::failed;  // an incomplete line could give wrong values
        if (held.empty()) return Status::end;
        return give(end_ - begin_, end_ - begin_);
    }
}

/// Drops the bytes before `from` and reads more. False if no more came.
bool LineReader::fill(std::size_t from) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(from),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= from;
    begin_ -= from;
    auto const size = source_->read(std::span{buffer_}.subspan(end_));
    end_ += size;
    text_read_ += size;
    return size > 0;
}

/// Reports the next `size` bytes as a line; the line with its line end has `length` bytes.
LineReader::Status LineReader::give(std::size_t size, std::size_t length) noexcept {
    line_number_ += 1 + more_lines_;
    more_lines_ = 0;
    line_at_ = begin_;
    first_size_ = size;
    first_length_ = length;
    begin_ += length;
    line_ = text(size);
    return line_.size() > kMaxLine ? Status::too_long : Status::line;
}

std::string_view LineReader::text(std::size_t size) const noexcept {
    std::string_view found{buffer_.data() + line_at_, size};
    if (found.ends_with('\r')) found.remove_suffix(1);
    return found;
}

bool LineReader::extend() {
    for (;;) {
        std::string_view const held{buffer_.data() + begin_, end_ - begin_};
        auto const newline = held.find('\n');
        bool const whole = newline != std::string_view::npos;
        auto const size = begin_ - line_at_ + (whole ? newline : held.size());
        if (size > kMaxLine) return false;
        if (!whole) {
            bool const more = fill(line_at_);
            line_at_ = 0;
            line_ = text(line_.size());
            if (more) continue;
            if (!source_->ended() || !fault().empty() || begin_ == end_) return false;
        }
        begin_ = whole ? begin_ + newline + 1 : end_;
        line_ = text(size);
        ++more_lines_;
        return true;
    }
}

void LineReader::shrink() noexcept {
    begin_ = line_at_ + first_length_;
    line_ = text(first_size_);
    more_lines_ = 0;
}

void LineReader::rewind() {
    source_->rewind();
    begin_ = 0;
    end_ = 0;
    skipping_ = false;
    line_number_ = 0;
    text_read_ = 0;
    more_lines_ = 0;
}

}  // namespace tickcast
