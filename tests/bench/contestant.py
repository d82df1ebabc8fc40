"""A server under measurement, on a processor of its own: tickcast, or one of the floors."""
import os
import resource
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
RELEASE = os.path.join(ROOT, "build", "release")
TICKCAST = os.path.join(RELEASE, "src", "tickcast")
HEAP_PROBE = os.path.join(RELEASE, "tests", "bench", "libheap_probe.so")
FLOOR = os.path.join(RELEASE, "tests", "bench", "floor_server")
SERVER_CORE, GENERATOR_CORE = 0, 1
TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
START_LIMIT = 15


def pinned(core):
    """For preexec_fn: that processor alone, and all descriptors that there are."""
    def prepare():
        os.sched_setaffinity(0, {core})
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return prepare


def cpu_seconds(pid):
    """(user, system) that a process has used, all its threads, to a nanosecond where the kernel tells."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return int(fields[11]) * TICK_SECONDS, int(fields[12]) * TICK_SECONDS


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Contestant:
    """Started with what prices it sends; `admin` is None for a floor, which has no metrics."""

    def __init__(self, command, port, admin=None):
        self.heap_file = tempfile.NamedTemporaryFile("r", suffix=".heap")
        probe = {"LD_PRELOAD": HEAP_PROBE, "HEAP_PROBE_FILE": self.heap_file.name} if admin else {}
        self.public, self.admin = f"http://127.0.0.1:{port}", admin and f"http://127.0.0.1:{admin}"
        self.process = subprocess.Popen(command, preexec_fn=pinned(SERVER_CORE),
                                        env={**os.environ, **probe}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        deadline = time.monotonic() + START_LIMIT
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"did not start: {command[:6]}")
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.heap_file.close()

    def metrics(self):
        """Every series of /metrics, name with labels: value."""
        with urllib.request.urlopen(self.admin + "/metrics") as reply:
            lines = reply.read().decode().splitlines()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))}

    def heap_bytes(self):
        """What the heap holds now, by the preloaded probe."""
        self.process.send_signal(signal.SIGUSR1)
        while not (line := self.heap_file.readline()).endswith("\n"):
            time.sleep(0.01)
        return int(line)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))


def tickcast(backend, feed, *flags):
    """One shard; its control thread is on the same processor."""
    port, admin = free_port(), free_port()
    return Contestant([TICKCAST, "--threads", "1", "--listen", f"127.0.0.1:{port}",
                       "--admin-listen", f"127.0.0.1:{admin}", "--log-level", "warn",
                       "--send-backend", backend,
                       "--feed", f"sim?tickers={feed.tickers}&rate={feed.rate}&burst={feed.burst}",
                       *flags], port, admin)


def floor(backend, feed, names):
    port = free_port()
    kind = "epoll" if backend == "send" else backend
    return Contestant([FLOOR, kind, str(port), str(feed.rate), str(feed.burst), *names], port)
