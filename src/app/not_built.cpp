#include "not_built.hpp"

#include "tickcast/app/application.hpp"
#include "tickcast/config/setting_error.hpp"

#include <string>

namespace tickcast {

void refuse_not_built(Settings const& settings, SettingOrigins const& origins) {
    Settings const defaults;
    auto const refuse = [&origins](char const* name, bool given) {
        if (!given) return;
        throw StartupError{
            setting_error(std::string{"--"} + name, "is not in this build yet", origins.of(name))};
    };
    refuse("web-root", !settings.web_root.empty());
    refuse("allow-origin", !settings.allow_origins.empty());
    refuse("push-token-file", !settings.push_token_file.empty());
    refuse("max-connections", settings.max_connections != defaults.max_connections);
    refuse("max-sessions-per-address", settings.max_sessions_per_address != 0);
    refuse("max-connections-per-address", settings.max_connections_per_address != 0);
    refuse("max-requests-per-second-per-address",
           settings.max_requests_per_second_per_address != 0);
    refuse("ready-needs-feed", settings.ready_needs_feed);
}

}  // namespace tickcast
