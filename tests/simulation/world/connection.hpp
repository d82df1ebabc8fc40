// A client's end of a connection, plain or through TLS: the interface of a TcpEnd, with the bytes
// that the application sees. Through TLS it also does the handshake, whenever it is read. Used by
// the world's agents, within events.
#pragma once

#include "simulation/kernel/kernel.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;

namespace tickcast::test {
class TestCertificate;
}

namespace tickcast::simulation {

class Connection {
public:
    /// Null where nobody listens. `tls`: it trusts every certificate.
    static std::unique_ptr<Connection> open(Kernel& kernel, sockaddr_in from, sockaddr_in to,
                                            Path const& path, TcpEnd::Options const& options,
                                            bool tls);
    ~Connection();
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    /// Called with each event of the socket, never from within one of these functions.
    void on_event(std::function<void(std::uint32_t)> call) { end_->on_event = std::move(call); }
    /// All of it is sent, or waits for the end of the handshake. After the end it is dropped.
    void send(std::string_view bytes);
    /// These bytes on the socket itself, as they are.
    void send_raw(std::string_view bytes) { end_->send(bytes); }
    /// Bytes read, 0 at the end, or -errno. Takes no more from the socket than is read.
    std::ptrdiff_t receive(char* into, std::size_t size);
    void close(bool reset = false);
    void vanish() noexcept { end_->vanish(); }
    /// New keys for both directions; nothing where there is no TLS 1.3.
    void update_keys();

    bool is_tls() const noexcept { return ssl_ != nullptr; }
    bool was_reset() const noexcept { return end_->was_reset(); }
    bool at_end() const noexcept { return end_->at_end(); }
    std::shared_ptr<TcpEnd> peer() const noexcept { return end_->peer(); }

private:
    Connection(std::shared_ptr<TcpEnd> end, bool tls);
    std::ptrdiff_t receive_tls(char* into, std::size_t size);
    /// What OpenSSL wants to send goes to the socket.
    void flush();

    struct Free {
        void operator()(ssl_st* ssl) const noexcept;
    };
    std::shared_ptr<TcpEnd> const end_;
    std::unique_ptr<ssl_st, Free> ssl_;
    std::string unsent_;  ///< until the handshake is done
};

/// Once in a process, before the first run: OpenSSL draws its random numbers from the box, and has
/// made all that it makes once. So a run through TLS can be repeated.
void prepare_tls();
/// For a run: OpenSSL's numbers begin from this seed.
void seed_tls(std::uint64_t seed);
/// The certificate of all servers of this process.
test::TestCertificate const& certificate();

}  // namespace tickcast::simulation
