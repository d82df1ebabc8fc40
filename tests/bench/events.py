"""Events at a working server: a spike while it fans out, and thousands of clients cut within a
second."""
import json
import os
import subprocess
import tempfile
import time
from dataclasses import replace

import contestant
from contestant import GENERATOR_CORE, pinned
from steady import Feed, Steady, generator_command

STREAMS = 'tickcast_connections{transport="websocket"}'


class Generator:
    """tickcast-load in the background; `report` waits for its end."""

    def __init__(self, server, load, names, hold, *more, nice=0, idle=False):
        """How far it gives way to another generator, whose lag would pass for the server's: `idle`
        is at once (SCHED_IDLE)."""
        def prepare():
            pinned(GENERATOR_CORE)()
            os.nice(nice)
            if idle:
                os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        self.file = tempfile.NamedTemporaryFile("r", suffix=".json")
        self.began = time.monotonic()
        self.process = subprocess.Popen([*generator_command(server, load, names, hold, self.file.name), *more],
                                        preexec_fn=prepare, stdout=subprocess.DEVNULL)

    def report(self):
        if self.process.wait(timeout=180) > 1:
            raise RuntimeError("the generator could not load it")
        self.file.seek(0)
        return json.load(self.file)


def await_streams(server, count, limit=120):
    deadline = time.monotonic() + limit
    while server.metrics()[STREAMS] != count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"never came to {count} streams")
        time.sleep(0.2)


def p99s_ms(report, began, begin, end):
    """The running clients' p99 in each of the seconds that end after the one moment and not after
    the other."""
    return [row["quote_p99_us"] / 1000 for row in report["over_time"] if begin - began < row["at"] <= end - began]


SPIKE = Steady("h", "1,500 sessions at once", Feed(500, 1000), users=1500, ramp_seconds=0)


def spike(backend, names, rate):
    """1,500 sessions at once beside 5,000 clients: p95 to their snapshot, and the 5,000's p99
    before and meanwhile."""
    load = replace(SPIKE, feed=Feed(500, rate), users=5000, ramp_seconds=5)
    with contestant.tickcast(backend, load.feed, "--detached-seconds", "1") as server:
        running = Generator(server, load, names, 18)
        await_streams(server, 5000)
        time.sleep(4)
        begin = time.monotonic()
        # Not more: what the other leaves of their processor is little.
        late = Generator(server, SPIKE, names, 4, nice=5)
        report = late.report()
        end = begin + report["latencies"]["snapshot"]["max_us"] / 1e6
        base = running.report()
    return {"snapshot_p95_ms": report["latencies"]["snapshot"]["p95_us"] / 1000,
            "clean": report["clean"] and base["clean"],
            "p99s_before_ms": p99s_ms(base, running.began, begin - 4, begin),
            "p99s_meanwhile_ms": p99s_ms(base, running.began, begin, end + 1)}


def state(server):
    descriptors = server.descriptors()  # before one is open for the question that follows
    metrics = server.metrics()
    return {"connections": metrics[STREAMS], "subscriptions": metrics["tickcast_subscriptions"],
            "sessions": sum(value for name, value in metrics.items() if name.startswith("tickcast_sessions{")),
            "descriptors": descriptors}


def reset(backend, names):
    """1,000 clients stay while 18,000 come and are cut within a second: the connections and so on
    left 2 s after the last RST."""
    few = Steady("i", "1,000 who stay", Feed(500, 20), users=1000, ramp_seconds=2)
    many, hold = replace(few, users=18000, ramp_seconds=15), 8
    with contestant.tickcast(backend, few.feed, "--detached-seconds", "1") as server:
        staying = Generator(server, few, names, 48)
        await_streams(server, 1000)
        time.sleep(5)
        asked = time.monotonic()
        before, heap_before = state(server), server.heap_bytes()
        coming = Generator(server, many, names, hold, "--drop-by-reset", idle=True)
        cut = coming.began + many.ramp_seconds + hold
        time.sleep(cut - hold - time.monotonic())
        await_streams(server, 19000, limit=hold / 2)
        heap_full = server.heap_bytes()
        # Nothing is asked of the server while it is cut: its answer would hold up prices on the
        # same processor.
        coming.process.wait(timeout=60)
        last_reset = time.monotonic()
        time.sleep(2)
        after_2_s = state(server)
        time.sleep(2)
        after_4_s, heap_after = state(server), server.heap_bytes()
        report = staying.report()
    return {"before": before, "after_2_s": after_2_s, "after_4_s": after_4_s, "seconds_of_resets": last_reset - cut,
            "heap_before": heap_before, "heap_full": heap_full, "heap_after": heap_after,
            "heap_a_client": (heap_full - heap_before) / 18000,
            "p99s_alone_ms": p99s_ms(report, staying.began, asked - 4, asked),
            "p99s_before_ms": p99s_ms(report, staying.began, cut - 3, cut),
            "p99s_meanwhile_ms": p99s_ms(report, staying.began, cut, last_reset + 1), "clean": report["clean"]}
