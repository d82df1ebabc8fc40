// The times of a thread that a test lets wait and work. One thread.
#pragma once

#include "tickcast/runtime/peer_clock.hpp"

#include <chrono>
#include <cstdint>

namespace tickcast::test {

class ManualThread final : public ThreadTimes {
public:
    SteadyTime now() const noexcept override { return now_; }
    std::int64_t wall_us() const noexcept override { return 0; }
    Duration cpu() const noexcept override { return cpu_; }
    void waits(Duration by) noexcept { now_ += by; }
    void works(Duration by) noexcept {
        now_ += by;
        cpu_ += by;
    }

private:
    SteadyTime now_{std::chrono::hours{1}};
    Duration cpu_{std::chrono::seconds{5}};
};

}  // namespace tickcast::test
