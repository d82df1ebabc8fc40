// The last message of a stream: why it is closed, by which setting and figure, and when to come
// back (CONTRACT MSG-8, MSG-18..20). Pure functions.
#pragma once

#include "tickcast/config/settings.hpp"
#include "tickcast/metrics/labels.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace tickcast {

/// Whether a client that was closed with this code shall come back, and is told when.
bool comes_back(CloseCode code) noexcept;

/// The message as JSON; nothing for a code that is closed with without one (1002, 1003, …).
std::optional<std::string> goodbye_json(CloseCode code, Transport transport,
                                        Settings const& settings, std::uint32_t reconnect_in_ms);

}  // namespace tickcast
