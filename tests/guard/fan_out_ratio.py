#!/usr/bin/env python3
"""The server's CPU per delivered tick beside that of the bare epoll floor (tests/bench): three
short rounds of two loads.

Generous, since machines are noisy: it finds a large loss; scripts/bench.sh measures exactly.
Some four minutes.
"""
import os
import sys
from dataclasses import asdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))

import bench
import verdict

LOADS = ("a", "d")
BACKEND = "send"  # as the epoll floor sends
ROUNDS, HOLD = 3, 8
MOST = 1.6
DELIVERED = 0.95  # of the floor's ticks, or the CPU per tick says nothing


def wrong(what):
    """The fault in a load's comparison (`verdict.compare`), or nothing."""
    if not what["clean"]:
        return "some streams were cut, silent or against the rules"
    if what["full"] != "none":  # a full processor limits the output
        return None
    if what["ticks_per_s"] < DELIVERED:
        return f"delivers {what['ticks_per_s']:.2f} of the floor's ticks, at least {DELIVERED} are wanted"
    ratio = what["cpu_us_per_tick"]
    return f"{ratio:.2f} times the floor's CPU per tick, at most {MOST} are allowed" if ratio > MOST else None


def main():
    if len(os.sched_getaffinity(0)) < 2:
        print("not compared: server and generator need a processor each")
        return 0
    failed = False
    for load in (load for load in bench.SCENARIOS if load.key in LOADS):
        rounds = bench.run(load, ROUNDS, HOLD, (BACKEND,))
        ours, theirs = ([asdict(each) for each in rounds[f"{who} {BACKEND}"]] for who in ("tickcast", "floor"))
        what = verdict.compare(ours, theirs)
        print(f"({load.key}) {load.what}: {what['cpu_us_per_tick']:.2f} times the floor's CPU per tick; "
              f"full processors (with any, that does not count): {what['full']}")
        if text := wrong(what):
            print(f"FAILED: ({load.key}): {text}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
