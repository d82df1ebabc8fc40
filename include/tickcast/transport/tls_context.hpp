// The TLS context of new connections: certificate and key, TLS 1.2 and 1.3, HTTP/1.1. Owner:
// app/TlsReload, which outlives all listeners. Any thread: one mutex, held to copy or to replace a
// pointer; never on the path of a tick.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/transport/tls_session.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace tickcast {

class TlsContext {
public:
    /// Names of PEM files: the certificate with its chain, and its key without a pass phrase.
    TlsContext(std::string certificate_file, std::string key_file);

    struct LoadError {
        std::string setting;  ///< tls-cert or tls-key
        std::string file;
        std::string why;
    };

    /// Reads both files. New sessions use them from now on; existing sessions keep theirs. On an
    /// error nothing changes.
    Result<void, LoadError> load();

    /// Logs the certificate in use and its expiry; warns if it has expired.
    void log_loaded() const;

    /// A TLS session for a connection that was just accepted. Null without memory, or before a
    /// `load`.
    std::unique_ptr<TlsSession> new_session() const;

private:
    std::shared_ptr<ssl_ctx_st> current() const;

    std::string const certificate_file_;
    std::string const key_file_;
    mutable std::mutex mutex_;
    std::shared_ptr<ssl_ctx_st> current_;
};

}  // namespace tickcast
