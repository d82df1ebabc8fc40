#include "fuzz/support/strict_http.hpp"

#include <algorithm>

namespace tickcast::fuzz {

namespace {

constexpr std::string_view kEnd = "\r\n";

bool is_alpha_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alpha_or_digit(c) ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    });
}

/// VCHAR, obs-text, SP and HTAB.
bool is_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

std::string lower(std::string_view text) {
    std::string out{text};
    for (auto& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// The next line without its CRLF, taken off the front; nothing where no line ends, or where it
/// has a CR or LF of its own.
std::optional<std::string_view> take_line(std::string_view& rest) {
    auto const end = rest.find(kEnd);
    if (end == std::string_view::npos) return std::nullopt;
    auto const line = rest.substr(0, end);
    rest.remove_prefix(end + kEnd.size());
    if (line.find_first_of(kEnd) != std::string_view::npos) return std::nullopt;
    return line;
}

bool read_request_line(std::string_view line, StrictRequest& request) {
    auto const first = line.find(' ');
    auto const last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return false;
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, last - first - 1);
    auto const version = line.substr(last + 1);
    bool const visible = std::all_of(request.target.begin(), request.target.end(), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7F;
    });
    if (!is_token(request.method) || request.target.empty() || !visible) return false;
    if (version.size() != 8 || !version.starts_with("HTTP/1.")) return false;
    request.minor = version[7] - '0';
    return version[7] >= '0' && version[7] <= '9';
}

bool read_fields(std::string_view& rest, StrictRequest& request) {
    for (;;) {
        auto const line = take_line(rest);
        if (!line) return false;
        if (line->empty()) return true;
        auto const colon = std::min(line->find(':'), line->size());
        if (colon == line->size() || !is_token(line->substr(0, colon))) return false;
        auto const value = line->substr(colon + 1);
        if (!is_value(value)) return false;
        request.fields.emplace_back(lower(line->substr(0, colon)), without_blanks(value));
    }
}

std::vector<std::string> values_of(StrictRequest const& request, std::string_view name) {
    std::vector<std::string> values;
    for (auto const& [field, value] : request.fields) {
        if (field == name) values.push_back(value);
    }
    return values;
}

/// A chunk's size; extensions are checked no further than that their text is a field's text.
std::optional<std::size_t> size_of_chunk(std::string_view line) {
    auto const end = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
    auto digits = line.substr(0, end);
    if (digits.empty() || !is_value(line)) return std::nullopt;
    if (end < line.size() && line.find(';') == std::string_view::npos) return std::nullopt;
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.size() > 8) return std::nullopt;
    return digits.empty() ? 0 : std::stoull(std::string{digits}, nullptr, 16);
}

/// False where the body is malformed; `ended` says whether all of it is there.
bool read_chunks(std::string_view& rest, StrictRequest& request) {
    for (;;) {
        if (rest.find(kEnd) == std::string_view::npos) return true;
        auto const line = take_line(rest);
        auto const size = line ? size_of_chunk(*line) : std::nullopt;
        if (!size) return false;
        if (*size == 0) break;
        request.body += rest.substr(0, *size);
        if (rest.size() < *size + kEnd.size()) return true;
        if (rest.substr(*size, kEnd.size()) != kEnd) return false;
        rest.remove_prefix(*size + kEnd.size());
    }
    StrictRequest trailer;
    if (!read_fields(rest, trailer)) return rest.find(kEnd) == std::string_view::npos;
    request.ended = true;
    return true;
}

/// The one size that these values of Content-Length name; nothing where they are no sizes, or two.
/// A list of the same size counts as that size (RFC 9110 section 8.6).
std::optional<std::size_t> size_of_body(std::vector<std::string> const& values) {
    std::optional<std::size_t> size;
    for (auto const& value : values) {
        for (std::size_t begin = 0; begin <= value.size();) {
            auto const end = std::min(value.find(',', begin), value.size());
            std::string digits{without_blanks(std::string_view{value}.substr(begin, end - begin))};
            begin = end + 1;
            if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) {
                return std::nullopt;
            }
            digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
            auto const one = digits.size() > 9 ? 1'000'000'000 : std::stoull(digits);
            if (size.value_or(one) != one) return std::nullopt;
            size = one;
        }
    }
    return size;
}

bool read_body(std::string_view& rest, StrictRequest& request) {
    auto const codings = values_of(request, "transfer-encoding");
    auto const lengths = values_of(request, "content-length");
    if (!codings.empty()) {
        bool const plain = codings.size() == 1 && lower(codings[0]) == "chunked";
        return plain && lengths.empty() && request.minor > 0 && read_chunks(rest, request);
    }
    auto const size = lengths.empty() ? 0 : size_of_body(lengths);
    if (!size) return false;
    request.body = rest.substr(0, *size);
    request.ended = rest.size() >= *size;
    if (request.ended) rest.remove_prefix(*size);
    return true;
}

}  // namespace

std::optional<StrictRequest> strict_request(std::string_view text) {
    StrictRequest request;
    auto rest = text;
    auto const line = take_line(rest);
    if (!line || !read_request_line(*line, request) || !read_fields(rest, request)) {
        return std::nullopt;
    }
    request.head_size = text.size() - rest.size();
    if (!read_body(rest, request)) return std::nullopt;
    request.size = text.size() - rest.size();
    return request;
}

}  // namespace tickcast::fuzz
