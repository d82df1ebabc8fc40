#include "integration/torture_client.hpp"

#include "support/client_frame.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace tickcast::test {

namespace {

constexpr std::size_t kTooBig = 17 * 1024;
constexpr int kPatienceMs = 15'000;

}  // namespace

std::string TortureClient::live_once() {
    try {
        if (!create_session()) return "no session could be created";
        for (auto streams = 1 + below(3); streams > 0; --streams)
            stream_once();
    } catch (Fault const& fault) {
        hang_up(true);
        return fault.what;
    }
    return {};
}

void TortureClient::connect(int receive_buffer) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) {
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        throw Fault{"connect failed"};
    }
    if (!over_tls_) return;
    tls_.emplace(socket_, below(3) == 0);
    if (!tls_->ok()) throw Fault{"no TLS handshake"};
}

void TortureClient::hang_up(bool reset) noexcept {
    tls_.reset();
    if (socket_ < 0) return;
    linger const now{1, 0};
    if (reset) ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(socket_, -1));
}

std::string TortureClient::http(std::string const& request) {
    connect(0);
    send_bytes(request);
    std::string answer;
    char buffer[4096];
    for (ssize_t got = 0; (got = receive_bytes(buffer, sizeof buffer)) > 0;) {
        answer.append(buffer, static_cast<std::size_t>(got));
    }
    hang_up(false);
    return answer;
}

bool TortureClient::create_session() {
    static constexpr std::array kNames{"AAPL", "MSFT", "GOOGL", "AMZN", "NVDA", "META"};
    tickers_.clear();
    for (auto const* name : kNames) {
        if (below(3) != 0) tickers_.emplace_back(name);
    }
    if (tickers_.empty()) tickers_.emplace_back("AAPL");
    return post_session();
}

bool TortureClient::post_session() {
    auto const body = nlohmann::json{{"tickers", tickers_}}.dump();
    auto const answer = http(
        "POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    auto const at = answer.find("\"session_id\":\"");
    if (answer.find("201 Created") == std::string::npos || at == std::string::npos) return false;
    session_ = answer.substr(at + 14, 22);
    return true;
}

void TortureClient::read_quietly(std::size_t tickers, std::atomic<bool> const& stop,
                                 std::function<void()> const& streaming) {
    auto const known =
        http("GET /v1/tickers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    auto const json = nlohmann::json::parse(known.substr(known.find("\r\n\r\n") + 4));
    tickers_ = json.at("tickers").get<std::vector<std::string>>();
    tickers_.resize(std::min(tickers, tickers_.size()));
    if (!post_session()) return;
    connect(0);
    upgrade();
    bool told = false;
    while (!stop && read_for(100)) {
        if (had_snapshot_ && !std::exchange(told, true)) streaming();
    }
    hang_up(false);
}

void TortureClient::upgrade() {
    std::string bytes = "GET /v1/stream/" + session_ +
                        " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "Sec-WebSocket-Version: 13\r\n\r\n";
    // Frames right after the request: the server reads them together with it.
    if (below(3) == 0) {
        pings_.emplace_back("early");
        bytes += std::string{"\x89\x85\0\0\0\0", 6} + "early";
    }
    send_bytes(bytes);
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n")) {
        if (receive_bytes(&byte, 1) != 1) throw Fault{"cut within the upgrade's answer: " + head};
        head += byte;
    }
    if (!head.starts_with("HTTP/1.1 101 ")) throw Fault{"no upgrade: " + head};
}

void TortureClient::stream_once() {
    parser_ = {};
    pings_.clear();
    sequences_.clear();
    had_snapshot_ = false;
    close_code_ = 0;
    connect(below(2) == 0 ? 4096 : 0);
    upgrade();
    ++totals_.streams;
    for (auto actions = below(25); actions > 0 && close_code_ == 0; --actions)
        misbehave();
    end();
}

void TortureClient::misbehave() {
    switch (below(6)) {
        case 0:
            return send_ping();
        case 1:
            return send_fragments();
        case 2:
            std::this_thread::sleep_for(std::chrono::milliseconds{5 + below(60)});
            return;
        default:
            if (!read_for(static_cast<int>(below(15)))) throw Fault{"the stream ended by itself"};
    }
}

void TortureClient::end() {
    switch (below(8)) {
        case 0:
            send_frame(0x81, "\xC3\x28");
            return expect_close(1007);
        case 1:
            send_frame(0x81, std::string(kTooBig, 'x'));
            return expect_close(1009);
        case 2:
            send_frame(0x82, "binary");
            return expect_close(1003);
        case 3:
            send_frame(0x81, "not masked", false);
            return expect_close(1002);
        case 4:
            send_frame(0xC1, "reserved bit");
            return expect_close(1002);
        case 5:
            send_frame(0x88, std::string{"\x03\xE8", 2});
            return expect_close(1000);
        case 6:
            ++totals_.endings[0];
            return hang_up(true);
        default:
            ++totals_.endings[0];
            return hang_up(false);
    }
}

void TortureClient::expect_close(int code) {
    auto const until = std::chrono::steady_clock::now() + std::chrono::milliseconds{kPatienceMs};
    bool open = true;
    while (open && close_code_ == 0 && std::chrono::steady_clock::now() < until) {
        open = read_for(100);
    }
    if (close_code_ != code) {
        throw Fault{"expected close " + std::to_string(code) + ", got " +
                    std::to_string(close_code_)};
    }
    ++totals_.endings[code];
    if (code == 1003) send_frame(0x88, std::string{"\x03\xEB", 2});
    while (open && std::chrono::steady_clock::now() < until)
        open = read_for(100);
    if (open) throw Fault{"not closed after the closing handshake"};
    if (tls_ && !tls_->ended_cleanly()) throw Fault{"ended without close_notify"};
    hang_up(false);
}

ssize_t TortureClient::receive_bytes(char* into, std::size_t size) noexcept {
    return tls_ ? tls_->recv(into, size) : ::recv(socket_, into, size, 0);
}

void TortureClient::send_bytes(std::string_view bytes) {
    if (tls_) {
        tls_->send(bytes);
        return;
    }
    while (!bytes.empty()) {
        // A server that has closed meanwhile answers with RST: its close frame was read already, or
        // is read next.
        auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void TortureClient::send_frame(int first_byte, std::string_view payload, bool masked) {
    send_bytes(client_frame(first_byte, payload, static_cast<std::uint32_t>(random_()), masked));
}

void TortureClient::send_ping() {
    std::string payload;
    for (auto size = below(126); size > 0; --size)
        payload += static_cast<char>(below(256));
    send_frame(0x89, payload);
    pings_.push_back(payload);
}

void TortureClient::send_fragments() {
    send_frame(0x01, R"({"op":"no)");
    if (below(2) == 0) send_ping();
    if (tls_) {
        tls_->update_keys();
        ++totals_.key_updates;
    }
    send_frame(0x00, "thing");
    send_frame(0x80, R"("})");
}

bool TortureClient::read_for(int milliseconds) {
    pollfd waiting{socket_, POLLIN, 0};
    if (!(tls_ && tls_->pending()) && ::poll(&waiting, 1, milliseconds) <= 0) return true;
    char buffer[8192];
    auto const got = receive_bytes(buffer, 1 + below(sizeof buffer));
    if (got <= 0) return false;
    parser_.feed({buffer, static_cast<std::size_t>(got)});
    while (auto const message = parser_.next())
        take(*message);
    parser_.settle();
    if (!parser_.violation().empty()) throw Fault{"frame: " + parser_.violation()};
    return true;
}

void TortureClient::take(Message const& message) {
    ++totals_.frames;
    switch (message.opcode) {
        case Opcode::text:
            return take_text(message.payload);
        case Opcode::ping:
            return send_frame(0x8A, message.payload);
        case Opcode::pong: {
            // A pong may stand for several pings (RFC 6455, 5.5.3): the newest that it fits.
            auto const found = std::find(pings_.begin(), pings_.end(), message.payload);
            if (found == pings_.end()) throw Fault{"a pong without its ping"};
            pings_.erase(pings_.begin(), found + 1);
            ++totals_.pongs;
            return;
        }
        case Opcode::close:
            close_code_ = message.payload.size() < 2
                              ? 1005
                              : (static_cast<unsigned char>(message.payload[0]) << 8) |
                                    static_cast<unsigned char>(message.payload[1]);
            return;
        default:
            throw Fault{"a binary frame"};
    }
}

void TortureClient::take_text(std::string_view text) {
    auto const json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) throw Fault{"no JSON: " + std::string{text}};
    auto const type = json.at("type").get<std::string>();
    if (type == "snapshot") {
        if (had_snapshot_) throw Fault{"a second snapshot"};
        had_snapshot_ = true;
        if (json.at("tickers") != nlohmann::json(tickers_))
            throw Fault{"wrong tickers: " + std::string{text}};
    } else if (!had_snapshot_) {
        throw Fault{"a frame before the snapshot: " + std::string{text}};
    }
    auto const snapshot = type == "snapshot";
    if (!snapshot && type != "ticks") return;
    std::map<std::string, int> seen;
    for (auto const& tick : json.at(snapshot ? "quotes" : "ticks")) {
        auto const ticker = tick.at("s").get<std::string>();
        if (++seen[ticker] > 1) throw Fault{"a ticker twice in a frame"};
        take_tick(ticker, tick.at("n").get<std::uint64_t>(), snapshot);
    }
}

void TortureClient::take_tick(std::string const& ticker, std::uint64_t sequence, bool snapshot) {
    if (std::find(tickers_.begin(), tickers_.end(), ticker) == tickers_.end()) {
        throw Fault{"a ticker that was not asked for: " + ticker};
    }
    auto& last = sequences_[ticker];
    if (sequence <= last) throw Fault{"n did not grow"};
    last = sequence;
    if (!snapshot) ++totals_.ticks;
}

}  // namespace tickcast::test
