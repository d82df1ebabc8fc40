#include "simulation/world/run.hpp"

#include "simulation/world/connection.hpp"
#include "tickcast/base/logging.hpp"

#include <fcntl.h>
#include <memory>
#include <sched.h>
#include <unistd.h>

namespace tickcast::simulation {

namespace {

/// What is written to a descriptor goes nowhere, while it exists.
class Silence {
public:
    explicit Silence(int descriptor) : descriptor_(descriptor), kept_(::dup(descriptor)) {
        auto const nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(nowhere, descriptor_);
        ::close(nowhere);
    }
    ~Silence() {
        ::dup2(kept_, descriptor_);
        ::close(kept_);
    }
    Silence(Silence const&) = delete;
    Silence& operator=(Silence const&) = delete;

private:
    int const descriptor_;
    int const kept_;
};

}  // namespace

void prepare_process() {
    prepare_tls();
    // Always: what a run logs belongs to its course, since loggers lock.
    set_log_level("debug");
    // A module's logger is made with its first line, and stays: it belongs to no run.
    for (auto const* module : {"api", "app", "feed", "http", "stream", "transport"})
        static_cast<void>(logger(module));
    // One thread runs at a time: on one processor the next one begins soonest.
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
    ::sched_setaffinity(0, sizeof one, &one);
    run({.books = Books::settled, .tls = true, .first = true});
}

Totals run(Run const& how) {
    Silence const lines{STDOUT_FILENO};
    std::optional<Silence> log;
    if (!how.verbose) log.emplace(STDERR_FILENO);
    // After a failure it can't be destroyed.
    seed_tls(how.seed);
    auto* const world = new World{how};
    world->run();
    auto const totals = world->totals();
    delete world;
    return totals;
}

}  // namespace tickcast::simulation
