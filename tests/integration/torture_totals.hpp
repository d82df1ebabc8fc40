// What the clients of a torture did and got. A value; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tickcast::test {

struct TortureTotals {
    std::uint64_t streams{0};
    std::uint64_t frames{0};
    std::uint64_t ticks{0};
    std::uint64_t pongs{0};
    std::uint64_t key_updates{0};                ///< requested from the server, with TLS 1.3
    std::map<int, std::uint64_t> endings;        ///< close code; 0 = cut by us
    std::map<std::string, std::uint64_t> steps;  ///< how often each kind of step was taken

    TortureTotals& operator+=(TortureTotals const& other) {
        streams += other.streams;
        frames += other.frames;
        ticks += other.ticks;
        pongs += other.pongs;
        key_updates += other.key_updates;
        for (auto const& [code, count] : other.endings)
            endings[code] += count;
        for (auto const& [step, count] : other.steps)
            steps[step] += count;
        return *this;
    }
};

}  // namespace tickcast::test
