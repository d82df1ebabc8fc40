#include "feeds.hpp"

#include "feed/sim/sim_feed.hpp"
#include "tickcast/app/application.hpp"
#include "tickcast/feed/feed_spec.hpp"

#include <algorithm>
#include <cstddef>

namespace tickcast {

namespace {

StartupError wrong_feed(std::string const& text, std::string const& why,
                        std::string const& origin) {
    return StartupError{
        setting_error("--feed", in_quotes(text) + ": " + without_credentials(why), origin)};
}

}  // namespace

Feeds::Feeds(std::vector<std::string> const& specs, SettingOrigins const& origins,
             Shared const& shared, ReplayFeed::StreamsStarted const& streams_started)
    : push_(shared.tickers, shared.router, shared.io, shared.clock) {
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (auto feed = make(specs[i], origins.of("feed", i), shared, streams_started)) {
            shared.monitor.watch(*feed);
            feeds_.push_back(std::move(feed));
        } else {
            push_configured_ = true;
        }
    }
    if (push_configured_) shared.monitor.watch(push_);
}

/// Nothing for `push`, which is there in any case.
std::unique_ptr<Feed> Feeds::make(std::string const& text, std::string const& origin,
                                  Shared const& shared,
                                  ReplayFeed::StreamsStarted const& streams_started) {
    auto const spec = parse_feed_spec(text);
    if (!spec) throw wrong_feed(text, spec.error(), origin);
    if (auto const* sim = std::get_if<SimSpec>(&*spec)) {
        return std::make_unique<SimFeed>(*sim, shared.tickers, shared.router, shared.io,
                                         shared.clock);
    }
    if (auto const* replay = std::get_if<ReplaySpec>(&*spec)) {
        auto opened = ReplayFeed::open(*replay, shared.tickers, shared.router, shared.io,
                                       shared.clock, streams_started);
        if (!opened) throw wrong_feed(text, opened.error(), origin);
        return *std::move(opened);
    }
    return nullptr;
}

void Feeds::start() {
    push_.start();
    for (auto& feed : feeds_)
        feed->start();
}

void Feeds::stop() noexcept {
    push_.stop();
    for (auto& feed : feeds_)
        feed->stop();
}

bool configures_push(std::vector<std::string> const& specs) {
    return std::any_of(specs.begin(), specs.end(), [](std::string const& text) {
        auto const spec = parse_feed_spec(text);
        return spec && std::holds_alternative<PushSpec>(*spec);
    });
}

}  // namespace tickcast
