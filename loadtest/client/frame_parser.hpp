// A strict parser of a WebSocket server's frames (RFC 6455): a broken rule is a violation and ends
// the parsing. Bytes in, whole messages out; no I/O. One thread. Bound: one message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast::client {

enum class Opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

struct Message {
    Opcode opcode{};
    std::string_view payload;  ///< valid until the parser's next call
};

bool valid_utf8(std::string_view text) noexcept;

/// Whether a server may send this close code (RFC 6455, 7.4).
bool sendable_close_code(std::uint16_t code) noexcept;

class FrameParser {
public:
    /// `bytes` must stay valid until settle().
    void feed(std::string_view bytes);
    /// The next whole message; nothing if more bytes are needed or a rule was broken.
    std::optional<Message> next();
    /// Keeps a copy of the bytes that were not used.
    void settle();

    /// The broken rule; empty while the server has kept all rules.
    std::string const& violation() const noexcept { return violation_; }
    /// Whether the parser holds bytes of an unfinished frame or message.
    bool inside_message() const noexcept { return !rest_.empty() || assembling_; }

private:
    struct Header {
        Opcode opcode{};
        bool fin{};
        std::size_t size{};
        std::uint64_t length{};
    };
    std::optional<Header> read_header();
    /// The message that the frame ends; nothing for a fragment, and where a rule was broken.
    std::optional<Message> take(Header const& header, std::string_view payload);
    std::optional<Message> fail(char const* why);
    void check_close(std::string_view payload);

    std::string rest_;
    std::string_view input_;
    std::size_t position_{0};
    std::string assembled_;
    Opcode assembled_opcode_{};
    bool assembling_{false};
    bool clear_assembled_{false};
    bool closed_{false};
    std::string violation_;
};

}  // namespace tickcast::client
