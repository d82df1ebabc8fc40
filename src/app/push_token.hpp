// The secret of --push-token-file. Control thread, at start.
#pragma once

#include "tickcast/config/origins.hpp"

#include <string>

namespace tickcast {

/// What the file holds, without the white space around it. Throws StartupError (2) where that is
/// unreadable, nothing, or nothing that a header can carry. An empty path is no token.
std::string read_push_token(std::string const& path, SettingOrigins const& origins);

}  // namespace tickcast
