// Reads the TOML file of --config. No other file uses toml++. Start-up and SIGHUP only.
#pragma once

#include "given.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/config/setting_error.hpp"

namespace tickcast {

/// Reads the file that `config` names. Refused are a file that cannot be read, is over 1 MiB or is
/// no TOML; a key that is no setting; and a value of another type than the setting's.
Result<Given, SettingError> read_settings_file(GivenValue const& config);

}  // namespace tickcast
