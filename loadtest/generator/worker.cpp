#include "generator/worker.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace tickcast::load {
namespace {

using client::SwarmClient;

constexpr int kEventsPerTurn = 64;           ///< then the sockets are served
constexpr int kSlowReceiveBuffer = 16'384;   ///< small, or the kernel would read for a slow user
constexpr std::size_t kAddresses = 195'000;  ///< per thread, of a swarm's 12.5 million addresses
constexpr double kArrivingSeconds = 1;       ///< after arrival, in which a user need not stream yet

}  // namespace

Worker::Worker(Settings const& settings, client::Endpoint const& server,
               std::vector<client::TickerSetPtr> sets, WorkerShare share,
               std::atomic<bool> const& stop)
    : settings_(settings),
      plan_(settings),
      share_(share),
      sets_(std::move(sets)),
      stop_(stop),
      users_(share_of(settings.users)),
      swarm_(server, {.spread_sources = server.address.starts_with("127."),
                      .first_number = share.number * kAddresses}) {}

void Worker::push(Action action, std::uint32_t user, double at) {
    events_.push({at, user, users_[user].visit, action});
}

bool Worker::finished() const noexcept {
    return dropped_ == users_.size() && open_ == 0;
}

void Worker::run(Clock::time_point start) {
    start_ = start;
    for (std::uint32_t i = 0; i < users_.size(); ++i) {
        push(Action::arrive, i, plan_.arrival(plan_index(i)));
        push(Action::drop, i, plan_.drop(plan_index(i)));
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
    auto& user = users_[event.user];
    // Handled before overdue events: a generator that is late must still end in time.
    if (!user.dropped &&
        (event.action == Action::drop || now_ >= plan_.drop(plan_index(event.user)))) {
        drop(event.user);
    }
    if (user.dropped || event.visit != user.visit) return;
    switch (event.action) {
        case Action::arrive:
            return arrive(event.user, event.at);
        case Action::depart:
            return depart(event.user, event.at);
        case Action::come_back:
            return come(event.user, event.at);
        case Action::retry:
            ++tally_.retried;
            return begin(event.user);
        case Action::deadline:
            return on_deadline(event.user);
        case Action::drop:
            return;
    }
}

void Worker::arrive(std::uint32_t index, double due) {
    users_[index].session_id.clear();
    users_[index].epoch.clear();
    come(index, due);
}

void Worker::come(std::uint32_t index, double due) {
    auto& user = users_[index];
    ++user.stay;
    user.attempt = 0;
    user.came = user.due = due;
    auto const stay = plan_.stay(plan_index(index), user.stay);
    user.departs_at = stay > 0 ? due + stay : 0;
    begin(index);
}

void Worker::begin(std::uint32_t index) {
    auto& user = users_[index];
    if (user.session_id.empty()) {
        if (tally_.begun >= share_of(settings_.max_sessions)) {
            if (user.visit > 0) ++tally_.not_arrived;  // otherwise drop() counts it
            return;
        }
        ++tally_.begun;
    }
    ++user.visit;
    user.client = nullptr;
    user.departs_when_streaming = user.timed_out = user.silent = false;
    user.texts = 0;
    user.heard_at = now_;
    user.patience_ends = now_ + settings_.timeout_seconds;
    push(Action::deadline, index, user.patience_ends);
    if (user.departs_at > 0) push(Action::depart, index, user.departs_at);
    bool const slow = plan_.kind(plan_index(index)) == Kind::slow;
    ++open_;
    auto& client = swarm_.add(
        {.tickers = sets_[plan_index(index)],
         .session_id = user.session_id,
         .epoch = user.epoch,
         .throttle_ms = static_cast<int>(settings_.throttle_ms),
         .receive_buffer_bytes = slow ? kSlowReceiveBuffer : 0,
         .latency = slow ? &tally_.quote_slow : &second_.quote,
         .on_step = [this, origin = Origin{index, user.visit, user.due, !user.epoch.empty()}](
                        SwarmClient& who, client::Step step) { on_step(origin, who, step); }});
    if (!client.ended()) user.client = &client;
}

/// Detaches the client: from now on its steps do not belong to the user.
SwarmClient* Worker::let_go(User& user) noexcept {
    ++user.visit;
    return std::exchange(user.client, nullptr);
}

void Worker::depart(std::uint32_t index, double due) {
    auto& user = users_[index];
    auto const kind = plan_.kind(plan_index(index));
    bool const returns = kind == Kind::returning;
    if (returns && user.client != nullptr && !user.client->streaming()) {
        user.departs_when_streaming = true;  // otherwise it has nothing to come back to
        return;
    }
    if (returns && user.client == nullptr)
        return;  // it was cut: the retry rule decides when it comes back
    bool const abrupt =
        kind == Kind::aborting || (returns && plan_.vanishes(plan_index(index), user.stay));
    if (user.client == nullptr) {
        let_go(user);
    } else if (abrupt) {
        abort(user, returns ? tally_.vanished : tally_.aborted);
    } else {
        leave(index);
    }
    if (returns) {
        push(Action::come_back, index, due + plan_.pause(plan_index(index), user.stay));
    } else {
        arrive(index, due);
    }
}

void Worker::abort(User& user, std::uint64_t& counted) {
    if (user.client->closed_by_server()) {
        count_late(*user.client);  // its FIN is still to come; the close code is the server's
    } else {
        ++counted;
    }
    let_go(user)->reset();
}

void Worker::leave(std::uint32_t index) {
    auto const patience_ends = users_[index].patience_ends;
    auto& client = *let_go(users_[index]);
    if (client.streaming()) return goodbye(client);
    leavers_.emplace(patience_ends, Leaver{&client, client.snapshots() == 0});
}

void Worker::goodbye(SwarmClient& client) {
    leavers_.emplace(now_ + settings_.timeout_seconds, Leaver{&client, false});
    client.close();
}

void Worker::drop(std::uint32_t index) {
    auto& user = users_[index];
    user.dropped = true;
    ++dropped_;
    if (user.visit == 0 && !stop_) ++tally_.not_arrived;
    if (user.client == nullptr) return;
    if (settings_.drop_by_reset) {
        abort(user, tally_.aborted);
    } else {
        leave(index);
    }
}

void Worker::drop_now() {
    dropping_now_ = true;
    if (!looked_for_absent_) look_for_absent();
    for (std::uint32_t i = 0; i < users_.size(); ++i) {
        if (!users_[i].dropped) push(Action::drop, i, now_);
    }
}

/// Cuts all remaining users at the end of the run. This happens only if the generator itself was
/// held up, or if the server uses up every wait.
void Worker::cut_all() {
    cut_ = true;
    tally_.cut = open_;
    for (auto& user : users_) {
        if (!user.dropped) {
            user.dropped = true;
            ++dropped_;
            if (user.client == nullptr) ++tally_.cut;
        }
        if (user.client == nullptr) continue;
        if (user.client->closed_by_server()) count_late(*user.client);
        let_go(user)->reset();
    }
    reset_late_leavers(std::numeric_limits<double>::infinity());
}

void Worker::reset_late_leavers(double now) {
    while (!leavers_.empty() && leavers_.begin()->first <= now) {
        auto const leaver = leavers_.begin()->second;
        leavers_.erase(leavers_.begin());
        auto& client = *leaver.client;
        // A leaver that got its snapshot meanwhile has sent its close frame and has a new deadline.
        if (client.ended() || (leaver.waits_for_snapshot && client.snapshots() > 0)) continue;
        count_late(client);
        client.reset();
    }
}

void Worker::on_deadline(std::uint32_t index) {
    auto& user = users_[index];
    if (user.client == nullptr || user.client->streaming() || now_ < user.patience_ends) return;
    user.timed_out = true;
    user.client->reset();
}

/// Runs once, before the first user is dropped: a user that stays until the end should be streaming
/// by now.
void Worker::look_for_absent() {
    looked_for_absent_ = true;
    auto const arrived_by = std::min(now_, plan_.drop_begins()) - kArrivingSeconds;
    for (std::uint32_t i = 0; i < users_.size(); ++i) {
        auto const& user = users_[i];
        auto const kind = plan_.kind(plan_index(i));
        bool const stays = kind == Kind::steady || kind == Kind::slow;
        bool const streams = user.client != nullptr && user.client->streaming();
        if (stays && !streams && user.visit > 0 && user.came <= arrived_by) {
            ++tally_.never_streamed;
        }
    }
}

std::vector<WorkerSecond> Worker::take_seconds() {
    std::lock_guard const lock(mutex_);
    return std::exchange(published_, {});
}

}  // namespace tickcast::load
