#include "integration/model_stream.hpp"

#include "support/client_frame.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace tickcast::test {

ModelStream::ModelStream(std::uint16_t port, std::string const& session, bool small) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int const receive_buffer = 2048;
    if (small) {
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        throw Broken{"no connection to the server"};
    }
    auto const request = "GET /v1/stream/" + session +
                         " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                         "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                         "Sec-WebSocket-Version: 13\r\n\r\n";
    ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n")) {
        if (::recv(socket_, &byte, 1, 0) != 1) throw Broken{"cut within the upgrade: " + head};
        head += byte;
    }
    if (!head.starts_with("HTTP/1.1 101 ")) throw Broken{"no upgrade: " + head};
}

ModelStream::~ModelStream() {
    hang_up(true);
}

void ModelStream::close() {
    send_frame(0x88, {"\x03\xE8", 2});
}

void ModelStream::hang_up(bool reset) noexcept {
    if (socket_ < 0) return;
    linger const now{1, 0};
    if (reset) ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(socket_, -1));
    ended_ = true;
}

void ModelStream::send_frame(int first_byte, std::string_view payload) {
    auto const frame = client_frame(first_byte, payload, 0x5A3C710F);
    ::send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL);
}

bool ModelStream::read(std::chrono::milliseconds wait) {
    if (ended_) return false;
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(wait.count())) <= 0) return true;
    char buffer[65536];
    auto const got = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got <= 0) {
        if (close_code_ == 0) throw Broken{"the stream ended without a close frame"};
        ended_ = true;
        return false;
    }
    parser_.feed({buffer, static_cast<std::size_t>(got)});
    while (auto const message = parser_.next())
        take(*message);
    parser_.settle();
    if (!parser_.violation().empty()) throw Broken{"frame: " + parser_.violation()};
    return true;
}

void ModelStream::take(Message const& message) {
    if (close_code_ != 0) throw Broken{"a frame after the close frame"};
    switch (message.opcode) {
        case Opcode::text:
            if (!goodbye_.empty()) throw Broken{"a message after goodbye"};
            return take_json(nlohmann::json::parse(message.payload));
        case Opcode::ping:
            return send_frame(0x8A, message.payload);
        case Opcode::close:
            close_code_ = message.payload.size() < 2
                              ? 1005
                              : (static_cast<unsigned char>(message.payload[0]) << 8) |
                                    static_cast<unsigned char>(message.payload[1]);
            return send_frame(0x88, message.payload.substr(0, 2));
        default:
            return;
    }
}

void ModelStream::take_json(nlohmann::json const& json) {
    auto const type = json.at("type").get<std::string>();
    if (type == "goodbye") {
        goodbye_ = json.at("code").get<std::string>();
        return;
    }
    if (type == "snapshot") return take_snapshot(json);
    if (snapshots_ == 0) throw Broken{"before the snapshot came " + json.dump()};
    if (type == "subscribed") return take_subscribed(json);
    if (type == "ticks") return take_ticks(json.at("ticks"));
    if (type == "pong") ++pongs_;
}

void ModelStream::take_snapshot(nlohmann::json const& json) {
    auto const tickers = json.at("tickers").get<Tickers>();
    if (snapshots_++ == 0) {
        first_tickers_ = tickers;
        last_subscribed_ = {tickers.begin(), tickers.end()};
    } else if (tickers.empty()) {
        throw Broken{"a later snapshot of nothing"};
    }
    for (auto const& ticker : tickers) {
        if (!last_subscribed_.contains(ticker)) {
            throw Broken{"a snapshot of what is not subscribed to: " + json.dump()};
        }
        if (!newest_.emplace(ticker, 0).second) {
            throw Broken{"a snapshot of what had one already: " + json.dump()};
        }
    }
    std::set<std::string> const covered{tickers.begin(), tickers.end()};
    std::set<std::string> seen;
    for (auto const& quote : json.at("quotes")) {
        check_quote(quote, seen);
        auto const ticker = quote.at("s").get<std::string>();
        if (!covered.contains(ticker)) throw Broken{"a quote not covered: " + json.dump()};
        newest_[ticker] = quote.at("n").get<std::uint64_t>();
    }
    for (auto const& ticker : tickers)
        base_[ticker] = newest_[ticker];
}

void ModelStream::take_subscribed(nlohmann::json const& json) {
    subscribed_.push_back(json.at("tickers").get<Tickers>());
    auto const& tickers = subscribed_.back();
    last_subscribed_ = {tickers.begin(), tickers.end()};
    std::erase_if(newest_,
                  [this](auto const& each) { return !last_subscribed_.contains(each.first); });
}

void ModelStream::take_ticks(nlohmann::json const& ticks) {
    if (ticks.empty()) throw Broken{"a ticks frame without a tick"};
    std::set<std::string> seen;
    for (auto const& tick : ticks) {
        check_quote(tick, seen);
        auto const found = newest_.find(tick.at("s").get<std::string>());
        if (found == newest_.end()) throw Broken{"not asked for, or no snapshot: " + tick.dump()};
        auto const n = tick.at("n").get<std::uint64_t>();
        if (n <= found->second) {
            throw Broken{"n was " + std::to_string(found->second) + " before " + tick.dump()};
        }
        gaps_ += n - found->second - 1;
        found->second = n;
        ++ticks_;
    }
}

/// The model pushes each tick with the tick's own number as its price.
void ModelStream::check_quote(nlohmann::json const& tick, std::set<std::string>& seen) const {
    if (!seen.insert(tick.at("s").get<std::string>()).second) {
        throw Broken{"a ticker twice in a frame: " + tick.dump()};
    }
    if (tick.at("p").get<std::uint64_t>() != tick.at("n").get<std::uint64_t>()) {
        throw Broken{"not the quote of its number: " + tick.dump()};
    }
}

}  // namespace tickcast::test
