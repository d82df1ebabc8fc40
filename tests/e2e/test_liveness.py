"""/livez: a shard that is stuck for five seconds is told of, and told of no more when it turns again."""
import ctypes
import pathlib
import time

import pytest

from harness import eventually

PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000  # __WALL: threads too
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def shard_threads(server):
    tasks = pathlib.Path(f"/proc/{server.process.pid}/task")
    return [int(task.name) for task in tasks.iterdir()
            if (task / "comm").read_text().startswith("shard")]


class Stopped:
    """Holds one thread of a process; the others run on."""

    def __init__(self, thread):
        self.thread = thread

    def __enter__(self):
        if libc.ptrace(PTRACE_SEIZE, self.thread, None, None) != 0:
            pytest.skip("a thread can't be held here (ptrace)")
        assert libc.ptrace(PTRACE_INTERRUPT, self.thread, None, None) == 0
        assert libc.waitpid(self.thread, None, WALL) == self.thread

    def __exit__(self, *_):
        assert libc.ptrace(PTRACE_DETACH, self.thread, None, None) == 0


def test_Livez_WhenAShardIsStuck_Is503UntilItTurnsAgain(start):
    server = start("--feed", "push", "--threads", 2)
    assert server.get("/livez", admin=True).json() == {"alive": True}
    threads = shard_threads(server)
    assert len(threads) == 2
    with Stopped(threads[0]):
        began = time.monotonic()
        eventually(lambda: server.get("/livez", admin=True).status == 503, 10)
        assert 4 <= time.monotonic() - began <= 8
        for target in ("/livez", "/healthz"):
            assert server.get(target, admin=True).json() == {"alive": False}
            assert server.request("HEAD", target, admin=True).status == 503
        assert server.get("/readyz", admin=True).status == 200  # that is another question
        assert "tickcast_sessions" in server.get("/metrics", admin=True).body.decode()
    eventually(lambda: server.get("/livez", admin=True).status == 200)
