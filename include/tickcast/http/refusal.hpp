// Why a request is refused: an error, and the header fields of the answer. A value; only
// HttpConnection makes the answer from it (problem_response). Owner: the request that is refused,
// on its thread.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/http/http_types.hpp"
#include "tickcast/protocol/error.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tickcast {

struct HeaderField {
    http::field name{};
    std::string value{};
};

struct Refusal {
    Refusal(Error why, std::vector<HeaderField> beside = {})
        : error(std::move(why)), fields(std::move(beside)) {}

    Error error;
    std::vector<HeaderField> fields;  ///< in the order in which the answer has them
};

/// The result of a handler.
using Outcome = Result<Answer, Refusal>;

inline Refusal refusal(ErrorCode code, std::string detail) {
    return Error{.code = code, .detail = std::move(detail)};
}

}  // namespace tickcast
