// TLS over a connected socket, by OpenSSL, with the interface of recv and send. Owner: the
// connection, on its thread; threads may share a context. The program must ignore SIGPIPE, since
// OpenSSL writes by write().
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <sys/types.h>

struct ssl_ctx_st;
struct ssl_st;

namespace tickcast::client {

/// The trusted certificates. TLS 1.2 or newer; http/1.1 by ALPN, as a browser's WebSocket requests
/// it.
class TlsContext {
public:
    /// `ca_file` has certificates in PEM; empty: the certificates that the system trusts. Throws
    /// std::runtime_error if the file cannot be read or holds none.
    explicit TlsContext(std::string const& ca_file);
    ssl_ctx_st* get() const noexcept { return context_.get(); }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    std::unique_ptr<ssl_ctx_st, Free> context_;
};

/// The first receive() or send() begins the handshake, and each further call continues it.
class TlsStream {
public:
    /// `name` is the host of the URL: the certificate must be for it, and a DNS name is sent as
    /// SNI.
    TlsStream(TlsContext const& context, int socket, std::string const& name);

    /// As recv(). 0: the peer announced its end (close_notify); an unannounced end is an error. -1
    /// with EAGAIN: call again once the socket is readable, or writable if waits_to_write().
    ssize_t receive(char* to, std::size_t size);
    /// As send(), for as many bytes as the socket takes. After an EAGAIN the next call must begin
    /// with the same bytes.
    ssize_t send(char const* from, std::size_t size);
    /// Whether the last call could not write to the socket.
    bool waits_to_write() const noexcept { return waits_to_write_; }
    /// Sends a close_notify (no more data will follow), if the socket takes it.
    void close_notify();
    /// The TLS error that ended the stream, in OpenSSL's words; empty if there was none.
    std::string const& failure() const noexcept { return failure_; }

private:
    ssize_t result(int done);

    struct Free {
        void operator()(ssl_st* ssl) const noexcept;
    };
    std::unique_ptr<ssl_st, Free> ssl_;
    bool waits_to_write_{false};
    std::string failure_;
};

}  // namespace tickcast::client
