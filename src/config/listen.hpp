// Parses the address of a listener. Pure.
#pragma once

#include "tickcast/config/load.hpp"

#include <optional>
#include <string>

namespace tickcast {

inline constexpr auto kListenForm =
    "ADDRESS:PORT or [ADDRESS6]:PORT with an IP address and a port from 0 to 65535";

/// Nothing if the text is not of that form.
std::optional<HostPort> split_listen(std::string const& text);

}  // namespace tickcast
