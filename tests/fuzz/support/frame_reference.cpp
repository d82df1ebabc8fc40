#include "fuzz/support/frame_reference.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace tickcast::fuzz {

namespace {

constexpr unsigned kNormal = 1000;
constexpr unsigned kProtocolError = 1002;
constexpr unsigned kBinary = 1003;
constexpr unsigned kBadUtf8 = 1007;
constexpr unsigned kTooBig = 1009;

/// A code point as UTF-8; empty for a surrogate and past U+10FFFF.
std::string encoded(std::uint32_t point) {
    auto const tail = [point](unsigned shift) {
        return static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
    };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) return {static_cast<char>(0xC0U | (point >> 6U)), tail(0)};
    if (point >= 0xD800 && point <= 0xDFFF) return {};
    if (point < 0x10000) return {static_cast<char>(0xE0U | (point >> 12U)), tail(6), tail(0)};
    if (point > 0x10FFFF) return {};
    return {static_cast<char>(0xF0U | (point >> 18U)), tail(12), tail(6), tail(0)};
}

/// The size of the character that `text` begins with, by decoding and encoding it; 0 if it is none.
/// `more`: bytes may follow, and the text may be the beginning of a character.
std::size_t character(std::string_view text, bool more) {
    auto const lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return 1;
    std::size_t const size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC0 || lead >= 0xF8) return 0;
    if (text.size() < size && !more) return 0;
    // What is missing is filled in: with the least or the most that may follow, one of the two is a
    // character if any is.
    for (char const fill : {'\x80', '\xBF'}) {
        std::string whole{text.substr(0, size)};
        whole.resize(size, fill);
        std::uint32_t point = lead & (0x7FU >> size);
        bool tails = true;
        for (std::size_t i = 1; i < size; ++i) {
            auto const byte = static_cast<unsigned char>(whole[i]);
            tails = tails && (byte & 0xC0U) == 0x80;
            point = point << 6U | (byte & 0x3FU);
        }
        if (tails && encoded(point) == whole) return std::min(size, text.size());
    }
    return 0;
}

/// Whether the text is UTF-8, or where `more` may follow, can become it.
bool is_text(std::string_view text, bool more) {
    while (!text.empty()) {
        auto const size = character(text, more);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

struct Frame {
    bool final{false};
    unsigned reserved{0};
    unsigned opcode{0};
    bool masked{false};
    bool shortest{true};  ///< its length is written in as few bytes as possible, below 2^63
    std::uint64_t size{0};
    std::string payload{};  ///< unmasked, as far as it is there
    bool is_control() const { return opcode >= 8; }
    bool is_whole() const { return payload.size() == size; }
};

std::uint64_t number(std::string_view bytes) {
    std::uint64_t value = 0;
    for (char const c : bytes)
        value = value << 8U | static_cast<unsigned char>(c);
    return value;
}

/// Takes the next frame; nothing where its header is not whole.
std::optional<Frame> take_frame(std::string_view& rest) {
    if (rest.size() < 2) return std::nullopt;
    auto const first = static_cast<unsigned char>(rest[0]);
    auto const second = static_cast<unsigned char>(rest[1]);
    Frame frame{.final = (first & 0x80U) != 0,
                .reserved = first & 0x70U,
                .opcode = first & 0x0FU,
                .masked = (second & 0x80U) != 0,
                .size = second & 0x7FU};
    std::size_t const wide = frame.size == 126 ? 2 : frame.size == 127 ? 8 : 0;
    std::size_t const head = 2 + wide + (frame.masked ? 4 : 0);
    if (rest.size() < head) return std::nullopt;
    if (wide > 0) {
        frame.size = number(rest.substr(2, wide));
        frame.shortest = frame.size >= (wide == 2 ? 126U : 65536U) && frame.size >> 63U == 0;
    }
    auto const mask = frame.masked ? rest.substr(head - 4, 4) : std::string_view{};
    rest.remove_prefix(head);
    auto const there = static_cast<std::size_t>(std::min<std::uint64_t>(frame.size, rest.size()));
    frame.payload = rest.substr(0, there);
    rest.remove_prefix(there);
    if (!frame.masked) return frame;
    for (std::size_t i = 0; i < there; ++i)
        frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i % 4]);
    return frame;
}

bool is_allowed(unsigned code) {  // the registry: CONTRACT END-8
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

/// The answer to a client's close frame.
unsigned answer_to(std::string const& payload) {
    if (payload.empty()) return kNormal;
    if (payload.size() == 1) return kProtocolError;
    auto const code = static_cast<unsigned>(number(payload.substr(0, 2)));
    if (!is_allowed(code)) return kProtocolError;
    return is_text(std::string_view{payload}.substr(2), false) ? code : kBadUtf8;
}

class Reader {
public:
    explicit Reader(std::size_t max_message) : max_message_(max_message) {}

    /// False where the frame ends the stream.
    bool take(Frame const& frame, FrameReading& reading) {
        reading.close_code = fault_of(frame);
        if (reading.close_code != 0) return false;
        if (frame.is_control()) return take_control(frame, reading);
        if (frame.opcode != 0) {
            message_.clear();
            text_ = frame.opcode == 1;
        }
        message_ += frame.payload;
        inside_ = !frame.final;
        bool const ended = frame.final && frame.is_whole();
        if (text_ && !is_text(message_, !ended)) reading.close_code = kBadUtf8;
        if (!text_ && ended) reading.close_code = kBinary;
        if (ended && reading.close_code == 0) reading.texts.push_back(message_);
        return reading.close_code == 0 && frame.is_whole();
    }

private:
    unsigned fault_of(Frame const& frame) const {
        bool const known = frame.opcode <= 2 || (frame.opcode >= 8 && frame.opcode <= 10);
        if (frame.reserved != 0 || !known || !frame.masked || !frame.shortest) {
            return kProtocolError;
        }
        if (frame.is_control()) return frame.final && frame.size <= 125 ? 0 : kProtocolError;
        if (inside_ != (frame.opcode == 0)) return kProtocolError;
        auto const before = frame.opcode == 0 ? message_.size() : 0;
        return frame.size > max_message_ - before ? kTooBig : 0;
    }
    static bool take_control(Frame const& frame, FrameReading& reading) {
        if (!frame.is_whole()) return false;
        if (frame.opcode == 8) reading.close_code = answer_to(frame.payload);
        if (frame.opcode == 9) reading.pings.push_back(frame.payload);
        return frame.opcode != 8;
    }

    std::size_t const max_message_;
    std::string message_{};
    bool text_{false};
    bool inside_{false};  ///< a fragment came, and more must follow
};

}  // namespace

FrameReading read_frames(std::string_view bytes, std::size_t max_message) {
    FrameReading reading;
    Reader reader{max_message};
    while (!bytes.empty()) {
        auto const frame = take_frame(bytes);
        reading.within_header = !frame;
        if (!frame || !reader.take(*frame, reading)) return reading;
    }
    return reading;
}

}  // namespace tickcast::fuzz
