#include "setting_checks.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace tickcast {
namespace {

SettingError wrong(LoadedSettings const& loaded, std::string const& name, std::string_view value,
                   std::string_view why) {
    auto const what = in_quotes(value).append(" ").append(why);
    return setting_error("--" + name, what, loaded.sources.of(name));
}

}  // namespace

Result<void, SettingError> check_together(LoadedSettings const& loaded) {
    auto const& settings = loaded.settings;
    std::error_code error;  // a path that cannot be examined is no directory either
    if (!settings.web_root.empty() && !std::filesystem::is_directory(settings.web_root, error)) {
        return wrong(loaded, "web-root", settings.web_root, "is not a directory that exists");
    }
    if (settings.tls_key.empty() && !settings.tls_cert.empty()) {
        return wrong(loaded, "tls-cert", settings.tls_cert, "needs --tls-key beside it");
    }
    if (settings.tls_cert.empty() && !settings.tls_key.empty()) {
        return wrong(loaded, "tls-key", settings.tls_key, "needs --tls-cert beside it");
    }
    if (settings.admin_tls && settings.tls_cert.empty()) {
        return wrong(loaded, "admin-tls", "true", "needs --tls-cert and --tls-key");
    }
    return {};
}

}  // namespace tickcast
