// The certificate and key that new connections get, and what is spoken: TLS 1.2 and 1.3, HTTP/1.1.
// Owner: the Application, which outlives all listeners. Any thread: one mutex, held to copy or to
// replace a pointer; never on the tick path.
#pragma once

#include "tickcast/transport/tls_session.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace tickcast {

class TlsContext {
public:
    /// PEM files: the certificate with its chain, and its key without a pass phrase.
    TlsContext(std::string certificate_file, std::string key_file);

    struct LoadError {
        std::string setting;  ///< tls-cert or tls-key
        std::string file;
        std::string why;
    };

    /// Reads both files; new sessions use them from now on, those there are keep what they have. On
    /// an error everything stays as it was.
    std::optional<LoadError> load();

    /// What certificate is in use and until when; a warning if that is over.
    void log_loaded() const;

    /// For a connection that was just accepted. Null without memory, or before a `load`.
    std::unique_ptr<TlsSession> new_session() const;

private:
    std::shared_ptr<ssl_ctx_st> current() const;

    std::string const certificate_file_;
    std::string const key_file_;
    mutable std::mutex mutex_;
    std::shared_ptr<ssl_ctx_st> current_;
};

}  // namespace tickcast
