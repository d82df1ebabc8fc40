#include "client/frame_parser.hpp"

#include <cstring>

namespace tickcast::client {
namespace {

constexpr std::uint64_t kMaxControlPayload = 125;
constexpr std::uint64_t kMaxPayload = 64U << 20U;  ///< far above any message of the server

std::uint64_t big_endian(std::string_view bytes) noexcept {
    std::uint64_t value = 0;
    for (char const c : bytes)
        value = (value << 8U) | static_cast<unsigned char>(c);
    return value;
}

bool known(unsigned opcode) noexcept {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

/// The length of the sequence that starts here, 0 if the sequence is not well-formed (Unicode 15,
/// table 3-7).
std::size_t sequence_length(unsigned char const* p, std::size_t left) noexcept {
    auto const tail = [&](std::size_t i, unsigned low, unsigned high) {
        return i < left && p[i] >= low && p[i] <= high;
    };
    unsigned const lead = p[0];
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(1, 0x80, 0xBF) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        unsigned const low = lead == 0xE0 ? 0xA0 : 0x80;
        unsigned const high = lead == 0xED ? 0x9F : 0xBF;
        return tail(1, low, high) && tail(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        unsigned const low = lead == 0xF0 ? 0x90 : 0x80;
        unsigned const high = lead == 0xF4 ? 0x8F : 0xBF;
        return tail(1, low, high) && tail(2, 0x80, 0xBF) && tail(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

}  // namespace

bool valid_utf8(std::string_view text) noexcept {
    auto const* p = reinterpret_cast<unsigned char const*>(text.data());
    std::size_t left = text.size();
    while (left > 0) {
        std::uint64_t word = 0;
        while (left >= sizeof word) {
            std::memcpy(&word, p, sizeof word);
            if ((word & 0x8080808080808080U) != 0) break;
            p += sizeof word;
            left -= sizeof word;
        }
        if (left == 0) break;
        std::size_t const length = sequence_length(p, left);
        if (length == 0) return false;
        p += length;
        left -= length;
    }
    return true;
}

bool sendable_close_code(std::uint16_t code) noexcept {
    if (code >= 3000 && code <= 4999) return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

void FrameParser::feed(std::string_view bytes) {
    if (rest_.empty()) {
        input_ = bytes;
    } else {
        rest_.append(bytes);
        input_ = rest_;
    }
    position_ = 0;
}

void FrameParser::settle() {
    if (position_ < input_.size() && violation_.empty()) {
        if (input_.data() == rest_.data()) {
            rest_.erase(0, position_);
        } else {
            rest_.assign(input_.substr(position_));
        }
    } else {
        rest_.clear();
    }
    input_ = {};
    position_ = 0;
}

std::optional<Message> FrameParser::fail(char const* why) {
    violation_ = why;
    return std::nullopt;
}

std::optional<FrameParser::Header> FrameParser::read_header() {
    std::string_view const bytes = input_.substr(position_);
    if (bytes.size() < 2) return std::nullopt;
    unsigned const first = static_cast<unsigned char>(bytes[0]);
    unsigned const second = static_cast<unsigned char>(bytes[1]);
    if ((first & 0x70U) != 0) return fail("a reserved bit is set"), std::nullopt;
    if (!known(first & 0x0FU)) return fail("an unknown opcode"), std::nullopt;
    if ((second & 0x80U) != 0) return fail("a masked frame from the server"), std::nullopt;
    Header header;
    header.opcode = static_cast<Opcode>(first & 0x0FU);
    header.fin = (first & 0x80U) != 0;
    header.length = second & 0x7FU;
    header.size = 2;
    if (header.length == 126) {
        if (bytes.size() < 4) return std::nullopt;
        header.length = big_endian(bytes.substr(2, 2));
        header.size = 4;
        if (header.length < 126) return fail("a length not in its shortest form"), std::nullopt;
    } else if (header.length == 127) {
        if (bytes.size() < 10) return std::nullopt;
        header.length = big_endian(bytes.substr(2, 8));
        header.size = 10;
        if (header.length < 65536) return fail("a length not in its shortest form"), std::nullopt;
    }
    if (header.length > kMaxPayload) return fail("a frame of over 64 MiB"), std::nullopt;
    if (header.opcode >= Opcode::close) {
        if (!header.fin) return fail("a fragmented control frame"), std::nullopt;
        if (header.length > kMaxControlPayload) return fail("a long control frame"), std::nullopt;
    }
    return header;
}

void FrameParser::check_close(std::string_view payload) {
    closed_ = true;
    if (payload.size() == 1) {
        violation_ = "a close frame of one byte";
    } else if (payload.size() >= 2) {
        auto const code = static_cast<std::uint16_t>(big_endian(payload.substr(0, 2)));
        if (!sendable_close_code(code)) violation_ = "a close code that must not be sent";
        if (!valid_utf8(payload.substr(2))) violation_ = "a close reason that is not UTF-8";
    }
}

std::optional<Message> FrameParser::take(Header const& header, std::string_view payload) {
    if (header.opcode >= Opcode::close) {
        if (header.opcode == Opcode::close) {
            check_close(payload);
            if (!violation_.empty()) return std::nullopt;
        }
        return Message{header.opcode, payload};
    }
    if (header.opcode == Opcode::continuation) {
        if (!assembling_) return fail("a continuation of nothing");
        assembled_.append(payload);
        if (!header.fin) return std::nullopt;
        assembling_ = false;
        clear_assembled_ = true;
        if (assembled_opcode_ == Opcode::text && !valid_utf8(assembled_)) {
            return fail("text that is not UTF-8");
        }
        return Message{assembled_opcode_, assembled_};
    }
    if (assembling_) return fail("a new message inside a fragmented one");
    if (!header.fin) {
        assembling_ = true;
        assembled_opcode_ = header.opcode;
        assembled_.assign(payload);
        return std::nullopt;
    }
    if (header.opcode == Opcode::text && !valid_utf8(payload)) {
        return fail("text that is not UTF-8");
    }
    return Message{header.opcode, payload};
}

std::optional<Message> FrameParser::next() {
    if (clear_assembled_) {
        assembled_.clear();
        clear_assembled_ = false;
    }
    if (!violation_.empty()) return std::nullopt;
    if (closed_) {
        if (position_ < input_.size()) return fail("bytes after the close frame");
        return std::nullopt;
    }
    while (auto const header = read_header()) {
        if (input_.size() - position_ - header->size < header->length) break;
        auto const payload = input_.substr(position_ + header->size, header->length);
        position_ += header->size + header->length;
        auto message = take(*header, payload);
        if (message || !violation_.empty()) return message;
    }
    return std::nullopt;
}

}  // namespace tickcast::client
