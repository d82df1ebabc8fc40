// The checks that need all settings: settings that depend on each other, or on the machine.
// Start-up and SIGHUP only.
#pragma once

#include "tickcast/config/load.hpp"

#include <optional>

namespace tickcast {

std::optional<SettingError> check_together(LoadedSettings const& loaded);

}  // namespace tickcast
