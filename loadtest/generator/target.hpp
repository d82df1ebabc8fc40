// Where the load goes: a URL made an address once, so that what was judged is what is loaded.
#pragma once

#include "client/http_client.hpp"

#include <string>

namespace tickcast::load {

/// Whether it asks for TLS.
bool is_secure(std::string const& url) noexcept;

/// The endpoint of `http[s]://HOST[:PORT]`, resolved to IPv4; its `tls` is for the caller to set
/// where the URL is_secure(). Throws SettingError, naming `setting`, for another URL, a host that
/// is not found, and, unless `allow_remote`, one whose address is not in 127.0.0.0/8.
client::Endpoint resolve(std::string const& url, std::string const& setting, bool allow_remote);

bool is_loopback(std::string const& ipv4) noexcept;

}  // namespace tickcast::load
