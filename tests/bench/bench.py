#!/usr/bin/env python3
"""The server beside the floors, turn by turn, on one machine (scripts/bench.sh builds and calls
this).

    bench.py [--rounds 3] [--hold 8] [--only a,b] [--json FILE] [--onto FILE] [--write]

A processor for the server, one for the generator. Ratios are taken within a round, the figure of
the one that is judged over that of what it stands beside (the floor with the same way of sending,
tickcast's own plain streams, its own single shard); what is shown is the median of the rounds. Of
the events see verdict.of_events.
"""
import argparse
import json
import os
import sys
from dataclasses import asdict

import contestant
import events
import report
import verdict
from report import BACKENDS
from steady import Feed, Steady, measure

SCENARIOS = [
    Steady("a", "5,000 clients, 70 ticks/s", Feed(500, 70)),
    Steady("b", "5,000 clients, 1,000 ticks/s", Feed(500, 1000)),
    Steady("c", "5,000 clients, 2,000 ticks/s", Feed(500, 2000)),
    Steady("d", "bursts of 100 ticks, ten per second", Feed(500, 1000, 100)),
    Steady("e5", "5,000 clients, 76 ticks/s", Feed(500, 76)),
    Steady("e19", "19,000 clients, 20 ticks/s", Feed(500, 20), users=19000, ramp_seconds=15),
    Steady("f", "one ticker, all 5,000 watch it, 10 ticks/s", Feed(1, 10), tickers_per_user=1),
    Steady("g", "20 of 10,000 tickers each, 5,000 ticks/s", Feed(10000, 5000)),
    Steady("j", "(a) through TLS, beside plain", Feed(500, 70)),
    Steady("ka", "(a) with 2 shards, beside 1", Feed(500, 70)),
    Steady("kd", "(d) with 2 shards, beside 1", Feed(500, 1000, 100)),
]
FLAGS = ("--max-known-tickers", "200000", "--detached-seconds", "1")


def names_of(feed):
    """The simulator's tickers, from a server that runs it."""
    import urllib.request
    with contestant.tickcast("send", feed) as server:
        with urllib.request.urlopen(server.public + "/v1/tickers") as reply:
            return json.load(reply)["tickers"]


def start(kind, backend, load, names):
    if kind == "floor":
        return contestant.floor(backend, load.feed, names)
    return contestant.tickcast(backend, load.feed, *FLAGS, threads=2 if kind == "2 shards" else 1, tls=kind == "TLS")


def run(load, rounds, hold, backends=BACKENDS):
    names = names_of(load.feed)
    found = {}
    for turn in range(rounds):
        for backend in backends:
            base, judged = verdict.sides(load.key)
            for kind in (base, judged) if turn % 2 == 0 else (judged, base):
                with start(kind, backend, load, names) as server:
                    figures = measure(server, load, names, hold)
                found.setdefault(f"{kind} {backend}", []).append(figures)
                show(load.key, f"{kind} {backend}", figures)
    return found


def show(key, who, figures):
    print(f"{key:4} {who:18} {figures.ticks_per_s:9.0f} ticks/s {figures.ticks_per_frame:6.2f} a frame  "
          f"server {figures.server_busy:5.0%} (system {figures.server_system:4.0%})  "
          f"generator {figures.generator_busy:5.0%}  {figures.cpu_us_per_tick:6.2f} us/tick  "
          f"p50 {figures.p50_ms:7.2f} p99 {figures.p99_ms:7.2f} ms  {figures.resident_mb:5.0f} MB"
          f"{'' if figures.clean else f'  NOT CLEAN: {figures.faults}'}", flush=True)


def text_of_events(found):
    """The events at a working server, by way of sending, as Markdown."""
    lines = ["\n| | what befell it, by the way of sending | " + " | ".join(found) + " | goal |", "|---|---|" + "---|" * (len(found) + 1)]
    rows = {backend: verdict.of_events(each) for backend, each in found.items()}
    for at, (key, what, _, _, goal) in enumerate(next(iter(rows.values()))):
        cells = [f"{text}: {'ok' if holds else '**missed**'}" for text, holds in (each[at][2:4] for each in rows.values())]
        lines.append(f"| {key} | {what} | " + " | ".join(cells) + f" | {goal} |")
    return "\n".join(lines)


def run_events(rounds, backends=BACKENDS):
    names = names_of(Feed(500, 20))
    found = {backend: [] for backend in backends}
    for _ in range(rounds):
        for backend in backends:
            found[backend].append((events.spike(backend, names, 1), events.spike(backend, names, 1000), events.reset(backend, names)))
            print(backend, json.dumps(found[backend][-1]), flush=True)
    print(text_of_events(found), flush=True)
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--hold", type=float, default=8, help="seconds of each run's hold")
    options.add_argument("--only", default="", help="these loads alone, by comma (hi: the events, j: TLS, ka, kd: two shards)")
    options.add_argument("--json", help="file for all figures")
    options.add_argument("--onto", help="a file of --json: these figures take the place of its own, and all are shown")
    options.add_argument("--write", action="store_true", help="into docs/PERFORMANCE.md, as without --only")
    chosen = options.parse_args()
    # This script must not hold up the server.
    os.sched_setaffinity(0, {contestant.GENERATOR_CORE})
    only = chosen.only.split(",") if chosen.only else []
    known = {"loads": {}, "events": {}, "commits": {}}
    if chosen.onto:
        with open(chosen.onto, encoding="utf-8") as earlier:
            known = json.load(earlier)
    results, commits = known["loads"], known["commits"]
    for load in (load for load in SCENARIOS if not only or load.key in only):
        found = run(load, chosen.rounds, chosen.hold)
        commits[load.key] = report.commit()
        results[load.key] = {who: [asdict(each) for each in rounds] for who, rounds in found.items()}
        print(report.table([load], results), flush=True)
    befell = known["events"]
    if not only or "hi" in only:
        befell, commits["h, i"] = run_events(chosen.rounds), report.commit()
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as out:
            json.dump({"loads": results, "events": befell, "commits": commits}, out, indent=1)
    if chosen.write or not only:
        shown = [load for load in SCENARIOS if load.key in results]
        report.write(shown, results, text_of_events(befell) if befell else "", commits, chosen.rounds, chosen.hold)


if __name__ == "__main__":
    sys.exit(main())
