// A blocking socket to the server, plain or TLS. Every read ends within 15 s. One thread per
// object.
#pragma once

#include "support/tls_client.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace tickcast::test {

/// A promise that the server broke; `what` names it and what was seen.
struct Fault {
    std::string what;
};

/// How clients reach the server.
struct TortureTarget {
    std::uint16_t port{0};
    bool over_tls{false};
};

class TortureSocket {
public:
    static constexpr int kPatienceMs = 15'000;

    TortureSocket() = default;
    ~TortureSocket() { hang_up(false); }
    TortureSocket(TortureSocket const&) = delete;
    TortureSocket& operator=(TortureSocket const&) = delete;

    /// `receive_buffer`: 0 = the system's default. Throws Fault where there is no server.
    void connect(TortureTarget target, int receive_buffer, bool tls12);
    bool is_open() const noexcept { return socket_ >= 0; }
    /// Closes the socket; with `reset`, by RST.
    void hang_up(bool reset) noexcept;

    void send(std::string_view bytes) noexcept;
    /// As recv(2).
    ssize_t receive(char* into, std::size_t size) noexcept;
    /// The bytes up to the empty line behind an HTTP head; throws Fault where they do not come.
    std::string read_head();
    /// Waits until something can be read.
    bool wait(int milliseconds) const noexcept;
    /// With TLS 1.3: changes our keys and requests new keys of the server. False without TLS.
    bool update_keys() noexcept;
    /// The end came with a close_notify, where there is TLS.
    bool ended_cleanly() const noexcept { return !tls_ || tls_->ended_cleanly(); }

private:
    int socket_{-1};
    std::optional<TlsClient> tls_;
};

}  // namespace tickcast::test
