#include "stream/close_watch.hpp"

#include "tickcast/protocol/close_code.hpp"

#include <algorithm>

namespace tickcast {

namespace {

constexpr std::uint8_t kClose = 8;
constexpr unsigned kBadGateway = 1014;     // registered after Beast's list was made
constexpr unsigned kTryAgainLater = 1013;  // the code next to it, which Beast knows
constexpr auto kProtocolError = static_cast<unsigned>(CloseCode::protocol_error);
constexpr auto kTooBig = static_cast<unsigned>(CloseCode::too_big);
constexpr auto kBadPayload = static_cast<unsigned>(CloseCode::bad_payload);
constexpr std::uint64_t kMostOfControl = 125;

}  // namespace

void CloseWatch::pass(std::span<char> bytes) noexcept {
    for (std::size_t at = 0; at < bytes.size() && at_ != At::over;) {
        if (at_ == At::payload && opcode_ != kClose) {
            auto const skipped = std::min<std::uint64_t>(left_, bytes.size() - at);
            at += static_cast<std::size_t>(skipped);
            left_ -= skipped;
            if (left_ == 0) at_ = At::opcode;
        } else {
            step(bytes[at++]);
        }
    }
}

unsigned CloseWatch::answer(unsigned code) const noexcept {
    if (code == kTryAgainLater && code_ == kBadGateway) return kBadGateway;
    if (code == kProtocolError && bad_reason_ && is_close_code(code_)) return kBadPayload;
    if (code == kTooBig && top_bit_) return kProtocolError;
    return code <= 4999 ? code : kProtocolError;
}

void CloseWatch::step(char& byte) noexcept {
    auto const value = static_cast<unsigned char>(byte);
    switch (at_) {
        case At::opcode:
            return begin_frame(value);
        case At::length:
            return read_length(value);
        case At::long_length:
            left_ = left_ << 8U | value;
            if (--missing_ == 0) end_length();
            return;
        case At::mask:
            mask_[4U - missing_] = value;
            if (--missing_ == 0) begin_payload();
            return;
        case At::payload:
            return read_close(byte);
        case At::over:
            return;
    }
}

void CloseWatch::begin_frame(unsigned char byte) noexcept {
    opcode_ = byte & 0x0FU;
    auto const final = (byte & 0x80U) != 0;
    auto const known = opcode_ <= 2 || (opcode_ >= kClose && opcode_ <= 10);
    auto const fits = is_control() ? final : in_message_ == (opcode_ == 0);
    if (!known || !fits || (byte & 0x70U) != 0) {
        at_ = At::over;
        return;
    }
    if (!is_control()) in_message_ = !final;
    at_ = At::length;
}

void CloseWatch::read_length(unsigned char byte) noexcept {
    auto const masked = (byte & 0x80U) != 0;
    left_ = byte & 0x7FU;
    if (!masked || (is_control() && left_ > kMostOfControl)) {
        at_ = At::over;
        return;
    }
    missing_ = left_ == 126 ? 2 : left_ == 127 ? 8 : 4;
    at_ = left_ > kMostOfControl ? At::long_length : At::mask;
    least_ = missing_ == 8 ? 0x10000 : 126;
    if (at_ == At::long_length) left_ = 0;
}

/// A length must be written in as few bytes as possible, and it must be below 2^63 (RFC 6455
/// section 5.2).
void CloseWatch::end_length() noexcept {
    top_bit_ = left_ >> 63U != 0;
    bool const fits = left_ >= least_ && !top_bit_;
    at_ = fits ? At::mask : At::over;
    missing_ = 4;
}

void CloseWatch::begin_payload() noexcept {
    at_ = At::payload;
    if (left_ == 0) at_ = opcode_ == kClose ? At::over : At::opcode;
}

void CloseWatch::read_close(char& byte) noexcept {
    auto const plain =
        static_cast<std::uint8_t>(static_cast<unsigned char>(byte) ^ mask_[close_bytes_ % 4U]);
    ++close_bytes_;
    --left_;
    if (close_bytes_ <= 2) code_ = static_cast<std::uint16_t>(code_ << 8U | plain);
    if (close_bytes_ == 2 && code_ == kBadGateway) {
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ kBadGateway ^ kTryAgainLater);
    }
    if (close_bytes_ > 2 && !reason_.add(static_cast<char>(plain))) bad_reason_ = true;
    if (left_ > 0) return;
    if (!reason_.complete()) bad_reason_ = true;
    at_ = At::over;
}

}  // namespace tickcast
