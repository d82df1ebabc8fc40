// simulation [--seed N] [--seeds N] [--verbose]: runs of the box, each from a seed of its own.
#include "simulation/world/broken.hpp"
#include "simulation/world/world.hpp"
#include "tickcast/base/logging.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <string>
#include <unistd.h>

int main(int argc, char** argv) {
    using namespace tickcast::simulation;
    std::uint64_t first = 1;
    std::uint64_t count = 1;
    bool verbose = false;
    for (int i = 1; i < argc; ++i) {
        std::string const flag = argv[i];
        if (flag == "--verbose") verbose = true;
        if (flag == "--seed" && i + 1 < argc) first = std::stoull(argv[++i]);
        if (flag == "--seeds" && i + 1 < argc) count = std::stoull(argv[++i]);
    }
    // Always: what a run logs belongs to its course, since loggers lock.
    tickcast::set_log_level("debug");
    auto* const out = ::fdopen(::dup(STDOUT_FILENO), "w");
    // The server's own lines.
    ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
    if (!verbose) ::dup2(STDOUT_FILENO, STDERR_FILENO);
    // One thread runs at a time: on one processor the next one begins soonest.
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
    ::sched_setaffinity(0, sizeof one, &one);
    auto const begun = std::chrono::steady_clock::now();
    Totals all;
    for (auto seed = first; seed < first + count; ++seed) {
        auto* const world = new World{seed, verbose};  // after a failure it can't be destroyed
        try {
            world->run();
            auto const& totals = world->totals();
            all.ticks += totals.ticks;
            all.streams += totals.streams;
            all.pauses += totals.pauses;
            all.pushes += totals.pushes;
            all.simulated += totals.simulated;
            all.steps += totals.steps;
            for (auto const& [how, times] : totals.ends)
                all.ends[how] += times;
        } catch (Broken const& broken) {
            std::fprintf(out, "seed %lu: %s\n", seed, broken.what());
            std::fflush(out);
            ::_exit(1);  // the simulated threads wait for ever
        }
        delete world;
    }
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begun;
    auto const hours = static_cast<double>(all.simulated) / 3.6e12;
    std::fprintf(out,
                 "%lu seeds clean: %.2f simulated hours in %.1f s, %.0f hours a minute, %lu steps;",
                 count, hours, took.count(), hours / took.count() * 60, all.steps);
    std::fprintf(out, " ticks %lu, streams %lu, pushes %lu, pauses %lu; ends:", all.ticks,
                 all.streams, all.pushes, all.pauses);
    for (auto const& [how, times] : all.ends)
        std::fprintf(out, " %s %lu", how.c_str(), times);
    std::fprintf(out, "\n");
    std::fclose(out);
    return 0;
}
