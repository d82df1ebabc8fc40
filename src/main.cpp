#include "tickcast/app/application.hpp"
#include "tickcast/base/logging.hpp"
#include "tickcast/config/load.hpp"

#include <cstdio>
#include <variant>

int main(int argc, char** argv) {
    auto loaded = tickcast::load_settings(argc, argv);
    if (auto const* help = std::get_if<tickcast::HelpText>(&loaded)) {
        std::fputs(help->text.c_str(), stdout);
        return 0;
    }
    if (auto const* error = std::get_if<tickcast::SettingError>(&loaded)) {
        std::fprintf(stderr, "%s\n", error->line.c_str());
        return 2;
    }
    auto settings = std::get<tickcast::Settings>(std::move(loaded));
    tickcast::start_logging(settings.log_level);
    int status = 0;
    try {
        tickcast::Application application{std::move(settings)};
        application.start();
        status = application.run();
    } catch (tickcast::StartupError const& error) {
        std::fprintf(stderr, "tickcast: %s\n", error.what());
        status = error.status();
    }
    tickcast::stop_logging();
    return status;
}
