#!/usr/bin/env python3
"""The server's CPU a delivered tick beside that of the bare epoll floor (tests/bench), three short rounds of two loads.

Generous, since machines are noisy: it finds what has become much dearer, scripts/bench.sh measures. Some four minutes.
"""
import os
import sys
from dataclasses import asdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))

import bench
import report

LOADS = ("a", "d")
BACKEND = "send"  # as the epoll floor sends
ROUNDS, HOLD = 3, 8
MOST = 1.6
DELIVERED = 0.95  # of what the floor delivers, or its CPU a tick says nothing


def wrong(found):
    """What is wrong with the rounds of a load, or nothing."""
    if not all(each["clean"] for each in found[f"tickcast {BACKEND}"]):
        return "some streams were cut, silent or against the rules"
    if report.state_of(found, BACKEND) != "none":  # a full processor decides what comes out
        return None
    delivered = report.ratio(found, BACKEND, "ticks_per_s")
    if delivered < DELIVERED:
        return f"delivers {delivered:.2f} of the floor's ticks, at least {DELIVERED} are wanted"
    ratio = report.ratio(found, BACKEND, "cpu_us_per_tick")
    return f"{ratio:.2f} times the floor's CPU a tick, at most {MOST} are allowed" if ratio > MOST else None


def main():
    if len(os.sched_getaffinity(0)) < 2:
        print("not compared: server and generator need a processor each")
        return 0
    failed = False
    for load in (load for load in bench.SCENARIOS if load.key in LOADS):
        rounds = bench.run(load, ROUNDS, HOLD, (BACKEND,))
        found = {who: [asdict(each) for each in figures] for who, figures in rounds.items()}
        print(f"({load.key}) {load.what}: {report.ratio(found, BACKEND, 'cpu_us_per_tick'):.2f} times the floor's CPU a tick; "
              f"full processors (with any, that does not count): {report.state_of(found, BACKEND)}")
        if text := wrong(found):
            print(f"FAILED: ({load.key}): {text}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
