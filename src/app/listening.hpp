// Opens the listening sockets that the settings name, or throws the reason why the process cannot
// start. Functions; control thread, at start.
#pragma once

#include "tickcast/config/load.hpp"
#include "tickcast/runtime/executor.hpp"
#include "tickcast/transport/listener.hpp"

#include <string>

namespace tickcast {

/// `setting` is the flag ("--listen"). Throws StartupError (2) for a value that is no address.
HostPort listen_address(std::string const& setting, std::string const& value);

/// Throws StartupError (1) where the address cannot be bound.
TcpAcceptor listen_at(HostPort const& at, Executor const& executor, PortSharing sharing,
                      std::string const& setting);

}  // namespace tickcast
