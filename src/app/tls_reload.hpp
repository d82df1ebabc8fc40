// The certificate of --tls-cert and --tls-key: loaded at start, and again on SIGHUP. Control
// thread; the context may be used by any. Owner: the Application; outlives all listeners.
#pragma once

#include "tickcast/config/origins.hpp"
#include "tickcast/config/settings.hpp"
#include "tickcast/transport/tls_context.hpp"

#include <optional>

namespace tickcast {

class TlsReload {
public:
    /// Throws StartupError (2) where the files are no good.
    TlsReload(Settings const& settings, SettingOrigins const& origins);

    /// Null where the settings name no certificate.
    TlsContext const* context() const noexcept { return context_ ? &*context_ : nullptr; }
    void log_loaded() const;
    /// Reads the files again. A broken one must not take down what runs: the old certificate stays.
    void reload();

private:
    std::optional<TlsContext> context_;
};

}  // namespace tickcast
