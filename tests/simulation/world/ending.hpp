// What is left of a stream's connection when the stream has ended: the client waits for the
// server's FIN, keeps its own end open for a while, and the server must not wait for it for long.
// Lives in events.
#pragma once

#include "simulation/world/connection.hpp"
#include "simulation/world/world.hpp"

#include <memory>
#include <string>

namespace tickcast::simulation {

class Ending : public std::enable_shared_from_this<Ending> {
public:
    Ending(World& world, std::unique_ptr<Connection> connection, std::string of)
        : world_(world), connection_(std::move(connection)), of_(std::move(of)) {}

    void begin();
    /// The server's end was closed, in one way or the other.
    bool is_over() const;
    /// No more waiting: this end is closed too.
    void leave();

private:
    void read();
    void expect_fin();
    void expect_closed();
    void later(Nanos limit, void (Ending::*look)());

    World& world_;
    std::unique_ptr<Connection> connection_;
    std::string const of_;
    Nanos begun_{0};
    bool fin_{false};
};

}  // namespace tickcast::simulation
