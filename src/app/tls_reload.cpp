#include "app/tls_reload.hpp"

#include "tickcast/app/startup_error.hpp"
#include "tickcast/base/logging.hpp"
#include "tickcast/config/setting_error.hpp"

namespace tickcast {

TlsReload::TlsReload(Settings const& settings, SettingOrigins const& origins) {
    if (settings.tls_cert.empty()) return;
    context_.emplace(settings.tls_cert, settings.tls_key);
    if (auto const error = context_->load()) {
        throw StartupError{setting_error("--" + error->setting,
                                         in_quotes(error->file) + ": " + error->why,
                                         origins.of(error->setting))};
    }
}

void TlsReload::log_loaded() const {
    if (context_) context_->log_loaded();
}

void TlsReload::reload() {
    if (!context_) return;
    if (auto const error = context_->load()) {
        logger("app")->error("event=tls_not_reloaded setting={} file={} error=\"{}\"",
                             error->setting, in_quotes(error->file), error->why);
        return;
    }
    log_loaded();
}

}  // namespace tickcast
