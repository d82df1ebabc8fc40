// The target of the load. The URL is resolved to an address once, so that the address that was
// checked is the one that is loaded. Functions.
#pragma once

#include "client/http_client.hpp"

#include <string>

namespace tickcast::load {

/// Whether the URL uses TLS.
bool is_secure(std::string const& url) noexcept;

/// The endpoint of `http[s]://HOST[:PORT]`, resolved to IPv4; the caller sets its `tls` if the URL
/// is_secure(). Throws SettingError, naming `setting`, for another URL, for a host that is not
/// found, and, unless `allow_remote`, for a host whose address is not in 127.0.0.0/8.
client::Endpoint resolve(std::string const& url, std::string const& setting, bool allow_remote);

bool is_loopback(std::string const& ipv4) noexcept;

}  // namespace tickcast::load
