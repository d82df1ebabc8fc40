#include "app/listening.hpp"

#include "tickcast/app/startup_error.hpp"

#include <utility>

namespace tickcast {

HostPort listen_address(std::string const& setting, std::string const& value) {
    auto parsed = parse_listen(setting, value);
    if (!parsed) throw StartupError{parsed.error()};
    return *std::move(parsed);
}

TcpAcceptor listen_at(HostPort const& at, Executor const& executor, PortSharing sharing,
                      std::string const& setting) {
    auto opened = open_listener(executor, at.host, at.port, sharing);
    if (!opened) throw StartupError{setting + ": " + opened.error(), 1};
    return *std::move(opened);
}

}  // namespace tickcast
