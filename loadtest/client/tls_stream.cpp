#include "client/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <netinet/in.h>
#include <stdexcept>

namespace tickcast::client {
namespace {

constexpr std::array<unsigned char, 9> kAlpn{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

std::string newest_error() {
    auto const code = ERR_peek_last_error();
    if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
    auto const* const reason = ::ERR_reason_error_string(code);
    return reason == nullptr ? "error " + std::to_string(code) : reason;
}

int clipped(std::size_t size) noexcept {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

bool is_address(std::string const& name) noexcept {
    in_addr address{};
    return ::inet_pton(AF_INET, name.c_str(), &address) == 1;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept {
    ::SSL_CTX_free(context);
}

void TlsStream::Free::operator()(ssl_st* ssl) const noexcept {
    ::SSL_free(ssl);
}

TlsContext::TlsContext(std::string const& ca_file)
    : context_(::SSL_CTX_new(::TLS_client_method())) {
    if (!context_) throw std::runtime_error(newest_error());
    auto* const context = context_.get();
    ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    ::SSL_CTX_set_alpn_protos(context, kAlpn.data(), kAlpn.size());
    // Three modes: an idle client holds no buffer; the bytes of a repeated write may lie at another
    // address; and one read of the socket takes all records that are there.
    ::SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    ::SSL_CTX_set_read_ahead(context, 1);
    ::ERR_clear_error();
    int const loaded = ca_file.empty() ? ::SSL_CTX_set_default_verify_paths(context)
                                       : ::SSL_CTX_load_verify_file(context, ca_file.c_str());
    if (loaded != 1) throw std::runtime_error(newest_error());
}

TlsStream::TlsStream(TlsContext const& context, int socket, std::string const& name)
    : ssl_(::SSL_new(context.get())) {
    if (!ssl_ || ::SSL_set_fd(ssl_.get(), socket) != 1) throw std::runtime_error(newest_error());
    ::SSL_set_connect_state(ssl_.get());
    // RFC 6066, 3: an IP address is no server name.
    auto* const ssl = ssl_.get();
    bool set = false;
    if (is_address(name)) {
        set = ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl), name.c_str()) == 1;
    } else {
        // SSL_set_tlsext_host_name, without the old-style cast that this macro has.
        set = ::SSL_set1_host(ssl, name.c_str()) == 1 &&
              ::SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                         const_cast<char*>(name.c_str())) == 1;
    }
    if (!set) throw std::runtime_error(newest_error());
}

ssize_t TlsStream::receive(char* to, std::size_t size) {
    ::ERR_clear_error();
    errno = 0;
    return result(::SSL_read(ssl_.get(), to, clipped(size)));
}

ssize_t TlsStream::send(char const* from, std::size_t size) {
    ::ERR_clear_error();
    errno = 0;
    return result(::SSL_write(ssl_.get(), from, clipped(size)));
}

ssize_t TlsStream::result(int done) {
    waits_to_write_ = false;
    if (done > 0) return done;
    int const error = errno;
    switch (::SSL_get_error(ssl_.get(), done)) {
        case SSL_ERROR_WANT_WRITE:
            waits_to_write_ = true;
            [[fallthrough]];
        case SSL_ERROR_WANT_READ:
            errno = EAGAIN;
            return -1;
        case SSL_ERROR_ZERO_RETURN:
            return 0;
        case SSL_ERROR_SYSCALL:
            errno = error != 0 ? error : ECONNRESET;
            return -1;
        default:
            break;
    }
    failure_ = "TLS: " + newest_error();
    auto const verified = ::SSL_get_verify_result(ssl_.get());
    if (verified != X509_V_OK) {
        failure_.append(" (").append(::X509_verify_cert_error_string(verified)).append(")");
    }
    errno = EPROTO;
    return -1;
}

void TlsStream::close_notify() {
    // Not allowed after an error or within a handshake (SSL_shutdown(3)).
    if (!failure_.empty() || ::SSL_is_init_finished(ssl_.get()) == 0) return;
    ::ERR_clear_error();
    ::SSL_shutdown(ssl_.get());
}

}  // namespace tickcast::client
