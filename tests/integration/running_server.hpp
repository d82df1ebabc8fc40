// A whole server in this process, on free ports. Its control thread makes, runs and destroys it.
// One owner; the destructor ends the server.
#pragma once

#include "client/http_client.hpp"
#include "tickcast/config/settings.hpp"

#include <cstdint>
#include <string>
#include <thread>

namespace tickcast {
class Application;
}

namespace tickcast::test {

using namespace client;

class RunningServer {
public:
    explicit RunningServer(Settings settings);
    ~RunningServer() { stop(); }
    RunningServer(RunningServer const&) = delete;
    RunningServer& operator=(RunningServer const&) = delete;

    /// Begins the shutdown, as SIGTERM does.
    void begin_stop();
    /// Shuts down, and waits until that is done.
    void stop();

    std::uint16_t port() const { return ports_.serving; }
    std::uint16_t admin_port() const { return ports_.admin; }
    std::string metrics() const;
    /// The value of one series; throws where there is none.
    double metric(std::string const& name) const;

private:
    struct Ports {
        std::uint16_t serving{0};
        std::uint16_t admin{0};
    };
    std::thread control_;
    Application* application_{nullptr};  // while control_ runs
    Ports ports_;
    bool stopping_{false};
};

}  // namespace tickcast::test
