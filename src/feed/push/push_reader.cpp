#include "feed/push/push_reader.hpp"

#include "tickcast/base/utf8.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace tickcast {

bool ElementScan::ends_at(char c) noexcept {
    if (in_string_) {
        in_string_ = escaped_ || c != '"';
        escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
        in_string_ = true;
    } else if (c == '{' || c == '[') {
        ++depth_;
    } else if (depth_ == 0 && (c == ',' || c == ']')) {
        return true;
    } else if (depth_ != 0 && (c == '}' || c == ']')) {
        --depth_;
    }
    return false;
}

namespace {

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Parses one JSON text; its ticks are appended to the handler's. False: the handler has the error.
bool parse_document(std::string_view text, PushHandler& handler) {
    // nlohmann's lexer skips a byte order mark, and treats a NUL as the text's end.
    if (text.starts_with(kByteOrderMark)) return handler.malformed("begins with a byte order mark");
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &handler)) return false;
    if (text.find('\0') != std::string_view::npos) return handler.malformed("a NUL character");
    return true;
}

/// The end of the element that `text` begins with; the text's end if the element is not complete.
std::size_t end_of_element(std::string_view text) noexcept {
    ElementScan scan;
    std::size_t at = 0;
    while (at < text.size() && !scan.ends_at(text[at]))
        ++at;
    return at;
}

}  // namespace

PushReader::Step PushReader::step() {
    if (long_) return gather();
    if (!skip_blanks()) return Step::more;
    return format_ == PushFormat::array ? step_array() : step_line();
}

/// False where more blanks may follow.
bool PushReader::skip_blanks() noexcept {
    auto const part = rest_.substr(0, kMaxTickBytes);
    auto const* const end = std::find_if_not(part.begin(), part.end(), is_blank);
    line_ += static_cast<std::uint64_t>(std::count(part.begin(), end, '\n'));
    rest_.remove_prefix(static_cast<std::size_t>(end - part.begin()));
    return end != part.end() || rest_.empty();
}

PushReader::Step PushReader::step_line() {
    if (rest_.empty()) return Step::done;
    handler_.begin_line(line_);
    auto const part = rest_.substr(0, kMaxTickBytes + 1);
    auto const end = std::min(part.find('\n'), part.size());
    if (end > kMaxTickBytes) return begin_long();
    return read(rest_.substr(0, end), position_);
}

PushReader::Step PushReader::step_array() {
    switch (position_) {
        case Position::outside:
            return open_array();
        case Position::behind_element:
            return after_element();
        case Position::behind:
            return rest_.empty() ? Step::done : malformed();
        case Position::at_first:
            if (rest_.starts_with(']')) return after_element();
            break;
        case Position::at_element:
            break;
    }
    auto const end = end_of_element(rest_.substr(0, kMaxTickBytes + 1));
    if (end > kMaxTickBytes) return begin_long();
    return read(rest_.substr(0, end), Position::behind_element);
}

PushReader::Step PushReader::open_array() {
    if (rest_.empty()) return Step::done;
    if (!rest_.starts_with('[')) {
        // No array: parsing the beginning finds the right error.
        return read(rest_.substr(0, kMaxTickBytes), Position::behind);
    }
    handler_.start_array(0);
    return move_to(Position::at_first);
}

/// Reads a comma or the array's end.
PushReader::Step PushReader::after_element() {
    if (rest_.starts_with(',')) return move_to(Position::at_element);
    if (!rest_.starts_with(']')) return malformed();
    handler_.end_array();
    return move_to(Position::behind);
}

PushReader::Step PushReader::move_to(Position position) noexcept {
    rest_.remove_prefix(1);
    position_ = position;
    return Step::more;
}

PushReader::Step PushReader::read(std::string_view text, Position next) {
    if (!parse_document(text, handler_)) return Step::failed;
    rest_.remove_prefix(text.size());
    position_ = next;
    return Step::more;
}

PushReader::Step PushReader::begin_long() {
    long_ = Long();
    return gather();
}

PushReader::Step PushReader::gather() {
    auto const part = rest_.substr(0, kMaxTickBytes);
    std::size_t at = 0;
    bool ended = false;
    for (; at < part.size() && !ended && long_->size <= kMaxTickBytes; at += ended ? 0 : 1) {
        bool const in_string = long_->scan.in_string();
        ended = format_ == PushFormat::array ? long_->scan.ends_at(part[at])
                                             : long_->scan.ends_line_at(part[at]);
        if (!ended) long_->add(part[at], in_string);
    }
    rest_.remove_prefix(at);
    if (long_->size > kMaxTickBytes) return read_too_long();
    if (!ended && !rest_.empty()) return Step::more;
    auto const text = std::move(long_->text);
    long_.reset();
    if (!parse_document(text, handler_)) return Step::failed;
    if (format_ == PushFormat::array) position_ = Position::behind_element;
    return Step::more;
}

/// A run of blanks between tokens is kept as one blank.
void PushReader::Long::add(char c, bool in_string) {
    bool const blank = !in_string && is_blank(c);
    if (!blank) ++size;
    if (!blank || (!text.empty() && text.back() != ' ')) text += blank ? ' ' : c;
}

/// A fault in the part within the length counts first, as in shorter ticks.
PushReader::Step PushReader::read_too_long() {
    if (parse_document(long_->text, handler_)) {
        handler_.forget_last();
    } else if (!handler_.is_malformed()) {
        return Step::failed;
    }
    handler_.too_long(kMaxTickBytes);
    return Step::failed;
}

PushReader::Step PushReader::malformed() {
    handler_.malformed("not valid JSON");
    return Step::failed;
}

}  // namespace tickcast
