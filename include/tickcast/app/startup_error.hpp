// The reason why the process cannot start. Thrown during the start only.
#pragma once

#include "tickcast/config/setting_error.hpp"

#include <stdexcept>
#include <string>

namespace tickcast {

/// One line for standard error, and the exit status (1, or 2 for a setting).
class StartupError : public std::runtime_error {
public:
    StartupError(std::string const& line, int status) : std::runtime_error(line), status_(status) {}
    explicit StartupError(SettingError const& error) : StartupError(error.line, 2) {}
    int status() const noexcept { return status_; }

private:
    int status_;
};

}  // namespace tickcast
