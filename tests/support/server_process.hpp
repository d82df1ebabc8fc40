// The built server as a child process: started on free ports, queried over HTTP, ended by a signal.
// It is killed by the destructor, or when the test process dies. One thread.
#pragma once

#include "client/http_client.hpp"
#include "client/metrics_text.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace tickcast::test {

using namespace client;

/// Keeps the calling thread (and threads it starts) on one core, if the machine has it.
void pin_to_core(int core);

class ServerProcess {
public:
    /// Starts TICKCAST_BIN with free ports, a short drain and these flags, and waits until it
    /// listens. Throws std::runtime_error with the server's output if it does not listen within 30
    /// s.
    explicit ServerProcess(std::vector<std::string> const& flags, std::optional<int> core = {});
    ~ServerProcess();
    ServerProcess(ServerProcess const&) = delete;
    ServerProcess& operator=(ServerProcess const&) = delete;

    Endpoint const& public_endpoint() const noexcept { return public_; }
    Endpoint const& admin_endpoint() const noexcept { return admin_; }
    HttpReply get(std::string_view target) const;
    HttpReply admin_get(std::string_view target) const;
    Metrics metrics() const;

    std::size_t resident_bytes() const;
    std::size_t open_descriptors() const;
    std::size_t established_sockets() const;

    void signal(int number) const;
    /// The exit status (128 + number for a signal), nothing if it still runs after `limit`.
    std::optional<int> wait(std::chrono::milliseconds limit);
    /// The server's output so far.
    std::string standard_output() const;
    std::string standard_error() const;

private:
    void start(std::vector<std::string> const& flags, std::optional<int> core);
    bool read_endpoints();

    pid_t pid_{-1};
    int output_{-1};
    int error_{-1};
    std::optional<int> status_;
    Endpoint public_;
    Endpoint admin_;
};

}  // namespace tickcast::test
