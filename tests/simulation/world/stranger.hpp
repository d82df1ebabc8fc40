// Somebody who connects and makes no request: says nothing, a part of a request, or nonsense. The
// server must hang up in time, and lose nothing by it. Lives in events.
#pragma once

#include "simulation/world/connection.hpp"
#include "simulation/world/world.hpp"

#include <memory>

namespace tickcast::simulation {

class Stranger : public std::enable_shared_from_this<Stranger> {
public:
    explicit Stranger(World& world) : world_(world) {}

    void begin();
    void leave();

private:
    enum class Says : std::uint8_t { nothing, half_a_head, half_a_body, nonsense };

    void speak();
    Nanos limit() const noexcept;
    /// Throws where the connection is still open past its time.
    void look();

    World& world_;
    Says says_{Says::nothing};
    std::unique_ptr<Connection> connection_;
    Nanos begun_{0};
    bool vanished_{false};
};

}  // namespace tickcast::simulation
