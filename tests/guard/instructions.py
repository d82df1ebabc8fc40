#!/usr/bin/env python3
"""Counts the instructions of encode, mark and frame build, and compares them with the recorded
counts.

    instructions.py [--build FOLDER] [--record]

scripts/test.sh instructions builds and calls this. No clock is used, so it does not matter what
else the machine does.
"""
import argparse
import glob
import json
import os
import re
import shutil
import sys
import tempfile

import callgrind
import judge
from watched_server import CLIENTS, NAMES, ROUNDS, WatchedServer

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = os.path.join(HERE, "recorded.json")
RELEASE = os.path.join(HERE, "..", "..", "build", "release")
RECORD_AGAIN = "scripts/test.sh instructions -- --record"

ENCODE = "tickcast::encode_tick_json"
DUMP = "dump_of_tick"
MARK = "tickcast::SliceLoop::take_in"
BUILD = "tickcast::StreamOutput::build"


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


def compiler_of(build):
    """The compiler of the build, as "GNU 12": each compiler makes other instructions of the
    same source."""
    (found,) = glob.glob(os.path.join(build, "CMakeFiles", "*", "CMakeCXXCompiler.cmake"))
    with open(found, encoding="utf-8") as text:
        said = dict(re.findall(r'^set\(CMAKE_CXX_COMPILER_(ID|VERSION) "([^"]*)"\)$', text.read(), re.M))
    return f"{said['ID']} {said['VERSION'].split('.')[0]}"


def recorded_figures():
    """By compiler."""
    if not os.path.exists(RECORDED):
        return {}
    with open(RECORDED, encoding="utf-8") as text:
        return json.load(text)


def record(measured, compiler):
    figures = {figure.key: measured[figure.key] for figure in judge.FIGURES if figure.recorded}
    every = {**recorded_figures(), compiler: figures}
    with open(RECORDED, "w", encoding="utf-8") as out:
        json.dump(dict(sorted(every.items())), out, indent=4)
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
    compiler = compiler_of(chosen.build)
    if chosen.record:
        record(measured, compiler)
    recorded = recorded_figures().get(compiler)
    print(judge.table(measured, recorded or {}))
    if recorded is None:
        print(f"Nothing is recorded of {compiler}: the limits alone count.")
    wrong = [(figure.key, text) for figure in judge.FIGURES
             if (text := judge.complaint(figure, measured[figure.key], recorded and recorded.get(figure.key),
                                         compiler_is_known=recorded is not None))]
    for key, text in wrong:
        print(f"FAILED: {key}: {text}")
    if wrong:
        print(f"To record all figures again: {RECORD_AGAIN}")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except callgrind.CountError as error:
        sys.exit(f"FAILED: {error}")
