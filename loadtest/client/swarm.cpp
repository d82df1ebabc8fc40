#include "client/swarm.hpp"

#include <algorithm>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <utility>

namespace tickcast::client {
namespace {

/// Each client needs one socket: the usual soft limit of 1,024 descriptors is far too low.
void raise_descriptor_limit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

std::uint64_t wall_clock_us() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000U +
           static_cast<std::uint64_t>(now.tv_nsec) / 1'000U;
}

Swarm::Swarm(Endpoint server, SwarmOptions options)
    : server_(std::move(server)),
      options_(options),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      next_number_(options.first_number),
      next_slow_(Clock::now()) {
    raise_descriptor_limit();
    if (epoll_ < 0) throw std::runtime_error("epoll_create1 failed");
}

Swarm::~Swarm() {
    clients_.clear();
    ::close(epoll_);
}

SwarmClient& Swarm::add(ClientOptions options) {
    clients_.push_back(std::make_unique<SwarmClient>(*this, std::move(options), next_number_++));
    clients_.back()->connect();
    return *clients_.back();
}

void Swarm::remove_ended() {
    std::erase_if(clients_, [](auto const& client) { return client->ended(); });
}

void Swarm::remove(SwarmClient& client) {
    client.reset();
    std::erase_if(clients_, [&](auto const& other) { return other.get() == &client; });
}

void Swarm::poll(std::chrono::milliseconds limit) {
    std::array<epoll_event, 512> events;
    auto const count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                    static_cast<int>(limit.count()));
    for (int i = 0; i < count; ++i) {
        auto const& event = events[static_cast<std::size_t>(i)];
        static_cast<SwarmClient*>(event.data.ptr)->on_events(event.events);
    }
    auto const now = Clock::now();
    if (now < next_slow_) return;
    next_slow_ = now + SwarmClient::kSlowInterval;
    for (auto const& client : clients_) {
        if (client->ended()) continue;
        if (client->slow_bytes_ > 0) client->on_readable(client->slow_bytes_);
        if (std::exchange(client->look_again_, false)) client->on_readable(buffer_.size());
    }
}

bool Swarm::run_until(std::function<bool()> const& done, std::chrono::milliseconds limit) {
    auto const deadline = Clock::now() + limit;
    while (!done()) {
        if (Clock::now() >= deadline) return false;
        poll(std::chrono::milliseconds{10});
    }
    return true;
}

bool Swarm::run_until_streaming(std::chrono::milliseconds limit) {
    return run_until(
        [&] { return all([](SwarmClient const& client) { return client.streaming(); }); }, limit);
}

void Swarm::run_for(std::chrono::milliseconds time) {
    run_until([] { return false; }, time);
}

}  // namespace tickcast::client
