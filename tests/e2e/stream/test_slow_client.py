"""Clients that take too little: the gauge, the close by the clock, and the clients that are
spared."""
import socket as sockets
import time

import pytest

from support.harness import OVER_TLS, SLACK, Server, eventually
from support.pouring import POURING, tickers_of
from support.wsclient import CLOSE, TEXT

SLOW = 2.0


def read_for(socket, seconds):
    """Takes all bytes without a look at them."""
    socket.socket.settimeout(0.02)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            assert socket.socket.recv(1 << 20), "the server hung up"
        except TimeoutError:
            pass


@pytest.fixture(scope="module")
def patient():
    """Cuts no client for 30 s, the default."""
    server = Server(*POURING)
    yield server
    server.stop()


# contract: MET-22
def test_SlowClients_RisesAfterASecondAndFallsWhenItReads(patient, stream):
    assert patient.metric("tickcast_slow_clients") == 0
    began = time.monotonic()
    socket = stream(patient, patient.create(*tickers_of(patient)), receive_buffer=4096)
    eventually(lambda: patient.metric("tickcast_slow_clients") == 1, 10)
    assert time.monotonic() - began >= 1

    def reads():
        read_for(socket, 0.2)
        return patient.metric("tickcast_slow_clients") == 0
    eventually(reads, 10)


# contract: MET-22
def test_SlowClients_FallsWhenTheClientIsLost(patient, stream):
    socket = stream(patient, patient.create(*tickers_of(patient)), receive_buffer=4096)
    eventually(lambda: patient.metric("tickcast_slow_clients") == 1, 10)
    socket.reset()
    eventually(lambda: patient.metric("tickcast_slow_clients") == 0)


def test_SlowClients_OthersAreServedMeanwhile(patient, stream):
    tickers = tickers_of(patient)
    stream(patient, patient.create(*tickers), receive_buffer=4096)
    eventually(lambda: patient.metric("tickcast_slow_clients") == 1, 10)
    quick = stream(patient, patient.create(*tickers[:2]))
    quick.snapshot()
    newest = 0
    for _ in range(50):
        newest = max(newest, max(tick["t"] for tick in quick.ticks()))
    assert time.time() - newest / 1e6 < 1 * SLACK


# contract: SET-47 MSG-8 MSG-18..20 DEL-6 END-1 END-22 MET-21
def test_Slow_WhenNoByteIsTaken_Gets4003AndResumes(start, stream):
    server = start(*POURING, "--slow-client-seconds", SLOW)
    tickers = tickers_of(server)
    session_id = server.create(*tickers)
    began = time.monotonic()
    socket = stream(server, session_id, receive_buffer=4096)
    hit = 'tickcast_limit_hits_total{limit="slow-client-seconds"}'
    eventually(lambda: server.metrics()[hit] == 1, 10)
    assert time.monotonic() - began >= SLOW
    newest = {}
    while (message := socket.message())["type"] != "goodbye":  # the frames under way, whole
        for tick in message.get("ticks", ()):
            assert tick["n"] > newest.get(tick["s"], 0)
            newest[tick["s"]] = tick["n"]
    assert (message["code"], message["limit"]) == ("too_slow", SLOW)
    assert "slow-client-seconds" in message["detail"]
    assert "reconnect_in_ms" in message
    assert socket.closed() == 4003
    eventually(lambda: server.metrics()['tickcast_stream_closes_total{code="4003"}'] == 1)
    assert server.metric("tickcast_slow_clients") == 0
    session = server.get("/v1/sessions/" + session_id).json()
    assert (session["state"], session["tickers"]) == ("detached", tickers)
    again = stream(server, session_id).snapshot()
    assert all(quote["n"] >= newest.get(quote["s"], 0) for quote in again["quotes"])


# contract: END-5
def test_Slow_WhenTheCloseIsNotTaken_IsResetAfterFiveSeconds(start, stream):
    server = start(*POURING, "--slow-client-seconds", 1)
    session_id = server.create(*tickers_of(server))
    socket = stream(server, session_id, receive_buffer=4096)
    hit = 'tickcast_limit_hits_total{limit="slow-client-seconds"}'
    eventually(lambda: server.metrics()[hit] == 1, 10)
    began = time.monotonic()
    eventually(lambda: server.metric("tickcast_connections") == 0, 10)
    assert 4 <= time.monotonic() - began <= 5 + 2 * SLACK
    assert server.metrics()['tickcast_stream_closes_total{code="4003"}'] == 1
    assert server.get("/v1/sessions/" + session_id).json()["state"] == "detached"
    with pytest.raises(ConnectionResetError):
        while socket.receive_frame()[0] != CLOSE:
            pass
        raise AssertionError("the close got through")


def test_Slow_WhenItsOwnCloseIsNotAnsweredInTime_IsResetAllTheSame(start, stream):
    """The answer to its close waits behind bytes that it does not take; its slowness is no reason
    any more."""
    server = start(*POURING, "--slow-client-seconds", 3)
    socket = stream(server, server.create(*tickers_of(server)), receive_buffer=4096)
    eventually(lambda: server.metric("tickcast_slow_clients") == 1, 10)
    socket.close()
    began = time.monotonic()
    eventually(lambda: server.metric("tickcast_connections") == 0, 10)
    assert 4 <= time.monotonic() - began <= 5 + 2 * SLACK
    assert server.metrics()['tickcast_limit_hits_total{limit="slow-client-seconds"}'] == 0


def test_Slow_WhenItIsLostWhileItsMessagesWait_IsGoneAtOnce(start, stream):
    """It takes too few of its answers, so it is not read from: only the write can show the end."""
    server = start(*POURING, "--max-messages-per-second", 0)
    socket = stream(server, server.create(*tickers_of(server)), receive_buffer=4096)
    eventually(lambda: server.metric("tickcast_slow_clients") == 1, 10)
    for _ in range(200):
        socket.say("throttle", throttle_ms=0)
    time.sleep(0.5 * SLACK)  # as much of that is read as ever will be
    socket.reset()
    eventually(lambda: server.metric("tickcast_connections") == 0, 5)


def test_Slow_WhenItsThrottleIsAllThatItWaitsFor_IsNotSlow(start, stream):
    server = start("--feed", "sim?tickers=4000&rate=20000&burst=100", "--threads", 1,
                   "--max-tickers-per-session", 4000, "--slow-client-seconds", 2)
    socket = stream(server, server.create(*tickers_of(server), throttle_ms=20_000),
                    receive_buffer=32_768)
    eventually(lambda: server.metric("tickcast_slow_clients") == 1, 10)  # of a snapshot in part
    assert socket.message(20)["type"] == "snapshot"
    eventually(lambda: server.metric("tickcast_slow_clients") == 0)
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        assert server.metric("tickcast_slow_clients") == 0
        time.sleep(0.1)
    assert server.metrics()['tickcast_limit_hits_total{limit="slow-client-seconds"}'] == 0


# contract: DEL-6
@pytest.mark.skipif(OVER_TLS, reason="reads bytes, not records: test_tls.py has it by these")
def test_Slow_WhenItTakesBytesNowAndThen_IsNotClosed(start, stream):
    """Its buffer holds more than a segment of the loopback (64 KiB), or its window would stay
    shut."""
    server = start(*POURING, "--slow-client-seconds", 2.5)
    socket = stream(server, server.create(*tickers_of(server)), receive_buffer=131_072)
    eventually(lambda: server.metric("tickcast_slow_clients") == 1, 10)
    socket.socket.settimeout(0.2)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        for _ in range(4):  # far less than the ticks made meanwhile
            data = socket.socket.recv(16_384)
            assert data, "the server hung up"
            socket.http.buffer += data
        time.sleep(0.4)
    values = server.metrics()
    assert values['tickcast_limit_hits_total{limit="slow-client-seconds"}'] == 0
    assert values['tickcast_connections{transport="websocket"}'] == 1
    assert socket.receive_frame()[0] == TEXT


# contract: DEL-6
def test_Slow_WhenNothingWaitsForIt_IsNeverClosed(start, stream):
    """A quiet ticker, and a throttle that holds a tick back: neither is the client's fault."""
    server = start("--feed", "push", "--slow-client-seconds", 0.5)
    quiet = stream(server, server.create("Q"))
    held = stream(server, server.create("H", throttle_ms=60_000))
    for socket in (quiet, held):
        socket.snapshot()
        socket.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    server.push({"s": "H", "p": 1})
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        assert server.metric("tickcast_slow_clients") == 0
        time.sleep(0.05)
    server.push({"s": "Q", "p": 1})
    assert quiet.ticks()[0]["n"] == 1
    assert held.settled() == []
