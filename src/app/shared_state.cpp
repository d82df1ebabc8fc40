#include "app/shared_state.hpp"

#include "app/effective_settings.hpp"
#include "tickcast/base/clock.hpp"

namespace tickcast {

SharedState::SharedState(Settings const& wanted)
    : descriptors(raise_descriptor_limit()),
      settings(effective_settings(wanted, descriptors)),
      tickers(settings.max_known_tickers),
      quotas(quota_limits(settings, descriptors), clock),
      sessions({from_seconds(settings.pending_seconds), from_seconds(settings.detached_seconds),
                settings.max_sessions, settings.max_tickers_per_session,
                from_seconds(settings.max_session_age_seconds)},
               clock) {}

}  // namespace tickcast
