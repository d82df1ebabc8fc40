// What can only be checked once all settings are known: those that need each other or the machine.
#pragma once

#include "tickcast/config/load.hpp"

#include <optional>

namespace tickcast {

std::optional<SettingError> check_together(LoadedSettings const& loaded);

}  // namespace tickcast
