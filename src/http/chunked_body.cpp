#include "http/chunked_body.hpp"

#include "http/parameters.hpp"
#include "tickcast/http/target.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace tickcast {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

bool is_text(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), is_text_character);
}

/// field-name ":" OWS field-value OWS. A folded line begins with a space, but no name does.
bool is_field_line(std::string_view line) noexcept {
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    auto const name = line.substr(0, colon);
    return std::all_of(name.begin(), name.end(), is_token_character) &&
           is_text(line.substr(colon + 1));
}

struct ChunkHead {
    std::uint64_t size;
    std::size_t extensions;  ///< how many bytes they take
};

/// The head in a line of 1*HEXDIG and extensions; nothing for another line, or for a size above 64
/// bits.
std::optional<ChunkHead> chunk_head(std::string_view line) noexcept {
    std::uint64_t size = 0;
    std::size_t digits = 0;
    for (; digits < line.size() && hex_digit(line[digits]) >= 0; ++digits) {
        if (size > std::numeric_limits<std::uint64_t>::max() >> 4) return std::nullopt;
        size = size << 4 | static_cast<std::uint64_t>(hex_digit(line[digits]));
    }
    auto rest = line.substr(digits);
    if (digits == 0 || !take_parameters(rest, QuotedValue::any) || !rest.empty()) {
        return std::nullopt;
    }
    return ChunkHead{size, line.size() - digits};
}

}  // namespace

std::size_t ChunkedBody::decode(std::string_view bytes, std::string& body) {
    auto rest = bytes;
    bool more = state_ == State::unfinished;
    while (more) {
        switch (part_) {
            case Part::head:
                more = take_head(rest, body);
                break;
            case Part::data:
                more = take_data(rest, body);
                break;
            case Part::data_end:
                more = take_data_end(rest);
                break;
            case Part::trailer:
                more = take_trailer_line(rest);
                break;
        }
    }
    return bytes.size() - rest.size();
}

bool ChunkedBody::take_head(std::string_view& rest, std::string const& body) {
    std::string_view line;
    if (!take_line(rest, limits_.line, State::line_too_long, line)) return false;
    auto const head = chunk_head(line);
    if (!head) return stop(State::malformed);
    extensions_ += head->extensions;
    if (extensions_ > limits_.line) return stop(State::line_too_long);
    // The body never has more bytes than its limit, so this difference is never negative.
    if (head->size > limits_.body - body.size()) return stop(State::too_large);
    left_ = static_cast<std::size_t>(head->size);
    part_ = left_ == 0 ? Part::trailer : Part::data;
    return true;
}

bool ChunkedBody::take_data(std::string_view& rest, std::string& body) {
    auto const piece = rest.substr(0, left_);
    body.append(piece);
    rest.remove_prefix(piece.size());
    left_ -= piece.size();
    if (left_ > 0) return false;
    part_ = Part::data_end;
    return true;
}

bool ChunkedBody::take_data_end(std::string_view& rest) {
    auto const end = rest.substr(0, kLineEnd.size());
    if (!kLineEnd.starts_with(end)) return stop(State::malformed);
    if (end.size() < kLineEnd.size()) return false;
    rest.remove_prefix(end.size());
    part_ = Part::head;
    return true;
}

bool ChunkedBody::take_trailer_line(std::string_view& rest) {
    std::string_view line;
    auto const limit = limits_.trailer - trailer_;
    if (!take_line(rest, limit, State::trailer_too_long, line)) return false;
    if (line.empty()) return stop(State::done);
    if (!is_field_line(line)) return stop(State::malformed);
    trailer_ += line.size() + kLineEnd.size();
    return true;
}

/// The limit counts the line's end; an empty line is always short enough.
bool ChunkedBody::take_line(std::string_view& rest, std::size_t limit, State too_long,
                            std::string_view& line) {
    auto const end = rest.find('\n');
    if (end == std::string_view::npos) {
        auto const least = std::max(limit, kLineEnd.size() - 1);
        return rest.size() > least ? stop(too_long) : false;
    }
    if (end == 0 || rest[end - 1] != '\r') return stop(State::malformed);
    if (end > 1 && end + 1 > limit) return stop(too_long);
    line = rest.substr(0, end - 1);
    rest.remove_prefix(end + 1);
    return true;
}

}  // namespace tickcast
