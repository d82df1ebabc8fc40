// How a stream follows its session: changes by its own client or by a PATCH, and their answers.
#include "tickcast/stream/stream_connection.hpp"

#include <algorithm>
#include <unordered_set>

namespace tickcast {

namespace {

std::vector<TickerId> not_in(std::vector<TickerId> const& these,
                             std::vector<TickerId> const& others) {
    std::unordered_set<TickerId> const known{others.begin(), others.end()};
    std::vector<TickerId> rest;
    for (auto const id : these) {
        if (!known.contains(id)) rest.push_back(id);
    }
    return rest;
}

}  // namespace

/// Each change is answered, and its snapshot begun, before the next one is looked at.
bool StreamConnection::may_take_message() const noexcept {
    auto const waiting = replies_ ? replies_->frames.size() : 0;
    return snapshot_begun_ && !unsettled() && waiting <= kMaxReplies && !closing_;
}

void StreamConnection::take_messages() {
    if (is_ending()) return;
    while (changes_ > 0 && may_take_message()) {
        --changes_;
        if (auto view = host_.context().sessions.get(session_);
            view && view->stream && view->stream->generation == generation_) {
            adopt(*std::move(view));
        }
    }
    if (message_waits_ && may_take_message()) take_message();
}

/// From a slice, which must not be entered again from within.
void StreamConnection::take_messages_soon() noexcept {
    if (changes_ == 0 && !message_waits_) return;
    asio::post(host_.shard().io(), [self = boost::intrusive_ptr{this}] { self->take_messages(); });
}

void StreamConnection::session_changed() noexcept {
    if (is_ending()) return;
    ++changes_;
    take_messages();
}

/// Makes the stream what its session is now, and says so.
void StreamConnection::adopt(SessionView view) {
    auto const removed = not_in(tickers_.ids(), view.tickers.ids());
    auto const added = not_in(view.tickers.ids(), tickers_.ids());
    abandon_in_flight(removed);
    host_.hub().unsubscribe(*this, removed);
    if (!added.empty()) host_.hub().subscribe(*this, added);
    tickers_ = std::move(view.tickers);
    set_throttle(std::chrono::milliseconds{view.throttle_ms});

    auto const names = [this](auto visit) {
        for (auto const id : tickers_.ids())
            visit(host_.context().tickers.name(id).view());
    };
    reply(MessageType::subscribed, subscribed_json(names, view.throttle_ms));
}

/// An unfinished frame goes out as it is, but its ticks of these count for nobody any more.
void StreamConnection::abandon_in_flight(std::vector<TickerId> const& removed) noexcept {
    if (!unfinished_) return;
    auto const gone = std::erase_if(unfinished_->ticks, [&removed](TickInFlight const& tick) {
        return std::find(removed.begin(), removed.end(), tick.ticker) != removed.end();
    });
    host_.metrics().ticks_abandoned.add(gone);
}

void StreamConnection::set_throttle(Duration interval) {
    if (interval == (throttle_ ? throttle_->interval : Duration{0})) return;
    // Without a throttle no times were kept: the new one counts from now.
    auto const last = throttle_ ? throttle_->last_paced : std::chrono::steady_clock::now();
    throttle_.reset();
    if (interval > Duration{0}) throttle_ = std::make_unique<Throttle>(*this, interval, last);
    host_.hub().release(*this);
}

void StreamConnection::reply(MessageType type, std::string const& json) {
    if (!replies_) replies_ = std::make_unique<Replies>();
    append_message(type, json, replies_->frames);
    ++replies_->count;
    host_.hub().enqueue(*this);
}

}  // namespace tickcast
