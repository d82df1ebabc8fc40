// The TOML file of --config. The one place that knows toml++.
#pragma once

#include "given.hpp"
#include "tickcast/config/setting_error.hpp"

#include <variant>

namespace tickcast {

/// Reads the file that `config` names. Refused are: a file that can't be read, is over 1 MiB or is
/// no TOML, a key that is no setting, and a value of another type than the setting's.
std::variant<Given, SettingError> read_settings_file(GivenValue const& config);

}  // namespace tickcast
