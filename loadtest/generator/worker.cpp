#include "generator/worker.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace tickcast::load {
namespace {

using client::SwarmClient;

constexpr int kEventsPerTurn = 64;           ///< then the sockets have their turn
constexpr int kSlowReceiveBuffer = 16'384;   ///< or the kernel would read for a slow user
constexpr std::size_t kAddresses = 195'000;  ///< a thread, of the 12.5 million that a swarm knows
constexpr double kArrivingSeconds = 1;       ///< in which nobody is asked to stream already

}  // namespace

Worker::Worker(Settings const& settings, client::Endpoint const& server,
               std::vector<client::TickerSetPtr> sets, WorkerShare share,
               std::atomic<bool> const& stop)
    : settings_(settings),
      plan_(settings),
      share_(share),
      sets_(std::move(sets)),
      stop_(stop),
      places_(share_of(settings.users)),
      swarm_(server, {.spread_sources = server.address.starts_with("127."),
                      .first_number = share.number * kAddresses}) {}

void Worker::push(Action action, std::uint32_t place, double at) {
    events_.push({at, place, places_[place].visit, action});
}

bool Worker::finished() const noexcept {
    return dropped_ == places_.size() && open_ == 0;
}

void Worker::run(Clock::time_point start) {
    start_ = start;
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
        push(Action::arrive, i, plan_.arrival(user(i)));
        push(Action::drop, i, plan_.drop(user(i)));
    }
    OwnCost cost(start);
    auto next_second = start + std::chrono::seconds{1};
    while (!finished()) {
        auto const now = Clock::now();
        now_ = seconds_at(now);
        cost.turn(now);
        if (now >= next_second) {
            second_.cost = cost.sample(now, tally_.lag);
            for (; next_second <= now; next_second += std::chrono::seconds{1})
                close_second();
        }
        if (stop_ && !dropping_now_) drop_now();
        if (!cut_ && now_ > settings_.ends_by()) cut_all();
        turn();
        auto next = cost.next_probe();
        if (!events_.empty()) {
            auto const due = start_ + std::chrono::duration_cast<Clock::duration>(
                                          std::chrono::duration<double>(events_.top().at));
            next = std::min(next, due);
        }
        swarm_.poll(std::max(std::chrono::milliseconds{0},
                             std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now())));
    }
    auto const now = Clock::now();
    cost.turn(now);
    second_.cost = cost.sample(now, tally_.lag);
    close_second();
    tally_.violations = swarm_.violations();
    tally_.broken_rules = swarm_.violation_count();
    tally_.future_frames = swarm_.future_frames();
    tally_.ticks = swarm_.ticks();
    tally_.jumped = swarm_.jumped();
    tally_.frames = swarm_.frames();
    tally_.bytes = swarm_.bytes();
}

void Worker::turn() {
    if (!looked_for_absent_ && now_ >= plan_.drop_begins()) look_for_absent();
    for (int i = 0; i < kEventsPerTurn && !events_.empty() && events_.top().at <= now_; ++i) {
        auto const event = events_.top();
        events_.pop();
        handle(event);
    }
    reset_late_leavers(now_);
}

void Worker::handle(Event const& event) {
    auto& place = places_[event.place];
    // Before what is overdue: a generator that is late must still end in time.
    if (!place.dropped && (event.action == Action::drop || now_ >= plan_.drop(user(event.place)))) {
        drop(event.place);
    }
    if (place.dropped || event.visit != place.visit) return;
    switch (event.action) {
        case Action::arrive:
            return arrive(event.place, event.at);
        case Action::depart:
            return depart(event.place, event.at);
        case Action::come_back:
            return come(event.place, event.at);
        case Action::retry:
            ++tally_.retried;
            return begin(event.place);
        case Action::deadline:
            return on_deadline(event.place);
        case Action::drop:
            return;
    }
}

void Worker::arrive(std::uint32_t index, double due) {
    places_[index].session_id.clear();
    places_[index].epoch.clear();
    come(index, due);
}

void Worker::come(std::uint32_t index, double due) {
    auto& place = places_[index];
    ++place.stay;
    place.attempt = 0;
    place.came = place.due = due;
    auto const stay = plan_.stay(user(index), place.stay);
    place.departs_at = stay > 0 ? due + stay : 0;
    begin(index);
}

void Worker::begin(std::uint32_t index) {
    auto& place = places_[index];
    if (place.session_id.empty()) {
        if (tally_.begun >= share_of(settings_.max_sessions)) {
            if (place.visit > 0) ++tally_.not_arrived;  // or else drop() counts it
            return;
        }
        ++tally_.begun;
    }
    ++place.visit;
    place.client = nullptr;
    place.departs_when_streaming = place.timed_out = place.silent = false;
    place.texts = 0;
    place.heard_at = now_;
    place.patience_ends = now_ + settings_.timeout_seconds;
    push(Action::deadline, index, place.patience_ends);
    if (place.departs_at > 0) push(Action::depart, index, place.departs_at);
    bool const slow = plan_.kind(user(index)) == Kind::slow;
    ++open_;
    auto& client = swarm_.add(
        {.tickers = sets_[user(index)],
         .session_id = place.session_id,
         .epoch = place.epoch,
         .throttle_ms = static_cast<int>(settings_.throttle_ms),
         .receive_buffer_bytes = slow ? kSlowReceiveBuffer : 0,
         .latency = slow ? &tally_.quote_slow : &second_.quote,
         .on_step = [this, origin = Origin{index, place.visit, place.due, !place.epoch.empty()}](
                        SwarmClient& who, client::Step step) { on_step(origin, who, step); }});
    if (!client.ended()) place.client = &client;
}

/// What the client still does is no longer the place's.
SwarmClient* Worker::let_go(Place& place) noexcept {
    ++place.visit;
    return std::exchange(place.client, nullptr);
}

void Worker::depart(std::uint32_t index, double due) {
    auto& place = places_[index];
    auto const kind = plan_.kind(user(index));
    bool const returns = kind == Kind::returning;
    if (returns && place.client != nullptr && !place.client->streaming()) {
        place.departs_when_streaming = true;  // or it would have nothing to come back to
        return;
    }
    if (returns && place.client == nullptr) return;  // it was cut: the rule says when it comes back
    bool const abrupt =
        kind == Kind::aborting || (returns && plan_.vanishes(user(index), place.stay));
    if (place.client == nullptr) {
        let_go(place);
    } else if (abrupt) {
        abort(place, returns ? tally_.vanished : tally_.aborted);
    } else {
        leave(index);
    }
    if (returns) {
        push(Action::come_back, index, due + plan_.pause(user(index), place.stay));
    } else {
        arrive(index, due);
    }
}

void Worker::abort(Place& place, std::uint64_t& counted) {
    if (place.client->closed_by_server()) {
        count_late(*place.client);  // its FIN is still to come, and the code is its own
    } else {
        ++counted;
    }
    let_go(place)->reset();
}

void Worker::leave(std::uint32_t index) {
    auto const patience_ends = places_[index].patience_ends;
    auto& client = *let_go(places_[index]);
    if (client.streaming()) return goodbye(client);
    leavers_.emplace(patience_ends, Leaver{&client, client.snapshots() == 0});
}

void Worker::goodbye(SwarmClient& client) {
    leavers_.emplace(now_ + settings_.timeout_seconds, Leaver{&client, false});
    client.close();
}

void Worker::drop(std::uint32_t index) {
    auto& place = places_[index];
    place.dropped = true;
    ++dropped_;
    if (place.visit == 0 && !stop_) ++tally_.not_arrived;
    if (place.client == nullptr) return;
    if (settings_.drop_by_reset) {
        abort(place, tally_.aborted);
    } else {
        leave(index);
    }
}

void Worker::drop_now() {
    dropping_now_ = true;
    if (!looked_for_absent_) look_for_absent();
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
        if (!places_[i].dropped) push(Action::drop, i, now_);
    }
}

/// The end of all patience. Only a generator that was held up itself, or a server that uses up
/// every wait there is, lets it come to this.
void Worker::cut_all() {
    cut_ = true;
    tally_.cut = open_;
    for (auto& place : places_) {
        if (!place.dropped) {
            place.dropped = true;
            ++dropped_;
            if (place.client == nullptr) ++tally_.cut;
        }
        if (place.client == nullptr) continue;
        if (place.client->closed_by_server()) count_late(*place.client);
        let_go(place)->reset();
    }
    reset_late_leavers(std::numeric_limits<double>::infinity());
}

void Worker::reset_late_leavers(double now) {
    while (!leavers_.empty() && leavers_.begin()->first <= now) {
        auto const leaver = leavers_.begin()->second;
        leavers_.erase(leavers_.begin());
        auto& client = *leaver.client;
        // Who had its snapshot meanwhile has said goodbye, and has a new deadline.
        if (client.ended() || (leaver.waits_for_snapshot && client.snapshots() > 0)) continue;
        count_late(client);
        client.reset();
    }
}

void Worker::on_deadline(std::uint32_t index) {
    auto& place = places_[index];
    if (place.client == nullptr || place.client->streaming() || now_ < place.patience_ends) return;
    place.timed_out = true;
    place.client->reset();
}

/// Once, before the first is dropped: who stays to the end ought to be streaming by now.
void Worker::look_for_absent() {
    looked_for_absent_ = true;
    auto const arrived_by = std::min(now_, plan_.drop_begins()) - kArrivingSeconds;
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
        auto const& place = places_[i];
        auto const kind = plan_.kind(user(i));
        bool const stays = kind == Kind::steady || kind == Kind::slow;
        bool const streams = place.client != nullptr && place.client->streaming();
        if (stays && !streams && place.visit > 0 && place.came <= arrived_by) {
            ++tally_.never_streamed;
        }
    }
}

std::vector<WorkerSecond> Worker::take_seconds() {
    std::lock_guard const lock(mutex_);
    return std::exchange(published_, {});
}

}  // namespace tickcast::load
