#include "integration/torture_stream.hpp"

#include "support/client_frame.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace tickcast::test {

void TortureStream::ask() {
    auto const receive_buffer = below(2) == 0 ? 4096 : 0;
    socket_.connect(target_, receive_buffer, below(3) == 0);
    std::string bytes = "GET /v1/stream/" + session_ +
                        " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "Sec-WebSocket-Version: 13\r\n\r\n";
    // Frames right after the request: the server reads them together with it.
    if (below(3) == 0) {
        pings_.emplace_back("early");
        bytes += std::string{"\x89\x85\0\0\0\0", 6} + "early";
    }
    socket_.send(bytes);
}

int TortureStream::answered() {
    auto const head = socket_.read_head();
    if (head.starts_with("HTTP/1.1 101 ")) {
        ++totals_.streams;
        return 101;
    }
    if (!head.starts_with("HTTP/1.1 404 ")) throw Fault{"no upgrade: " + head};
    socket_.hang_up(false);
    return 404;
}

void TortureStream::send_frame(int first_byte, std::string_view payload, bool masked) {
    socket_.send(client_frame(first_byte, payload, static_cast<std::uint32_t>(random_()), masked));
}

void TortureStream::send_ping() {
    std::string payload;
    for (auto size = below(126); size > 0; --size)
        payload += static_cast<char>(below(256));
    send_frame(0x89, payload);
    pings_.push_back(payload);
}

void TortureStream::send_fragments() {
    ++due_.errors;
    send_frame(0x01, R"({"op":"no)");
    if (below(2) == 0) send_ping();
    if (socket_.update_keys()) ++totals_.key_updates;
    send_frame(0x00, "thing");
    send_frame(0x80, R"("})");
}

void TortureStream::flood(std::size_t messages) {
    std::string bytes;
    for (; messages > 0; --messages) {
        bytes += client_frame(0x89, {}, static_cast<std::uint32_t>(random_()));
        pings_.emplace_back();
    }
    socket_.send(bytes);
}

void TortureStream::send_change(std::string const& text) {
    ++due_.changes;
    send_frame(0x81, text);
}

void TortureStream::send_ping_message() {
    ++due_.pongs;
    send_frame(0x81, R"({"op":"ping","id":1})");
}

void TortureStream::send_wrong(std::string const& text) {
    ++due_.errors;
    send_frame(0x81, text);
}

void TortureStream::patch_ends() noexcept {
    --due_.perhaps_changes;
    ++due_.changes;
}

bool TortureStream::is_answered() const noexcept {
    return rules_.is_settled() && named_changes_ >= due_.changes && rules_.pongs() == due_.pongs &&
           rules_.errors() == due_.errors;
}

bool TortureStream::next_named(NamedSubscription& named) {
    if (rules_.named().empty()) return false;
    named = std::move(rules_.named().front());
    rules_.named().pop_front();
    newest_ = named;
    if (named.throttle_ms && ++named_changes_ > due_.changes + due_.perhaps_changes) {
        throw Fault{"an answer too many: " + nlohmann::json(named.tickers).dump()};
    }
    return true;
}

bool TortureStream::read_for(int milliseconds) {
    if (!socket_.wait(milliseconds)) return true;
    char buffer[8192];
    auto const got = socket_.receive(buffer, 1 + below(sizeof buffer));
    if (got <= 0) return false;
    parser_.feed({buffer, static_cast<std::size_t>(got)});
    while (auto const message = parser_.next())
        take(*message);
    parser_.settle();
    if (!parser_.violation().empty()) throw Fault{"frame: " + parser_.violation()};
    return true;
}

void TortureStream::expect_close(int code) {
    auto const until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds{TortureSocket::kPatienceMs};
    bool open = true;
    while (open && close_code_ == 0 && std::chrono::steady_clock::now() < until)
        open = read_for(100);
    if (close_code_ != code) {
        throw Fault{"expected close " + std::to_string(code) + ", got " +
                    std::to_string(close_code_)};
    }
    ++totals_.endings[code];
    while (open && std::chrono::steady_clock::now() < until)
        open = read_for(100);
    if (open) throw Fault{"not closed after the closing handshake"};
    if (!socket_.ended_cleanly()) throw Fault{"ended without close_notify"};
    hang_up(false);
}

void TortureStream::take(Message const& message) {
    ++totals_.frames;
    switch (message.opcode) {
        case Opcode::text: {
            auto const ticks = rules_.ticks();
            rules_.take(nlohmann::json::parse(message.payload));
            totals_.ticks += rules_.ticks() - ticks;
            return;
        }
        case Opcode::ping:
            return send_frame(0x8A, message.payload);
        case Opcode::pong:
            return take_pong(message.payload);
        case Opcode::close:
            return take_close(message.payload);
        default:
            throw Fault{"a binary frame"};
    }
}

void TortureStream::take_pong(std::string_view payload) {
    // A pong may stand for several pings (RFC 6455, 5.5.3).
    auto const found = std::find(pings_.begin(), pings_.end(), payload);
    if (found == pings_.end()) throw Fault{"a pong without its ping"};
    pings_.erase(pings_.begin(), found + 1);
    if (!payload.empty()) ++totals_.pongs;  // those of a flood are empty
}

void TortureStream::take_close(std::string_view payload) {
    close_code_ = payload.size() < 2 ? 1005
                                     : (static_cast<unsigned char>(payload[0]) << 8) |
                                           static_cast<unsigned char>(payload[1]);
    rules_.closed(close_code_);
    // The server waits for an answer where its own rules, not those of the frames, made it close.
    bool const answers = close_code_ == 1001 || close_code_ == 1003 || close_code_ == 1008 ||
                         close_code_ == 4000 || close_code_ == 4001;
    if (answers) send_frame(0x88, payload.substr(0, 2));
}

}  // namespace tickcast::test
