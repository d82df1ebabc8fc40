// One connection's TLS, server side, by OpenSSL. It reads from the socket itself, but only makes
// outgoing records; the owner of the socket's output sends them. So no call here ever waits for the
// peer to read. Owner: the ClientSocket, later the OrderedLayer; one thread at a time. Bound: one
// incoming record, and the records of the current write (held by the caller).
#pragma once

#include "tickcast/runtime/executor.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace tickcast {

/// Receives the outgoing bytes, in order.
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
        want_read,  ///< call again once the socket is readable
        closed,     ///< the peer ended its side, by close_notify or FIN
        failed,     ///< see `error`; a last record (an alert) is in the sink
    };
    struct Step {
        Status status{Status::done};
        std::size_t size{0};  ///< plain bytes read
    };
    /// The most plain bytes of one record (RFC 8446 section 5.1).
    static constexpr std::size_t kRecord = 16'384;
    /// How many messages of the handshake layer (key updates, and in TLS 1.2 wishes to renegotiate)
    /// may come without data between them. Each costs us more than the peer, and OpenSSL's read
    /// continues as long as more of them come; RFC 8446 sets no limit.
    static constexpr unsigned kMaxWithoutData = 32;
    /// How many bytes of answers to these messages may wait while the peer reads nothing.
    static constexpr std::size_t kMaxUnsentAnswers = 65'536;

    /// Null where OpenSSL has no memory for it.
    static std::unique_ptr<TlsSession> make(ssl_ctx_st* context);
    ~TlsSession();
    TlsSession(TlsSession const&) = delete;
    TlsSession& operator=(TlsSession const&) = delete;

    /// Continues the handshake as far as the socket's bytes allow.
    Step handshake(int socket, ByteSink& out) noexcept;
    /// Reads plain bytes, from the socket or from records read earlier. It may write records to
    /// `out` (the answer to a key update, an alert).
    Step read(int socket, void* into, std::size_t size, ByteSink& out) noexcept;
    /// Writes the records of `plain` to `out`. False: the connection is broken.
    bool write(std::string_view plain, ByteSink& out) noexcept;
    /// Writes a close_notify (the end of our side), once, and only where it would be true.
    void close_notify(ByteSink& out) noexcept;

    /// For the ClientSocket: records that are not sent yet, in order.
    std::string& unsent() noexcept { return unsent_; }
    /// The reason why the last step failed.
    SystemError error() const noexcept { return error_; }

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
