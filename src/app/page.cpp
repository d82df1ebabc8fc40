#include "app/page.hpp"

#include "tickcast/app/startup_error.hpp"
#include "tickcast/base/logging.hpp"
#include "tickcast/base/read_file.hpp"
#include "tickcast/config/setting_error.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

namespace tickcast {

namespace {

namespace fs = std::filesystem;

/// How many of the left-out files the log names.
constexpr std::size_t kNamed = 20;

bool is_hidden(fs::path const& path) {
    return path.filename().native().starts_with('.');
}

/// Whether `path` lies below `folder`; both canonical.
bool lies_in(fs::path const& folder, fs::path const& path) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
           folder.end();
}

class PageReader {
public:
    PageReader(std::string const& root, SettingSources const& sources, PageLimits limits)
        : setting_(root), sources_(sources), limits_(limits) {}

    Page read() {
        std::error_code error;
        root_ = fs::canonical(setting_, error);
        if (error) throw refuse("cannot be read: " + error.message());
        if (!fs::is_directory(root_, error)) throw refuse("is not a directory");
        find_files();
        if (!files_.contains("index.html")) throw refuse("has no index.html");
        page_.root = setting_;
        for (auto const& [name, path] : files_)
            page_.files.add(name, read(name, path));
        return std::move(page_);
    }

private:
    StartupError refuse(std::string const& why) const {
        return StartupError{
            setting_error("--web-root", in_quotes(setting_) + ' ' + why, sources_.of("web-root"))};
    }
    StartupError refuse_file(std::string const& name, std::string const& why) const {
        return refuse("holds " + in_quotes(name) + ", which " + why);
    }

    void find_files() {
        std::error_code error;
        fs::recursive_directory_iterator at{root_, error};
        if (error) throw refuse("cannot be read: " + error.message());
        while (at != fs::recursive_directory_iterator{}) {
            auto const name = at->path().lexically_relative(root_).native();
            if (!look_at(*at, name)) at.disable_recursion_pending();
            at.increment(error);
            if (error) throw refuse_file(name, "cannot be read: " + error.message());
        }
    }

    /// Adds a file or leaves it out; false for a folder that is left out.
    bool look_at(fs::directory_entry const& entry, std::string const& name) {
        std::error_code error;
        auto const type = entry.symlink_status(error).type();
        if (error) throw refuse_file(name, "cannot be read: " + error.message());
        if (is_hidden(entry.path())) return leave_out(name, "hidden");
        if (name == "v1" || name == "readyz" || name == "livez")
            return leave_out(name, "the API's");
        if (type == fs::file_type::directory) return true;
        if (type == fs::file_type::symlink) return look_at_link(entry, name);
        if (type != fs::file_type::regular) return leave_out(name, "not a regular file");
        add_file(name, entry.path());
        return true;
    }

    /// Files may be installed as links; but a link must not make the rest of the machine readable.
    bool look_at_link(fs::directory_entry const& entry, std::string const& name) {
        std::error_code error;
        auto const real = fs::canonical(entry.path(), error);
        if (error) return leave_out(name, "a link that leads nowhere");
        if (!lies_in(root_, real)) return leave_out(name, "a link out of the folder");
        if (!fs::is_regular_file(real, error)) return leave_out(name, "a link to no regular file");
        add_file(name, real);
        return true;
    }

    void add_file(std::string const& name, fs::path const& path) {
        if (files_.size() == limits_.max_files) {
            throw refuse("holds more than " + std::to_string(limits_.max_files) + " files");
        }
        files_.emplace(name, path);
    }

    bool leave_out(std::string const& name, std::string_view why) {
        page_.left_out.push_back("file=" + in_quotes(name) + " why=\"" + std::string{why} + '"');
        return false;
    }

    std::string read(std::string const& name, fs::path const& path) {
        auto body = read_file(path.native(), limits_.max_bytes - page_.bytes);
        if (!body) throw refuse_file(name, "cannot be read: " + body.error().message());
        page_.bytes += body->size();
        if (page_.bytes > limits_.max_bytes) {
            throw refuse("holds more than " + std::to_string(limits_.max_bytes) + " bytes");
        }
        body->shrink_to_fit();
        return *std::move(body);
    }

    std::string const& setting_;
    SettingSources const& sources_;
    PageLimits const limits_;
    fs::path root_;
    std::map<std::string, fs::path> files_;  ///< by name: each start reads in the same order
    Page page_;
};

}  // namespace

void Page::log_loaded() const {
    auto const log = logger("app");
    log->info("event=page_loaded web-root={} files={} file_bytes={} memory_bytes={} left_out={}",
              in_quotes(root), files.size(), bytes, files.bytes(), left_out.size());
    for (std::size_t i = 0; i < std::min(left_out.size(), kNamed); ++i)
        log->warn("event=web_file_left_out {}", left_out[i]);
}

std::optional<Page> load_page(std::string const& root, SettingSources const& sources,
                              PageLimits limits) {
    if (root.empty()) return std::nullopt;
    return PageReader{root, sources, limits}.read();
}

}  // namespace tickcast
