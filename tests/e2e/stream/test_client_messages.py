"""Messages of a stream's client, and their answers."""
import json
import time

import pytest

from support.harness import eventually
from support.wsclient import CONTINUATION, PING, PONG, TEXT, WebSocket


def session(server, session_id):
    return server.get("/v1/sessions/" + session_id).json()


def opened(stream, server, *tickers, **members):
    """A session's ID and its stream, past the snapshot."""
    session_id = server.create(*tickers, **members)
    socket = stream(server, session_id)
    socket.snapshot()
    return session_id, socket


# contract: MSG-5 MSG-11 MSG-14 OPS-1
def test_Subscribe_GivesSubscribedThenOneSnapshotOfTheAdded(push, stream):
    push.push({"s": "CA", "p": 1}, {"s": "CB", "p": 2}, {"s": "CB", "p": 3})
    session_id, socket = opened(stream, push, "CA")
    socket.say("subscribe", tickers=["CB", "CA", "CNONE"])
    assert socket.message() == {"type": "subscribed", "tickers": ["CA", "CB", "CNONE"], "throttle_ms": 0}
    snapshot = socket.snapshot()
    assert snapshot["session_id"] == session_id
    assert snapshot["tickers"] == ["CB", "CNONE"]
    assert [(quote["s"], quote["p"], quote["n"]) for quote in snapshot["quotes"]] == [("CB", 3, 2)]
    assert socket.settled() == []
    assert session(push, session_id)["tickers"] == ["CA", "CB", "CNONE"]
    for ticker in ("CB", "CNONE", "CA"):
        push.push({"s": ticker, "p": 9})
        assert [tick["s"] for tick in socket.ticks()] == [ticker]


# contract: VAL-2 API-11
def test_Subscribe_FoldsCollapsesAndKeepsTheOrder(push, stream):
    _, socket = opened(stream, push, "CZ")
    socket.say("subscribe", tickers=["cb2", "CA2", "CB2", "cz", "ca2"])
    assert socket.message()["tickers"] == ["CZ", "CB2", "CA2"]
    assert socket.snapshot()["tickers"] == ["CB2", "CA2"]


# contract: MSG-5 MSG-14
@pytest.mark.parametrize("tickers", [[], ["CD"], ["cd", "CD"]], ids=str)
def test_Subscribe_WhenNothingIsAdded_GivesSubscribedAndNoSnapshot(push, stream, tickers):
    _, socket = opened(stream, push, "CD")
    socket.say("subscribe", tickers=tickers)
    assert socket.settled() == [{"type": "subscribed", "tickers": ["CD"], "throttle_ms": 0}]


# contract: API-21 MSG-5 MSG-16 OPS-2
def test_Unsubscribe_NoTickOfTheRemovedComesAfterSubscribed(push, stream):
    session_id, socket = opened(stream, push, "UA", "UB", "UC")
    socket.say("unsubscribe", tickers=["ub", "UNOTTHERE"])
    assert socket.settled() == [{"type": "subscribed", "tickers": ["UA", "UC"], "throttle_ms": 0}]
    push.push({"s": "UB", "p": 1})
    push.push({"s": "UA", "p": 2}, {"s": "UB", "p": 2})
    assert [tick["s"] for tick in socket.ticks()] == ["UA"]
    assert socket.settled() == []
    assert session(push, session_id)["tickers"] == ["UA", "UC"]


# contract: API-19 OPS-2
def test_Unsubscribe_ToAnEmptySet_IsAllowedAndCanBeFilledAgain(push, stream):
    session_id, socket = opened(stream, push, "UE")
    socket.say("unsubscribe", tickers=["UE"])
    assert socket.message()["tickers"] == []
    assert session(push, session_id)["tickers"] == []
    push.push({"s": "UE", "p": 1})
    socket.say("unsubscribe", tickers=[])
    assert socket.message() == {"type": "subscribed", "tickers": [], "throttle_ms": 0}
    socket.say("subscribe", tickers=["UE"])
    assert socket.message()["tickers"] == ["UE"]
    assert [quote["n"] for quote in socket.snapshot()["quotes"]] == [1]
    push.push({"s": "UE", "p": 2})
    assert socket.ticks()[0]["n"] == 2


# contract: API-19
def test_EmptySession_WhenResumed_HasAnEmptySnapshot(push, stream):
    session_id, socket = opened(stream, push, "UF")
    socket.say("unsubscribe", tickers=["UF"])
    socket.message(type="subscribed")
    socket.reset()
    again = stream(push, session_id).snapshot()
    assert (again["tickers"], again["quotes"]) == ([], [])


class Follower:
    """Holds a stream's messages against the rules of order, with any ticks in between."""

    def __init__(self, snapshot):
        self.tickers = snapshot["tickers"]
        self.newest = {}  # of each ticker that a snapshot covered
        self.awaited = []  # tickers that the next snapshot must be of
        self.seen = 0
        self._cover(snapshot)

    def _cover(self, snapshot):
        self.newest.update((ticker, 0) for ticker in snapshot["tickers"])
        self.newest.update((quote["s"], quote["n"]) for quote in snapshot["quotes"])

    def take(self, message):
        if message["type"] == "subscribed":
            assert not self.awaited, "the snapshot before it is missing"
            self.awaited = [ticker for ticker in message["tickers"] if ticker not in self.tickers]
            self.tickers = message["tickers"]
            self.newest = {s: n for s, n in self.newest.items() if s in self.tickers}
        elif message["type"] == "snapshot":
            assert message["tickers"] == self.awaited != [], "a snapshot of something else"
            self.awaited = []
            self._cover(message)
        elif message["type"] == "ticks":
            for tick in message["ticks"]:
                assert tick["s"] in self.newest, "removed, or its snapshot has not come"
                assert tick["n"] > self.newest[tick["s"]], "twice, or backwards"
                self.newest[tick["s"]] = tick["n"]
                self.seen += 1


# contract: MSG-15 MSG-16
def test_Changes_WhileTicksPour_KeepTheOrder(start, stream):
    server = start("--feed", "sim?tickers=8&rate=8000&burst=4", "--threads", 2,
                   "--max-messages-per-second", 1000)
    tickers = server.get("/v1/tickers").json()["tickers"]
    session_id = server.create(tickers[0])
    socket = stream(server, session_id)
    follower = Follower(socket.snapshot())
    for i in range(60):
        socket.say("subscribe", tickers=tickers[i % 3 + 1:i % 3 + 5])
        for message in socket.until("subscribed"):
            follower.take(message)
        if i % 3:  # else the next change comes while the snapshot is on its way
            follower.take(socket.message())
        if i % 2:
            follower.take(socket.message())
        if i % 3:
            socket.say("unsubscribe", tickers=tickers[1:3 + i % 4])
            for message in socket.until("subscribed"):
                follower.take(message)
        if i % 7 == 0:
            server.request("PATCH", "/v1/sessions/" + session_id,
                           {"add": [tickers[7]], "remove": tickers[1:6]})
            for message in socket.until("subscribed"):
                follower.take(message)
    for _ in range(20):
        follower.take(socket.message())
    assert follower.seen > 100
    assert session(server, session_id)["tickers"] == follower.tickers


# contract: API-18 OPS-5
@pytest.mark.parametrize("op", ["subscribe", "unsubscribe"])
def test_Change_WhenOneTickerIsBad_AppliesNone(push, stream, op):
    session_id, socket = opened(stream, push, "AN1", "AN2")
    socket.say(op, tickers=["AN1", "AN3", "not one", "AN2", "A" * 33])
    (error,) = socket.settled()
    assert (error["op"], error["code"]) == (op, "invalid_ticker")
    assert error["tickers"] == ["not one", "A" * 33]
    assert session(push, session_id)["tickers"] == ["AN1", "AN2"]
    push.push({"s": "AN3", "p": 1})
    push.push({"s": "AN1", "p": 1})
    assert [tick["s"] for tick in socket.ticks()] == ["AN1"]


# contract: VAL-4
def test_Subscribe_WhenUnknown_NamesItAndAppliesNone(sim, stream):
    session_id, socket = opened(stream, sim, "AAPL")
    socket.say("subscribe", tickers=["MSFT", "NOSUCH"])
    error = socket.message(type="error")
    assert (error["op"], error["code"], error["tickers"]) == ("subscribe", "unknown_ticker", ["NOSUCH"])
    assert session(sim, session_id)["tickers"] == ["AAPL"]


# contract: API-22 MET-23
def test_Subscribe_TheLimitCountsTheResult(start, stream):
    server = start("--feed", "push", "--max-tickers-per-session", 3)
    session_id, socket = opened(stream, server, "A")

    def answer(op, *tickers):
        socket.say(op, tickers=list(tickers))
        return socket.until("error" if op == "refused" else "subscribed")[-1]["tickers"]

    assert answer("subscribe", "B") == ["A", "B"]  # below
    assert answer("subscribe", "C", "A", "c", "B") == ["A", "B", "C"]  # at
    socket.say("subscribe", tickers=["D"])  # above
    error = socket.message(type="error")
    assert (error["op"], error["code"], error["limit"]) == ("subscribe", "too_many_tickers", 3)
    assert session(server, session_id)["tickers"] == ["A", "B", "C"]
    assert answer("unsubscribe", "A") == ["B", "C"]
    assert answer("subscribe", "D") == ["B", "C", "D"]
    hits = 'tickcast_limit_hits_total{limit="max-tickers-per-session"}'
    assert server.metrics()[hits] == 1


# contract: LIM-8
def test_Subscribe_WhenNoMoreTickersMayBeKnown_IsRefused(start, stream):
    server = start("--feed", "push", "--max-known-tickers", 2)
    session_id, socket = opened(stream, server, "A")
    socket.say("subscribe", tickers=["B", "C"])
    error = socket.message(type="error")
    assert (error["code"], error["limit"]) == ("too_many_tickers", 2)
    assert session(server, session_id)["tickers"] == ["A"]
    socket.say("subscribe", tickers=["B"])
    assert socket.message(type="subscribed")["tickers"] == ["A", "B"]
    assert server.metrics()['tickcast_limit_hits_total{limit="max-known-tickers"}'] == 1


# contract: ERR-3 MSG-7 MSG-17 OPS-5
@pytest.mark.parametrize("text,code,op", [
    ("", "invalid_json", None),
    ("no json", "invalid_json", None),
    ('{"op":"ping"}x', "invalid_json", "any"),
    ('{"op":"ping","op":"ping"}', "invalid_json", "any"),
    ("[]", "invalid_type", None),
    ("5", "invalid_type", None),
    ("null", "invalid_type", None),
    ("{}", "invalid_type", None),
    ('{"op":5}', "invalid_type", None),
    ('{"op":null}', "invalid_type", None),
    ('{"op":"nope"}', "unknown_op", "nope"),
    ('{"op":"Ping"}', "unknown_op", "Ping"),
    ('{"op":""}', "unknown_op", "any"),
    ('{"op":"subscribe"}', "invalid_type", "subscribe"),
    ('{"op":"subscribe","tickers":null}', "invalid_type", "subscribe"),
    ('{"op":"subscribe","tickers":"A"}', "invalid_type", "subscribe"),
    ('{"op":"subscribe","tickers":["A",1]}', "invalid_type", "subscribe"),
    ('{"op":"subscribe","tickers":["A"],"more":1}', "unknown_field", "subscribe"),
    ('{"op":"subscribe","tickers":[""]}', "invalid_ticker", "subscribe"),
    ('{"op":"unsubscribe"}', "invalid_type", "unsubscribe"),
    ('{"op":"unsubscribe","tickers":{}}', "invalid_type", "unsubscribe"),
    ('{"op":"unsubscribe","tickers":["É"]}', "invalid_ticker", "unsubscribe"),
    ('{"op":"throttle"}', "invalid_type", "throttle"),
    ('{"op":"throttle","ms":null}', "invalid_type", "throttle"),
    ('{"op":"throttle","ms":"5"}', "invalid_type", "throttle"),
    ('{"op":"throttle","ms":-1}', "bad_throttle", "throttle"),
    ('{"op":"throttle","ms":60001}', "bad_throttle", "throttle"),
    ('{"op":"throttle","ms":1.5}', "bad_throttle", "throttle"),
    ('{"op":"throttle","throttle_ms":5}', "unknown_field", "throttle"),
    ('{"op":"ping","id":null}', "invalid_type", "ping"),
    ('{"op":"ping","id":true}', "invalid_type", "ping"),
    ('{"op":"ping","id":[1]}', "invalid_type", "ping"),
    ('{"op":"ping","id":1.5}', "invalid_type", "ping"),
    ('{"op":"ping","id":18446744073709551616}', "invalid_type", "ping"),
    ('{"op":"ping","id":"%s"}' % ("x" * 65), "invalid_type", "ping"),
    ('{"op":"ping","id":"%s"}' % ("é" * 33), "invalid_type", "ping"),
    ('{"op":"ping","t":1}', "unknown_field", "ping"),
])
def test_Message_WhenWrong_GetsAnErrorAndChangesNothing(push, stream, text, code, op):
    session_id, socket = opened(stream, push, "ERR", throttle_ms=7)
    before = session(push, session_id)
    socket.send(TEXT, text)
    (error,) = socket.settled()
    assert (error["type"], error["code"]) == ("error", code)
    if op != "any":
        assert error.get("op") == op
    assert session(push, session_id) == before


# contract: MSG-6 OPS-4
@pytest.mark.parametrize("identifier", [
    0, 1, -1, 9223372036854775807, -9223372036854775808, "", "x" * 64, "é" * 32, 'a"\\\u0001', "\U0001f600"])
def test_Ping_IsAnsweredWithItsId(push, stream, identifier):
    _, socket = opened(stream, push, "PIN")
    before = int(time.time() * 1e6)
    socket.say("ping", id=identifier)
    pong = socket.message()
    assert (pong["type"], pong["id"]) == ("pong", identifier)
    assert type(pong["id"]) is type(identifier)
    assert before <= pong["t"] <= int(time.time() * 1e6)


# contract: MSG-6
def test_Ping_WithoutId_IsAnsweredWithoutOne(push, stream):
    _, socket = opened(stream, push, "PIN")
    socket.say("ping")
    assert socket.message().keys() == {"type", "t"}


# contract: MSG-5 MSG-14
def test_Messages_AreAnsweredInTheirOrder(push, stream):
    _, socket = opened(stream, push, "ORD1")
    said = [{"op": "ping", "id": 1}, {"op": "subscribe", "tickers": ["ORD2"]}, {"op": "nope"},
            {"op": "unsubscribe", "tickers": ["ORD1"]}, {"op": "throttle", "ms": 5}, {"op": "ping", "id": 2}]
    socket.send_raw(b"".join(socket.frame(TEXT, json.dumps(message)) for message in said))
    got = [socket.message()["type"]]
    while len(got) < 7:
        got.append(socket.message()["type"])
    assert got == ["pong", "subscribed", "snapshot", "error", "subscribed", "subscribed", "pong"]


# contract: API-12 MSG-5 OPS-3
@pytest.mark.parametrize("ms", [0, 1, 59_999, 60_000])
def test_Throttle_InRange_IsTakenAndShownEverywhere(push, stream, ms):
    session_id, socket = opened(stream, push, "THM", throttle_ms=3)
    socket.say("throttle", ms=ms)
    assert socket.settled() == [{"type": "subscribed", "tickers": ["THM"], "throttle_ms": ms}]
    assert session(push, session_id)["throttle_ms"] == ms


# contract: OPS-3
def test_Throttle_TakesEffectAtOnce(push, stream):
    _, socket = opened(stream, push, "THE")
    push.push({"s": "THE", "p": 1})
    assert socket.ticks()[0]["n"] == 1
    socket.say("throttle", ms=60_000)
    socket.message(type="subscribed")
    push.push({"s": "THE", "p": 2})
    push.push({"s": "THE", "p": 3})
    socket.silent_for(0.3)
    socket.say("throttle", ms=0)
    assert socket.message()["type"] == "subscribed"
    assert [tick["n"] for tick in socket.ticks()] == [3]


# contract: API-14
def test_Throttle_NoAnswerWaitsForIt(push, stream):
    _, socket = opened(stream, push, "THW", throttle_ms=60_000)
    push.push({"s": "THW2", "p": 1})
    socket.say("ping", id=1)
    assert socket.message(2)["type"] == "pong"
    socket.say("subscribe", tickers=["THW2"])
    assert socket.message(2)["type"] == "subscribed"
    assert [quote["s"] for quote in socket.message(2, "snapshot")["quotes"]] == ["THW2"]
    socket.say("nope")
    assert socket.message(2)["type"] == "error"


# Flooding. The bucket holds twice the rate and is filled at the rate.
def pings(socket, count):
    return b"".join(socket.frame(TEXT, '{"op":"ping","id":%d}' % i) for i in range(count))


# contract: OPS-6
def test_Flooding_UpToTheBurstIsAnsweredAndRefills(start, stream):
    server = start("--feed", "push", "--max-messages-per-second", 2)
    session_id, socket = opened(stream, server, "A")
    socket.send_raw(pings(socket, 4))
    assert [socket.message()["id"] for _ in range(4)] == [0, 1, 2, 3]
    for _ in range(3):
        time.sleep(0.55)  # one more each half second
        socket.say("ping")
        assert socket.message()["type"] == "pong"
    assert session(server, session_id)["state"] == "streaming"


# contract: SET-36 MSG-8 MSG-18 MSG-19 OPS-6 END-16 MET-10 MET-21
@pytest.mark.parametrize("kind", ["messages", "pings", "pongs"])
def test_Flooding_OnePastTheBurst_EndsStreamAndSession(start, stream, kind):
    server = start("--feed", "push", "--max-messages-per-second", 2)
    session_id, socket = opened(stream, server, "A")
    control = {"messages": b"", "pings": socket.frame(PING, b"x") * 3, "pongs": socket.frame(PONG) * 3}[kind]
    socket.send_raw(control + pings(socket, 2 if control else 5))
    assert socket.closed() == 1008
    assert (socket.goodbye["code"], socket.goodbye["limit"]) == ("flooding", 2)
    assert "max-messages-per-second" in socket.goodbye["detail"]
    assert "reconnect_in_ms" not in socket.goodbye
    assert server.get("/v1/sessions/" + session_id).status == 404
    assert WebSocket(server, session_id).refused.status == 404
    eventually(lambda: server.metrics()['tickcast_stream_closes_total{code="1008"}'] == 1)
    values = server.metrics()
    assert values['tickcast_sessions_ended_total{reason="policy"}'] == 1
    assert values['tickcast_limit_hits_total{limit="max-messages-per-second"}'] == 1


# contract: OPS-6
def test_Flooding_ByDefaultTheBurstIs40(push, stream):
    _, socket = opened(stream, push, "FLD")
    socket.send_raw(pings(socket, 40))
    assert [socket.message()["id"] for _ in range(40)] == list(range(40))
    _, flood = opened(stream, push, "FLD")
    flood.send_raw(pings(flood, 60))
    pongs = [message for message in flood.until("goodbye") if message["type"] == "pong"]
    assert 40 <= len(pongs) <= 45  # 20 per second come on top meanwhile
    assert (flood.goodbye["code"], flood.goodbye["limit"]) == ("flooding", 20)
    assert flood.closed() == 1008


# contract: SET-10
def test_Flooding_WhenTheLimitIsOff_NothingIsTooMuch(start, stream):
    server = start("--feed", "push", "--max-messages-per-second", 0)
    _, socket = opened(stream, server, "A")
    socket.send_raw(pings(socket, 500))
    assert [socket.message()["id"] for _ in range(500)] == list(range(500))


def test_Flooding_ByEmptyFramesOfAMessageThatNeverEnds_GetsItsEnd(start, stream):
    """No message ever ends, and control frames are too few, so no count of these could stop it."""
    server = start("--feed", "push", "--max-message-bytes", 125, "--max-messages-per-second", 1000)
    socket = stream(server, server.create("A"))
    socket.snapshot()
    socket.send(TEXT, b"", fin=False)
    frames = socket.frame(CONTINUATION, b"", fin=False) * 10_000
    for _ in range(5):  # twice as much as is read at most; more would only load the machine
        for _ in range(50):
            socket.send_raw(frames)
        socket.send(PING)
    assert socket.closed(10) == 1008
    assert socket.goodbye["code"] == "flooding"
