#include "tickcast/app/application.hpp"
#include "tickcast/base/logging.hpp"
#include "tickcast/config/load.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <unistd.h>
#include <variant>

namespace {

using namespace tickcast;

/// SIGHUP: of what the settings say now, the log level alone is applied (the Application reloads
/// the certificate).
void reload(int argc, char** argv) {
    auto const log = logger("app");
    auto const loaded = load_settings(argc, argv, environ);
    if (auto const* error = std::get_if<SettingError>(&loaded)) {
        log->error("event=reload_refused error=\"{}\"", error->line);
        return;
    }
    auto const& settings = std::get<LoadedSettings>(loaded).settings;
    set_log_level(settings.log_level);
    log->info("event=reloaded log-level={}", settings.log_level);
}

int serve(LoadedSettings const& loaded, int argc, char** argv) {
    try {
        Application application{loaded.settings, loaded.origins};
        for (auto const& name : loaded.unknown_variables) {
            logger("app")->warn("event=unknown_variable name={} why=\"no setting has this name\"",
                                name);
        }
        application.on_hangup([argc, argv] { reload(argc, argv); });
        application.start();
        return application.run();
    } catch (StartupError const& error) {
        std::fprintf(stderr, "tickcast: %s\n", error.what());
        return error.status();
    } catch (std::exception const& error) {  // no thread, no descriptor, no memory
        std::fprintf(stderr, "tickcast: cannot start: %s\n", error.what());
        return 1;
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGHUP, SIG_IGN);   // until the application takes it: no reason to die
    std::signal(SIGPIPE, SIG_IGN);  // nor is a reader of our output that went away
    auto loaded = load_settings(argc, argv, environ);
    if (auto const* help = std::get_if<HelpText>(&loaded)) {
        std::fputs(help->text.c_str(), stdout);
        return 0;
    }
    if (auto const* error = std::get_if<SettingError>(&loaded)) {
        std::fprintf(stderr, "tickcast: %s\n", error->line.c_str());
        return 2;
    }
    auto settings = std::get<LoadedSettings>(std::move(loaded));
    start_logging(settings.settings.log_level,
                  settings.settings.log_format == "json" ? LogFormat::json : LogFormat::text);
    int const status = serve(settings, argc, argv);
    std::signal(SIGHUP, SIG_IGN);  // the application has given it back
    stop_logging();
    return status;
}
