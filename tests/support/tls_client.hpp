// A blocking TLS client on a connected socket, and certificates made in the process. The client
// trusts every certificate: other tests check trust. One thread per object.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>

struct ssl_st;

namespace tickcast::test {

/// A self-signed certificate and its key as PEM files, removed with the object.
class TestCertificate {
public:
    TestCertificate();
    ~TestCertificate();
    TestCertificate(TestCertificate const&) = delete;
    TestCertificate& operator=(TestCertificate const&) = delete;
    std::string const& certificate_file() const noexcept { return certificate_file_; }
    std::string const& key_file() const noexcept { return key_file_; }

private:
    std::string folder_;
    std::string certificate_file_;
    std::string key_file_;
};

class TlsClient {
public:
    /// Does the handshake; see `ok`. The caller keeps the socket.
    TlsClient(int socket, bool tls12);
    bool ok() const noexcept { return ok_; }
    bool send(std::string_view bytes) noexcept;
    /// As recv(2): 0 after the server's close_notify, negative if the connection was cut.
    ssize_t recv(char* into, std::size_t size) noexcept;
    /// Something can be read without the socket.
    bool pending() const noexcept;
    /// Changes our keys and requests new keys of the server, with the next `send`. Not in TLS 1.2.
    void update_keys() noexcept;
    /// The same at once; false if it cannot be sent.
    bool update_keys_now() noexcept;
    /// The server's close_notify was read.
    bool ended_cleanly() const noexcept;

private:
    struct Free {
        void operator()(ssl_st* ssl) const noexcept;
    };
    std::unique_ptr<ssl_st, Free> ssl_;
    bool ok_{false};
};

}  // namespace tickcast::test
