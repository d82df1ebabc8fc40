#include "support/tls_client.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace tickcast::test {

namespace {

template <class Write>
void write_file(std::string const& name, Write write) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(name.c_str(), "w"),
                                                         std::fclose};
    if (!file || write(file.get()) != 1) throw std::runtime_error("cannot write " + name);
}

SSL_CTX* client_context() {
    static std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> const context = [] {
        std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
        return std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>{SSL_CTX_new(TLS_client_method()),
                                                            SSL_CTX_free};
    }();
    return context.get();
}

}  // namespace

TestCertificate::TestCertificate() {
    char folder[] = "/tmp/tickcast-tls-XXXXXX";
    if (::mkdtemp(folder) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = folder;
    certificate_file_ = folder_ + "/cert.pem";
    key_file_ = folder_ + "/key.pem";
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> const key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    std::unique_ptr<X509, void (*)(X509*)> const certificate{X509_new(), X509_free};
    auto* const x509 = certificate.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 86'400);
    X509_set_pubkey(x509, key.get());
    auto* const name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<unsigned char const*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    if (X509_sign(x509, key.get(), EVP_sha256()) == 0) throw std::runtime_error("not signed");
    write_file(certificate_file_, [&](std::FILE* file) { return PEM_write_X509(file, x509); });
    write_file(key_file_, [&](std::FILE* file) {
        return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

TestCertificate::~TestCertificate() {
    ::unlink(certificate_file_.c_str());
    ::unlink(key_file_.c_str());
    ::rmdir(folder_.c_str());
}

void TlsClient::Free::operator()(ssl_st* ssl) const noexcept {
    SSL_free(ssl);
}

TlsClient::TlsClient(int socket, bool tls12) : ssl_(SSL_new(client_context())) {
    if (!ssl_) return;
    if (tls12) SSL_set_max_proto_version(ssl_.get(), TLS1_2_VERSION);
    ok_ = SSL_set_fd(ssl_.get(), socket) == 1 && SSL_connect(ssl_.get()) == 1;
}

bool TlsClient::send(std::string_view bytes) noexcept {
    std::size_t written = 0;
    return bytes.empty() || SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written) == 1;
}

ssize_t TlsClient::recv(char* into, std::size_t size) noexcept {
    std::size_t got = 0;
    if (SSL_read_ex(ssl_.get(), into, size, &got) == 1) return static_cast<ssize_t>(got);
    return ended_cleanly() ? 0 : -1;
}

bool TlsClient::pending() const noexcept {
    return SSL_pending(ssl_.get()) > 0;
}

void TlsClient::update_keys() noexcept {
    if (SSL_version(ssl_.get()) == TLS1_3_VERSION) {
        SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
    }
}

bool TlsClient::update_keys_now() noexcept {
    return SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) == 1 &&
           SSL_do_handshake(ssl_.get()) == 1;
}

bool TlsClient::ended_cleanly() const noexcept {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

}  // namespace tickcast::test
