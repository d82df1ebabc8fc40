// simulation [--seed N] [--seeds N] [--books settled|cut|open] [--verbose]: runs of the box, each
// from a seed of its own.
#include "simulation/world/broken.hpp"
#include "simulation/world/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace tickcast::simulation;

struct Options {
    Run run;
    std::uint64_t seeds{1};
};

[[noreturn]] void refuse(char const* what) {
    std::fprintf(stderr,
                 "simulation: %s\nsimulation [--seed N] [--seeds N] [--books settled|cut|open] "
                 "[--verbose]\n",
                 what);
    std::exit(2);
}

std::uint64_t number(char const* text) {
    char* end = nullptr;
    auto const value = std::strtoull(text, &end, 10);
    if (end == text || *end != '\0') refuse(text);
    return value;
}

Books books(std::string_view text) {
    if (text == "settled") return Books::settled;
    if (text == "cut") return Books::cut;
    if (text == "open") return Books::open;
    refuse("no such books");
}

Options read(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        std::string_view const flag = argv[i];
        if (flag == "--verbose") {
            options.run.verbose = true;
            continue;
        }
        if (i + 1 == argc) refuse(argv[i]);
        auto const* const value = argv[++i];
        if (flag == "--seed") {
            options.run.seed = number(value);
        } else if (flag == "--seeds") {
            options.seeds = number(value);
        } else if (flag == "--books") {
            options.run.books = books(value);
        } else {
            refuse(argv[i - 1]);
        }
    }
    return options;
}

void print(Totals const& all, std::uint64_t seeds, double seconds) {
    auto const hours = static_cast<double>(all.simulated) / 3.6e12;
    std::printf("%lu seeds clean: %.2f simulated hours in %.1f s, %.0f hours a minute, %lu steps;",
                seeds, hours, seconds, hours / seconds * 60, all.steps);
    std::printf(" ticks %lu, streams %lu, pushes %lu, pauses %lu, strangers %lu, through TLS %lu;",
                all.ticks, all.streams, all.pushes, all.pauses, all.strangers, all.tls);
    std::printf(" heap beyond the start at most %ld bytes, %ld when all clients had left; ends:",
                all.heap_with_clients, all.heap_without_clients);
    for (auto const& [how, times] : all.ends)
        std::printf(" %s %lu", how.c_str(), times);
    std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
    auto [how, seeds] = read(argc, argv);
    prepare_process();
    auto const begun = std::chrono::steady_clock::now();
    Totals all;
    for (auto const first = how.seed; how.seed < first + seeds; ++how.seed) {
        try {
            all.add(run(how));
        } catch (Broken const& broken) {
            std::printf("seed %lu: %s\n", how.seed, broken.what());
            std::fflush(stdout);
            std::_Exit(1);
        }
    }
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begun;
    print(all, seeds, took.count());
    return 0;
}
