// Blocking HTTP/1.1, plain or over TLS: one request, one answer, each with a deadline.
#pragma once

#include "client/tls_stream.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast::client {

struct Endpoint {
    std::string address;  ///< numeric IPv4
    std::uint16_t port{0};
    std::string host{};  ///< for the Host header, with its port; empty: address and port
    std::string name{};  ///< of the host, without the port: the certificate must be for it
    std::shared_ptr<TlsContext const> tls{};  ///< null: plain HTTP

    std::string host_header() const {
        return host.empty() ? address + ":" + std::to_string(port) : host;
    }
};

struct HttpReply {
    int status{0};
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

/// Parses the whole head of an answer ("HTTP/1.1 200 OK\r\n…"); throws std::runtime_error if the
/// text is none.
HttpReply parse_reply_head(std::string_view head);

/// The size of the answer's body by its Content-Length; nothing where it has none. Throws
/// std::runtime_error if that is no whole number, or over 1 GiB.
std::optional<std::size_t> content_length(HttpReply const& reply);

/// One connection, kept alive between requests. Connecting has the timeout as its deadline, and so
/// has a request with its answer. One thread; the destructor closes the connection. Throws
/// std::runtime_error if the server cannot be reached, hangs up or breaks HTTP.
class HttpConnection {
public:
    explicit HttpConnection(Endpoint endpoint,
                            std::chrono::seconds timeout = std::chrono::seconds{30});
    ~HttpConnection();
    HttpConnection(HttpConnection const&) = delete;
    HttpConnection& operator=(HttpConnection const&) = delete;

    HttpReply request(std::string_view method, std::string_view target, std::string_view type = {},
                      std::string_view body = {});
    void close() noexcept;

private:
    void connect();
    /// Waits until the socket is ready for `events`; throws at the deadline.
    void wait_for(short events) const;
    /// Handles the result of a receive or send (a number of bytes, or -1 and errno): waits if the
    /// socket was not ready.
    void wait_after(ssize_t done, short events, std::string const& what) const;
    void send_all(std::string_view bytes);
    void receive_more();
    HttpReply receive();

    Endpoint endpoint_;
    std::chrono::seconds timeout_;
    std::chrono::steady_clock::time_point deadline_{};
    int fd_{-1};
    std::unique_ptr<TlsStream> tls_;
    std::string buffer_;
};

}  // namespace tickcast::client
