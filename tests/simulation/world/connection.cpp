// OpenSSL calls RAND_set_rand_method deprecated; providers, its successors, are a library each.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "simulation/world/connection.hpp"

#include "support/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>

namespace tickcast::simulation {

namespace {

SSL_CTX* context() {
    static SSL_CTX* const only = SSL_CTX_new(TLS_client_method());
    return only;
}

Random& numbers() {
    static Random only{1};
    return only;
}

int fill(unsigned char* bytes, int size) {
    std::generate_n(bytes, size, [] { return static_cast<unsigned char>(numbers()()); });
    return 1;
}

}  // namespace

void prepare_tls() {
    static RAND_METHOD const method{
        .seed = nullptr,
        .bytes = fill,
        .cleanup = nullptr,
        .add = nullptr,
        .pseudorand = fill,
        .status = [] { return 1; },
    };
    RAND_set_rand_method(&method);
    context();
    // By the box's clock: the certificate, and so all signatures, are the same in each process.
    Kernel const kernel{1};
    certificate();
}

void seed_tls(std::uint64_t seed) {
    numbers().seed(seed);
}

test::TestCertificate const& certificate() {
    static test::TestCertificate const only;
    return only;
}

void Connection::Free::operator()(ssl_st* ssl) const noexcept {
    SSL_free(ssl);
}

std::unique_ptr<Connection> Connection::open(Kernel& kernel, sockaddr_in from, sockaddr_in to,
                                             Path const& path, TcpEnd::Options const& options,
                                             bool tls) {
    auto end = kernel.connect(from, to, path, options);
    if (!end) return nullptr;
    return std::unique_ptr<Connection>{new Connection{std::move(end), tls}};
}

Connection::Connection(std::shared_ptr<TcpEnd> end, bool tls) : end_(std::move(end)) {
    if (!tls) return;
    ssl_.reset(SSL_new(context()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_.get());
    if (by_chance(end_->random(), 200)) SSL_set_max_proto_version(ssl_.get(), TLS1_2_VERSION);
    SSL_do_handshake(ssl_.get());
    flush();
}

Connection::~Connection() = default;

void Connection::send(std::string_view bytes) {
    if (!ssl_) {
        end_->send(bytes);
        return;
    }
    unsent_ += bytes;
    if (unsent_.empty() || SSL_is_init_finished(ssl_.get()) == 0) return;
    SSL_write(ssl_.get(), unsent_.data(), static_cast<int>(unsent_.size()));
    unsent_.clear();
    flush();
}

std::ptrdiff_t Connection::receive(char* into, std::size_t size) {
    return ssl_ ? receive_tls(into, size) : end_->receive(into, size);
}

std::ptrdiff_t Connection::receive_tls(char* into, std::size_t size) {
    for (;;) {
        // Of this thread, which is the server's at times.
        ERR_clear_error();
        bool const begins = SSL_is_init_finished(ssl_.get()) == 0;
        auto const done = SSL_read(ssl_.get(), into, static_cast<int>(size));
        auto const why = SSL_get_error(ssl_.get(), done);
        if (begins) send({});
        flush();
        if (done > 0) return done;
        if (why == SSL_ERROR_ZERO_RETURN) return 0;
        if (why != SSL_ERROR_WANT_READ) return -EPROTO;
        char record[4096];
        auto const got = end_->receive(record, std::min(size, sizeof record));
        if (got <= 0) return got;
        BIO_write(SSL_get_rbio(ssl_.get()), record, static_cast<int>(got));
    }
}

void Connection::flush() {
    auto* const out = SSL_get_wbio(ssl_.get());
    char bytes[4096];
    for (int got = BIO_read(out, bytes, sizeof bytes); got > 0;
         got = BIO_read(out, bytes, sizeof bytes)) {
        end_->send({bytes, static_cast<std::size_t>(got)});
    }
}

void Connection::close(bool reset) {
    if (ssl_ && !reset && SSL_is_init_finished(ssl_.get()) != 0) {
        SSL_shutdown(ssl_.get());
        flush();
    }
    end_->close(reset);
}

void Connection::update_keys() {
    if (!ssl_ || SSL_is_init_finished(ssl_.get()) == 0) return;
    if (SSL_version(ssl_.get()) == TLS1_3_VERSION) {
        SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
        SSL_do_handshake(ssl_.get());
        flush();
    }
}

}  // namespace tickcast::simulation
