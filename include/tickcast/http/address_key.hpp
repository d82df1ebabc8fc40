// The key of the address quota that counts a socket, from the address of the socket's peer. A pure
// function; any thread.
#pragma once

#include "tickcast/runtime/executor.hpp"
#include "tickcast/session/address_quotas.hpp"

#include <boost/asio/ip/address.hpp>

namespace tickcast {

inline AddressKey address_key(asio::ip::address const& address) noexcept {
    if (address.is_v4()) return AddressKey::of_v4(address.to_v4().to_uint());
    return AddressKey::of_v6(address.to_v6().to_bytes());
}

}  // namespace tickcast
