#include "tickcast/stream/stream_registry.hpp"

#include "stream/stream_connection.hpp"
#include "tickcast/base/shrink_buckets.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace tickcast {

namespace {

/// How long sockets that linger still wait for their clients' FINs once a drain has ended all
/// streams (CONTRACT END-7). With less time some clients that are about to read our last bytes
/// would get a RST.
constexpr Duration kLingerAtEnd = std::chrono::seconds{1};
/// The most streams that one coarse tick closes, even where the drain has no time: the loop must
/// turn in between.
constexpr std::size_t kMostClosedAtOnce = 512;

}  // namespace

StreamRegistry::StreamRegistry() = default;
StreamRegistry::~StreamRegistry() = default;

void StreamRegistry::add(std::uint64_t number, Stream stream) {
    live_.emplace(number, std::move(stream));
    if (draining_) lingers_until_.reset();  // set again once this stream has ended
}

StreamRegistry::Stream StreamRegistry::find(StreamRef const& stream) const {
    auto const found = live_.find(stream.number);
    if (found == live_.end() || found->second->generation() != stream.generation) return {};
    return found->second;
}

void StreamRegistry::ended(std::uint64_t number, SteadyTime now) {
    if (auto node = live_.extract(number)) lingering_.insert(std::move(node));
    shrink_buckets(live_);
    look_whether_drained(now);
}

void StreamRegistry::closed(std::uint64_t number, SteadyTime now) {
    lingering_.erase(number);
    shrink_buckets(lingering_);
    look_whether_drained(now);
}

void StreamRegistry::drain(Duration over, SteadyTime now, std::minstd_rand& random,
                           std::function<void()> done) {
    draining_ = true;
    all_closed_ = std::move(done);
    look_whether_drained(now);
    std::vector<std::uint64_t> numbers;
    numbers.reserve(live_.size());
    for (auto const& [number, stream] : live_)
        numbers.push_back(number);
    // The order is random, not by age: clients that came together would otherwise leave and come
    // back together.
    std::shuffle(numbers.begin(), numbers.end(), random);
    to_close_ = DrainSchedule{std::move(numbers), now, over};
}

void StreamRegistry::tick(SteadyTime now) {
    if (!to_close_.empty()) close_due(now);
    if (lingers_until_ && now >= *lingers_until_) stop_lingering();
}

void StreamRegistry::close_due(SteadyTime now) {
    for (auto most = kMostClosedAtOnce; most > 0; --most) {
        auto const number = to_close_.next(now);
        if (!number) return;
        auto const found = live_.find(*number);
        if (found == live_.end()) continue;
        auto const stream = found->second;
        stream->close(CloseCode::going_away);
    }
}

void StreamRegistry::reset_all() {
    while (!live_.empty()) {
        auto const stream = live_.begin()->second;
        stream->reset();
    }
    stop_lingering();
}

/// This sends no RST: the bytes that our kernel still holds for the peer go out.
void StreamRegistry::stop_lingering() {
    while (!lingering_.empty()) {
        auto const stream = lingering_.begin()->second;
        stream->stop_lingering();
    }
}

void StreamRegistry::look_whether_drained(SteadyTime now) {
    if (!all_closed_ || !live_.empty()) return;
    if (lingering_.empty()) return std::exchange(all_closed_, {})();
    if (!lingers_until_) lingers_until_ = now + kLingerAtEnd;
}

}  // namespace tickcast
