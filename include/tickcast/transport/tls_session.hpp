// One connection's TLS, server side, by OpenSSL: reads from the socket by itself, but only makes
// the records that go out and leaves their sending to whoever orders the socket's output. So
// nothing here ever waits for the peer to read. Owner: its ClientSocket, one thread at a time.
// Bound: one record in, and the records of what is being written (held by the caller).
#pragma once

#include "tickcast/runtime/executor.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace tickcast {

/// Takes the bytes that go out, in order.
class ByteSink {
public:
    virtual void append(std::string_view bytes) = 0;

protected:
    ~ByteSink() = default;
};

template <class Target>
class SinkTo final : public ByteSink {
public:
    explicit SinkTo(Target& target) noexcept : target_(target) {}
    void append(std::string_view bytes) override { target_.append(bytes); }

private:
    Target& target_;
};

class TlsSession {
public:
    enum class Status : std::uint8_t {
        done,
        want_read,  ///< once the socket is readable, again
        closed,     ///< the peer ended its side, by close_notify or FIN
        failed,     ///< see `error`; what was left to say (an alert) is in the sink
    };
    struct Step {
        Status status{Status::done};
        std::size_t size{0};  ///< plain bytes read
    };
    /// A record holds up to so many plain bytes (RFC 8446 section 5.1).
    static constexpr std::size_t kRecord = 16'384;
    /// How many messages of the handshake layer (key updates, and in TLS 1.2 wishes to renegotiate)
    /// may come with no data between them. Each costs us more than the peer, and OpenSSL's read
    /// goes on as long as there are any; RFC 8446 sets no limit of its own.
    static constexpr unsigned kMaxWithoutData = 32;
    /// How many bytes of answers to these may wait while the peer takes nothing.
    static constexpr std::size_t kMaxUnsaid = 65'536;

    /// Null where OpenSSL has no memory for it.
    static std::unique_ptr<TlsSession> make(ssl_ctx_st* context);
    ~TlsSession();
    TlsSession(TlsSession const&) = delete;
    TlsSession& operator=(TlsSession const&) = delete;

    /// Goes on with the handshake, as far as the socket's bytes allow.
    Step handshake(int socket, ByteSink& out) noexcept;
    /// Plain bytes from the socket, or that wait here. May have something to say (a key update's
    /// answer, an alert).
    Step read(int socket, void* into, std::size_t size, ByteSink& out) noexcept;
    /// Records of these bytes. False: the connection is broken.
    bool write(std::string_view plain, ByteSink& out) noexcept;
    /// The end of our side (close_notify), once, and only where that would be true.
    void close_notify(ByteSink& out) noexcept;

    /// For its ClientSocket: records on their way out, in order.
    std::string& unsent() noexcept { return unsent_; }
    /// Why the last step failed.
    SystemError error() const noexcept { return error_; }
    /// As in "TLSv1.3".
    std::string_view version() const noexcept;

private:
    friend struct TlsTransport;
    struct Free {
        void operator()(ssl_st* ssl) const noexcept;
    };

    TlsSession() = default;
    Step conclude(int result) noexcept;
    bool says_too_little() const noexcept { return without_data_ > kMaxWithoutData; }

    std::unique_ptr<ssl_st, Free> ssl_;
    std::string unsent_;
    int socket_{-1};           ///< within a call
    ByteSink* out_{nullptr};   ///< within a call
    SystemError transport_{};  ///< what the socket last failed with
    bool ended_{false};        ///< the peer's FIN was read
    bool established_{false};
    unsigned without_data_{0};  ///< messages, see kMaxWithoutData
    bool broken_{false};        ///< no further call into OpenSSL
    SystemError error_{};
};

/// Errors of OpenSSL, by its own texts.
boost::system::error_category const& tls_category() noexcept;

}  // namespace tickcast
