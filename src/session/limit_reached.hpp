// The error of a request that would exceed a limit of sessions or connections. A pure function.
#pragma once

#include "tickcast/protocol/error.hpp"
#include "tickcast/protocol/limit.hpp"

#include <cstddef>
#include <string>

namespace tickcast {

/// `figure`: the value of the limit's setting.
inline Error limit_reached(ErrorCode code, Limit limit, std::size_t figure) {
    return {.code = code,
            .detail = std::string{name(limit)} + " is reached: " + std::to_string(figure),
            .limit = figure};
}

}  // namespace tickcast
