// The worker's reactions to the server: the steps of the clients, and how they are counted.
#include "generator/worker.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tickcast::load {
namespace {

using client::Ending;
using client::Step;
using client::SwarmClient;

// Close codes by what a client does next (CONTRACT CLI-1..3); after any other it comes back.
constexpr auto kStayAway = std::to_array<std::uint16_t>({1002, 1003, 1007, 1008, 1009, 4000, 4001});
constexpr auto kRenew = std::to_array<std::uint16_t>({4002});
constexpr int kSessionGone = 404;
constexpr int kTooMany = 429;

template <std::size_t count>
bool ended_by(std::array<std::uint16_t, count> const& codes, SwarmClient const& client) noexcept {
    auto const code = client.close_code();
    return code && std::find(codes.begin(), codes.end(), *code) != codes.end();
}

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

/// Whether a new attempt makes sense, by the contract's rule for clients. A request that the server
/// calls wrong stays wrong.
bool stays_away(SwarmClient const& client) noexcept {
    if (client.close_code()) return ended_by(kStayAway, client);
    auto const status = client.refusal();
    bool const no_session = client.session_id().empty();
    return no_session && status >= 400 && status < 500 && status != kTooMany;
}

}  // namespace

std::uint64_t Worker::us_since(double due, Clock::time_point at) const noexcept {
    return static_cast<std::uint64_t>(std::max(0.0, (seconds_at(at) - due) * 1e6));
}

void Worker::on_step(Origin const& origin, SwarmClient& client, Step step) {
    auto& user = users_[origin.user];
    bool const is_leaver = origin.visit != user.visit;
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
            if (is_leaver) return;  // a leaver has its deadline already
            user.patience_ends = now_ + settings_.timeout_seconds;
            return push(Action::deadline, origin.user, user.patience_ends);
        case Step::ended:
            --open_;
            if (client.snapshots() > 0) --streaming_;
            return is_leaver ? on_leaver_ended(client) : on_failure(origin.user, client);
    }
}

void Worker::on_created(Origin const& origin, SwarmClient const& client) {
    ++tally_.created;
    tally_.creation.add(us_since(origin.due, client.created_at()));
    auto& user = users_[origin.user];
    if (origin.visit == user.visit) user.session_id = client.session_id();
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
    auto& user = users_[origin.user];
    if (origin.visit != user.visit)
        return goodbye(client);  // its visit ended while it waited for the snapshot
    user.attempt = 0;
    user.epoch = client.epoch();
    if (plan_.kind(plan_index(origin.user)) == Kind::slow) {
        auto const a_time = static_cast<double>(settings_.slow_bytes_per_second) *
                            std::chrono::duration<double>(SwarmClient::kSlowInterval).count();
        client.slow_down(static_cast<std::size_t>(std::max(1.0, a_time)));
    }
    if (user.departs_when_streaming) push(Action::depart, origin.user, now_);
}

void Worker::on_leaver_ended(SwarmClient const& client) {
    if (client.ending() == Ending::local) return;  // counted at its reset
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
    auto& user = users_[index];
    user.client = nullptr;
    count_failure(client, user.timed_out);
    if (client.refusal() == kSessionGone || ended_by(kRenew, client)) {
        user.session_id.clear();
        user.epoch.clear();
    }
    if (stays_away(client)) return;
    auto wait = plan_.back_off(plan_index(index), user.visit, user.attempt++);
    if (client.comes_back_in()) {
        wait = std::chrono::duration<double>(*client.comes_back_in()).count();
    }
    // A user that was cut starts over; one that never streamed is measured from its first attempt.
    if (client.snapshots() > 0) user.due = now_ + wait;
    push(Action::retry, index, now_ + wait);
}

void Worker::look_for_silence() {
    for (auto& user : users_) {
        if (user.client == nullptr || !user.client->streaming()) continue;
        if (user.client->texts() != user.texts) {
            user.texts = user.client->texts();
            user.heard_at = now_;
        } else if (!user.silent && now_ - user.heard_at > settings_.silent_seconds) {
            user.silent = true;
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
