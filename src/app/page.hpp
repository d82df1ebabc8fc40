// Reads the web page's files into memory (--web-root). Control thread, at start: a running server
// keeps the files in memory and reads no disk to serve them. Bound: PageLimits.
#pragma once

#include "tickcast/config/setting_sources.hpp"
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
    /// Logs what was read, and the first of the files that were left out.
    void log_loaded() const;

    StaticFiles files{};
    std::string root{};
    std::size_t bytes{0};                 ///< of the files, as they are on disk
    std::vector<std::string> left_out{};  ///< one text for the log per left-out file
};

/// Nothing where `root` is empty. These are left out and logged: hidden files (the name, or that of
/// a folder above, begins with a dot), links to folders and to files outside of `root`, files that
/// are not regular ones, and a folder v1, whose paths belong to the API. Throws StartupError (2) if
/// there is no index.html, a file cannot be read, or a limit is exceeded.
std::optional<Page> load_page(std::string const& root, SettingSources const& sources,
                              PageLimits limits = {});

}  // namespace tickcast
