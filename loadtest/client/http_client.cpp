#include "client/http_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace tickcast::client {
namespace {

constexpr std::size_t kMostBody = std::size_t{1} << 30U;  ///< far above any answer of the server

[[noreturn]] void fail(std::string const& what) {
    throw std::runtime_error("http client: " + what);
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

}  // namespace

HttpReply parse_reply_head(std::string_view head) {
    HttpReply reply;
    if (head.substr(0, 9) != "HTTP/1.1 " || head.size() < 12) fail("not an HTTP/1.1 answer");
    std::from_chars(head.data() + 9, head.data() + 12, reply.status);
    auto line = head.find("\r\n");
    while (line != std::string_view::npos && line + 2 < head.size()) {
        auto const end = std::min(head.find("\r\n", line + 2), head.size());
        auto const field = head.substr(line + 2, end - line - 2);
        auto const colon = field.find(':');
        if (colon != std::string_view::npos) {
            std::string name(field.substr(0, colon));
            std::transform(name.begin(), name.end(), name.begin(), lower);
            auto value = field.substr(colon + 1);
            while (!value.empty() && value.front() == ' ')
                value.remove_prefix(1);
            reply.headers[name] = value;
        }
        line = end < head.size() ? end : std::string_view::npos;
    }
    return reply;
}

std::optional<std::size_t> content_length(HttpReply const& reply) {
    auto const found = reply.headers.find("content-length");
    if (found == reply.headers.end()) return std::nullopt;
    auto const* const end = found->second.data() + found->second.size();
    std::size_t length = 0;
    auto const [stop, error] = std::from_chars(found->second.data(), end, length);
    if (error != std::errc{} || stop != end || length > kMostBody) {
        fail("a Content-Length that is no size");
    }
    return length;
}

HttpConnection::HttpConnection(Endpoint endpoint, std::chrono::seconds timeout)
    : endpoint_(std::move(endpoint)), timeout_(timeout) {}

HttpConnection::~HttpConnection() {
    close();
}

void HttpConnection::close() noexcept {
    if (tls_) tls_->close_notify();
    tls_.reset();
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    buffer_.clear();
}

void HttpConnection::connect() {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0) fail(std::strerror(errno));
    timeval const limit{timeout_.count(), 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    int const on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(endpoint_.port);
    ::inet_pton(AF_INET, endpoint_.address.c_str(), &to.sin_addr);
    if (::connect(fd_, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0) {
        fail(std::string("connect: ") + std::strerror(errno));
    }
    if (!endpoint_.tls) return;
    // Uses poll() with a deadline: TLS must not block in a read of its own.
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
    tls_ = std::make_unique<TlsStream>(*endpoint_.tls, fd_, endpoint_.name);
}

void HttpConnection::wait_for(short events) const {
    auto const left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    pollfd wanted{fd_, events, 0};
    if (left.count() <= 0 || ::poll(&wanted, 1, static_cast<int>(left.count())) == 0) {
        fail("no answer in time");
    }
}

void HttpConnection::wait_after(ssize_t done, short events, std::string const& what) const {
    if (done >= 0) return;
    int const error = errno;
    if (tls_ && !tls_->failure().empty()) fail(what + tls_->failure());
    if (error != EAGAIN) fail(what + std::strerror(error));
    if (tls_) events = tls_->waits_to_write() ? POLLOUT : POLLIN;
    wait_for(events);
}

void HttpConnection::send_all(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const sent =
            tls_ ? tls_->send(bytes.data(), bytes.size())
                 : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        wait_after(sent, POLLOUT, "send: ");
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void HttpConnection::receive_more() {
    std::array<char, 65536> chunk;
    for (;;) {
        auto const got = tls_ ? tls_->receive(chunk.data(), chunk.size())
                              : ::recv(fd_, chunk.data(), chunk.size(), MSG_DONTWAIT);
        if (got == 0) fail("the server hung up");
        wait_after(got, POLLIN, "receive: ");
        if (got < 0) continue;
        buffer_.append(chunk.data(), static_cast<std::size_t>(got));
        return;
    }
}

HttpReply HttpConnection::receive() {
    std::size_t head_end = 0;
    while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos)
        receive_more();
    HttpReply reply = parse_reply_head(std::string_view(buffer_).substr(0, head_end));
    auto const size = content_length(reply);
    if (!size && reply.status != 204) fail("an answer without Content-Length");
    auto const length = size.value_or(0);
    while (buffer_.size() < head_end + 4 + length)
        receive_more();
    reply.body = buffer_.substr(head_end + 4, length);
    buffer_.erase(0, head_end + 4 + length);
    auto const connection = reply.headers.find("connection");
    if (connection != reply.headers.end() && connection->second == "close") close();
    return reply;
}

HttpReply HttpConnection::request(std::string_view method, std::string_view target,
                                  std::string_view type, std::string_view body) {
    if (fd_ < 0) connect();
    deadline_ = std::chrono::steady_clock::now() + timeout_;
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
    text.append(endpoint_.host_header());
    if (!type.empty()) text.append("\r\nContent-Type: ").append(type);
    if (!body.empty() || method == "POST") {
        text.append("\r\nContent-Length: ").append(std::to_string(body.size()));
    }
    text.append("\r\n\r\n").append(body);
    send_all(text);
    return receive();
}

}  // namespace tickcast::client
