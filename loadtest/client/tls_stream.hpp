// TLS over a connected socket, by OpenSSL, with recv's and send's manners. A stream belongs to its
// connection and that one's thread; a context may be shared by threads. SIGPIPE must be ignored:
// OpenSSL writes by write().
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <sys/types.h>

struct ssl_ctx_st;
struct ssl_st;

namespace tickcast::client {

/// Whom to trust. TLS 1.2 or newer, http/1.1 by ALPN, as a browser's WebSocket asks for it.
class TlsContext {
public:
    /// `ca_file` has certificates in PEM; empty: those that the system trusts. Throws
    /// std::runtime_error if it can't be read or holds none.
    explicit TlsContext(std::string const& ca_file);
    ssl_ctx_st* get() const noexcept { return context_.get(); }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    std::unique_ptr<ssl_ctx_st, Free> context_;
};

/// The first receive() or send() begins the handshake, and each goes on with it.
class TlsStream {
public:
    /// `name` is the host of the URL: the certificate must be its, and a DNS name is sent as SNI.
    TlsStream(TlsContext const& context, int socket, std::string const& name);

    /// As recv(): 0 is an end that the peer announced (close_notify); one that it did not is an
    /// error. -1 with EAGAIN until the socket is readable, or writable where waits_to_write().
    ssize_t receive(char* to, std::size_t size);
    /// As send(), for as many bytes as the socket takes. After an EAGAIN the same bytes come first.
    ssize_t send(char const* from, std::size_t size);
    /// Whether the last call could not write to the socket.
    bool waits_to_write() const noexcept { return waits_to_write_; }
    /// Says that no more will be sent, if the socket takes it.
    void close_notify();
    /// What ended it, in OpenSSL's words; empty if that was no error of TLS.
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
