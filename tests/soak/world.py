"""One server under soak: the built binary, its settings, how to reach it, what was done to it."""
import asyncio
import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import ssl
import time

from support import metrics_text, tls
from support.harness import BINARY, Server, request_bytes

from verdicts import TROUBLE_SLACK
from wire import PATIENCE, Wire

PENDING = DETACHED = 5
SLOW, PEER_TIMEOUT, REQUEST_TIMEOUT, DRAIN = 12, 15, 5, 5
SESSIONS_PER_ADDRESS, CONNECTIONS_PER_ADDRESS, REQUESTS_PER_ADDRESS = 120, 80, 300
BODY, MESSAGE, TICKERS = 65536, 16384, 256
SETTINGS = {
    "threads": 2, "pending-seconds": PENDING, "detached-seconds": DETACHED,
    "heartbeat-seconds": 5, "ping-seconds": 5, "peer-timeout-seconds": PEER_TIMEOUT,
    "request-timeout-seconds": REQUEST_TIMEOUT, "slow-client-seconds": SLOW, "drain-seconds": DRAIN,
    "max-sessions-per-address": SESSIONS_PER_ADDRESS,
    "max-connections-per-address": CONNECTIONS_PER_ADDRESS,
    "max-requests-per-second-per-address": REQUESTS_PER_ADDRESS,
    # The known tickers are bounded: what is pushed has these names and no others.
    "max-known-tickers": 8000,
}
STEADY = [f"ST{number:03}" for number in range(100)]
CHURNED = [f"CH{number:03}" for number in range(100)]
BIG = [f"BIG{number:04}" for number in range(5000)]
# Clients come from these; each deed of a limit takes an address of its own.
ADDRESSES = [f"127.1.0.{number}" for number in range(1, 25)]
PROBE = os.environ.get("TICKCAST_HEAP_PROBE",
                       os.path.join(os.path.dirname(BINARY), "..", "tests", "bench", "libheap_probe.so"))


class World:
    """`name` is plain or tls. `trouble` holds the spans of time (begin, end, what) in which a
    client may fail."""

    def __init__(self, name, seed, folder):
        self.name, self.seed, self.folder = name, seed, pathlib.Path(folder) / name
        self.folder.mkdir(parents=True)
        self.began = time.monotonic()
        self.random = random.Random(f"{seed}/{name}")
        self.done = collections.Counter()  # deeds and troubles, by kind
        self.excused = collections.Counter()  # deeds that failed in trouble, by kind
        self.faults = []  # (seconds, what, text, when it began if a pause may excuse it)
        self.trouble = []
        self.stopped = asyncio.Event()  # the process runs while it is clear
        self.calm = asyncio.Lock()  # one trouble at a time; the books are made without any
        self.secure = None
        self.heap_file = self.folder / "heap"
        self.heap_file.touch()
        self.server = self._start()
        self.pid = self.server.process.pid

    def _start(self):
        flags = [word for name, value in SETTINGS.items() for word in (f"--{name}", value)]
        self.write_settings('log-level = "info"')
        flags += ["--config", self.folder / "settings.toml", "--feed", "push"]
        if self.name == "tls":
            self._make_certificates()
            flags += ["--tls-cert", self.folder / "live.pem", "--tls-key", self.folder / "live.key",
                      "--feed", f"replay:{self._recording()}?maxgap=1"]
        else:
            flags += ["--feed", "sim?tickers=50&rate=20"]
        environment = {"LD_PRELOAD": os.path.abspath(PROBE), "HEAP_PROBE_FILE": str(self.heap_file)}
        return Server(*flags, environment=environment, over_tls=False)

    def _make_certificates(self):
        self.certificates = [tls.make_certificate(self.folder, f"certificate{number}") for number in range(3)]
        self.install_certificate(0)
        bundle = self.folder / "all.pem"
        bundle.write_text("".join(pathlib.Path(pem).read_text() for pem, _ in self.certificates))
        self.secure = ssl.create_default_context(cafile=str(bundle))
        self.secure.set_alpn_protocols(["http/1.1"])

    def install_certificate(self, number, key=None):
        """Puts the files where the server reads them; `key`: another one's, for a mismatch."""
        certificate, own_key = self.certificates[number]
        for source, target in ((certificate, "live.pem"), (key or own_key, "live.key")):
            shutil.copyfile(source, self.folder / "new")
            os.replace(self.folder / "new", self.folder / target)

    def write_settings(self, text):
        (self.folder / "new").write_text(text + "\n")
        os.replace(self.folder / "new", self.folder / "settings.toml")

    def _recording(self):
        """A minute of ticks, again and again."""
        rows = ["ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size"]
        for number in range(600):
            at = 1_764_000_000_000_000_000 + number * 100_000_000
            rows.append(f"{at},REC{number % 20:02},{100 + number % 7},1,{101 + number % 7},2,,")
        path = self.folder / "recording.csv"
        path.write_text("\n".join(rows) + "\n")
        return path

    # What was done.
    def seconds(self):
        return time.monotonic() - self.began

    @contextlib.contextmanager
    def troubled(self, what):
        """While it lasts, and 2 s longer, a client may fail."""
        span = [self.seconds(), float("inf"), what]
        self.trouble.append(span)
        try:
            yield
        finally:
            span[1] = self.seconds() + TROUBLE_SLACK

    def was_troubled(self, since):
        return next((what for begin, end, what in reversed(self.trouble) if end >= since), None)

    def fault(self, what, text, began=None):
        self.faults.append((round(self.seconds(), 1), what, str(text)[:500], began))

    # How to reach it.
    async def wire(self, source=None, receive_buffer=None, secure=True):
        return await Wire.open(self.server.public, self.secure if secure else None, source, receive_buffer)

    async def admin(self):
        return await Wire.open(self.server.admin)

    async def scrape(self, wire):
        await wire.send(request_bytes("GET", "/metrics"))
        reply = await wire.reply()
        assert reply.status == 200, reply
        return metrics_text.parse(reply.body.decode())

    async def push(self, wire, ticks):
        """Pushes the texts of ticks, one per line."""
        fields = {"Content-Type": "application/x-ndjson"}
        await wire.send(request_bytes("POST", "/v1/ticks", "\n".join(ticks), fields))
        reply = await wire.reply()
        if reply.status != 202 or json.loads(reply.body) != {"accepted": len(ticks)}:
            raise AssertionError(f"a push of {len(ticks)} ticks: {reply}")

    # What the kernel knows of it.
    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def heap_bytes(self):
        """What malloc has given away, by the preloaded probe."""
        before = self.heap_file.stat().st_size
        os.kill(self.pid, signal.SIGUSR1)
        async with asyncio.timeout(PATIENCE):
            while self.heap_file.stat().st_size == before:
                await asyncio.sleep(0.01)
        return int(self.heap_file.read_text().split()[-1])


def value(families, name, **labels):
    """The sum of the family's series that have these labels."""
    wanted = set(labels.items())
    return sum(number for (_, pairs), number in families[name].samples.items() if wanted <= set(pairs))
