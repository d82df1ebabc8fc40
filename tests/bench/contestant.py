"""A server under measurement, on a processor of its own: tickcast, or one of the floors."""
import atexit
import functools
import os
import resource
import shutil
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
    """(all, user, system) that a process has used: all by the scheduler's books, in ns; the kernel
    counts the two in steps of 10 ms."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    exact = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as books:
            exact += int(books.read().split()[0])
    return exact / 1e9, int(fields[11]) * TICK_SECONDS, int(fields[12]) * TICK_SECONDS


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Contestant:
    """Started with the prices that it sends; `admin` is None for a floor, which has no metrics."""

    def __init__(self, command, port, admin=None, ca=None):
        self.heap_file = tempfile.NamedTemporaryFile("r", suffix=".heap")
        probe = {"LD_PRELOAD": HEAP_PROBE, "HEAP_PROBE_FILE": self.heap_file.name} if admin else {}
        self.ca = ca  # the CA that its clients trust, where it speaks TLS
        self.public, self.admin = f"http{'s' if ca else ''}://127.0.0.1:{port}", admin and f"http://127.0.0.1:{admin}"
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
        """The bytes that the heap holds now, by the preloaded probe."""
        self.process.send_signal(signal.SIGUSR1)
        while not (line := self.heap_file.readline()).endswith("\n"):
            time.sleep(0.01)
        return int(line)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))


@functools.lru_cache(maxsize=1)
def certificate():
    """A self-signed one for 127.0.0.1: the paths of its PEM and its key."""
    folder = tempfile.mkdtemp(prefix="tickcast-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    pem, key = os.path.join(folder, "server.pem"), os.path.join(folder, "server.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", pem], check=True, capture_output=True)
    return pem, key


def tickcast(backend, feed, *flags, threads=1, tls=False):
    """All its threads, the control thread too, are on the same processor."""
    port, admin = free_port(), free_port()
    if tls:
        flags += ("--tls-cert", certificate()[0], "--tls-key", certificate()[1])
    return Contestant([TICKCAST, "--threads", str(threads), "--listen", f"127.0.0.1:{port}",
                       "--admin-listen", f"127.0.0.1:{admin}", "--log-level", "warn",
                       "--send-backend", backend,
                       "--feed", f"sim?tickers={feed.tickers}&rate={feed.rate}&burst={feed.burst}",
                       *flags], port, admin, certificate()[0] if tls else None)


def floor(backend, feed, names):
    port = free_port()
    kind = "epoll" if backend == "send" else backend
    return Contestant([FLOOR, kind, str(port), str(feed.rate), str(feed.burst), *names], port)
