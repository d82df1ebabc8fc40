// The bytes and the time that one HTTP connection can take. A value that does not change. Owner:
// the HttpConnections, on their thread.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/config/settings.hpp"

#include <cstddef>

namespace tickcast {

struct HttpLimits {
    std::size_t max_header_bytes{16'384};  ///< request line to empty line, both included
    /// From a request's first byte to its last. Also for the TLS handshake before the first
    /// request.
    Duration request{std::chrono::seconds{10}};
    /// From an answer, or from the begin of the connection, to a request's first byte. It is longer
    /// than the 60 s for which common proxies keep their upstream connections. So the proxies close
    /// first, and no request is lost.
    Duration idle{std::chrono::seconds{75}};
    /// From the begin of a connection past a limit to the end of its request. Such a connection
    /// only waits for its refusal, and it uses one of few places (AddressQuotas::kMaxRefusing, and
    /// one more per thread).
    Duration refused{std::chrono::seconds{2}};
    Duration write{std::chrono::seconds{30}};  ///< for one whole answer,
    std::size_t write_rate{16'384};            ///< and 1 s more per so many bytes of its body
    /// How long, and up to how many bytes, a connection is read on after its last answer, so that
    /// the client sees the answer and no RST. Many clients send a refused body to its end before
    /// they read (CONTRACT REQ-14).
    Duration linger{std::chrono::seconds{2}};
    std::size_t linger_bytes{std::size_t{16} << 20};
    /// How long a connection without a request yet can still send one at shutdown: the request
    /// might be on its way.
    Duration last_call{std::chrono::seconds{1}};

    static HttpLimits from(Settings const& settings);
    Duration write_time(std::size_t body_bytes) const noexcept {
        return write + std::chrono::seconds{body_bytes / write_rate};
    }
};

}  // namespace tickcast
