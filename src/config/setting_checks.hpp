// The checks that need all settings: settings that depend on each other, or on the machine.
// Start-up and SIGHUP only.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/config/load.hpp"

namespace tickcast {

Result<void, SettingError> check_together(LoadedSettings const& loaded);

}  // namespace tickcast
