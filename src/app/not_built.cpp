#include "not_built.hpp"

#include "tickcast/app/application.hpp"
#include "tickcast/config/setting_error.hpp"

#include <string>

namespace tickcast {

void refuse_not_built(Settings const& settings, SettingOrigins const& origins) {
    auto const refuse = [&origins](char const* name, bool given) {
        if (!given) return;
        throw StartupError{
            setting_error(std::string{"--"} + name, "is not in this build yet", origins.of(name))};
    };
    refuse("web-root", !settings.web_root.empty());
}

}  // namespace tickcast
