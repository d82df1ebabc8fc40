// The certificate of --tls-cert and --tls-key: loaded at start, and again on SIGHUP. Owner: the
// Application; outlives all listeners. Control thread; any thread may use the context.
#pragma once

#include "tickcast/config/setting_sources.hpp"
#include "tickcast/config/settings.hpp"
#include "tickcast/transport/tls_context.hpp"

#include <optional>

namespace tickcast {

class TlsReload {
public:
    /// Throws StartupError (2) if the files are unusable.
    TlsReload(Settings const& settings, SettingSources const& sources);

    /// Null where the settings name no certificate.
    TlsContext const* context() const noexcept { return context_ ? &*context_ : nullptr; }
    void log_loaded() const;
    /// Reads the files again. If one is broken, the old certificate stays in use.
    void reload();

private:
    std::optional<TlsContext> context_;
};

}  // namespace tickcast
