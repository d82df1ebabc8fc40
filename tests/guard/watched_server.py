"""The release binary under callgrind, with clients; the test says tick by tick what the server
sends."""
import json
import os
import subprocess
import time
import urllib.request

from callgrind import ENVIRONMENT, TOOL, CountError, load

CLIENTS = 500
NAMES = [f"GUARD{number:02}" for number in range(20)]  # of each client
ROUNDS = 10
LIMIT = 60  # seconds for anything to happen
LONG = "86400"  # nothing but ticks should be sent

STREAMS = 'tickcast_connections{transport="websocket"}'
DELIVERED, FRAMES = "tickcast_ticks_delivered_total", "tickcast_frames_sent_total"


def tick(name, number):
    """The same length each time, as a price's JSON mostly is."""
    cents = 18934 + number
    return {"s": name, "p": cents / 100, "b": (cents - 1) / 100, "a": (cents + 1) / 100, "z": 100, "bz": 300, "az": 500,
            "x": 1764000000123456 + number}


class WatchedServer:
    """valgrind knows nothing of io_uring, so frames go out by send()."""

    def __init__(self, build, folder):
        self.load = os.path.join(build, "loadtest", "tickcast-load")
        self.out, self.pipes, self.dumps = os.path.join(folder, "part"), os.path.join(folder, "pipe"), 0
        command = [*TOOL, f"--callgrind-out-file={self.out}", f"--vgdb-prefix={self.pipes}", "--vgdb-poll=100",
                   os.path.join(build, "src", "tickcast"), "--threads", "1", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--feed", "push",
                   "--send-backend", "send", "--log-level", "error", "--ping-seconds", LONG, "--peer-timeout-seconds", LONG,
                   "--heartbeat-seconds", LONG, "--stale-seconds", LONG, "--pending-seconds", LONG]
        self.generator = None
        self.process = subprocess.Popen(command, env={**os.environ, **ENVIRONMENT}, stdout=subprocess.PIPE, text=True)
        addresses = {}
        while "admin" not in addresses:
            line = self.process.stdout.readline()
            if not line:
                raise CountError(f"the server did not start: {self.process.wait()}")
            key, _, value = line.strip().partition(" ")
            addresses[key] = value
        self.public, self.admin = addresses["public"], addresses["admin"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in filter(None, (self.generator, self.process)):
            process.kill()
            process.wait()
        self.process.stdout.close()

    def metrics(self):
        with urllib.request.urlopen(self.admin + "/metrics", timeout=LIMIT) as reply:
            lines = reply.read().decode().splitlines()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))}

    def reach(self, metric, value):
        deadline = time.monotonic() + LIMIT
        while (now := self.metrics()[metric]) < value:
            if time.monotonic() > deadline:
                raise CountError(f"{metric} stays at {now:.0f}, {value:.0f} should come")
            time.sleep(0.02)

    def bring_clients(self):
        self.generator = subprocess.Popen(
            [self.load, "spike", "--target", self.public, "--users", str(CLIENTS), "--ramp-seconds", "1", "--hold-seconds", LONG,
             "--tickers", ",".join(NAMES), "--tickers-per-user", str(len(NAMES)), "--timeout-seconds", str(LIMIT),
             "--silent-seconds", "3600", "--max-seconds", "200000", "--quiet"], stdout=subprocess.DEVNULL)
        self.reach(STREAMS, CLIENTS)
        self.reach(FRAMES, CLIENTS)  # the snapshots

    def deliver(self, names, number):
        """One body of one tick of each: one frame for every client, and all have it."""
        want = self.metrics()[DELIVERED] + CLIENTS * len(names)
        body = json.dumps([tick(name, number) for name in names]).encode()
        urllib.request.urlopen(urllib.request.Request(self.admin + "/v1/ticks", body, {"Content-Type": "application/json"}),
                               timeout=LIMIT).close()
        self.reach(DELIVERED, want)

    def callgrind(self, order):
        subprocess.run(["vgdb", f"--vgdb-prefix={self.pipes}", f"--pid={self.process.pid}", f"--wait={LIMIT}", order],
                       check=True, capture_output=True, timeout=LIMIT)

    def count(self, names):
        """The costs of ROUNDS frames of so many ticks to every client."""
        self.deliver(names, 0)  # work that is done only once is over
        before = self.metrics()
        self.callgrind("zero")
        for number in range(ROUNDS):
            self.deliver(names, 1 + number)
        self.callgrind("dump")
        self.dumps += 1
        after = self.metrics()
        frames, ticks = after[FRAMES] - before[FRAMES], after[DELIVERED] - before[DELIVERED]
        if (frames, ticks) != (ROUNDS * CLIENTS, ROUNDS * CLIENTS * len(names)):
            raise CountError(f"{frames:.0f} frames of {ticks:.0f} ticks went out, {ROUNDS * CLIENTS} of {len(names)} each should have")
        return load(f"{self.out}.{self.dumps}")
