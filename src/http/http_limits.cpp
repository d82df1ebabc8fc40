#include "tickcast/http/http_limits.hpp"

#include <algorithm>

namespace tickcast {

HttpLimits HttpLimits::from(Settings const& settings) {
    HttpLimits limits;
    limits.max_header_bytes = settings.max_header_bytes;
    limits.request = from_seconds(settings.request_timeout_seconds);
    limits.refused = std::min(limits.refused, limits.request);
    return limits;
}

}  // namespace tickcast
