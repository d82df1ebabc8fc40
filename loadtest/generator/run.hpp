// One whole run: workers on their threads, the progress line, the server's state beside it.
#pragma once

#include "generator/report.hpp"

#include <atomic>

namespace tickcast::load {

/// Blocks until all users are gone. `stop` ends the run early, in an orderly way. Throws
/// SettingError for a target that must not be loaded, std::runtime_error if the server cannot be
/// reached at all.
Report run(Settings const& settings, std::atomic<bool> const& stop);

}  // namespace tickcast::load
