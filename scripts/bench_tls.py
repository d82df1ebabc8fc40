#!/usr/bin/env python3
"""The cost of TLS: the same streams plain and by TLS, turn by turn, in one run on one machine.

    scripts/bench_tls.py [--streams 400] [--rounds 5] [--seconds 8]     (after a release build)

The server has one core (0) and one shard, the clients another (1). Two loads:
  steady     1,000 ticks/s of 200 tickers, 20 per stream, a quarter of a core's time plain: server
             CPU per delivered tick (feed and router included)
  saturated  as fast as the core goes: delivered ticks per second
The clients shake hands and upgrade by the book (Python's ssl) and then read and drop all
bytes without decrypting them, so that they cost the same in both cases and never are the
bottleneck. Other tests check that the bytes are right. Figures are the medians of the rounds.
"""
import argparse
import os
import selectors
import statistics
import sys
import threading
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
os.environ.setdefault("TICKCAST_BIN", os.path.join(ROOT, "build", "release", "src", "tickcast"))

from support.harness import Server  # noqa: E402
from support.wsclient import WebSocket  # noqa: E402

LOADS = {"steady": "sim?tickers=200&rate=1000&seed=1",
         "saturated": "sim?tickers=200&rate=400000&burst=200&seed=1"}
SERVER_CORE, CLIENT_CORE = 0, 1


class Sink:
    """Reads all sockets and drops the bytes."""

    def __init__(self, sockets):
        self.selector = selectors.EpollSelector()
        for opened in sockets:
            opened.setblocking(False)
            self.selector.register(opened, selectors.EVENT_READ)
        self.ended, self.bytes = False, 0
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        room = bytearray(1 << 20)
        while not self.ended:
            for key, _ in self.selector.select(0.2):
                got = key.fileobj.recv_into(room)
                if got == 0:
                    sys.exit("a stream was closed")
                self.bytes += got

    def stop(self):
        self.ended = True
        self.thread.join()


def measure(load, over_tls, streams, seconds):
    """CPU seconds, delivered ticks, wall seconds, bytes to the clients."""
    os.sched_setaffinity(0, {SERVER_CORE})  # which the child takes over
    server = Server("--threads", "1", "--feed", LOADS[load], "--ping-seconds", "600",
                    "--peer-timeout-seconds", "3600", "--slow-client-seconds", "600",
                    over_tls=over_tls)
    os.sched_setaffinity(0, {CLIENT_CORE})
    tickers = server.get("/v1/tickers").json()["tickers"]
    opened = [WebSocket(server, server.create(*(tickers[(i + j) % 200] for j in range(20))))
              for i in range(streams)]
    sink = Sink([each.socket.plain if over_tls else each.socket for each in opened])
    time.sleep(1)

    def now():
        metrics = server.metrics()
        return (metrics["process_cpu_seconds_total"], metrics["tickcast_ticks_delivered_total"],
                time.monotonic(), sink.bytes)
    before = now()
    time.sleep(seconds)
    after = now()
    sink.stop()
    server.stop()
    return [end - begin for begin, end in zip(before, after)]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--streams", type=int, default=400)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=8)
    chosen = options.parse_args()
    print(f"{chosen.streams} streams, {chosen.rounds} rounds of {chosen.seconds} s; "
          "TLS 1.3, the cipher that both prefer")
    for load in LOADS:
        figures = {False: [], True: []}
        for turn in range(chosen.rounds):
            for over_tls in ((False, True) if turn % 2 == 0 else (True, False)):
                cpu, ticks, wall, size = measure(load, over_tls, chosen.streams, chosen.seconds)
                figures[over_tls].append((cpu / ticks * 1e6, ticks / wall, cpu / wall, size / ticks))
        print(f"\n{load:10} {'us CPU/tick':>12} {'ticks/s':>12} {'cores':>7} {'bytes/tick':>11}")
        medians = {over_tls: [statistics.median(column) for column in zip(*rows)]
                   for over_tls, rows in figures.items()}
        for over_tls, row in medians.items():
            print("{:10} {:12.3f} {:12.0f} {:7.2f} {:11.1f}".format("TLS" if over_tls else "plain", *row))
        print("ratio      {:12.3f} {:12.3f}".format(
            medians[True][0] / medians[False][0], medians[True][1] / medians[False][1]))


if __name__ == "__main__":
    main()
