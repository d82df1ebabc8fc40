// Decides which web pages can use the API: sets the CORS headers and refuses other pages (CONTRACT
// API-23..27; Fetch standard, "CORS protocol"). Owner: the PublicApi; read-only, any thread. Bound:
// the origins of --allow-origin.
#pragma once

#include "tickcast/base/rate_limit.hpp"
#include "tickcast/http/http_types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// `"b.example:8080"` and `Origin "https://a.example" and Host "b.example:8080"`: the values that
/// were compared, as the client sent them, escaped and cut, for messages.
std::string asked_host(HttpHeader const& header);
std::string origin_and_host(HttpHeader const& header);

/// Logs a request that was refused for its Origin and Host, at info, within the limiter's rate.
void log_refused_origin(LogLimiter& limiter, SteadyTime now, std::string_view event,
                        HttpHeader const& header);

class OriginPolicy {
public:
    /// `allowed`: the origins of --allow-origin; an empty list allows every origin.
    explicit OriginPolicy(std::vector<std::string> const& allowed);

    /// False for a request whose Origin is neither on the list nor the origin of its own Host.
    /// Always true for a request without an Origin: only browsers send one.
    bool admits(HttpHeader const& header) const;
    /// Adds the CORS headers, so that pages that are allowed can read the answer. `header`: null if
    /// no header was read.
    void mark(HttpResponse& response, HttpHeader const* header) const;

private:
    std::vector<std::string> allowed_;  ///< in normal form
};

}  // namespace tickcast
