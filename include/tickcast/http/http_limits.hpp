// What one HTTP connection may take, of bytes and of time. A value.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/config/settings.hpp"

#include <cstddef>

namespace tickcast {

struct HttpLimits {
    std::size_t max_header_bytes{16'384};  ///< request line to the empty line, both included
    /// From a request's first byte to its last, and for the TLS handshake before them all.
    Duration request{std::chrono::seconds{10}};
    /// From an answer, or the connection's begin, to a request's first byte. More than the 60 s
    /// that common proxies keep their upstream connections, so that they close first and no request
    /// is lost.
    Duration idle{std::chrono::seconds{75}};
    /// From the begin of a connection past a limit to the end of its request: it only waits for its
    /// refusal, and takes one of few places (AddressQuotas::kMaxRefusing; one per thread more).
    Duration refused{std::chrono::seconds{2}};
    Duration write{std::chrono::seconds{30}};  ///< for one whole answer, and
    std::size_t write_rate{16'384};            ///< a second more for each so many bytes of its body
    /// For the client to see the last answer, and no RST. Many clients send a refused body to its
    /// end first: it is read on for so long, and to so many bytes (CONTRACT REQ-14).
    Duration linger{std::chrono::seconds{2}};
    std::size_t linger_bytes{std::size_t{16} << 20};
    /// What a connection that has asked nothing yet gets at shutdown (its request may be on the
    /// way).
    Duration last_call{std::chrono::seconds{1}};

    static HttpLimits from(Settings const& settings);
    Duration write_time(std::size_t body_bytes) const noexcept {
        return write + std::chrono::seconds{body_bytes / write_rate};
    }
};

}  // namespace tickcast
