// Adapts the settings to this machine: threads, descriptors, connections. Functions; control
// thread, at start.
#pragma once

#include "tickcast/config/settings.hpp"
#include "tickcast/session/address_quotas.hpp"

#include <cstddef>

namespace tickcast {

/// Raises the soft limit of descriptors to the hard one; returns the new soft limit.
std::size_t raise_descriptor_limit() noexcept;

/// How many of the `wanted` connections `descriptors` allow; at least one.
std::size_t connections_within(std::size_t wanted, std::size_t descriptors,
                               std::size_t threads) noexcept;

/// The fewest descriptors that allow all of the `wanted` connections.
std::size_t descriptors_for(std::size_t wanted, std::size_t threads) noexcept;

/// Whether clients from a network can connect while no per-address limit is on.
bool is_open_without_address_limits(Settings const& settings);

/// The settings with `threads` filled in and `max_connections` cut to what the descriptors allow.
Settings effective_settings(Settings settings, std::size_t descriptors);

/// The quotas' limits for effective settings.
AddressQuotas::Limits quota_limits(Settings const& settings, std::size_t descriptors);

/// Logs the settings in one line, and warns of risky ones. `wanted`: the settings as the operator
/// gave them.
void log_settings(Settings const& wanted, Settings const& effective, std::size_t descriptors);

}  // namespace tickcast
