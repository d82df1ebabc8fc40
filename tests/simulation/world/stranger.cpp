#include "simulation/world/stranger.hpp"

#include "simulation/world/broken.hpp"
#include "tickcast/config/settings.hpp"

#include <algorithm>
#include <string>

namespace tickcast::simulation {

namespace {

/// How long the server waits for the first request of a connection.
constexpr Nanos kIdle = 75 * kSecond;
/// And for an answer to be taken.
constexpr Nanos kWrite = 31 * kSecond;
/// It reads on for a while behind a refused body, and its FIN has to travel.
constexpr Nanos kMargin = 5 * kSecond;

}  // namespace

void Stranger::begin() {
    auto& random = world_.random();
    auto const port = static_cast<std::uint16_t>(1024 + below(random, 60'000));
    says_ = static_cast<Says>(below(random, 4));
    connection_ =
        Connection::open(world_.kernel(), address_of("127.0.2.1", port), world_.public_address(),
                         world_.some_path(), {}, world_.tls() && says_ != Says::nonsense);
    if (!connection_) return;
    connection_->on_event([](std::uint32_t) {});
    world_.note("a stranger: " + std::to_string(static_cast<int>(says_)) + " from " +
                std::to_string(port));
    begun_ = world_.now();
    speak();
    vanished_ = by_chance(random, 300);
    if (vanished_) connection_->vanish();
    world_.after(limit(), [self = shared_from_this()] { self->look(); });
}

void Stranger::speak() {
    switch (says_) {
        case Says::nothing:
            return;
        case Says::half_a_head:
            return connection_->send("GET /v1/tickers HTTP/1.1\r\nHost: a\r\nX-Half");
        case Says::half_a_body:
            return connection_->send(
                "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Content-Length: 4000\r\n\r\n{\"tickers\":");
        case Says::nonsense:
            return connection_->send("\x16\x03\x01 what am I?\r\n\r\n");
    }
}

Nanos Stranger::limit() const noexcept {
    auto const request = static_cast<Nanos>(world_.settings().request_timeout_seconds * kSecond) +
                         kMargin + (vanished_ ? kWrite : 0);
    return says_ == Says::nothing ? kIdle + kMargin : request;
}

void Stranger::look() {
    if (!connection_) return;
    auto const server = connection_->peer();
    if (!server || server->is_closed()) return;
    auto const now = world_.now();
    auto const waits = begun_ + limit() + world_.held_up(begun_, now) - now;
    require(waits > 0, [&] {
        return "a connection without a request is open for too long: " +
               std::to_string(static_cast<int>(says_));
    });
    world_.after(waits, [self = shared_from_this()] { self->look(); });
}

void Stranger::leave() {
    if (!connection_) return;
    connection_->close(by_chance(world_.random(), 300));
    connection_.reset();
}

}  // namespace tickcast::simulation
