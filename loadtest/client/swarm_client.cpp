#include "client/swarm_client.hpp"

#include "client/http_client.hpp"
#include "client/swarm.hpp"
#include "client/tick_scan.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tickcast::client {
namespace {

// The example pair of RFC 6455, 1.3: so the accept value is known without computing SHA-1.
constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::size_t kMaxViolations = 100;
constexpr std::size_t kMaxReply = 1U << 20U;  ///< of the answer to a creation or a handshake

/// 127.1.0.1 to 127.200.249.250: for the server these are many hosts.
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
    if (swarm_.server_.tls) {
        tls_ = std::make_unique<TlsStream>(*swarm_.server_.tls, fd_, swarm_.server_.name);
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
    // TLS waits for the operation that its last call could not do: within the handshake this is
    // often a read.
    bool const writing = tls_ && connected_ ? tls_->waits_to_write() : !out_.empty();
    event.events = (reading_ ? EPOLLIN : 0U) | (writing ? EPOLLOUT : 0U);
    if (event.events == watched_) return;
    watched_ = event.events;
    ::epoll_ctl(swarm_.epoll_, EPOLL_CTL_MOD, fd_, &event);
}

void SwarmClient::on_events(std::uint32_t events) {
    if (fd_ < 0) return;
    if (!connected_) {
        // The error is read before anything is sent: send() would consume it, and recv() would then
        // report an end of file though there never was a connection.
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
    // The bytes read may have completed the handshake that it waits for.
    if (tls_ && !out_.empty()) flush();
}

ssize_t SwarmClient::receive(std::size_t limit) {
    auto* const to = swarm_.buffer_.data();
    return tls_ ? tls_->receive(to, limit) : ::recv(fd_, to, limit, 0);
}

ssize_t SwarmClient::send_waiting() {
    if (!tls_) return ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return out_.empty() ? 0 : tls_->send(out_.data(), out_.size());
}

void SwarmClient::on_readable(std::size_t limit) {
    while (fd_ >= 0) {
        auto const got = receive(limit);
        if (got <= 0) return on_nothing_read(got, errno);
        swarm_.bytes_ += static_cast<std::uint64_t>(got);
        on_bytes({swarm_.buffer_.data(), static_cast<std::size_t>(got)});
        // TLS returns one record at a time, and epoll does not report records that OpenSSL holds
        // already.
        if (!tls_ || !reading_) return;
    }
}

void SwarmClient::on_nothing_read(ssize_t got, int error) {
    if (got == 0) {
        if (send_error_ != 0 && !close_code_) return end(Ending::reset, send_error_);
        if (phase_ < Phase::streaming) return end(Ending::refused);
        end(close_code_ ? Ending::close_frame : Ending::end_of_file);
    } else if (error != EAGAIN && error != EINTR) {
        end(Ending::reset, error);
    } else if (tls_) {
        watch();
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
    auto const size = content_length(reply);
    if (!size) return violation("an answer without Content-Length");
    if (http_in_.size() < head_end + 4 + *size) return;
    if (phase_ == Phase::creating && reply.status == 201) {
        std::string const body = http_in_.substr(head_end + 4, *size);
        http_in_.erase(0, head_end + 4 + *size);
        return on_created(body);
    }
    on_refusal(reply);
}

void SwarmClient::on_refusal(HttpReply const& reply) {
    refusal_ = reply.status;
    auto const wait = reply.headers.find("retry-after");
    if (wait != reply.headers.end()) {
        auto const seconds = whole_number(wait->second);  // nothing for a date, which is ignored
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

void SwarmClient::flush() {
    if (fd_ < 0) return;
    auto const sent = send_waiting();
    if (sent > 0) out_.erase(0, static_cast<std::size_t>(sent));
    if (sent < 0 && errno == ECONNRESET) send_error_ = errno;
    if (sent < 0 && !tls_failure().empty()) return end(Ending::reset, errno);
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
    look_again_ = tls_ != nullptr && !reading_;
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
    if (phase_ == Phase::ended) return;  // one per client: the rest of the frame is not judged
    ++swarm_.violation_count_;
    if (swarm_.violations_.size() < kMaxViolations) {
        swarm_.violations_.push_back("client " + std::to_string(number_) + ": " +
                                     std::string(what));
    }
    end(Ending::violation);
}

void SwarmClient::end(Ending ending, int error) {
    if (phase_ == Phase::ended) return;
    if (tls_ && ending != Ending::local && ending != Ending::reset) tls_->close_notify();
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    error_ = error;
    phase_ = Phase::ended;
    ended_at_ = Clock::now();
    ending_ = ending;
    step(Step::ended);
}

}  // namespace tickcast::client
