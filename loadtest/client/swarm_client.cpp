#include "client/swarm_client.hpp"

#include "client/http_client.hpp"
#include "client/swarm.hpp"
#include "client/tick_scan.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tickcast::client {
namespace {

// The example pair of RFC 6455, 1.3: the answer is known without a SHA-1 of our own.
constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::size_t kMaxViolations = 100;
constexpr std::size_t kMaxReply = 1U << 20U;  ///< of a creation or a handshake

/// 127.1.0.1 to 127.200.249.250: many hosts as far as the server can see.
in_addr source_address(std::size_t number) noexcept {
    auto const a = static_cast<std::uint32_t>(1 + number / 62'500 % 200);
    auto const b = static_cast<std::uint32_t>(number / 250 % 250);
    auto const c = static_cast<std::uint32_t>(1 + number % 250);
    return in_addr{htonl((127U << 24U) | (a << 16U) | (b << 8U) | c)};
}

std::string creation(ClientOptions const& options, Endpoint const& server) {
    std::string body = R"({"tickers":[)";
    for (auto const& name : options.tickers->names()) {
        body.append(body.back() == '[' ? "\"" : ",\"").append(name).append("\"");
    }
    body.append(R"(],"throttle_ms":)").append(std::to_string(options.throttle_ms)).append("}");
    return "POST /v1/sessions HTTP/1.1\r\nHost: " + server.host_header() +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

/// The digits that a text begins with; nothing if it begins with none, or they are past all reason.
std::optional<std::uint32_t> whole_number(std::string_view text) noexcept {
    std::uint32_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? std::optional(number) : std::nullopt;
}

}  // namespace

TickerSet::TickerSet(std::vector<std::string> names) : names_(std::move(names)) {
    for (std::size_t i = 0; i < names_.size(); ++i)
        index_.emplace(names_[i], i);
}

std::optional<std::size_t> TickerSet::find(std::string_view name) const noexcept {
    auto const found = index_.find(name);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
}

SwarmClient::SwarmClient(Swarm& swarm, ClientOptions options, std::size_t number)
    : swarm_(swarm),
      options_(std::move(options)),
      number_(number),
      states_(options_.tickers->names().size()),
      began_(Clock::now()) {}

SwarmClient::~SwarmClient() {
    options_.on_step = nullptr;
    reset();
}

void SwarmClient::connect() {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) return end(Ending::no_socket, errno);
    int const on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (options_.receive_buffer_bytes > 0) {
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &options_.receive_buffer_bytes, sizeof(int));
    }
    if (swarm_.options_.spread_sources) {
        sockaddr_in from{};
        from.sin_family = AF_INET;
        from.sin_addr = source_address(number_);
        if (::bind(fd_, reinterpret_cast<sockaddr const*>(&from), sizeof from) != 0) {
            return end(Ending::no_socket, errno);
        }
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(swarm_.server_.port);
    ::inet_pton(AF_INET, swarm_.server_.address.c_str(), &to.sin_addr);
    epoll_event event{};
    event.data.ptr = this;
    ::epoll_ctl(swarm_.epoll_, EPOLL_CTL_ADD, fd_, &event);
    if (::connect(fd_, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0 &&
        errno != EINPROGRESS) {
        return end(errno == EADDRNOTAVAIL ? Ending::no_socket : Ending::reset, errno);
    }
    if (options_.session_id.empty()) {
        out_ = creation(options_, swarm_.server_);
        watch();
    } else {
        ask_for_stream();
    }
}

void SwarmClient::watch() {
    if (fd_ < 0) return;
    epoll_event event{};
    event.data.ptr = this;
    event.events = (reading_ ? EPOLLIN : 0U) | (out_.empty() ? 0U : EPOLLOUT);
    if (event.events == watched_) return;
    watched_ = event.events;
    ::epoll_ctl(swarm_.epoll_, EPOLL_CTL_MOD, fd_, &event);
}

void SwarmClient::on_events(std::uint32_t events) {
    if (fd_ < 0) return;
    if (!connected_) {
        // Asked for before anything is sent: send() takes the error, and recv() then tells of an
        // end of file where there never was a connection.
        int error = 0;
        socklen_t size = sizeof error;
        if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
        if (error != 0) return end(Ending::reset, error);
        connected_ = true;
    }
    if ((events & EPOLLOUT) != 0) flush();
    if ((events & EPOLLIN) != 0 || ((events & (EPOLLHUP | EPOLLERR)) != 0 && reading_)) {
        on_readable(swarm_.buffer_.size());
    } else if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        end(Ending::reset);
    }
}

void SwarmClient::on_readable(std::size_t limit) {
    if (fd_ < 0) return;
    auto const got = ::recv(fd_, swarm_.buffer_.data(), limit, 0);
    if (got > 0) {
        swarm_.bytes_ += static_cast<std::uint64_t>(got);
        on_bytes({swarm_.buffer_.data(), static_cast<std::size_t>(got)});
    } else if (got == 0) {
        if (send_error_ != 0 && !close_code_) return end(Ending::reset, send_error_);
        if (phase_ < Phase::streaming) return end(Ending::refused);
        end(close_code_ ? Ending::close_frame : Ending::end_of_file);
    } else if (errno != EAGAIN && errno != EINTR) {
        end(Ending::reset, errno);
    }
}

void SwarmClient::on_bytes(std::string_view bytes) {
    if (phase_ < Phase::streaming) {
        http_in_.append(bytes);
        if (http_in_.size() > kMaxReply) return violation("an answer of over 1 MiB");
        try {
            return on_reply();
        } catch (std::exception const&) {
            return violation("an answer that is no HTTP/1.1");
        }
    }
    parser_.feed(bytes);
    while (auto const message = parser_.next()) {
        on_message(*message);
        if (fd_ < 0) return;
    }
    if (!parser_.violation().empty()) return violation(parser_.violation());
    parser_.settle();
}

void SwarmClient::on_reply() {
    auto const head_end = http_in_.find("\r\n\r\n");
    if (head_end == std::string::npos) return;
    auto reply = parse_reply_head(std::string_view(http_in_).substr(0, head_end));
    if (phase_ == Phase::upgrading && reply.status == 101) {
        if (reply.headers["sec-websocket-accept"] != kAccept ||
            reply.headers.contains("sec-websocket-extensions")) {
            return violation("a wrong handshake");
        }
        phase_ = Phase::streaming;
        upgraded_at_ = Clock::now();
        step(Step::upgraded);
        if (fd_ < 0) return;
        std::string const rest = http_in_.substr(head_end + 4);
        http_in_ = {};
        if (!rest.empty()) on_bytes(rest);
        return;
    }
    auto const length = reply.headers.find("content-length");
    if (length == reply.headers.end()) return violation("an answer without Content-Length");
    std::size_t const size = std::stoul(length->second);
    if (http_in_.size() < head_end + 4 + size) return;
    if (phase_ == Phase::creating && reply.status == 201) {
        std::string const body = http_in_.substr(head_end + 4, size);
        http_in_.erase(0, head_end + 4 + size);
        return on_created(body);
    }
    on_refusal(reply);
}

void SwarmClient::on_refusal(HttpReply const& reply) {
    refusal_ = reply.status;
    auto const wait = reply.headers.find("retry-after");
    if (wait != reply.headers.end()) {
        auto const seconds = whole_number(wait->second);  // of a date: as if it weren't there
        if (seconds) comes_back_in_ = std::chrono::seconds{*seconds};
    }
    end(Ending::refused);
}

void SwarmClient::on_created(std::string_view body) {
    options_.session_id = string_member(body, "session_id");
    if (options_.session_id.size() != 22) return violation("a session ID not of 22 characters");
    created_at_ = Clock::now();
    phase_ = Phase::created;
    step(Step::created);
    if (!options_.only_create && fd_ >= 0) ask_for_stream();
}

void SwarmClient::ask_for_stream() {
    phase_ = Phase::upgrading;
    out_.append("GET /v1/stream/").append(options_.session_id);
    out_.append(" HTTP/1.1\r\nHost: ").append(swarm_.server_.host_header());
    out_.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13");
    out_.append("\r\nSec-WebSocket-Key: ").append(kKey).append("\r\n\r\n");
    watch();
}

void SwarmClient::on_message(Message const& message) {
    ++frames_;
    ++swarm_.frames_;
    switch (message.opcode) {
        case Opcode::text:
            return on_text(message.payload);
        case Opcode::ping:
            if (options_.answer_pings) send_frame(Opcode::pong, message.payload);
            return;
        case Opcode::pong:
            return;
        case Opcode::close:
            return on_close(message.payload);
        default:
            return violation("a binary message");
    }
}

void SwarmClient::on_close(std::string_view payload) {
    std::uint16_t code = 1005;
    if (payload.size() >= 2) {
        code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8U |
                                          static_cast<unsigned char>(payload[1]));
    }
    close_code_ = code;
    close_at_ = Clock::now();
    closed_by_server_ = !close_sent_;
    phase_ = Phase::closing;
    if (!close_sent_) send_frame(Opcode::close, payload.substr(0, 2));
    if (fd_ >= 0) step(Step::closing);
}

void SwarmClient::on_text(std::string_view text) {
    ++texts_;
    if (options_.on_text) options_.on_text(*this, text);
    if (snapshots_ == 0 || options_.scan_ticks) {
        auto const type = frame_type(text);
        if (type == "snapshot") return on_snapshot(text);
        if (snapshots_ == 0) return violation("the first message is no snapshot");
        if (type == "ticks") return on_ticks(text);
        if (type == "goodbye") return on_goodbye(text);
        if (type == "heartbeat") ++heartbeats_;
        // Nothing was said that could be wrong. Other types are ignored, as the contract has it.
        if (type == "error") return violation("an error that answers nothing");
        if (type.empty()) return violation("a message without a type");
    }
}

void SwarmClient::on_snapshot(std::string_view text) {
    auto const now = Clock::now();
    if (snapshots_ > 0) return violation("a second snapshot");
    epoch_ = string_member(text, "epoch");
    if (epoch_.empty()) return violation("a snapshot without an epoch");
    if (!options_.epoch.empty() && epoch_ != options_.epoch) {
        return violation("a session in another epoch than before");
    }
    if (string_member(text, "session_id") != options_.session_id) {
        return violation("a snapshot of another session");
    }
    if (!covers_all(text)) return violation("a snapshot of other tickers than were asked for");
    bool const good = for_each_tick(text, kQuotesArray, [&](TickView const& tick) {
        auto const ticker = options_.tickers->find(tick.ticker);
        if (!ticker) return violation("a snapshot of a ticker that was not asked for");
        auto& state = states_[*ticker];
        if (state.n > 0) return violation("a ticker twice in a snapshot");
        state.n = state.snapshot_n = tick.n;
        state.t = tick.t;
        if (options_.keep_texts) state.text = tick.text;
    });
    if (!good) return violation("a malformed snapshot");
    if (fd_ < 0) return;
    ++snapshots_;
    snapshot_at_ = now;
    step(Step::snapshot);
}

/// Each ticker of the client once, in whatever order.
bool SwarmClient::covers_all(std::string_view snapshot) const {
    std::vector<bool> seen(states_.size());
    std::size_t count = 0;
    bool const good = for_each_string(snapshot, kTickersArray, [&](std::string_view name) {
        auto const ticker = options_.tickers->find(name);
        if (!ticker || seen[*ticker]) return false;
        seen[*ticker] = true;
        ++count;
        return true;
    });
    return good && count == seen.size();
}

void SwarmClient::on_goodbye(std::string_view text) {
    constexpr std::string_view kWait = "\"reconnect_in_ms\":";
    auto const at = text.find(kWait);
    if (at == std::string_view::npos) return;
    auto const ms = whole_number(text.substr(at + kWait.size()));
    if (!ms) return violation("a goodbye with a wait that is no number");
    comes_back_in_ = std::chrono::milliseconds{*ms};
}

void SwarmClient::on_ticks(std::string_view text) {
    auto const now = options_.latency != nullptr ? wall_clock_us() : 0;
    bool from_future = false;
    std::uint64_t count = 0;
    bool const good = for_each_tick(text, kTicksArray, [&](TickView const& tick) {
        auto const ticker = options_.tickers->find(tick.ticker);
        if (!ticker) return violation("a tick of a ticker that was not asked for");
        auto& state = states_[*ticker];
        if (state.text_number == texts_) return violation("a ticker twice in a frame");
        if (tick.n <= state.n) return violation("n does not go up");
        if (tick.t < state.t) return violation("t goes back");
        jumped_ += tick.n - state.n - 1;
        swarm_.jumped_ += tick.n - state.n - 1;
        state.n = tick.n;
        state.t = tick.t;
        state.text_number = texts_;
        if (options_.keep_texts) state.text = tick.text;
        if (options_.latency != nullptr) {
            options_.latency->add(now > tick.t ? now - tick.t : 0);
            from_future = from_future || from_the_future(now, tick.t);
        }
        ++count;
    });
    ticks_ += count;
    swarm_.ticks_ += count;
    if (from_future) ++swarm_.future_frames_;
    if (!good || count == 0) violation("a malformed ticks frame");
}

void SwarmClient::send_frame(Opcode opcode, std::string_view payload) {
    std::array<char, 4> const mask{'\x5a', '\x3c', '\x71', '\x0f'};
    out_.push_back(static_cast<char>(0x80U | static_cast<unsigned>(opcode)));
    out_.push_back(static_cast<char>(0x80U | static_cast<unsigned>(payload.size())));
    out_.append(mask.data(), mask.size());
    for (std::size_t i = 0; i < payload.size(); ++i) {
        out_.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    }
    flush();
}

void SwarmClient::send_raw(std::string_view bytes) {
    out_.append(bytes);
    flush();
}

void SwarmClient::flush() {
    if (fd_ < 0) return;
    auto const sent = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) out_.erase(0, static_cast<std::size_t>(sent));
    if (sent < 0 && errno == ECONNRESET) send_error_ = errno;
    watch();
}

void SwarmClient::stall() {
    reading_ = false;
    slow_bytes_ = 0;
    watch();
}

void SwarmClient::slow_down(std::size_t bytes) {
    stall();
    slow_bytes_ = bytes;
}

void SwarmClient::resume() {
    reading_ = true;
    slow_bytes_ = 0;
    watch();
}

void SwarmClient::close(std::uint16_t code) {
    if (phase_ != Phase::streaming || close_sent_) return;
    close_sent_ = true;
    std::array<char, 2> const payload{static_cast<char>(code >> 8U), static_cast<char>(code)};
    send_frame(Opcode::close, {payload.data(), payload.size()});
    resume();
}

void SwarmClient::reset() {
    if (fd_ < 0) return;
    linger const now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    end(Ending::local);
}

std::uint16_t SwarmClient::local_port() const noexcept {
    sockaddr_in local{};
    socklen_t size = sizeof local;
    if (fd_ < 0 || ::getsockname(fd_, reinterpret_cast<sockaddr*>(&local), &size) != 0) return 0;
    return ntohs(local.sin_port);
}

void SwarmClient::violation(std::string_view what) {
    if (phase_ == Phase::ended) return;  // one a client: the rest of the frame is not judged
    ++swarm_.violation_count_;
    if (swarm_.violations_.size() < kMaxViolations) {
        swarm_.violations_.push_back("client " + std::to_string(number_) + ": " +
                                     std::string(what));
    }
    end(Ending::violation);
}

void SwarmClient::end(Ending ending, int error) {
    if (phase_ == Phase::ended) return;
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    error_ = error;
    phase_ = Phase::ended;
    ended_at_ = Clock::now();
    ending_ = ending;
    step(Step::ended);
}

}  // namespace tickcast::client
