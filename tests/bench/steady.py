"""One run of a steady load: CPU per delivered tick, frames, latencies, within a window of the
hold."""
import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass

from contestant import GENERATOR_CORE, RELEASE, cpu_seconds, pinned, resident_bytes

LOAD = os.path.join(RELEASE, "loadtest", "tickcast-load")
SETTLE, TAIL = 2, 1  # seconds of the hold that are left out


@dataclass(frozen=True)
class Feed:
    tickers: int
    rate: float
    burst: int = 1


@dataclass(frozen=True)
class Steady:
    key: str
    what: str
    feed: Feed
    users: int = 5000
    tickers_per_user: int = 20
    ramp_seconds: float = 4


@dataclass
class Figures:
    ticks_per_s: float
    frames_per_s: float
    ticks_per_frame: float
    server_busy: float       # share of its processor
    server_system: float     # share of its CPU time in the kernel
    generator_busy: float
    cpu_us_per_tick: float
    p50_ms: float
    p99_ms: float
    resident_mb: float
    clean: bool
    faults: list


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def generator_command(server, load, names, hold, report):
    return [LOAD, "spike", *(("--ca", server.ca) if server.ca else ()), "--target", server.public, "--users", str(load.users),
            "--ramp-seconds", str(load.ramp_seconds), "--hold-seconds", str(hold),
            "--drop-seconds", "1", "--tickers-per-user", str(load.tickers_per_user),
            "--tickers", ",".join(names), "--timeout-seconds", "30", "--quiet", "--json", report]


def measure(server, load, names, hold):
    """Runs the load against a server that has just started."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        begin = time.monotonic()
        generator = subprocess.Popen(generator_command(server, load, names, hold, report),
                                     preexec_fn=pinned(GENERATOR_CORE), stdout=subprocess.DEVNULL)
        first, last = load.ramp_seconds + SETTLE, load.ramp_seconds + hold - TAIL
        time.sleep(begin + first - time.monotonic())
        before, generator_before, began = cpu_seconds(server.pid), cpu_seconds(generator.pid), time.monotonic()
        time.sleep(begin + last - time.monotonic())
        after, generator_after, ended = cpu_seconds(server.pid), cpu_seconds(generator.pid), time.monotonic()
        resident = resident_bytes(server.pid)
        if generator.wait(timeout=120) > 1:
            raise RuntimeError("the generator could not load it")
        with open(report, encoding="utf-8") as text:
            found = json.load(text)
    return figures(found, (first, last), ended - began, resident,
                   [b - a for a, b in zip(before, after)],
                   generator_after[0] - generator_before[0])


def figures(report, window, wall, resident, cpu, generator_cpu):
    rows = [row for row in report["over_time"] if window[0] < row["at"] <= window[1]]
    ticks = sum(row["ticks"] for row in rows) / len(rows)
    counts = report["counts"]
    # A snapshot and a close frame a stream hold no ticks.
    if ticks == 0:
        raise RuntimeError(f"no tick came while it was held: {report['faults']}")
    frames = counts["frames"] - 2 * counts["streams"]
    ticks_per_frame = counts["ticks"] / max(frames, 1)
    return Figures(
        ticks_per_s=ticks, frames_per_s=ticks / ticks_per_frame, ticks_per_frame=ticks_per_frame,
        server_busy=cpu[0] / wall, server_system=cpu[2] / max(cpu[1] + cpu[2], 1e-9),
        generator_busy=generator_cpu / wall, cpu_us_per_tick=cpu[0] / wall / ticks * 1e6,
        p50_ms=median([row["quote_p50_us"] for row in rows]) / 1000,
        p99_ms=median([row["quote_p99_us"] for row in rows]) / 1000,
        resident_mb=resident / 1e6, clean=report["clean"], faults=report["faults"])
