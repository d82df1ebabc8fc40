"""--max-session-age-seconds: every session ends then, in any state."""
import time

from support.harness import SLACK, eventually, problem
from support.wsclient import WebSocket

AGE = 1.5


def status(server, session_id):
    return server.get("/v1/sessions/" + session_id).status


# contract: SET-41 MSG-8 MSG-18..20 END-21 MET-10 MET-21
def test_Age_EndsPendingDetachedAndStreamingSessions(start, stream):
    server = start("--feed", "push", "--max-session-age-seconds", AGE)
    began = time.monotonic()
    pending, detached, streaming = (server.create("A") for _ in range(3))
    gone = stream(server, detached)
    gone.snapshot()
    gone.reset()
    socket = stream(server, streaming)
    socket.snapshot()
    while time.monotonic() - began < AGE * 0.7:  # below
        assert [status(server, each) for each in (pending, detached, streaming)] == [200] * 3
        server.push({"s": "A", "p": 1})
        socket.ticks()
    assert socket.closed() == 4002
    assert AGE <= time.monotonic() - began <= AGE + 1.5 * SLACK
    assert (socket.goodbye["code"], socket.goodbye["limit"]) == ("too_old", AGE)
    assert "max-session-age-seconds" in socket.goodbye["detail"]
    assert "reconnect_in_ms" in socket.goodbye
    eventually(lambda: [status(server, each) for each in (pending, detached, streaming)] == [404] * 3)
    problem(WebSocket(server, streaming).refused, 404, "no_such_session")
    eventually(lambda: server.metrics()['tickcast_sessions_ended_total{reason="too_old"}'] == 3)
    values = server.metrics()
    assert values['tickcast_stream_closes_total{code="4002"}'] == 1
    assert values['tickcast_limit_hits_total{limit="max-session-age-seconds"}'] == 3
    assert sum(value for name, value in values.items() if name.startswith("tickcast_sessions{")) == 0
    server.create("A")  # a new one can be made


def test_Age_WhenItComesDuringAClose_TheCloseStillHasItsEnd(start, stream):
    server = start("--feed", "push", "--max-session-age-seconds", AGE)
    socket = stream(server, server.create("A"))
    socket.snapshot()
    time.sleep(AGE / 2)
    began = time.monotonic()
    socket.close()  # and the socket stays open beyond the answer
    eventually(lambda: server.metric("tickcast_connections") == 0, 10)
    assert time.monotonic() - began <= 5 + 2 * SLACK


# contract: SET-41
def test_Age_IsNotRenewedByResumesOrChanges(start):
    server = start("--feed", "push", "--max-session-age-seconds", AGE)
    session_id = server.create("A")
    began = time.monotonic()
    while time.monotonic() - began < AGE * 0.7:
        with WebSocket(server, session_id) as socket:
            socket.snapshot()
            socket.say("subscribe", tickers=["B"])
            socket.message(type="subscribed")
        time.sleep(0.1)
    eventually(lambda: status(server, session_id) == 404, 3)
    assert time.monotonic() - began <= AGE + 1.5 * SLACK


def test_Age_ShowsInExpiresAt(start):
    """The earlier expiry counts: pending for 30 s, but only 1.5 s old."""
    server = start("--feed", "push", "--max-session-age-seconds", AGE)
    before = time.time()
    reply = server.request("POST", "/v1/sessions", {"tickers": ["A"]})
    assert before + AGE - 0.1 <= reply.json()["expires_at"] / 1e6 <= time.time() + AGE + 0.1


# contract: SET-10 SET-41
def test_Age_ByDefaultIsOff(start, stream):
    server = start("--feed", "push")
    socket = stream(server, server.create("A"))
    socket.snapshot()
    socket.silent_for(AGE)
    assert socket.settled() == []
