"""Shutdown: not ready at once, the delay, paced closes, resets at last, the exit status."""
import select
import signal
import time

import pytest

from support import every_operation
from support.harness import SLACK, eventually, problem, request_bytes, stand_still
from support.stuck import stopped, thread_of
from support.wsclient import TEXT, WebSocket, handshake

CLIENTS = 200


def refuses_connections(server):
    try:
        server.connect().socket.close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:  # it was in the queue as that closed
        return False
    return False


# contract: HLT-3 SET-49 ERR-33 STR-3 SIG-1 SIG-2
def test_Delay_AnswersButTakesNothingNew(start, stream):
    delay = 1.5
    server = start("--feed", "push", "--drain-delay-seconds", delay, "--drain-seconds", 0.5)
    session_id, pending = server.create("A"), server.create("B")
    socket = stream(server, session_id)
    socket.snapshot()
    kept = server.connect()
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    ready = eventually(lambda: (lambda reply: reply if reply.status == 503 else None)(
        server.get("/readyz", admin=True)), 0.5)
    assert ready.json()["ready"] is False
    assert server.request("HEAD", "/readyz", admin=True).status == 503
    while time.monotonic() - began < delay * 0.7:
        refused = server.request("POST", "/v1/sessions", {"tickers": ["A"]})
        problem(refused, 503, "draining")
        assert int(refused.headers["retry-after"]) > 0
        problem(WebSocket(server, pending).refused, 503, "draining")
        assert server.get("/v1/sessions/" + pending).json()["state"] == "pending"
        assert server.get("/v1/tickers").status == 200
        assert server.get("/livez", admin=True).status == 200
        server.push({"s": "A", "p": 1})
        assert socket.ticks()[0]["s"] == "A"
    assert server.request("PATCH", "/v1/sessions/" + session_id, {"throttle_ms": 1}).status == 200
    assert socket.message(type="subscribed")["throttle_ms"] == 1
    assert server.request("DELETE", "/v1/sessions/" + pending).status == 204
    assert socket.closed() == 1001
    assert time.monotonic() - began >= delay
    assert server.process.wait(8 * SLACK) == 0
    kept.socket.close()


def drain_many(server, streams, seconds):
    """Answers each close as it comes: time of each, in tenths of the drain, and the hints."""
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    waiting = {socket.socket.fileno(): socket for socket in streams}
    at, hints = [], []
    while waiting:
        readable, _, _ = select.select(waiting, (), (), 5 * SLACK)
        assert readable, "no close comes"
        for number in readable:
            socket = waiting[number]
            opcode, _ = socket.receive_frame()
            if opcode == TEXT and socket.goodbye:
                at.append((time.monotonic() - began) / seconds * 10)
                hints.append(socket.goodbye["reconnect_in_ms"])
                assert socket.closed() == 1001  # and an orderly end: no 1006
                del waiting[number]
    return at, hints


# contract: SET-48 SIG-5 SIG-6 SIG-8 SIG-10
def test_Closes_ComeEvenlyAndTheHintsAreSpread(start, stream):
    seconds = 3
    server = start("--feed", "sim?tickers=20&rate=20", "--threads", 2, "--drain-seconds", seconds)
    streams = []
    for _ in range(CLIENTS):
        streams.append(stream(server, server.create("AAPL")))
        streams[-1].snapshot()
    at, hints = drain_many(server, streams, seconds)
    tenths = [sum(1 for each in at if i <= each < i + 1) for i in range(10)]
    assert all(CLIENTS * 0.03 <= count <= CLIENTS * 0.2 for count in tenths), tenths
    assert len(set(hints)) > CLIENTS / 4
    ordered = sorted(hints)
    assert ordered[-CLIENTS // 10] - ordered[CLIENTS // 10] >= 1000, "the hints are close together"
    began = time.monotonic()
    assert server.process.wait(5 * SLACK) == 0
    assert time.monotonic() - began < 2 * SLACK, "it waits for nobody"


# contract: MET-21 SIG-4 SIG-7 SIG-9
def test_Drain_WhenSomeDoNotAnswer_TheyAreResetAndTheRestIsNot(start, stream):
    seconds = 1
    server = start("--feed", "push", "--drain-seconds", seconds)
    good, mute = (stream(server, server.create("A")) for _ in range(2))
    good.snapshot()
    mute.snapshot()
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert good.closed() == 1001
    while mute.receive_frame(10)[0] != 8:
        pass
    closed_at = time.monotonic()
    eventually(lambda: refuses_connections(server))
    assert server.get("/readyz", admin=True).status == 503  # admin stays open
    eventually(lambda: server.metrics()['tickcast_stream_closes_total{code="1001"}'] >= 1)
    mute.socket.settimeout(10)
    assert mute.http.at_end()
    assert time.monotonic() - closed_at >= 4, "it has 5 s of its own"
    assert server.process.wait(5 * SLACK) == 0
    assert time.monotonic() - began <= seconds + 5 + 1 * SLACK


# contract: SIG-8 SIG-9 PAU-1
def test_Drain_WhenItStandsStillWithinIt_WaitsForTheLastAnswer_AndEndsByItself(start, stream):
    server = start("--feed", "push", "--drain-seconds", 1)
    mute = stream(server, server.create("A"))
    mute.snapshot()
    server.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    while mute.receive_frame(10)[0] != 8:
        pass
    time.sleep(max(0.0, began + 2.5 - time.monotonic()))
    stand_still(server.process)
    time.sleep(1)
    server.process.send_signal(signal.SIGCONT)
    woke = time.monotonic()
    assert server.process.wait(20 * SLACK) == 0
    assert woke + 3.4 <= time.monotonic() <= woke + 5 + 1 * SLACK, "5 s from its close, without the pause"
    assert "event=end_forced" not in server.standard_error()


# contract: RUN-4 SIG-11
def test_Drain_WhenASecondSignalComes_ExitsWith1AtOnce(start, stream):
    server = start("--feed", "push", "--drain-seconds", 10, "--drain-delay-seconds", 10)
    stream(server, server.create("A")).snapshot()
    server.process.send_signal(signal.SIGTERM)
    eventually(lambda: server.get("/readyz", admin=True).status == 503)
    began = time.monotonic()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(5) == 1
    assert time.monotonic() - began < 1 * SLACK
    server.process.returncode = 0  # as it should be; the fixture takes any other for a crash


def test_Drain_WhenARequestIsKept_ItsAnswerSaysClose(start, stream):
    server = start("--feed", "push", "--drain-seconds", 1)
    stream(server, server.create("A")).snapshot()
    with server.connect() as kept:
        kept.send(handshake("A" * 22))  # and is refused: the connection is alive, and idle
        assert kept.receive().status == 404
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: refuses_connections(server), 3)
        assert kept.at_end()


# contract: SIG-2
def test_Drain_TheSessionsOfItsStreamsCanNotBeResumedHere(start, stream):
    server = start("--feed", "push", "--drain-seconds", 0.2, "--drain-delay-seconds", 1)
    session_id = server.create("A")
    with WebSocket(server, session_id) as socket:
        socket.snapshot()
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: server.get("/readyz", admin=True).status == 503)
        problem(WebSocket(server, session_id).refused, 503, "draining")
        assert socket.closed() == 1001
    assert server.process.wait(8 * SLACK) == 0


# contract: SET-48
@pytest.mark.parametrize("flag", ["--drain-seconds", "--drain-delay-seconds"])
def test_Drain_WhenItIsZero_IsAtOnce(start, stream, flag):
    server = start("--feed", "push", "--drain-seconds", 1, flag, 0)
    socket = stream(server, server.create("A"))
    socket.snapshot()
    server.process.send_signal(signal.SIGTERM)
    assert socket.closed(3) == 1001
    assert server.process.wait(5 * SLACK) == 0


# contract: SIG-3
def test_Drain_WhatTheAcceptQueueHolds_IsAnswered503(start):
    server = start("--feed", "sim?tickers=20&rate=20", "--threads", 1, "--drain-seconds", 0.5,
                   over_tls=False)  # a handshake would wait
    server.session_id = server.create("AAPL")
    with stopped(thread_of(server, "shard-0")):  # so that nothing is accepted
        queued = []
        for method, target in every_operation.PUBLIC:
            connection = server.connect()
            connection.send(every_operation.request_of(server, method, target))
            queued.append((method, target, connection))
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: server.get("/readyz", admin=True).status == 503)
        # The shard is asked to drain no later than the control thread's next answer.
        assert server.get("/livez", admin=True).status == 200
    for method, target, connection in queued:
        reply = connection.receive(head_only=method == "HEAD")
        if target in ("/readyz", "/livez"):  # what is asked of them is how it is
            assert reply.status == {"OPTIONS": 204}.get(method, 503 if target == "/readyz" else 200)
            assert connection.at_end()
            continue
        assert reply.status == 503, (method, reply)
        assert int(reply.headers["retry-after"]) > 0
        if method != "HEAD":
            problem(reply, 503, "draining")
        assert connection.at_end()
    assert server.process.wait(10 * SLACK) == 0


def test_Drain_APushThatEndsAfterTheFeeds_IsAnswered503(start):
    server = start("--feed", "push", "--drain-seconds", 0)
    whole = request_bytes("POST", "/v1/ticks", '{"s":"A","p":1}', {"Content-Type": "application/x-ndjson"})
    with server.connect(admin=True) as connection:
        connection.send(whole[:-5])
        eventually(lambda: server.get("/readyz", admin=True).status == 200)  # that has been read
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: "event=drained" in server.standard_error())
        connection.send(whole[-5:])
        problem(connection.receive(), 503, "draining")
    assert server.process.wait(10 * SLACK) == 0
