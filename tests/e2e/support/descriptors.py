"""Standard descriptors of every kind that takes nothing, and a server that is started with them."""
import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import termios
import time
import tty

from support.harness import BINARY, ENVIRONMENT, SLACK, eventually

F_SETPIPE_SZ = 1031


def fill(descriptor):
    """Until it takes nothing more, also after a pause, in which the kernel moves on the bytes that
    a terminal has taken; the flags of the description are as before."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    taken = True
    while taken:
        taken = False
        with contextlib.suppress(BlockingIOError):
            while os.write(descriptor, b"." * 64):
                taken = True
        if os.isatty(descriptor):
            time.sleep(0.05)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)


def small_pipe():
    reader, writer = os.pipe()
    fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
    return reader, writer


def full_pipe(_):
    reader, writer = small_pipe()
    fill(writer)
    return writer, reader


def full_nonblocking_pipe(folder):
    writer, reader = full_pipe(folder)
    fcntl.fcntl(writer, fcntl.F_SETFL, fcntl.fcntl(writer, fcntl.F_GETFL) | os.O_NONBLOCK)
    return writer, reader


def pipe_without_a_reader(_):
    reader, writer = os.pipe()
    os.close(reader)
    return (writer,)


def full_fifo(folder):
    path = os.path.join(folder, "fifo")
    os.mkfifo(path)
    both = os.open(path, os.O_RDWR)
    writer = os.open(path, os.O_WRONLY)
    fill(writer)
    return writer, both


def raw_terminal():
    keyboard, terminal = os.openpty()
    tty.setraw(terminal)
    return keyboard, terminal


def full_terminal(_):
    keyboard, terminal = raw_terminal()
    fill(terminal)
    return terminal, keyboard


def stopped_terminal(_):
    """As by Ctrl-S."""
    keyboard, terminal = raw_terminal()
    termios.tcflow(terminal, termios.TCOOFF)
    return terminal, keyboard


def hung_up_terminal(_):
    keyboard, terminal = raw_terminal()
    os.close(keyboard)
    return (terminal,)


def full_disk(_):
    return (os.open("/dev/full", os.O_WRONLY),)


def full_socket(_):
    ours, theirs = socket.socketpair()
    fill(theirs.fileno())
    return theirs.detach(), ours.detach()


def closed_socket(_):
    ours, theirs = socket.socketpair()
    ours.close()
    return (theirs.detach(),)


WAITING = [full_pipe, full_nonblocking_pipe, full_fifo, full_terminal, stopped_terminal, full_socket]
FAILING = [pipe_without_a_reader, hung_up_terminal, full_disk, closed_socket]


def open_descriptors(pid):
    """The target of each descriptor of the process, by its number."""
    folder = f"/proc/{pid}/fd"
    links = {}
    for number in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            links[int(number)] = os.readlink(f"{folder}/{number}")
    return links


def listening_port(pid, address):
    """The port where the process listens on this address, as its own text of it might not be
    readable."""
    links = set(open_descriptors(pid).values())
    wanted = socket.inet_aton(address)[::-1].hex().upper()
    with open("/proc/net/tcp", encoding="ascii") as table:
        for line in list(table)[1:]:
            fields = line.split()
            host, port = fields[1].split(":")
            if (host, fields[3]) == (wanted, "0A") and f"socket:[{fields[9]}]" in links:
                return int(port, 16)
    return None


class Process:
    """A server whose standard output and error can't be relied on."""

    def __init__(self, *flags, output=subprocess.DEVNULL, error=subprocess.DEVNULL, prepare=None):
        self.admin = None
        self.process = subprocess.Popen(
            [BINARY, "--listen", "127.0.0.2:0", "--admin-listen", "127.0.0.1:0", "--threads", "1",
             *map(str, flags)], env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=output, stderr=error,
            preexec_fn=prepare)

    def get(self, path, timeout=10 * SLACK):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def is_ready(self):
        assert self.process.poll() is None, f"ended with {self.process.returncode}"
        self.admin = self.admin or listening_port(self.process.pid, "127.0.0.1")
        return self.admin and self.get("/readyz")[0] == 200

    def await_ready(self, timeout=5):
        eventually(self.is_ready, timeout)
        return self

    def is_listening(self):
        try:
            socket.create_connection(("127.0.0.1", self.admin), 5).close()
            return True
        except OSError:
            return False

    def log_dropped(self):
        found = [line for line in self.get("/metrics")[1].splitlines()
                 if line.startswith("tickcast_log_dropped_total ")]
        assert len(found) == 1, found
        return float(found[0].split()[1])

    def send(self, number):
        self.process.send_signal(number)

    def end(self, within, number=signal.SIGTERM):
        """Signals, and gives the status and the seconds it took."""
        began = time.monotonic()
        self.send(number)
        return self.process.wait(within * SLACK), time.monotonic() - began

    def kill(self):
        self.process.kill()
        self.process.wait()


BLOCKED = [full_pipe, stopped_terminal]


def named(kind):
    return kind.__name__
