#include "tickcast/app/application.hpp"
#include "tickcast/app/process_signals.hpp"
#include "tickcast/app/startup_error.hpp"
#include "tickcast/base/check.hpp"
#include "tickcast/base/logging.hpp"
#include "tickcast/base/standard_streams.hpp"
#include "tickcast/config/load.hpp"
#include "tickcast/feed/registry/feed_registry.hpp"

#include <cstdlib>
#include <exception>
#include <unistd.h>
#include <variant>

namespace {

using namespace tickcast;

/// How long a refused start waits for a reader of its one line.
constexpr Duration kRefusalPatience = std::chrono::seconds{1};

/// For SIGHUP: loads the settings again and applies the log level only (the Application reloads the
/// certificate).
void reload(int argc, char** argv) {
    auto const log = logger("app");
    auto const loaded = load_settings(argc, argv, environ);
    if (!loaded) {
        log->error("event=reload_refused error=\"{}\"", loaded.error().line);
        return;
    }
    auto const& settings = std::get<LoadedSettings>(*loaded).settings;
    set_log_level(settings.log_level);
    log->info("event=reloaded log-level={}", settings.log_level);
}

int refuse(std::string const& line, int status) {
    write_patiently(STDERR_FILENO, "tickcast: " + line + "\n", kRefusalPatience);
    return status;
}

/// Destroyed before the Application, so that no signal reaches it any more.
struct Served {
    ProcessSignals& signals;
    ~Served() { signals.served(); }
};

int serve(ProcessSignals& signals, LoadedSettings const& loaded, int argc, char** argv) {
    try {
        Application application{loaded.settings, loaded.sources};
        Served const served{signals};
        for (auto const& name : loaded.unknown_variables) {
            logger("app")->warn("event=unknown_variable name={} why=\"no setting has this name\"",
                                name);
        }
        application.start([&] {
            signals.serve(
                {.stop = [&] { application.request_stop(); },
                 .hang_up = [&] { application.hang_up([argc, argv] { reload(argc, argv); }); },
                 .woke = [&] { return application.woke(); },
                 .longest_end = Application::longest_end(loaded.settings)});
        });
        application.run();
        return 0;
    } catch (StartupError const& error) {
        return refuse(error.what(), error.status());
    } catch (std::exception const& error) {  // no thread, no descriptor, no memory
        return refuse(std::string{"cannot start: "} + error.what(), 1);
    }
}

/// Waits for a slow reader, as any other command does.
int help(std::string const& text) {
    return write_whole(STDOUT_FILENO, text).error == 0 ? 0 : 1;
}

int run(ProcessSignals& signals, int argc, char** argv) {
    auto loaded = load_settings(argc, argv, environ, feeds_help());
    if (!loaded) return refuse(loaded.error().line, 2);
    if (auto const* asked = std::get_if<HelpText>(&*loaded)) return help(asked->text);
    auto settings = std::get<LoadedSettings>(*std::move(loaded));
    start_logging(settings.settings.log_level,
                  settings.settings.log_format == "json" ? LogFormat::json : LogFormat::text);
    return serve(signals, settings, argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
    open_standard_descriptors();
    report_terminate();
    try {
        auto& signals = ProcessSignals::install();
        int const status = run(signals, argc, argv);
        // The logging thread still waits for a reader; exiting this way destroys no object that it
        // uses.
        if (!stop_logging(signals.time_for_last_lines())) std::_Exit(status);
        signals.ended();
        return status;
    } catch (std::exception const& error) {
        return refuse(std::string{"cannot start: "} + error.what(), 1);
    }
}
