#!/usr/bin/env python3
"""The server beside the floors, turn by turn, on one machine (scripts/bench.sh builds and calls this).

    bench.py [--rounds 3] [--hold 10] [--only a,b] [--json FILE]

A processor for the server, one for the generator. Ratios are taken within a round, tickcast's figure over
that of the floor with the same way of sending; what is shown is the median of the rounds.
"""
import argparse
import json
import sys
from dataclasses import asdict

import contestant
from steady import Feed, Steady, measure, median

SCENARIOS = [
    Steady("a", "5,000 clients, 70 ticks/s", Feed(500, 70)),
    Steady("b", "5,000 clients, 1,000 ticks/s", Feed(500, 1000)),
    Steady("c", "5,000 clients, 2,000 ticks/s", Feed(500, 2000)),
    Steady("d", "bursts of 100 ticks, ten a second", Feed(500, 1000, 100)),
    Steady("e5", "5,000 clients, 76 ticks/s", Feed(500, 76)),
    Steady("e19", "19,000 clients, 20 ticks/s", Feed(500, 20), users=19000, ramp_seconds=15),
    Steady("f", "one ticker, all 5,000 watch it, 10 ticks/s", Feed(1, 10), tickers_per_user=1),
    Steady("g", "20 of 10,000 tickers each, 5,000 ticks/s", Feed(10000, 5000)),
]
BACKENDS = ("send", "io_uring")


def names_of(feed):
    """The simulator's tickers, from a server that runs it."""
    import urllib.request
    with contestant.tickcast("send", feed) as server:
        with urllib.request.urlopen(server.public + "/v1/tickers") as reply:
            return json.load(reply)["tickers"]


def run(load, rounds, hold):
    names = names_of(load.feed)
    flags = ("--max-known-tickers", "200000", "--detached-seconds", "1")
    found = {}
    for turn in range(rounds):
        for backend in BACKENDS:
            kinds = ("floor", "tickcast") if turn % 2 == 0 else ("tickcast", "floor")
            for kind in kinds:
                server = (contestant.floor(backend, load.feed, names) if kind == "floor"
                          else contestant.tickcast(backend, load.feed, *flags))
                with server:
                    figures = measure(server, load, names, hold)
                found.setdefault(f"{kind} {backend}", []).append(figures)
                show(load.key, f"{kind} {backend}", figures)
    return found


def show(key, who, figures):
    print(f"{key:4} {who:18} {figures.ticks_per_s:9.0f} ticks/s {figures.ticks_per_frame:6.2f} a frame  "
          f"server {figures.server_busy:5.0%} (system {figures.server_system:4.0%})  "
          f"generator {figures.generator_busy:5.0%}  {figures.cpu_us_per_tick:6.2f} us/tick  "
          f"p50 {figures.p50_ms:7.2f} p99 {figures.p99_ms:7.2f} ms  {figures.resident_mb:5.0f} MB"
          f"{'' if figures.clean else '  NOT CLEAN'}", flush=True)


def ratio(found, backend, what):
    pairs = zip(found[f"tickcast {backend}"], found[f"floor {backend}"])
    return median([getattr(ours, what) / max(getattr(theirs, what), 1e-9) for ours, theirs in pairs])


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--hold", type=float, default=10)
    options.add_argument("--only", default="")
    options.add_argument("--json")
    chosen = options.parse_args()
    results = {}
    for load in SCENARIOS:
        if chosen.only and load.key not in chosen.only.split(","):
            continue
        found = run(load, chosen.rounds, chosen.hold)
        results[load.key] = {who: [asdict(each) for each in rounds] for who, rounds in found.items()}
        for backend in BACKENDS:
            print(f"{load.key:4} {backend:9} over its floor:  " + "  ".join(
                f"{what} {ratio(found, backend, what):.2f}"
                for what in ("cpu_us_per_tick", "ticks_per_s", "frames_per_s", "ticks_per_frame",
                             "p50_ms", "p99_ms")), flush=True)
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as out:
            json.dump(results, out, indent=1)


if __name__ == "__main__":
    sys.exit(main())
