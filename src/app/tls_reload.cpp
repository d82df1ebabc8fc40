#include "app/tls_reload.hpp"

#include "tickcast/app/startup_error.hpp"
#include "tickcast/base/logging.hpp"
#include "tickcast/config/setting_error.hpp"

namespace tickcast {

TlsReload::TlsReload(Settings const& settings, SettingSources const& sources) {
    if (settings.tls_cert.empty()) return;
    context_.emplace(settings.tls_cert, settings.tls_key);
    auto const loaded = context_->load();
    if (loaded) return;
    auto const& error = loaded.error();
    throw StartupError{setting_error("--" + error.setting, in_quotes(error.file) + ": " + error.why,
                                     sources.of(error.setting))};
}

void TlsReload::log_loaded() const {
    if (context_) context_->log_loaded();
}

void TlsReload::reload() {
    if (!context_) return;
    auto const loaded = context_->load();
    if (loaded) return log_loaded();
    auto const& error = loaded.error();
    logger("app")->error("event=tls_not_reloaded setting={} file={} error=\"{}\"", error.setting,
                         in_quotes(error.file), error.why);
}

}  // namespace tickcast
