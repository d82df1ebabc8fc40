#include "tickcast/feed/push/push_feed.hpp"

#include "feed/feed_text.hpp"
#include "feed/push/push_job.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace tickcast {
namespace {

RejectReason reason_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_ticker:
            return RejectReason::ticker;
        case ErrorCode::out_of_range:
            return RejectReason::range;
        case ErrorCode::too_many_tickers:
            return RejectReason::limit;
        default:
            return RejectReason::syntax;
    }
}

Error draining_push() {
    return Error{.code = ErrorCode::draining, .detail = "no more ticks are taken in"};
}

}  // namespace

/// A body in the queue. Lives in the coroutine that waits for it.
class PushFeed::Body {
public:
    Body(PushFeed& feed, std::string_view body, PushFormat format)
        : feed_(feed),
          job_(body, format, {feed.kind(), feed.table_, feed.sink_, feed.clock_, *feed.gate_}),
          done_(feed.io_, SteadyTime::max()) {
        feed_.bodies_.push_back(this);
    }
    ~Body() {
        if (!left_) std::erase(feed_.bodies_, this);
    }
    Body(Body const&) = delete;
    Body& operator=(Body const&) = delete;

    PushJob& job() noexcept { return job_; }
    PushJob const& job() const noexcept { return job_; }
    /// It is in the queue no more, and its result stands.
    void leave() {
        left_ = true;
        done_.cancel();
    }
    Awaitable<> left() {
        while (!left_) {
            SystemError cancelled;
            co_await done_.async_wait(asio::redirect_error(use_await, cancelled));
        }
    }

private:
    PushFeed& feed_;
    PushJob job_;
    SteadyTimer done_;  ///< never expires: cancelled to wake `left`
    bool left_{false};
};

PushFeed::PushFeed(FeedKind kind, FeedContext const& context)
    : Feed(kind),
      table_(context.tickers),
      sink_(context.sink),
      io_(context.io),
      clock_(context.clock),
      gate_(std::make_unique<PushGate>()),
      turn_(context.io, [this] { turn(); }) {}

Result<FeedMaker, std::string> PushFeed::parse(FeedText const& text) {
    if (text.query) return std::string{"push: takes no parameters"};
    return FeedMaker{};
}

PushFeed::~PushFeed() {
    stop();
}

void PushFeed::stop() noexcept {
    thread_.check();
    stopped_ = true;
    turn_.cancel();
    auto const until = clock_.now() + kStopTime;
    auto bodies = std::exchange(bodies_, {});
    std::sort(bodies.begin(), bodies.end(), [](auto const* one, auto const* other) {
        return one->job().rank() < other->job().rank();
    });
    for (auto* const body : bodies) {
        body->job().cut_short(draining_push(), until);
        body->leave();
    }
}

Result<std::size_t> PushFeed::push(std::string_view body, PushFormat format) {
    auto ticks = parse_push_body(body, format);
    if (ticks) return apply(*ticks);
    refused(ticks.error().code);
    return ticks.error();
}

Awaitable<Result<std::size_t>> PushFeed::push_in_slices(std::string_view body, PushFormat format) {
    thread_.check();
    if (stopped_) co_return draining_push();
    Body waiting{*this, body, format};
    // Later ones must not put off the turn of the first.
    if (bodies_.size() == 1) turn_.soon();
    co_await waiting.left();
    auto const& result = waiting.job().result();
    if (!result && result.error().code != ErrorCode::draining) refused(result.error().code);
    co_return result;
}

/// A slice of one of the first kAtOnce, then of the next of them.
void PushFeed::turn() {
    thread_.check();
    if (bodies_.empty()) return;
    next_ = (next_ + 1) % std::min(bodies_.size(), kAtOnce);
    auto* const body = bodies_[next_];
    if (body->job().work(clock_.now() + kSliceTime)) {
        bodies_.erase(bodies_.begin() + static_cast<std::ptrdiff_t>(next_));
        body->leave();
    }
    if (!bodies_.empty()) turn_.soon();
}

Result<std::size_t> PushFeed::apply(std::span<PushTick const> ticks) {
    thread_.check();
    if (stopped_) return draining_push();
    if (ticks.empty()) return std::size_t{0};
    if (!make_room(ticks)) {
        refused(ErrorCode::too_many_tickers);
        return no_room_for_tickers(table_);
    }
    std::vector<TickUpdate> updates;
    updates.reserve(ticks.size());
    for (auto const& tick : ticks) {
        auto const id = table_.find_known(tick.ticker);
        TICKCAST_CHECK(id.has_value(), "known tickers stay, and this one was just made known");
        updates.push_back(tick.update);
        updates.back().ticker = *id;
    }
    sink_.ingest(kind(), updates);
    return updates.size();
}

/// All new tickers find room, or none is added. The table keeps all readers out only for new ones.
bool PushFeed::make_room(std::span<PushTick const> ticks) {
    std::vector<Ticker> fresh;
    for (auto const& tick : ticks) {
        if (!table_.find_known(tick.ticker)) fresh.push_back(tick.ticker);
    }
    return fresh.empty() || table_.make_all_known(fresh);
}

void PushFeed::refused(ErrorCode code) noexcept {
    thread_.check();
    sink_.rejected(kind(), reason_of(code));
}

}  // namespace tickcast
