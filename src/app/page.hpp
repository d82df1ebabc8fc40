// Reads the web page's files into memory (--web-root). Control thread, at start: a running server
// keeps what it read, and touches no disk to serve it.
#pragma once

#include "tickcast/config/origins.hpp"
#include "tickcast/http/static_files.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tickcast {

struct PageLimits {
    std::size_t max_files{10'000};
    std::size_t max_bytes{std::size_t{64} << 20};  ///< of all files together, as they are on disk
};

struct Page {
    /// Tells what was read, and the first of what was left out.
    void log_loaded() const;

    StaticFiles files{};
    std::string root{};
    std::size_t bytes{0};                 ///< of the files, as they are on disk
    std::vector<std::string> left_out{};  ///< a log line's part each
};

/// Nothing where `root` is empty. Left out, and told in the log: what is hidden (its name, or that
/// of a folder above it, begins with a dot), links to folders and to what lies outside of `root`,
/// what is no regular file, and a folder v1, whose paths are the API's. Throws StartupError (2)
/// where there is no index.html, something can't be read, or a limit is passed.
std::optional<Page> load_page(std::string const& root, SettingOrigins const& origins,
                              PageLimits limits = {});

}  // namespace tickcast
