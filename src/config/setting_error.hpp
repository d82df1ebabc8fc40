// How an error about a setting reads: always one line, whatever was given.
#pragma once

#include "tickcast/config/load.hpp"

#include <string>
#include <string_view>

namespace tickcast {

/// `text` with control characters escaped, cut where it is long.
std::string in_one_line(std::string_view text);
/// The same in double quotes.
std::string in_quotes(std::string_view text);

/// `tickcast: SUBJECT: WHAT (from ORIGIN)`
SettingError setting_error(std::string_view subject, std::string_view what,
                           std::string_view origin);

}  // namespace tickcast
