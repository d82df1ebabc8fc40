#include "app/feeds.hpp"

#include "tickcast/app/startup_error.hpp"
#include "tickcast/config/setting_error.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tickcast {

namespace {

StartupError wrong_feed(std::string const& text, std::string const& why,
                        std::string const& source) {
    return StartupError{
        setting_error("--feed", in_quotes(text) + ": " + without_credentials(why), source)};
}

}  // namespace

std::vector<FeedSetting> parse_feed_settings(std::vector<std::string> const& texts,
                                             SettingSources const& sources) {
    std::vector<FeedSetting> settings;
    settings.reserve(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto source = sources.of("feed", i);
        auto request = parse_feed(texts[i]);
        if (!request) throw wrong_feed(texts[i], request.error(), source);
        settings.push_back({texts[i], std::move(source), *std::move(request)});
    }
    return settings;
}

bool any_ticker(std::vector<FeedSetting> const& settings) noexcept {
    return std::any_of(settings.begin(), settings.end(),
                       [](FeedSetting const& setting) { return setting.request.any_ticker; });
}

Feeds::Feeds(std::vector<FeedSetting> const& settings, FeedContext const& context,
             FeedMonitor& monitor)
    : push_(feed_kind("push"), context) {
    bool push_is_configured = false;
    for (auto const& [text, source, request] : settings) {
        if (request.kind == push_.kind()) {
            push_is_configured = true;
            continue;
        }
        auto made = request.make(request.kind, context);
        if (!made) throw wrong_feed(text, made.error(), source);
        feeds_.push_back(*std::move(made));
        monitor.watch(*feeds_.back(), FeedMonitor::Silence::counts);
    }
    monitor.watch(push_, push_is_configured ? FeedMonitor::Silence::counts
                                            : FeedMonitor::Silence::counts_after_a_tick);
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

}  // namespace tickcast
