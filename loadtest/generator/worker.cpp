#include "generator/worker.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace tickcast::load {
namespace {

using client::Ending;
using client::Step;
using client::SwarmClient;

constexpr int kEventsPerTurn = 64;           ///< then the sockets have their turn
constexpr int kSlowReceiveBuffer = 16'384;   ///< or the kernel would read for a slow user
constexpr std::size_t kAddresses = 195'000;  ///< a thread, of the 12.5 million that a swarm knows
constexpr std::array<std::uint16_t, 7> kStayAway{1002, 1003, 1007, 1008, 1009, 4000, 4001};
constexpr int kSessionGone = 404;
constexpr std::uint16_t kSessionTooOld = 4002;

bool was_set(SwarmClient::Clock::time_point at) noexcept {
    return at != SwarmClient::Clock::time_point{};
}

std::uint64_t us_between(SwarmClient::Clock::time_point from,
                         SwarmClient::Clock::time_point to) noexcept {
    auto const us = std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
    return static_cast<std::uint64_t>(std::max<decltype(us)>(us, 0));
}

std::string reason_of(SwarmClient const& client) {
    if (client.close_code()) return std::to_string(*client.close_code());
    switch (client.ending()) {
        case Ending::refused:
            return client.refusal() > 0 ? std::to_string(client.refusal()) : "hung up";
        case Ending::end_of_file:
            return "hung up";
        case Ending::violation:
            return "broke a rule";
        case Ending::no_socket:
            return std::string("no socket here: ") + std::strerror(client.error());
        default:
            return client.error() != 0 ? std::strerror(client.error()) : "reset";
    }
}

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

std::uint64_t Worker::us_since_due(Place const& place, Clock::time_point at) const noexcept {
    return static_cast<std::uint64_t>(std::max(0.0, (seconds_at(at) - place.due) * 1e6));
}

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
    tally_.ticks = swarm_.ticks();
    tally_.jumped = swarm_.jumped();
    tally_.frames = swarm_.frames();
    tally_.bytes = swarm_.bytes();
}

void Worker::turn() {
    for (int i = 0; i < kEventsPerTurn && !events_.empty() && events_.top().at <= now_; ++i) {
        auto const event = events_.top();
        events_.pop();
        handle(event);
    }
    reset_late_leavers();
}

void Worker::handle(Event const& event) {
    auto& place = places_[event.place];
    // Before what is overdue: a generator that is late must still end in time.
    if (event.action == Action::drop || (!place.dropped && now_ >= plan_.drop(user(event.place)))) {
        drop(event.place);
    }
    if (event.visit != place.visit) return;
    if (place.dropped && event.action != Action::deadline) return;
    switch (event.action) {
        case Action::arrive:
            return arrive(event.place, event.at);
        case Action::depart:
            return depart(event.place, event.at);
        case Action::retry:
            ++tally_.retried;
            return come_back(event.place, event.at);
        case Action::come_back:
            return come_back(event.place, event.at);
        case Action::deadline:
            if (place.client == nullptr || place.client->streaming()) return;
            place.timed_out = true;
            return place.client->reset();
        case Action::drop:
            return;
    }
}

void Worker::arrive(std::uint32_t index, double due) {
    places_[index].session_id.clear();
    if (tally_.begun >= share_of(settings_.max_sessions)) {
        if (places_[index].visit > 0) ++tally_.not_arrived;  // or else drop() counts it
        return;
    }
    ++tally_.begun;
    begin(index, due);
}

void Worker::come_back(std::uint32_t index, double due) {
    if (places_[index].session_id.empty()) return arrive(index, due);
    begin(index, due);
}

void Worker::begin(std::uint32_t index, double due) {
    auto& place = places_[index];
    ++place.visit;
    place.due = due;
    place.client = nullptr;
    place.departs_when_streaming = place.timed_out = place.silent = false;
    place.frames = 0;
    place.heard_at = now_;
    bool const slow = plan_.kind(user(index)) == Kind::slow;
    push(Action::deadline, index, now_ + settings_.timeout_seconds);
    if (auto const stay = plan_.stay(user(index), place.visit); stay > 0) {
        push(Action::depart, index, due + stay);
    }
    ++open_;
    auto& client =
        swarm_.add({.tickers = sets_[user(index) % sets_.size()],
                    .session_id = place.session_id,
                    .throttle_ms = static_cast<int>(settings_.throttle_ms),
                    .receive_buffer_bytes = slow ? kSlowReceiveBuffer : 0,
                    .latency = slow ? &tally_.quote_slow : &second_.quote,
                    .on_step = [this, index, visit = place.visit](SwarmClient& who, Step step) {
                        on_step(index, visit, who, step);
                    }});
    if (!client.ended()) place.client = &client;
}

void Worker::depart(std::uint32_t index, double due) {
    auto& place = places_[index];
    auto const kind = plan_.kind(user(index));
    auto* const client = place.client;
    bool const abrupt = kind == Kind::aborting ||
                        (kind == Kind::returning && plan_.vanishes(user(index), place.visit));
    if (client != nullptr && !client->streaming() && kind != Kind::aborting) {
        place.departs_when_streaming = true;
        return;
    }
    auto const visit = place.visit++;  // what this client still does is no longer the place's
    place.client = nullptr;
    if (client != nullptr && abrupt) {
        ++(kind == Kind::aborting ? tally_.aborted : tally_.vanished);
        client->reset();
    } else if (client != nullptr) {
        goodbye(*client);
    }
    if (kind == Kind::returning) {
        push(Action::come_back, index, due + plan_.pause(user(index), visit));
    } else {
        arrive(index, due);
    }
}

void Worker::drop(std::uint32_t index) {
    auto& place = places_[index];
    if (!place.dropped) {
        place.dropped = true;
        ++dropped_;
        auto const kind = plan_.kind(user(index));
        // A failure that no new attempt has mended; who comes and goes may be away by plan.
        bool const stays = kind == Kind::steady || kind == Kind::slow;
        if (stays && place.client == nullptr && place.visit > 0) ++tally_.never_streamed;
        if (place.visit == 0 && !stop_) ++tally_.not_arrived;
    }
    auto* const client = place.client;
    if (client == nullptr) return;
    if (!client->streaming()) {
        place.departs_when_streaming = true;
        return;
    }
    ++place.visit;
    place.client = nullptr;
    goodbye(*client);
}

void Worker::drop_now() {
    dropping_now_ = true;
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
        if (!places_[i].dropped) push(Action::drop, i, now_);
    }
}

void Worker::goodbye(SwarmClient& client) {
    leavers_.push_back({now_ + settings_.timeout_seconds, &client});
    client.close();
}

void Worker::reset_late_leavers() {
    while (!leavers_.empty() &&
           (leavers_.front().client->ended() || leavers_.front().deadline <= now_)) {
        auto* const client = leavers_.front().client;
        leavers_.pop_front();
        if (client->ended()) continue;
        ++tally_.unanswered_goodbyes["timed out"];
        client->reset();
    }
}

void Worker::on_step(std::uint32_t index, std::uint32_t visit, SwarmClient& client, Step step) {
    auto& place = places_[index];
    switch (step) {
        case Step::created:
            ++tally_.created;
            place.session_id = client.session_id();
            tally_.creation.add(us_since_due(place, client.created_at()));
            return;
        case Step::upgraded:
            tally_.handshake.add(
                us_between(was_set(client.created_at()) ? client.created_at() : client.began(),
                           client.upgraded_at()));
            return;
        case Step::snapshot:
            return on_snapshot(index, client);
        case Step::ended:
            --open_;
            if (was_set(client.snapshot_at())) --streaming_;
            return visit == place.visit ? on_failure(index, client) : on_goodbye_ended(client);
    }
}

void Worker::on_snapshot(std::uint32_t index, SwarmClient& client) {
    auto& place = places_[index];
    ++streaming_;
    ++tally_.streams;
    place.attempt = 0;
    auto const us = us_since_due(place, client.snapshot_at());
    if (was_set(client.created_at())) {
        second_.snapshot.add(us);
    } else {
        ++tally_.returned;
        tally_.comeback.add(us);
    }
    if (plan_.kind(user(index)) == Kind::slow) {
        auto const a_time = static_cast<double>(settings_.slow_bytes_per_second) *
                            std::chrono::duration<double>(SwarmClient::kSlowInterval).count();
        client.slow_down(static_cast<std::size_t>(std::max(1.0, a_time)));
    }
    if (place.departs_when_streaming) {
        push(place.dropped ? Action::drop : Action::depart, index, now_);
    }
}

void Worker::on_goodbye_ended(SwarmClient const& client) {
    if (client.ending() == Ending::close_frame) {
        ++tally_.left;
    } else if (client.ending() != Ending::local) {
        ++tally_.unanswered_goodbyes[reason_of(client)];
    }
}

void Worker::on_failure(std::uint32_t index, SwarmClient const& client) {
    auto& place = places_[index];
    place.client = nullptr;
    auto const reason = place.timed_out ? "timed out" : reason_of(client);
    if (was_set(client.snapshot_at())) {
        ++tally_.unexpected_closes[client.close_code() ? reason : "1006 " + reason];
        ++unexpected_;
    } else {
        ++(place.session_id.empty() ? tally_.failed_creations : tally_.failed_streams)[reason];
        ++failed_;
    }
    auto const code = client.close_code().value_or(0);
    if (client.refusal() == kSessionGone || code == kSessionTooOld) place.session_id.clear();
    if (place.dropped || std::find(kStayAway.begin(), kStayAway.end(), code) != kStayAway.end()) {
        return;
    }
    push(Action::retry, index, now_ + plan_.back_off(user(index), place.visit, place.attempt++));
}

void Worker::look_for_silence() {
    for (auto& place : places_) {
        if (place.client == nullptr || !place.client->streaming()) continue;
        if (place.client->frames() != place.frames) {
            place.frames = place.client->frames();
            place.heard_at = now_;
        } else if (!place.silent && now_ - place.heard_at > settings_.silent_seconds) {
            place.silent = true;
            ++tally_.silent_streams;
        }
    }
}

void Worker::close_second() {
    look_for_silence();
    std::erase_if(leavers_, [](Leaver const& leaver) { return leaver.client->ended(); });
    swarm_.remove_ended();
    second_.index = next_second_++;
    second_.open = open_;
    second_.streaming = streaming_;
    second_.begun = tally_.begun;
    second_.failed = failed_;
    second_.unexpected = unexpected_;
    second_.ticks = swarm_.ticks();
    second_.jumped = swarm_.jumped();
    second_.bytes = swarm_.bytes();
    tally_.quote.merge(second_.quote);
    tally_.snapshot.merge(second_.snapshot);
    {
        std::lock_guard const lock(mutex_);
        published_.push_back(second_);
    }
    second_.quote.clear();
    second_.snapshot.clear();
}

std::vector<WorkerSecond> Worker::take_seconds() {
    std::lock_guard const lock(mutex_);
    return std::exchange(published_, {});
}

}  // namespace tickcast::load
