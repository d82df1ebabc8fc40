// A worker's other half: what the server did with the users, and how that is counted.
#include "generator/worker.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace tickcast::load {
namespace {

using client::Ending;
using client::Step;
using client::SwarmClient;

constexpr std::array<std::uint16_t, 7> kStayAway{1002, 1003, 1007, 1008, 1009, 4000, 4001};
constexpr std::uint16_t kSessionTooOld = 4002;
constexpr int kSessionGone = 404;
constexpr int kTooMany = 429;

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
            if (!client.tls_failure().empty()) return std::string(client.tls_failure());
            return client.error() != 0 ? std::strerror(client.error()) : "reset";
    }
}

/// The contract's rule for clients; and a request that the server calls wrong stays so.
bool stays_away(SwarmClient const& client) noexcept {
    auto const code = client.close_code();
    if (code) return std::find(kStayAway.begin(), kStayAway.end(), *code) != kStayAway.end();
    auto const status = client.refusal();
    bool const no_session = client.session_id().empty();
    return no_session && status >= 400 && status < 500 && status != kTooMany;
}

}  // namespace

std::uint64_t Worker::us_since(double due, Clock::time_point at) const noexcept {
    return static_cast<std::uint64_t>(std::max(0.0, (seconds_at(at) - due) * 1e6));
}

void Worker::on_step(Origin const& origin, SwarmClient& client, Step step) {
    auto& place = places_[origin.place];
    bool const is_leaver = origin.visit != place.visit;
    switch (step) {
        case Step::created:
            return on_created(origin, client);
        case Step::upgraded:
            tally_.handshake.add(
                us_between(was_set(client.created_at()) ? client.created_at() : client.began(),
                           client.upgraded_at()));
            return;
        case Step::snapshot:
            return on_snapshot(origin, client);
        case Step::closing:
            if (is_leaver) return;  // has its deadline already
            place.patience_ends = now_ + settings_.timeout_seconds;
            return push(Action::deadline, origin.place, place.patience_ends);
        case Step::ended:
            --open_;
            if (client.snapshots() > 0) --streaming_;
            return is_leaver ? on_leaver_ended(client) : on_failure(origin.place, client);
    }
}

void Worker::on_created(Origin const& origin, SwarmClient const& client) {
    ++tally_.created;
    tally_.creation.add(us_since(origin.due, client.created_at()));
    auto& place = places_[origin.place];
    if (origin.visit == place.visit) place.session_id = client.session_id();
}

void Worker::on_snapshot(Origin const& origin, SwarmClient& client) {
    ++streaming_;
    ++tally_.streams;
    auto const us = us_since(origin.due, client.snapshot_at());
    if (origin.comes_back) {
        ++tally_.returned;
        tally_.comeback.add(us);
    } else {
        second_.snapshot.add(us);
    }
    auto& place = places_[origin.place];
    if (origin.visit != place.visit) return goodbye(client);  // its time was up while it waited
    place.attempt = 0;
    place.epoch = client.epoch();
    if (plan_.kind(user(origin.place)) == Kind::slow) {
        auto const a_time = static_cast<double>(settings_.slow_bytes_per_second) *
                            std::chrono::duration<double>(SwarmClient::kSlowInterval).count();
        client.slow_down(static_cast<std::size_t>(std::max(1.0, a_time)));
    }
    if (place.departs_when_streaming) push(Action::depart, origin.place, now_);
}

void Worker::on_leaver_ended(SwarmClient const& client) {
    if (client.ending() == Ending::local) return;  // counted where it was reset
    if (client.snapshots() == 0 || client.closed_by_server()) {
        count_failure(client, false);
    } else if (client.ending() == Ending::close_frame) {
        ++tally_.left;
    } else {
        ++tally_.unanswered_goodbyes[reason_of(client)];
    }
}

void Worker::count_late(SwarmClient const& client) {
    if (client.snapshots() == 0 || client.closed_by_server()) {
        count_failure(client, true);
    } else {
        ++tally_.unanswered_goodbyes[client.close_code() ? "no FIN" : "timed out"];
    }
}

void Worker::count_failure(SwarmClient const& client, bool timed_out) {
    auto reason = reason_of(client);
    if (timed_out) reason = client.close_code() ? reason + " without FIN" : "timed out";
    if (client.snapshots() > 0) {
        ++tally_.unexpected_closes[client.close_code() ? reason : "1006 " + reason];
        ++unexpected_;
    } else {
        ++(client.session_id().empty() ? tally_.failed_creations : tally_.failed_streams)[reason];
        ++failed_;
    }
}

void Worker::on_failure(std::uint32_t index, SwarmClient const& client) {
    auto& place = places_[index];
    place.client = nullptr;
    count_failure(client, place.timed_out);
    if (client.refusal() == kSessionGone || client.close_code() == kSessionTooOld) {
        place.session_id.clear();
        place.epoch.clear();
    }
    if (stays_away(client)) return;
    auto wait = plan_.back_off(user(index), place.visit, place.attempt++);
    if (client.comes_back_in()) {
        wait = std::chrono::duration<double>(*client.comes_back_in()).count();
    }
    // Who was cut comes anew; who never came to stream is waited for since its first try.
    if (client.snapshots() > 0) place.due = now_ + wait;
    push(Action::retry, index, now_ + wait);
}

void Worker::look_for_silence() {
    for (auto& place : places_) {
        if (place.client == nullptr || !place.client->streaming()) continue;
        if (place.client->texts() != place.texts) {
            place.texts = place.client->texts();
            place.heard_at = now_;
        } else if (!place.silent && now_ - place.heard_at > settings_.silent_seconds) {
            place.silent = true;
            ++tally_.silent_streams;
        }
    }
}

void Worker::close_second() {
    look_for_silence();
    std::erase_if(leavers_, [](auto const& entry) { return entry.second.client->ended(); });
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

}  // namespace tickcast::load
