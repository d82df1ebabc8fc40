// The command line, read with CLI11: names and texts only, the table checks the values.
#pragma once

#include "given.hpp"
#include "tickcast/config/load.hpp"

#include <variant>

namespace tickcast {

std::variant<Given, HelpText, SettingError> read_flags(int argc, char const* const* argv);

}  // namespace tickcast
