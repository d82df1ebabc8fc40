// Preloaded into a server, it writes the heap's figures to $HEAP_PROBE_FILE at each SIGUSR1
// (mallinfo2, all arenas; in bytes, one per line), so that the server's binary itself needs no such
// code.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <thread>

namespace {

void write_at_each_signal(sigset_t signals, char const* file) {
    for (int signal = 0; ::sigwait(&signals, &signal) == 0;) {
        auto const heap = ::mallinfo2();
        auto* const out = std::fopen(file, "a");
        if (out == nullptr) continue;
        std::fprintf(out, "%zu\n", heap.uordblks + heap.hblkhd);
        std::fclose(out);
    }
}

[[gnu::constructor]] void start() {
    auto const* const file = std::getenv("HEAP_PROBE_FILE");
    if (file == nullptr) return;
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // all later threads block it too
    std::thread{write_at_each_signal, signals, file}.detach();
}

}  // namespace
