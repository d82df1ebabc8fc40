#include "simulation/world/ending.hpp"

#include "simulation/world/broken.hpp"

#include <cerrno>

namespace tickcast::simulation {

namespace {

/// The server's FIN follows its last bytes at once.
constexpr Nanos kFin = 3 * kSecond;
/// It waits for the client's FIN for 5 s.
constexpr Nanos kLinger = 5 * kSecond + kFin;
/// A client keeps its end open for up to this long.
constexpr std::uint64_t kLongestHold = 10ULL * kSecond;

}  // namespace

void Ending::begin() {
    begun_ = world_.now();
    connection_->on_event([self = weak_from_this()](std::uint32_t) {
        auto const that = self.lock();
        if (that) that->world_.after(0, [that] { that->read(); });
    });
    read();
    later(kFin, &Ending::expect_fin);
    later(kLinger, &Ending::expect_closed);
    auto const hold = static_cast<Nanos>(below(world_.random(), kLongestHold));
    world_.after(hold, [self = shared_from_this()] { self->leave(); });
}

void Ending::read() {
    if (!connection_ || fin_) return;
    char buffer[1024];
    auto const got = connection_->receive(buffer, sizeof buffer);
    if (got == -EAGAIN) return;
    require(got <= 0, [&] { return "bytes behind the end of " + of_; });
    require(got == 0, [&] { return "a reset at the end of " + of_; });
    fin_ = true;
}

bool Ending::is_over() const {
    auto const server = connection_ ? connection_->peer() : nullptr;
    return !server || server->is_closed();
}

void Ending::leave() {
    if (!connection_) return;
    connection_->close();
    connection_.reset();
}

/// Looks once that time is over, but for the time in which the server was held up.
void Ending::later(Nanos limit, void (Ending::*look)()) {
    auto const waits = begun_ + limit + world_.held_up(begun_, world_.now()) - world_.now();
    if (waits <= 0) return (this->*look)();
    world_.after(waits, [self = shared_from_this(), limit, look] { self->later(limit, look); });
}

void Ending::expect_fin() {
    read();
    require(fin_ || !connection_, [&] { return "no FIN at the end of " + of_; });
}

void Ending::expect_closed() {
    require(is_over(), [&] { return "the server waits for too long at the end of " + of_; });
}

}  // namespace tickcast::simulation
