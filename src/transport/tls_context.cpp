#include "tickcast/transport/tls_context.hpp"

#include "tickcast/base/logging.hpp"
#include "transport/tls_files.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tickcast {

namespace {

/// Forward secrecy and AEAD only; TLS 1.3 has nothing else, and every client since 2014 has these.
constexpr char const* kTls12Ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

using ContextPtr = std::shared_ptr<SSL_CTX>;

/// The error says why the file cannot be read.
Result<void, std::string> check_readable(std::string const& file) {
    int const descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return std::string{std::strerror(errno)};
    struct stat status{};
    int const failed = ::fstat(descriptor, &status);
    ::close(descriptor);
    if (failed == 0 && S_ISDIR(status.st_mode)) return std::string{std::strerror(EISDIR)};
    return {};
}

/// ALPN (RFC 7301): only HTTP/1.1 is spoken here. A client that offers only other protocols gets an
/// alert. For a client that offers nothing OpenSSL does not call this function.
int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* chosen_size,
                    unsigned char const* offered, unsigned offered_size, void*) {
    static constexpr unsigned char kHttp11[] = "\x08http/1.1";
    unsigned char* selected = nullptr;
    auto const result = SSL_select_next_proto(&selected, chosen_size, kHttp11, sizeof kHttp11 - 1,
                                              offered, offered_size);
    if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = selected;
    return SSL_TLSEXT_ERR_OK;
}

ContextPtr make_context() {
    ContextPtr context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    if (!context) return context;
    auto* const raw = context.get();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION);
    SSL_CTX_set_cipher_list(raw, kTls12Ciphers);
    // A client may hang up without a close_notify: HTTP and WebSocket mark the end of a message
    // themselves.
    SSL_CTX_set_options(
        raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // Idle connections keep no record buffers: 34 KB each.
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    // One recv for header and record; reads go on until the socket is empty.
    SSL_CTX_set_read_ahead(raw, 1);
    // Sessions resume by tickets, which the clients keep; no memory here grows with them.
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(raw, &choose_protocol, nullptr);
    SSL_CTX_set_default_passwd_cb(raw, &no_pass_phrase);  // for the certificate's file
    return context;
}

std::string not_after(SSL_CTX* context) {
    auto const* time = X509_get0_notAfter(SSL_CTX_get0_certificate(context));
    std::unique_ptr<BIO, int (*)(BIO*)> text{BIO_new(BIO_s_mem()), BIO_free};
    ASN1_TIME_print(text.get(), time);
    char* data = nullptr;
    auto const size = BIO_get_mem_data(text.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

TlsContext::TlsContext(std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

Result<void, TlsContext::LoadError> TlsContext::load() {
    auto const no_certificate = [this](std::string_view why) {
        return LoadError{"tls-cert", certificate_file_, std::string{why}};
    };
    auto const no_key = [this](std::string_view why) {
        return LoadError{"tls-key", key_file_, std::string{why}};
    };
    ERR_clear_error();
    auto const context = make_context();
    if (!context) return no_certificate(openssl_reason());
    auto const certificate_readable = check_readable(certificate_file_);
    if (!certificate_readable) return no_certificate(certificate_readable.error());
    auto const key_readable = check_readable(key_file_);
    if (!key_readable) return no_key(key_readable.error());
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file_.c_str()) != 1) {
        return no_certificate(why_no_chain(certificate_file_, openssl_reason()));
    }
    auto const key = read_key(key_file_);
    if (!key) return no_key(key.error());
    auto const* certificate = SSL_CTX_get0_certificate(context.get());
    auto const pair = check_pair(X509_get0_pubkey(certificate), key->get());
    if (!pair) return no_key(pair.error());
    if (SSL_CTX_use_PrivateKey(context.get(), key->get()) != 1) return no_key(openssl_reason());
    std::lock_guard const lock{mutex_};
    current_ = context;
    return {};
}

std::shared_ptr<ssl_ctx_st> TlsContext::current() const {
    std::lock_guard const lock{mutex_};
    return current_;
}

void TlsContext::log_loaded() const {
    auto const context = current();
    if (!context) return;
    auto const log = logger("transport");
    auto const end = not_after(context.get());
    log->info("event=tls_loaded certificate=\"{}\" not_after=\"{}\"", certificate_file_, end);
    auto const* time = X509_get0_notAfter(SSL_CTX_get0_certificate(context.get()));
    if (X509_cmp_current_time(time) < 0) {
        log->warn("event=tls_certificate_expired certificate=\"{}\" not_after=\"{}\"",
                  certificate_file_, end);
    }
}

std::unique_ptr<TlsSession> TlsContext::new_session() const {
    auto const context = current();
    return context ? TlsSession::make(context.get()) : nullptr;
}

}  // namespace tickcast
