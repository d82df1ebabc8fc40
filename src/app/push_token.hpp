// Reads the secret of --push-token-file. Control thread, at start.
#pragma once

#include "tickcast/config/setting_sources.hpp"

#include <string>

namespace tickcast {

/// The file's text without the white space around it. Throws StartupError (2) if the file is
/// unreadable or empty, or if a header cannot carry the text. An empty path gives no token.
std::string read_push_token(std::string const& path, SettingSources const& sources);

}  // namespace tickcast
