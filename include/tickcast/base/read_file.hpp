// Reads whole files: settings, tokens, keys, the page. Pure but for the file; any thread that may
// wait for a disk.
#pragma once

#include "tickcast/base/result.hpp"

#include <cstddef>
#include <string>
#include <system_error>

namespace tickcast {

/// The file's bytes, but at most one more than `most`: by that byte the caller sees that the file
/// is larger. The error is that of the system, as for a file that is not there or is a directory.
Result<std::string, std::error_code> read_file(std::string const& path, std::size_t most);

}  // namespace tickcast
