// What both listeners' APIs refuse with. Pure functions.
#pragma once

#include "tickcast/http/response.hpp"

#include <string>
#include <utility>

namespace tickcast {

inline HttpResponse refusal(ErrorCode code, std::string detail) {
    return problem_response(Error{.code = code, .detail = std::move(detail)});
}

/// A body in a coding that is not taken off here (RFC 9110 sections 8.4 and 12.5.3).
inline HttpResponse coding_not_supported() {
    auto response = refusal(ErrorCode::unsupported_media_type,
                            "send the body as it is, without a Content-Encoding");
    response.set(http::field::accept_encoding, "identity");
    return response;
}

/// For whoever comes while the process is about to end.
inline Error draining_error() {
    return Error{.code = ErrorCode::draining, .detail = "this server is about to stop"};
}

inline HttpResponse method_not_allowed(std::string_view allowed) {
    std::string const allow{allowed};
    return problem_response(Error{.code = ErrorCode::method_not_allowed,
                                  .detail = "this path allows " + allow,
                                  .allow = allow});
}

}  // namespace tickcast
