#include "app/shutdown.hpp"

#include "tickcast/base/logging.hpp"
#include "tickcast/stream/shard_streams.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

namespace tickcast {
namespace {

/// The time after --drain-seconds: the last stream's time to answer its close, and the limit of all
/// remaining steps together (CONTRACT SIG-7, SIG-9).
constexpr Duration kLongestGrace = ShardStreams::kCloseTime;
/// The part of it for the steps after the streams, if nothing answers: admin requests, log lines.
constexpr Duration kLastSteps = std::chrono::milliseconds{400};
constexpr Duration kDrainGrace = kLongestGrace - kLastSteps;
/// How long admin requests in progress may take at the end, if the drain left enough time.
constexpr Duration kAdminGrace = std::chrono::seconds{1};
constexpr Duration kLeastAdminGrace = std::chrono::milliseconds{100};

}  // namespace

Shutdown::Shutdown(asio::io_context& control, SharedState& shared, Shards& shards, Intake& intake,
                   AdminServer& admin)
    : control_(control),
      shared_(shared),
      shards_(shards),
      intake_(intake),
      admin_(admin),
      timer_(control) {}

Duration Shutdown::longest(Settings const& settings) {
    return from_seconds(settings.drain_delay_seconds) + from_seconds(settings.drain_seconds) +
           kLongestGrace;
}

/// The process is not ready from now on. A load balancer may take a moment to notice; until then
/// the new clients that it sends get a clear answer.
void Shutdown::begin() {
    if (phase_ != Phase::serving) return;
    phase_ = Phase::delaying;
    shared_.draining = true;
    auto const& settings = shared_.settings;
    logger("app")->info("event=draining delay_seconds={} drain_seconds={}",
                        settings.drain_delay_seconds, settings.drain_seconds);
    timer_.expires_after(from_seconds(settings.drain_delay_seconds));
    timer_.async_wait([this](SystemError error) {
        if (!error) drain_shards();
    });
}

void Shutdown::drain_shards() {
    phase_ = Phase::draining;
    auto const over = from_seconds(shared_.settings.drain_seconds);
    undrained_shards_ = shards_.size();
    shards_.drain(over, [this] { shard_drained(); });
    auto& clock = shared_.clock;
    deadline_ = DrainDeadline{clock.now(), clock.own(), over, kDrainGrace};
    await_deadline();
}

void Shutdown::await_deadline() {
    timer_.expires_at(deadline_.at());
    timer_.async_wait([this](SystemError error) {
        if (error) return;
        auto& clock = shared_.clock;
        if (deadline_.put_off(clock.now(), clock.own())) return await_deadline();
        stop_shards();
    });
}

void Shutdown::shard_drained() {
    if (--undrained_shards_ == 0) stop_shards();
}

void Shutdown::stop_shards() {
    if (phase_ != Phase::draining) return;
    phase_ = Phase::stopping_shards;
    logger("app")->info("event=drained undrained_shards={}", undrained_shards_);
    timer_.cancel();
    intake_.stop();
    running_shards_ = shards_.size();
    shards_.stop([this] { shard_stopped(); });
}

void Shutdown::shard_stopped() {
    if (--running_shards_ != 0) return;
    shards_.join();
    phase_ = Phase::closing_admin;
    asio::co_spawn(control_, close_admin(), rethrow);
}

Awaitable<> Shutdown::close_admin() {
    auto const left = deadline_.at() - shared_.clock.now();
    co_await admin_.close(std::clamp<Duration>(left, kLeastAdminGrace, kAdminGrace));
    control_.stop();
}

}  // namespace tickcast
