"""Standard input, output and error: closed ones, ones that take nothing, and the lines about
them."""
import os
import re
import signal
import subprocess
import termios
import threading
import time

import pytest

from support import descriptors
from support.descriptors import BLOCKED, WAITING, Process, named, open_descriptors
from support.harness import BINARY, ENVIRONMENT, SLACK, eventually

LISTEN = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--threads", "1"]
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warn|error) \w+: \S.*")
ALL = [[number for number in range(3) if bits >> number & 1] for bits in range(8)]


# contract: RUN-16
@pytest.mark.parametrize("closed", ALL, ids=lambda closed: "".join(map(str, closed)) or "none")
def test_Closed_AreOpenedOnDevNullBeforeAllElse(launch, closed):
    def prepare():
        for number in closed:
            os.close(number)
    server = launch("--drain-seconds", 0, prepare=prepare).await_ready()
    links = open_descriptors(server.process.pid)
    assert [links[number] for number in range(3)] == ["/dev/null"] * 3
    assert list(links.values()).count("/dev/null") == 3
    assert server.log_dropped() == 0
    assert server.end(5)[0] == 0


def lines_without_dots(data):
    """The server's output: whole lines, behind the filling of the pipe."""
    text = data.decode().lstrip(".")
    assert text.endswith("\n"), text
    return text.splitlines()


class Reader(threading.Thread):
    """Reads a descriptor until its end, or until nothing comes for a while."""

    def __init__(self, descriptor, pause=0.0, size=65536):
        super().__init__(daemon=True)
        self.descriptor, self.pause, self.size = descriptor, pause, size
        self.data = b""
        self.start()

    def run(self):
        try:
            while piece := os.read(self.descriptor, self.size):
                self.data += piece
                time.sleep(self.pause)
        except OSError:  # the terminal's other end is closed
            pass


# contract: RUN-15
@pytest.mark.parametrize("kind", WAITING, ids=named)
def test_Log_WhenItsReaderStandsStillAndComesBack_LinesAreWholeAndTheLossIsSaid(launch, kind, tmp_path):
    descriptor, other = kind(tmp_path)
    server = launch("--drain-seconds", 0, error=descriptor).await_ready()

    def loses_lines():  # signals that come before the last one was taken are one
        server.send(signal.SIGHUP)
        return server.log_dropped() >= 5
    eventually(loses_lines, 10)
    began = time.monotonic()
    assert server.get("/readyz")[0] == 200
    assert time.monotonic() - began < 1 * SLACK
    if kind is descriptors.stopped_terminal:
        termios.tcflow(descriptor, termios.TCOON)
    reader = Reader(other)
    eventually(lambda: b"lines_lost=" in reader.data)
    dropped = server.log_dropped()
    server.send(signal.SIGHUP)
    assert server.end(5)[0] == 0
    os.close(descriptor)
    if kind is not descriptors.full_fifo:  # whose other end keeps it open
        reader.join(10)
    eventually(lambda: b"event=drained" in reader.data)
    lines = lines_without_dots(reader.data)
    assert all(LINE.fullmatch(line) for line in lines), lines
    lost = [int(found) for found in re.findall(r"event=log_lines_dropped lines_lost=(\d+)", "\n".join(lines))]
    assert sum(lost) == dropped, lines
    if kind is not descriptors.full_fifo:
        os.close(other)


# contract: RUN-15 MET-30
def test_Log_WhenItsReaderIsGone_EachLineIsCounted(launch, tmp_path):
    reader, writer = os.pipe()
    server = launch("--drain-seconds", 0, error=writer).await_ready()
    os.close(writer)
    assert server.log_dropped() == 0
    os.close(reader)
    server.send(signal.SIGHUP)
    eventually(lambda: server.log_dropped() == 1)
    assert server.end(5)[0] == 0


def test_Output_WhenReadSlowly_ComesWhole(tmp_path):
    reader, writer = descriptors.small_pipe()
    descriptors.fill(writer)
    server = Process("--drain-seconds", 0, output=writer)
    os.close(writer)
    try:
        server.await_ready()
        slow = Reader(reader, pause=0.001, size=16)
        eventually(lambda: slow.data.endswith(b" tickers per session\n"), 10)
        assert lines_without_dots(slow.data)[1] == f"admin http://127.0.0.1:{server.admin}"
        assert server.end(5)[0] == 0
    finally:
        server.kill()
        os.close(reader)


def test_Output_WhenNobodyReads_TheLogSaysSo(launch, made, tmp_path):
    log = tmp_path / "log"
    with open(log, "wb") as error:
        server = launch("--drain-seconds", 0, output=made(descriptors.full_pipe), error=error).await_ready()
    eventually(lambda: "event=start_text_not_written" in log.read_text())
    assert server.end(5)[0] == 0


# contract: RUN-14
@pytest.mark.parametrize("kind", BLOCKED + [descriptors.full_disk], ids=named)
@pytest.mark.parametrize("flags, status", [(["--threads", "many"], 2), (["--feed", "pigeon"], 2),
                                           (["--listen", "192.0.2.1:1"], 1)], ids=str)
def test_Refusal_WhenStandardErrorTakesNothing_EndsAllTheSame(made, kind, flags, status):
    began = time.monotonic()
    done = subprocess.run([BINARY, *LISTEN, *flags], env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=made(kind), timeout=20 * SLACK, check=False)
    assert done.returncode == status
    assert time.monotonic() - began < 4 * SLACK


def test_Help_WhenReadSlowly_ComesWhole():
    whole = subprocess.run([BINARY, "--help"], env=ENVIRONMENT, capture_output=True, check=True).stdout
    reader, writer = descriptors.small_pipe()
    process = subprocess.Popen([BINARY, "--help"], env=ENVIRONMENT, stdout=writer)
    os.close(writer)
    assert len(whole) > 4096, "it must not fit the pipe"
    time.sleep(0.5)
    slow = Reader(reader)
    assert process.wait(10 * SLACK) == 0
    slow.join(10)
    os.close(reader)
    assert slow.data == whole


def test_Help_WhenTheDiskIsFull_Gives1():
    with open("/dev/full", "wb") as full:
        assert subprocess.run([BINARY, "--help"], env=ENVIRONMENT, stdout=full, check=False).returncode == 1


def test_Help_WhenNobodyReads_EndsByASignal():
    reader, writer = descriptors.small_pipe()
    process = subprocess.Popen([BINARY, "--help"], env=ENVIRONMENT, stdout=writer)
    os.close(writer)
    time.sleep(0.2)
    process.terminate()
    assert process.wait(5 * SLACK) == 0
    os.close(reader)
