"""PATCH of a session in each of its states."""
import time

import pytest

from support.harness import eventually, problem
from support.wsclient import WebSocket


def path(session_id):
    return "/v1/sessions/" + session_id


def patch(server, session_id, body, headers=None):
    return server.request("PATCH", path(session_id), body, headers)


# contract: API-3 API-21
def test_Patch_WhenPending_ChangesTheSessionAndDoesNotProlong(push, stream):
    session_id = push.create("PA", "PB", throttle_ms=5)
    before = push.get(path(session_id)).json()
    time.sleep(0.02)
    reply = patch(push, session_id, {"add": ["pc", "PA", "PC"], "remove": ["pb", "NOTTHERE"],
                                     "throttle_ms": 250})
    assert reply.status == 200, reply
    assert reply.json() == {**before, "tickers": ["PA", "PC"], "throttle_ms": 250}
    assert push.get(path(session_id)).json() == reply.json()
    assert stream(push, session_id).snapshot()["tickers"] == ["PA", "PC"]


# contract: API-3 MSG-5
def test_Patch_WhenStreaming_TheStreamHearsOfIt(push, stream):
    session_id = push.create("PS1", "PS2")
    push.push({"s": "PS3", "p": 7})
    socket = stream(push, session_id)
    socket.snapshot()
    reply = patch(push, session_id, {"add": ["PS3"], "remove": ["PS1"], "throttle_ms": 1})
    assert (reply.json()["state"], reply.json()["tickers"]) == ("streaming", ["PS2", "PS3"])
    assert socket.message() == {"type": "subscribed", "tickers": ["PS2", "PS3"], "throttle_ms": 1}
    snapshot = socket.snapshot()
    assert snapshot["tickers"] == ["PS3"]
    assert [quote["p"] for quote in snapshot["quotes"]] == [7]
    push.push({"s": "PS1", "p": 1})
    push.push({"s": "PS3", "p": 8})
    assert [(tick["s"], tick["n"]) for tick in socket.ticks()] == [("PS3", 2)]


# contract: MSG-14
@pytest.mark.parametrize("body,throttle", [({"remove": ["PT2"]}, 0), ({"throttle_ms": 9}, 9),
                                           ({"add": ["PT1"]}, 0)], ids=str)
def test_Patch_WhenNothingIsAdded_TheStreamHasNoSnapshot(push, stream, body, throttle):
    session_id = push.create("PT1", "PT2")
    socket = stream(push, session_id)
    socket.snapshot()
    tickers = patch(push, session_id, body).json()["tickers"]
    assert socket.message() == {"type": "subscribed", "tickers": tickers, "throttle_ms": throttle}
    assert socket.settled() == []


# contract: API-17
def test_Patch_WhenDetached_ChangesTheSessionAndDoesNotProlong(push, stream):
    session_id = push.create("PD1")
    with WebSocket(push, session_id) as socket:
        socket.snapshot()
        socket.reset()
    before = eventually(lambda: (lambda s: s if s["state"] == "detached" else None)(
        push.get(path(session_id)).json()))
    time.sleep(0.02)
    reply = patch(push, session_id, {"add": ["PD2"]})
    assert reply.json() == {**before, "tickers": ["PD1", "PD2"]}
    assert stream(push, session_id).snapshot()["tickers"] == ["PD1", "PD2"]


# contract: API-17
def test_Patch_DoesNotKeepAPendingSessionAlive(start):
    server = start("--feed", "push", "--pending-seconds", "0.6")
    session_id = server.create("A")
    began = time.monotonic()
    while patch(server, session_id, {"throttle_ms": 1}).status == 200:
        assert time.monotonic() - began < 3
        time.sleep(0.05)
    assert time.monotonic() - began >= 0.5


def test_Patch_WhenEmpty_ChangesNothing(push):
    session_id = push.create("PE")
    before = push.get(path(session_id)).json()
    for body in ({}, {"add": [], "remove": []}):
        assert patch(push, session_id, body).json() == before


# contract: API-19
def test_Patch_MayLeaveAnEmptySet(push, stream):
    session_id = push.create("PF")
    assert patch(push, session_id, {"remove": ["PF"]}).json()["tickers"] == []
    assert stream(push, session_id).snapshot()["tickers"] == []


# contract: API-20
def test_Patch_RemovesBeforeItAdds(push):
    session_id = push.create("PG1", "PG2")
    assert patch(push, session_id, {"add": ["PG1"], "remove": ["PG1"]}).json()["tickers"] == ["PG2", "PG1"]


# contract: API-22
@pytest.mark.parametrize("body,tickers", [
    ({"add": ["B"]}, ["A1", "A2", "B"]),  # at the limit
    ({"add": ["B", "A1", "b"]}, ["A1", "A2", "B"]),
    ({"add": ["B", "C"]}, None),
    ({"add": ["B", "C"], "remove": ["A1"]}, ["A2", "B", "C"]),
    ({"add": ["B", "C", "D"], "remove": ["A1"]}, None)], ids=str)
def test_Patch_TheLimitCountsTheResult(limited, body, tickers):
    session_id = limited.create("A1", "A2")
    reply = patch(limited, session_id, body)
    if tickers:
        assert reply.json()["tickers"] == tickers
    else:
        assert problem(reply, 422, "too_many_tickers")["limit"] == 3
        assert limited.get(path(session_id)).json()["tickers"] == ["A1", "A2"]


@pytest.fixture(scope="module")
def limited():
    from support.harness import Server
    server = Server("--feed", "push", "--max-tickers-per-session", 3)
    yield server
    server.stop()


ERRORS = [
    ("", 400, "invalid_json"), ("{", 400, "invalid_json"),
    ('{"add":["PX"],"add":["PX"]}', 400, "invalid_json"),
    ("[]", 400, "invalid_type"), ("null", 400, "invalid_type"), ('{"add":null}', 400, "invalid_type"),
    ('{"add":"PX"}', 400, "invalid_type"), ('{"remove":[1]}', 400, "invalid_type"),
    ('{"throttle_ms":null}', 400, "invalid_type"), ('{"throttle_ms":"1"}', 400, "invalid_type"),
    ('{"tickers":["PX"]}', 400, "unknown_field"), ('{"add":["PX"],"x":1}', 400, "unknown_field"),
    ('{"throttle_ms":-1}', 400, "bad_throttle"), ('{"throttle_ms":60001}', 400, "bad_throttle"),
    ('{"add":["PX"],"throttle_ms":1.5}', 400, "bad_throttle"),
    ('{"add":["PX","A B"]}', 422, "invalid_ticker"), ('{"add":["PX"],"remove":["A B"]}', 422, "invalid_ticker"),
]


# contract: API-18 ERR-3
@pytest.mark.parametrize("body,status,code", ERRORS)
def test_Patch_WhenWrong_ChangesNothingAndTheStreamHearsNothing(push, stream, body, status, code):
    session_id = push.create("PERR", throttle_ms=3)
    socket = stream(push, session_id)
    socket.snapshot()
    before = push.get(path(session_id)).json()
    members = problem(patch(push, session_id, body), status, code)
    if code == "invalid_ticker":
        assert members["tickers"] == ["A B"]
    assert push.get(path(session_id)).json() == before
    assert socket.settled() == []


# contract: VAL-4
def test_Patch_WhenTickerIsUnknown_NamesIt(sim):
    session_id = sim.create("AAPL")
    members = problem(patch(sim, session_id, {"add": ["MSFT", "NOSUCH"]}), 422, "unknown_ticker")
    assert members["tickers"] == ["NOSUCH"]
    assert sim.get(path(session_id)).json()["tickers"] == ["AAPL"]


# contract: ERR-21
def test_Patch_OtherRefusals(push):
    session_id = push.create("PO")
    for nobody in ("A" * 22, "short"):
        problem(patch(push, nobody, {"throttle_ms": 1}), 404, "no_such_session")
    problem(patch(push, session_id, "{}", {"Content-Type": "text/plain"}), 415, "unsupported_media_type")
    problem(patch(push, session_id, "{}" + " " * 65_536), 413, "body_too_large")
    assert "PATCH" in push.request("PUT", path(session_id), "").headers["allow"]
    preflight = push.request("OPTIONS", path(session_id), headers={
        "Origin": "https://example.org", "Access-Control-Request-Method": "PATCH"})
    assert "PATCH" in preflight.headers["access-control-allow-methods"]


# contract: API-12
@pytest.mark.parametrize("throttle", [0, 1, 59_999, 60_000])
def test_Patch_ThrottleInRange_IsTaken(push, throttle):
    assert patch(push, push.create("PTH"), {"throttle_ms": throttle}).json()["throttle_ms"] == throttle


# contract: API-3
def test_Patch_Throttle_TakesEffectOnTheStream(push, stream):
    session_id = push.create("PTE")
    socket = stream(push, session_id)
    socket.snapshot()
    push.push({"s": "PTE", "p": 1})
    assert socket.ticks()[0]["n"] == 1
    patch(push, session_id, {"throttle_ms": 60_000})
    socket.message(type="subscribed")
    push.push({"s": "PTE", "p": 2})
    socket.silent_for(0.3)
    patch(push, session_id, {"throttle_ms": 0})
    assert socket.message()["type"] == "subscribed"
    assert socket.ticks()[0]["n"] == 2
