"""Events that come by themselves: expiry, heartbeats, the feed's state, pings and silent peers."""
import json
import time

import pytest

from support.harness import SLACK, eventually, hits, problem
from support.wsclient import PING, PONG, TEXT, WebSocket


def gone(server, session_id):
    return server.get("/v1/sessions/" + session_id).status == 404


# contract: SET-11 SET-39 CLI-4
def test_Pending_WhenNeverStreamed_Expires(start):
    server = start("--feed", "push", "--pending-seconds", "0.3")
    began = time.monotonic()
    session_id = server.create("AAPL")
    eventually(lambda: gone(server, session_id), 3)
    assert time.monotonic() - began >= 0.3
    problem(WebSocket(server, session_id).refused, 404, "no_such_session")
    eventually(lambda: server.metric("tickcast_sessions") == 0)


# contract: SET-39
def test_Pending_WhenStreamed_DoesNotExpire(start, stream):
    server = start("--feed", "push", "--pending-seconds", "0.3")
    session_id = server.create("AAPL")
    stream(server, session_id).snapshot()
    time.sleep(1)
    assert server.get("/v1/sessions/" + session_id).json()["state"] == "streaming"


# contract: SET-40 END-1
def test_Detached_WhenNotResumed_Expires(start, stream):
    server = start("--feed", "push", "--detached-seconds", "0.4")
    session_id = server.create("AAPL")
    socket = stream(server, session_id)
    socket.snapshot()
    began = time.monotonic()
    socket.reset()
    eventually(lambda: gone(server, session_id), 3)
    assert time.monotonic() - began >= 0.4
    eventually(lambda: server.metric("tickcast_sessions") == 0)


# contract: SET-40
def test_Detached_WhenResumedInTime_StartsAnew(start, stream):
    server = start("--feed", "push", "--detached-seconds", "1")
    session_id = server.create("AAPL")
    for _ in range(3):
        socket = stream(server, session_id)
        socket.snapshot()
        time.sleep(0.6)
        socket.reset()
    eventually(lambda: gone(server, session_id), 4)


# contract: SET-42 MSG-3
def test_Heartbeat_ComesWhenNothingElseWasSent(start, stream):
    server = start("--feed", "push", "--heartbeat-seconds", "0.3")
    socket = stream(server, server.create("AAPL"))
    socket.snapshot()
    before = time.monotonic()
    beats = [socket.message(3, "heartbeat") for _ in range(3)]
    assert 0.8 <= time.monotonic() - before <= 2 * SLACK
    assert beats[0]["t"] < beats[1]["t"] < beats[2]["t"]
    assert abs(beats[-1]["t"] / 1e6 - time.time()) < 1 * SLACK
    assert beats[0]["feed"] == "live"


# contract: MSG-3
def test_Heartbeat_WhenTicksFlow_DoesNotCome(start, stream):
    server = start("--feed", "sim?tickers=1&rate=50", "--heartbeat-seconds", "0.5")
    ticker = server.get("/v1/tickers").json()["tickers"][0]
    socket = stream(server, server.create(ticker))
    socket.snapshot()
    deadline = time.monotonic() + 1.5
    types = set()
    while time.monotonic() < deadline:
        types.add(socket.message()["type"])
    assert types == {"ticks"}


# contract: HLT-5 SET-43 FED-3 FED-4 FED-8 FED-10 PSH-1
def test_Feed_WhenQuiet_TurnsStaleAndLiveAgain(start, stream):
    server = start("--feed", "push", "--stale-seconds", "0.5")
    session_id = server.create("AAPL")
    socket = stream(server, session_id)
    assert socket.snapshot()["feed"] == "live"
    assert server.get("/readyz", admin=True).json()["feed"] == "live"
    assert socket.message(3, "status")["feed"] == "stale"
    ready = server.get("/readyz", admin=True)
    assert (ready.status, ready.json()["feed"]) == (200, "stale")
    # Another shard might get it a moment later, but then it says so.
    late = stream(server, session_id)
    if late.snapshot()["feed"] == "live":
        assert late.message(1, "status")["feed"] == "stale"
    began = time.monotonic()
    server.push({"s": "MSFT", "p": 1})  # a tick of any ticker
    assert late.message(3, "status")["feed"] == "live"
    assert late.message(3, "status")["feed"] == "stale"
    assert time.monotonic() - began >= 0.5


# contract: MSG-4
def test_Feed_WhenItTurnsStaleWhileAClientIsStalled_TheClientHearsOfIt(start, stream):
    server = start("--feed", "push", "--stale-seconds", "1.5", "--heartbeat-seconds", "60")
    socket = stream(server, server.create(*(f"T{i}" for i in range(64))), receive_buffer=4096)
    socket.snapshot()

    def behind():
        server.push(*({"s": f"T{i}", "p": 1} for i in range(64)))
        return server.metric("tickcast_ticks_delivered_total")
    before = -1
    while (now := behind()) != before or before < 64:
        before = now
    eventually(lambda: server.get("/readyz", admin=True).json()["feed"] == "stale")
    while (message := socket.message())["type"] == "ticks":
        pass
    assert (message["type"], message["feed"]) == ("status", "stale")


# contract: END-2
def test_Peer_WhenItAnswersPings_Stays(start, stream):
    server = start("--feed", "push", "--ping-seconds", "0.3", "--peer-timeout-seconds", "0.9")
    socket = stream(server, server.create("AAPL"))
    socket.snapshot()
    deadline = time.monotonic() + 2.5
    while time.monotonic() < deadline:
        with pytest.raises(TimeoutError):
            socket.message(0.5 / SLACK)
    assert 4 <= socket.pings <= 10


# contract: SET-44 END-2
def test_Ping_WhenTicksFlow_RidesBehindOneBeforeItIsDue(start, stream):
    server = start("--feed", "push", "--ping-seconds", "1")
    socket = stream(server, server.create("AAPL"))
    socket.snapshot()
    kinds, pings, began = [TEXT], [], time.monotonic()
    while time.monotonic() < began + 4.5:
        server.push({"s": "AAPL", "p": len(kinds)})
        while True:
            kinds.append(socket.receive_frame()[0])
            if kinds[-1] == TEXT:
                break
            assert kinds[-2:] == [TEXT, PING]
            pings.append(time.monotonic())
            socket.send(PONG)
        time.sleep(0.02)
    between = sorted(later - earlier for earlier, later in zip(pings, pings[1:]))
    assert len(between) >= 2
    assert 0.85 <= between[len(between) // 2] < 1, "one of its own comes after a whole second"
    # A ping might be unread.
    eventually(lambda: server.metric("tickcast_frames_sent_total") - len(kinds) in (0, 1))


# contract: SET-45 END-3
def test_Peer_WhenSilent_IsReset(start, stream):
    server = start("--feed", "push", "--ping-seconds", "0.3", "--peer-timeout-seconds", "0.6")
    session_id = server.create("AAPL")
    socket = stream(server, session_id)
    socket.answer_pings = False
    socket.snapshot()
    began = time.monotonic()
    with pytest.raises(ConnectionResetError):
        while True:
            assert socket.receive_frame(5)[0] == PING
    assert 0.5 <= time.monotonic() - began <= 3 * SLACK
    eventually(lambda: server.get("/v1/sessions/" + session_id).json()["state"] == "detached")
    assert hits(server, "peer-timeout-seconds") == 1


# contract: END-3
def test_Peer_WhenItSpeaksOtherwise_IsNotSilent(start, stream):
    server = start("--feed", "push", "--ping-seconds", "0.3", "--peer-timeout-seconds", "0.9",
                   "--max-messages-per-second", "0")
    socket = stream(server, server.create("AAPL"))
    socket.answer_pings = False
    socket.snapshot()
    deadline = time.monotonic() + 2.5
    while time.monotonic() < deadline:
        socket.send(1, json.dumps({"op": "ping"}))
        try:
            socket.message(0.3 / SLACK)
        except TimeoutError:
            pass
    server.push({"s": "AAPL", "p": 1})
    assert socket.ticks()[0]["n"] == 1
