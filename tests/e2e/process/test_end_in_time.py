"""Start and exit come in time with any standard output and error, and with signals at any
moment."""
import contextlib
import os
import re
import signal
import socket
import time

import pytest

from support import descriptors
from support.descriptors import BLOCKED, FAILING, WAITING, named
from support.harness import SLACK, eventually, request_bytes
from support.wsclient import handshake

HARMLESS = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGPIPE, signal.SIGHUP, signal.SIGTTOU,
            signal.SIGXFSZ]


# contract: RUN-14 SIG-9
@pytest.mark.parametrize("kind", WAITING + FAILING, ids=named)
def test_Streams_WhenTheyTakeNothingFromTheStart_ItServesAndEndsWith0(launch, made, kind):
    descriptor = made(kind)
    server = launch("--drain-seconds", 0.5, output=descriptor, error=descriptor).await_ready()
    if kind in FAILING:
        eventually(lambda: server.log_dropped() > 0)  # the first lines are lost already
    status, seconds = server.end(7)
    assert status == 0
    assert seconds < 5.5 * SLACK


# contract: SIG-11
@pytest.mark.parametrize("kind", BLOCKED, ids=named)
def test_SecondSignal_DuringTheDrain_Gives1AtOnce(launch, made, kind):
    server = launch("--drain-delay-seconds", 20, error=made(kind)).await_ready()
    server.send(signal.SIGTERM)
    eventually(lambda: server.get("/readyz")[0] == 503)
    status, seconds = server.end(5, signal.SIGINT)
    assert status == 1
    assert seconds < 1 * SLACK


# contract: SIG-11
@pytest.mark.parametrize("kind", BLOCKED, ids=named)
def test_SecondSignal_WhileTheLastLinesAreWritten_Gives1AtOnce(launch, made, kind):
    server = launch("--drain-seconds", 0, error=made(kind)).await_ready()
    server.send(signal.SIGTERM)
    eventually(lambda: not server.is_listening(), interval=0.001)
    status, _ = server.end(5)
    assert status == 1


def blocked_start(launch, folder, flag="--config", **options):
    """A start that waits for one of its files, until the test writes that file."""
    path = folder / "awaited"
    os.mkfifo(path)
    server = launch("--drain-seconds", 0, flag, path, **options)

    def has_begun():  # signals are blocked from the first moment of main
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"^SigBlk:\t(\w+)$", status.read(), re.M)[1], 16)
    eventually(has_begun)
    return server, path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_Signal_BeforeItServes_EndsItAtOnceWith0(launch, tmp_path, number):
    server, _ = blocked_start(launch, tmp_path)
    for harmless in HARMLESS:
        server.send(harmless)
    time.sleep(0.1)
    assert server.process.poll() is None
    status, seconds = server.end(5, number)
    assert status == 0
    assert seconds < 1 * SLACK


# contract: SIG-11
def test_SecondSignal_BeforeItServes_Gives1AtOnce(launch, made, tmp_path):
    server, _ = blocked_start(launch, tmp_path, "--push-token-file", error=made(descriptors.full_pipe))
    eventually(lambda: "log" in threads_of(server))
    server.send(signal.SIGTERM)
    time.sleep(0.2)  # of the second that it gives the last lines
    assert server.process.poll() is None
    status, seconds = server.end(5)
    assert status == 1
    assert seconds < 0.5 * SLACK


def threads_of(server):
    tasks = f"/proc/{server.process.pid}/task"
    names = []
    for task in os.listdir(tasks):
        # A thread might have ended meanwhile.
        with (contextlib.suppress(FileNotFoundError, ProcessLookupError),
              open(f"{tasks}/{task}/comm", encoding="ascii") as name):
            names.append(name.read().strip())
    return names


def test_Hangup_BeforeItServes_IsTakenOnceItDoes(launch, tmp_path):
    log = tmp_path / "log"
    with open(log, "wb") as error:
        server, path = blocked_start(launch, tmp_path, "--push-token-file", error=error)
    eventually(lambda: "log" in threads_of(server))
    server.send(signal.SIGHUP)
    path.write_text("token\n")
    eventually(lambda: "event=reloaded log-level=info" in log.read_text())
    assert server.end(5)[0] == 0


# contract: SIG-14
@pytest.mark.parametrize("number", HARMLESS)
def test_Signal_ThatEndsNothing_ChangesNothing(launch, number):
    server = launch("--drain-seconds", 0).await_ready()
    server.send(number)
    time.sleep(0.05)
    assert server.is_ready()
    assert server.end(5)[0] == 0


@pytest.mark.parametrize("left", ["blocked", "ignored"])
def test_Signal_WhenTheParentLeftIt_IsTakenAllTheSame(launch, left):
    ours = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]

    def prepare():
        if left == "blocked":
            signal.pthread_sigmask(signal.SIG_BLOCK, ours)
        else:
            for number in ours:
                signal.signal(number, signal.SIG_IGN)
    server = launch("--drain-seconds", 0, prepare=prepare).await_ready()
    assert server.end(5)[0] == 0


def does_not_answer(server):
    try:
        server.get("/readyz", timeout=0.3)
        return False
    except TimeoutError:
        return True


# contract: SIG-9
def test_End_WhenTheControlThreadHangs_ComesAllTheSame(launch, tmp_path):
    """It waits for a file of settings that never comes."""
    path, log = tmp_path / "settings.toml", tmp_path / "log"
    path.write_text("")
    with open(log, "wb") as error:
        server = launch("--drain-seconds", 0, "--config", path, error=error).await_ready()
    path.unlink()
    os.mkfifo(path)
    server.send(signal.SIGHUP)
    eventually(lambda: does_not_answer(server))
    status, seconds = server.end(12)
    assert status == 0
    assert 4.5 <= seconds < 5 + 0.1 * SLACK
    assert "event=end_forced" in log.read_text()


# contract: SIG-9
def test_End_WhenNobodyAnswersAndNobodyReadsTheLog_ComesInTime(launch, made):
    """Each step takes all its time: a stream's close, an admin request, the last lines."""
    drain = 0.2
    server = launch("--feed", "push", "--drain-seconds", drain, error=made(descriptors.full_pipe)).await_ready()
    public = ("127.0.0.2", descriptors.listening_port(server.process.pid, "127.0.0.2"))
    with socket.create_connection(public) as mute, socket.create_connection(("127.0.0.1", server.admin)) as asking:
        mute.sendall(request_bytes("POST", "/v1/sessions", {"tickers": ["MUTE"]}))
        session_id = re.search(rb'"session_id":"([^"]+)"', mute.recv(4096))[1].decode()
        mute.sendall(handshake(session_id))
        assert b" 101 " in mute.recv(4096)
        asking.sendall(b"GET /readyz HTTP/1.1\r\n")
        status, seconds = server.end(12)
    assert status == 0
    assert 4.5 <= seconds < drain + 5 + 0.1 * SLACK


# contract: SIG-11
def test_SecondSignal_WhenTheControlThreadHangs_Gives1AtOnce(launch, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("")
    server = launch("--drain-seconds", 0, "--config", path).await_ready()
    path.unlink()
    os.mkfifo(path)
    server.send(signal.SIGHUP)
    eventually(lambda: does_not_answer(server))
    server.send(signal.SIGTERM)
    time.sleep(0.1)
    status, seconds = server.end(5)
    assert status == 1
    assert seconds < 1 * SLACK
