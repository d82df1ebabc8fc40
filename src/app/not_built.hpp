// Settings of the contract that this build has no code for yet: better refused than ignored.
// Control thread, at start.
#pragma once

#include "tickcast/config/origins.hpp"
#include "tickcast/config/settings.hpp"

namespace tickcast {

/// Throws StartupError (2) where one of them is not at its default.
void refuse_not_built(Settings const& settings, SettingOrigins const& origins);

}  // namespace tickcast
