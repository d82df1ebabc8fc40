// Where the load goes: a URL made an address once, so that what was judged is what is loaded.
#pragma once

#include "client/http_client.hpp"

#include <string>

namespace tickcast::load {

/// The endpoint of `http://HOST[:PORT]`, resolved to IPv4. Throws SettingError, naming `setting`,
/// for another URL, a host that is not found, and, unless `allow_remote`, one whose address is not
/// in 127.0.0.0/8.
client::Endpoint resolve(std::string const& url, std::string const& setting, bool allow_remote);

bool is_loopback(std::string const& ipv4) noexcept;

}  // namespace tickcast::load
