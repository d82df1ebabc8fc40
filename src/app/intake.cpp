#include "app/intake.hpp"

#include "tickcast/feed/registry/feed_registry.hpp"

namespace tickcast {

Intake::Intake(std::vector<FeedSetting> const& settings, SharedState& shared,
               asio::io_context& control, Shards& shards)
    : metrics_(feed_labels()),
      router_(shared.tickers, metrics_, shared.clock, shards.mailboxes()),
      monitor_(router_, metrics_, shared.clock, from_seconds(shared.settings.stale_seconds),
               shared.feed_live),
      feeds_(settings,
             {.tickers = shared.tickers,
              .sink = router_,
              .io = control,
              .clock = shared.clock,
              .streams_started = [&shards] { return shards.streams_started(); }},
             monitor_) {}

}  // namespace tickcast
