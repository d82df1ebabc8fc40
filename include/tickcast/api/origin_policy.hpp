// Which web pages may ask: the CORS headers, and who is refused (CONTRACT API-23..27; Fetch
// standard, "CORS protocol"). Read-only; any thread.
#pragma once

#include "tickcast/base/rate_limit.hpp"
#include "tickcast/http/http_types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// `"b.example:8080"` and `Origin "https://a.example" and Host "b.example:8080"`: what was
/// compared, as the client sent it, escaped and cut.
std::string asked_host(HttpHeader const& header);
std::string origin_and_host(HttpHeader const& header);

/// Logs a request that was refused for these two, at info, within the limiter's rate.
void log_refused_origin(LogLimiter& limiter, SteadyTime now, std::string_view event,
                        HttpHeader const& header);

class OriginPolicy {
public:
    /// Origins as --allow-origin has them; none = any.
    explicit OriginPolicy(std::vector<std::string> const& allowed);

    /// False for a request whose Origin is neither on the list nor that of its own Host. Always
    /// true without an Origin, which only browsers send.
    bool admits(HttpHeader const& header) const;
    /// Lets pages read the answer, if they may. `header`: null where there was none.
    void mark(HttpResponse& response, HttpHeader const* header) const;

private:
    std::vector<std::string> allowed_;  ///< without default ports
};

}  // namespace tickcast
