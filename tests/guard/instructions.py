#!/usr/bin/env python3
"""Counts the instructions of encode, mark and frame build, and compares them with what is recorded.

    instructions.py [--build FOLDER] [--record]

scripts/check_instructions.sh builds and calls this. No clock is asked, so it does not matter what else the machine does.
"""
import argparse
import json
import os
import shutil
import sys
import tempfile

import callgrind
import judge
from watched_server import CLIENTS, NAMES, ROUNDS, WatchedServer

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = os.path.join(HERE, "recorded.json")
RELEASE = os.path.join(HERE, "..", "..", "build", "release")
RECORD_ANEW = "scripts/check_instructions.sh --record"

ENCODE = "tickcast::encode_tick"
DUMP = "dump_of_tick"
MARK = "tickcast::HubShard::take_in"
BUILD = "tickcast::StreamConnection::build"


def per_call(costs, function):
    cost = callgrind.cost_of(costs, function)
    return cost.instructions / cost.calls


def measure(build, folder):
    probe = callgrind.run([os.path.join(build, "tests", "guard", "encode_probe")], folder)
    with WatchedServer(build, folder) as server:
        server.bring_clients()
        one, twenty = server.count(NAMES[:1]), server.count(NAMES)
    marks = ROUNDS * CLIENTS
    found = {
        "encode": per_call(twenty, ENCODE),
        "encode_share": per_call(probe, ENCODE) / per_call(probe, DUMP),
        "mark": callgrind.cost_of(one, MARK).instructions / marks,
        "mark_again": callgrind.cost_of(twenty, MARK).instructions / (marks * len(NAMES)),
        "build_1": per_call(one, BUILD),
        "build_20": per_call(twenty, BUILD),
    }
    return {key: round(value, 4 if key == "encode_share" else 1) for key, value in found.items()}


def recorded_figures():
    if not os.path.exists(RECORDED):
        return {}
    with open(RECORDED, encoding="utf-8") as text:
        return json.load(text)


def record(measured):
    with open(RECORDED, "w", encoding="utf-8") as out:
        json.dump({figure.key: measured[figure.key] for figure in judge.FIGURES if figure.recorded}, out, indent=4)
        out.write("\n")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--build", default=RELEASE, help="folder of the release build")
    options.add_argument("--record", action="store_true", help="what is measured is right from now on")
    chosen = options.parse_args()
    if missing := [tool for tool in ("valgrind", "vgdb") if not shutil.which(tool)]:
        sys.exit(f"not found: {', '.join(missing)} (Debian's package valgrind)")
    with tempfile.TemporaryDirectory(prefix="instructions-") as folder:
        measured = measure(chosen.build, folder)
    if chosen.record:
        record(measured)
    recorded = recorded_figures()
    print(judge.table(measured, recorded))
    wrong = [(figure.key, text) for figure in judge.FIGURES
             if (text := judge.complaint(figure, measured[figure.key], recorded.get(figure.key)))]
    for key, text in wrong:
        print(f"FAILED: {key}: {text}")
    if wrong:
        print(f"To record all figures anew: {RECORD_ANEW}")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except callgrind.CountError as error:
        sys.exit(f"FAILED: {error}")
