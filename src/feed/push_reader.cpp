#include "feed/push_reader.hpp"

#include <algorithm>
#include <string>

namespace tickcast {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// One JSON text; its ticks are put behind the handler's. False: the handler has the error.
bool parse_document(std::string_view text, PushHandler& handler) {
    // nlohmann's lexer skips a byte order mark, and takes a NUL for the text's end.
    if (text.starts_with(kByteOrderMark)) return handler.malformed("begins with a byte order mark");
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &handler)) return false;
    if (text.find('\0') != std::string_view::npos) return handler.malformed("a NUL character");
    return true;
}

/// Where the element that `text` begins with ends: at the comma or bracket behind it, or at the
/// text's end. Whether what lies between is JSON is not looked at.
std::size_t end_of_element(std::string_view text) noexcept {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char const c = text[at];
        if (in_string) {
            if (c == '\\') ++at;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (depth == 0 && (c == ',' || c == ']')) {
            return at;
        } else if (depth != 0 && (c == '}' || c == ']')) {
            --depth;
        }
    }
    return text.size();
}

}  // namespace

PushReader::Step PushReader::step() {
    if (!skip_blanks()) return Step::more;
    return format_ == PushFormat::array ? step_array() : step_line();
}

/// False where more of them may follow.
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
    if (end > kMaxTickBytes) return read_too_long();
    return read(rest_.substr(0, end), place_);
}

PushReader::Step PushReader::step_array() {
    switch (place_) {
        case Place::outside:
            return open_array();
        case Place::behind_element:
            return after_element();
        case Place::behind:
            return rest_.empty() ? Step::done : malformed();
        case Place::at_first:
            if (rest_.starts_with(']')) return after_element();
            break;
        case Place::at_element:
            break;
    }
    auto const end = end_of_element(rest_.substr(0, kMaxTickBytes + 1));
    if (end > kMaxTickBytes) return read_too_long();
    return read(rest_.substr(0, end), Place::behind_element);
}

PushReader::Step PushReader::open_array() {
    if (rest_.empty()) return Step::done;
    if (!rest_.starts_with('[')) {
        // No array: what else it is decides about the error.
        if (rest_.size() > kMaxTickBytes) return read_too_long();
        return read(rest_, Place::behind);
    }
    handler_.start_array(0);
    return move_to(Place::at_first);
}

/// A comma or the array's end.
PushReader::Step PushReader::after_element() {
    if (rest_.starts_with(',')) return move_to(Place::at_element);
    if (!rest_.starts_with(']')) return malformed();
    handler_.end_array();
    return move_to(Place::behind);
}

PushReader::Step PushReader::move_to(Place place) noexcept {
    rest_.remove_prefix(1);
    place_ = place;
    return Step::more;
}

PushReader::Step PushReader::read(std::string_view text, Place next) {
    if (!parse_document(text, handler_)) return Step::failed;
    rest_.remove_prefix(text.size());
    place_ = next;
    return Step::more;
}

/// An earlier fault within the length counts first, as it does elsewhere.
PushReader::Step PushReader::read_too_long() {
    if (parse_document(rest_.substr(0, kMaxTickBytes), handler_)) {
        handler_.forget_last();  // it goes on, if only with blanks
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
