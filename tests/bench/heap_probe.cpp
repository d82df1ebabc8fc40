// Preloaded into a server, it writes the heap's figures to $HEAP_PROBE_FILE at each SIGUSR1
// (mallinfo2, all arenas; in bytes, one per line), so that the server's binary itself needs no such
// code.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <thread>

namespace {

void write_at_each_signal(sigset_t signals, std::FILE* out) {
    for (int signal = 0; ::sigwait(&signals, &signal) == 0;) {
        auto const heap = ::mallinfo2();
        std::fprintf(out, "%zu\n", heap.uordblks + heap.hblkhd);
        std::fflush(out);
    }
}

[[gnu::constructor]] void start() {
    auto const* const file = std::getenv("HEAP_PROBE_FILE");
    // Open from the start: later the server might have no descriptor left.
    auto* const out = file == nullptr ? nullptr : std::fopen(file, "ae");
    if (out == nullptr) return;
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGUSR1);
    // It blocks all signals: those of the server must not meet a thread that lets them end it.
    std::thread{write_at_each_signal, signals, out}.detach();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // all later threads block it too
}

}  // namespace
