// One whole run: workers on their threads, the progress line, the server's state beside it.
#pragma once

#include "generator/report.hpp"

#include <atomic>

namespace tickcast::load {

/// Blocks until all users are gone. `stop` ends it early and orderly. Throws SettingError for a
/// target that may not be loaded, std::runtime_error where the server can't be asked at all.
Report run(Settings const& settings, std::atomic<bool> const& stop);

}  // namespace tickcast::load
