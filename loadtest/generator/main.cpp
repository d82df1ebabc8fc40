#include "generator/run.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace tickcast::load;

constexpr int kClean = 0;
constexpr int kNotClean = 1;
constexpr int kWrongSetting = 2;

std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

/// The first signal ends the run, with a report of everything until then. A second one ends the
/// process at once, also while the report waits for a reader.
extern "C" void on_signal(int /*number*/) {
    if (stop_asked.exchange(true)) ::_exit(kNotClean);
}

std::size_t descriptors() noexcept {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 1'024;
}

void write_file(std::string const& path, std::string const& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path);
}

/// Checks before the run that the report can be written.
void check_writable(Settings const& settings) {
    for (auto const& path : {settings.json_file, settings.html_file}) {
        if (path.empty() || path == "-") continue;
        if (!std::ofstream(path, std::ios::app)) throw SettingError("cannot write " + path);
    }
    if (settings.svg_folder.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(settings.svg_folder, error);
    if (error) throw SettingError("--svg: " + settings.svg_folder + ": " + error.message());
}

void write_reports(Report const& report) {
    auto const& settings = report.settings;
    bool const json_to_output = settings.json_file == "-";
    write_table(report, json_to_output ? std::cerr : std::cout);
    if (json_to_output) {
        std::cout << to_json(report) << std::flush;
    } else if (!settings.json_file.empty()) {
        write_file(settings.json_file, to_json(report));
    }
    if (!settings.html_file.empty()) write_file(settings.html_file, to_html(report));
    if (settings.svg_folder.empty()) return;
    for (auto const& [name, svg] : plots(report, true))
        write_file((std::filesystem::path(settings.svg_folder) / name).string(), svg);
}

int load(std::vector<std::string> const& arguments) {
    auto const settings = parse_settings(arguments);
    check(settings, descriptors());
    check_writable(settings);
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets by write()
    auto const report = run(settings, stop_asked);
    write_reports(report);
    return report.clean() ? kClean : kNotClean;
}

}  // namespace

int main(int count, char** values) {
    try {
        return load({values + 1, values + count});
    } catch (HelpAsked const& help) {
        std::cout << help.text;
        return kClean;
    } catch (SettingError const& error) {
        std::cerr << "tickcast-load: " << error.what() << '\n';
        return kWrongSetting;
    } catch (std::exception const& error) {
        std::cerr << "tickcast-load: " << error.what() << '\n';
        return kNotClean;
    }
}
