"""Stops one thread of a server from outside, as if it were stuck."""
import contextlib
import ctypes
import errno
import os
import pathlib

import pytest

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000  # __WALL: threads too
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request, thread):
    if libc.ptrace(request, thread, None, None) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def thread_of(server, name):
    tasks = pathlib.Path(f"/proc/{server.process.pid}/task")
    found = [int(task.name) for task in tasks.iterdir()
             if (task / "comm").read_text().strip() == name]
    assert len(found) == 1, found
    return found[0]


@contextlib.contextmanager
def stopped(thread):
    """While it lasts, this thread of a child does not run, and no other is touched."""
    try:
        ptrace(PTRACE_SEIZE, thread)
    except OSError as error:
        if error.errno == errno.EPERM:
            pytest.skip("this machine lets nobody trace a child")
        raise
    ptrace(PTRACE_INTERRUPT, thread)
    os.waitpid(thread, WALL)
    try:
        yield
    finally:
        ptrace(PTRACE_DETACH, thread)
