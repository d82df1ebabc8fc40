// The text of an error about a setting: always one line, whatever the value is, and without
// credentials. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace tickcast {

/// One line for standard error, after "tickcast: " (exit status 2).
struct SettingError {
    std::string line;
};

/// `text` with control characters escaped, cut if it is long.
std::string in_one_line(std::string_view text);
/// The same in double quotes, with `without_credentials`.
std::string in_quotes(std::string_view text);
/// A URL as it may be shown: `https://user:password@host` becomes `https://***@host`.
std::string without_credentials(std::string_view text);

/// `SUBJECT: WHAT (from ORIGIN)`
SettingError setting_error(std::string_view subject, std::string_view what,
                           std::string_view source);

}  // namespace tickcast
