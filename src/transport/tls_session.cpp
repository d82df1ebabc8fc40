#include "tickcast/transport/tls_session.hpp"

#include "transport/socket_calls.hpp"

#include <boost/asio/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>

namespace tickcast {

namespace {

// Boost's base class is made so on purpose: categories are never deleted.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class TlsCategory final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "tls"; }
    std::string message(int value) const override {
        auto const* reason = ERR_reason_error_string(static_cast<unsigned>(value));
        return reason != nullptr ? reason : "TLS failed";
    }
};
#pragma GCC diagnostic pop

}  // namespace

boost::system::error_category const& tls_category() noexcept {
    static TlsCategory const category;
    return category;
}

/// OpenSSL's view of the connection: a BIO that reads from the socket and writes into the sink.
struct TlsTransport {
    static TlsSession& session_of(BIO* bio) noexcept {
        return *static_cast<TlsSession*>(BIO_get_data(bio));
    }

    static int read(BIO* bio, char* into, int size) noexcept {
        auto& session = session_of(bio);
        BIO_clear_retry_flags(bio);
        if (session.says_too_little()) {
            session.transport_ = asio::error::connection_aborted;
            return -1;
        }
        auto const got = receive_now(session.socket_, into, static_cast<std::size_t>(size));
        if (got < 0 && would_block(errno)) {
            BIO_set_retry_read(bio);
        } else if (got < 0) {
            session.transport_ = SystemError{errno, boost::system::system_category()};
        } else if (got == 0) {
            session.ended_ = true;
        }
        return static_cast<int>(got);
    }

    static int write(BIO* bio, char const* bytes, int size) noexcept {
        session_of(bio).out_->append({bytes, static_cast<std::size_t>(size)});
        return size;
    }

    static long control(BIO* bio, int command, long, void*) noexcept {
        if (command == BIO_CTRL_FLUSH) return 1;
        if (command == BIO_CTRL_EOF) return session_of(bio).ended_ ? 1 : 0;
        return 0;
    }

    static void on_message(int written, int, int type, void const*, std::size_t, SSL*,
                           void* session) noexcept {
        auto& self = *static_cast<TlsSession*>(session);
        if (written == 0 && type == SSL3_RT_HANDSHAKE && self.established_) ++self.without_data_;
    }

    static BIO_METHOD const* method() noexcept {
        static BIO_METHOD const* const kMethod = [] {
            auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tickcast");
            if (made == nullptr) return made;
            BIO_meth_set_read(made, &TlsTransport::read);
            BIO_meth_set_write(made, &TlsTransport::write);
            BIO_meth_set_ctrl(made, &TlsTransport::control);
            return made;
        }();
        return kMethod;
    }
};

void TlsSession::Free::operator()(ssl_st* ssl) const noexcept {
    SSL_free(ssl);
}

std::unique_ptr<TlsSession> TlsSession::make(ssl_ctx_st* context) {
    std::unique_ptr<TlsSession> session{new TlsSession};
    session->ssl_.reset(SSL_new(context));
    auto* const transport =
        TlsTransport::method() != nullptr ? BIO_new(TlsTransport::method()) : nullptr;
    if (!session->ssl_ || transport == nullptr) {
        BIO_free(transport);
        ERR_clear_error();
        return nullptr;
    }
    BIO_set_data(transport, session.get());
    BIO_set_init(transport, 1);
    SSL_set_bio(session->ssl_.get(), transport, transport);
    SSL_set_accept_state(session->ssl_.get());
    SSL_set_msg_callback(session->ssl_.get(), &TlsTransport::on_message);
    SSL_set_msg_callback_arg(session->ssl_.get(), session.get());
    return session;
}

TlsSession::~TlsSession() = default;

TlsSession::Step TlsSession::handshake(int socket, ByteSink& out) noexcept {
    if (broken_) return {Status::failed};
    socket_ = socket;
    out_ = &out;
    ERR_clear_error();
    auto const step = conclude(SSL_do_handshake(ssl_.get()));
    established_ = step.status == Status::done;
    return step;
}

TlsSession::Step TlsSession::read(int socket, void* into, std::size_t size,
                                  ByteSink& out) noexcept {
    if (broken_) return {Status::failed};
    socket_ = socket;
    out_ = &out;
    ERR_clear_error();
    std::size_t got = 0;
    auto step = conclude(SSL_read_ex(ssl_.get(), into, size, &got));
    if (says_too_little()) {
        error_ = asio::error::connection_aborted;
        broken_ = true;
        return {Status::failed};
    }
    if (got > 0) without_data_ = 0;
    step.size = got;
    return step;
}

bool TlsSession::write(std::string_view plain, ByteSink& out) noexcept {
    if (broken_) return false;
    if (plain.empty()) return true;
    out_ = &out;
    ERR_clear_error();
    std::size_t written = 0;
    // The sink takes all, so this never stops half-way.
    auto const step = conclude(SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written));
    if (step.status == Status::done && written == plain.size()) return true;
    if (!error_) error_ = asio::error::connection_aborted;
    broken_ = true;
    return false;
}

void TlsSession::close_notify(ByteSink& out) noexcept {
    auto* const ssl = ssl_.get();
    if (broken_ || !SSL_is_init_finished(ssl)) return;
    if ((SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN) != 0) return;
    out_ = &out;
    ERR_clear_error();
    SSL_shutdown(ssl);
    ERR_clear_error();
}

TlsSession::Step TlsSession::conclude(int result) noexcept {
    if (result > 0) return {Status::done};
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {Status::want_read};
        case SSL_ERROR_ZERO_RETURN:
            return {Status::closed};
        case SSL_ERROR_SYSCALL:
            error_ = transport_ ? transport_ : SystemError{asio::error::eof};
            break;
        default:
            error_ = {static_cast<int>(ERR_peek_error()), tls_category()};
    }
    ERR_clear_error();
    broken_ = true;
    return {Status::failed};
}

}  // namespace tickcast
