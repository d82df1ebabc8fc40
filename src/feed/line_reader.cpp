#include "tickcast/feed/line_reader.hpp"

#include <algorithm>
#include <span>

namespace tickcast {

LineReader::Status LineReader::next() {
    for (;;) {
        std::string_view const held{buffer_.data() + begin_, end_ - begin_};
        auto const newline = held.find('\n');
        bool const whole = newline != std::string_view::npos;
        if (skipping_) {
            begin_ += whole ? newline + 1 : held.size();
            skipping_ = !whole;
            if (!whole && fill()) return Status::skipping;
            if (whole) continue;
            return fault().empty() ? Status::end : Status::failed;
        }
        if (whole) {
            begin_ += newline + 1;
            return give(held.substr(0, newline));
        }
        // One more than the longest line: a CR may still turn out to belong to its end.
        if (held.size() > kMaxLine + 1) {
            begin_ = end_;
            skipping_ = true;
            ++number_;
            return Status::too_long;
        }
        if (fill()) continue;
        if (!fault().empty()) return Status::failed;  // a line cut short would give wrong values
        if (held.empty()) return Status::end;
        begin_ = end_;
        return give({buffer_.data(), end_});  // `fill` has moved it to the front
    }
}

bool LineReader::fill() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    auto const size = source_->read(std::span{buffer_}.subspan(end_));
    end_ += size;
    return size > 0;
}

LineReader::Status LineReader::give(std::string_view text) noexcept {
    if (text.ends_with('\r')) text.remove_suffix(1);
    line_ = text;
    ++number_;
    return text.size() > kMaxLine ? Status::too_long : Status::line;
}

void LineReader::rewind() {
    source_->rewind();
    begin_ = 0;
    end_ = 0;
    skipping_ = false;
    number_ = 0;
}

}  // namespace tickcast
