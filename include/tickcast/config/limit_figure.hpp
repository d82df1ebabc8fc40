// The value of a limit's setting. A pure function.
#pragma once

#include "tickcast/config/settings.hpp"
#include "tickcast/protocol/limit.hpp"

namespace tickcast {

LimitFigure figure_of(Limit limit, Settings const& settings);

}  // namespace tickcast
