// Addresses and listening sockets of the settings, or why the process cannot start. At start only.
#pragma once

#include "tickcast/config/load.hpp"
#include "tickcast/runtime/executor.hpp"
#include "tickcast/transport/listener.hpp"

#include <string>

namespace tickcast {

/// `setting` is the flag ("--listen"). Throws StartupError (2) for what is no address.
HostPort listen_address(std::string const& setting, std::string const& value);

/// Throws StartupError (1) where the address can't be had.
TcpAcceptor listen_at(HostPort const& at, Executor const& executor, PortSharing sharing,
                      std::string const& setting);

}  // namespace tickcast
