"""The stream: snapshot, ticks, take-over, closes and resumes."""
import asyncio
import json
import re
import struct
import time

import pytest
import websockets

from support.harness import eventually
from support.wsclient import BINARY, CLOSE, PING, PONG, TEXT, WebSocket, handshake


def state(server, session_id):
    return server.get("/v1/sessions/" + session_id).json()["state"]


# contract: MSG-1 MSG-9 TIC-2
def test_Snapshot_ComesFirstAndHoldsWhatItCovers(push, stream):
    push.push({"s": "SA", "p": 1.5}, {"s": "SB", "b": 2, "x": 1764000000123456})
    session_id = push.create("SB", "SNONE", "SA")
    snapshot = stream(push, session_id).snapshot()
    assert snapshot["session_id"] == session_id
    assert snapshot["feed"] in ("live", "stale")
    assert snapshot["epoch"] and isinstance(snapshot["epoch"], str)
    assert snapshot["tickers"] == ["SB", "SNONE", "SA"]
    quotes = {quote["s"]: quote for quote in snapshot["quotes"]}
    assert quotes.keys() == {"SA", "SB"}
    assert quotes["SB"]["x"] == 1764000000123456 and "x" not in quotes["SA"]
    assert quotes == push.quotes("SA", "SB")


# contract: STR-5 MSG-2 TIC-1
def test_Tick_MembersAreInTheContractsOrder(push, stream):
    socket = stream(push, push.create("ORD"))
    socket.snapshot()
    push.push({"x": 1764000000123456, "az": 5, "bz": 3, "z": 100, "a": 3, "b": 2, "p": 1, "s": "ORD"})
    text = next(text for text in iter(lambda: socket.receive()[1].decode(), None)
                if not text.startswith('{"type":"status"'))  # of a feed that was stale
    assert re.fullmatch(
        r'\{"type":"ticks","ticks":\[\{"s":"ORD","p":1,"b":2,"a":3,"z":100,"bz":3,"az":5,"x":1764000000123456,'
        r'"t":\d{16},"n":1\}\]\}', text), text


# contract: VAL-9 TIC-5 TIC-6
def test_Tick_IsTheMergedQuote(push, stream):
    socket = stream(push, push.create("MRG"))
    socket.snapshot()
    expected = {}
    for change in ({"p": 1}, {"b": 2, "bz": 1}, {"p": 3}, {"a": -0.5}, {"z": 0}, {"b": 4, "x": 1764000000123456}):
        push.push({"s": "MRG", **change})
        expected.update(change)
        tick = socket.ticks()[0]
        assert {name: tick[name] for name in tick if name not in "stn"} == expected


# contract: VAL-12 TIC-3
def test_Tick_TimesAreTakenHere(push, stream):
    socket = stream(push, push.create("TIM"))
    socket.snapshot()
    before = int(time.time() * 1e6)
    push.push({"s": "TIM", "p": 1})
    assert before <= socket.ticks()[0]["t"] <= int(time.time() * 1e6)


def test_Stream_OnlyItsOwnTickers(push, stream):
    mine = stream(push, push.create("OWN1"))
    mine.snapshot()
    push.push({"s": "OWN2", "p": 1})
    push.push({"s": "OWN1", "p": 2})
    assert [tick["s"] for tick in mine.ticks()] == ["OWN1"]


# contract: MSG-12
def test_Stream_WhenTickersInOneBody_AtMostOneTickATicker(push, stream):
    socket = stream(push, push.create("ONE1", "ONE2"))
    socket.snapshot()
    push.push(*({"s": name, "p": i} for i in range(1, 51) for name in ("ONE1", "ONE2")))
    newest = {}
    while newest.get("ONE1", {}).get("n") != 50 or newest.get("ONE2", {}).get("n") != 50:
        ticks = socket.ticks()
        assert len({tick["s"] for tick in ticks}) == len(ticks)
        for tick in ticks:
            assert tick["n"] > newest.get(tick["s"], {"n": 0})["n"]
            newest[tick["s"]] = tick
    assert newest["ONE1"]["p"] == newest["ONE2"]["p"] == 50


# contract: API-7 API-8
def test_Session_StateFollowsTheStream(push):
    session_id = push.create("STA")
    with WebSocket(push, session_id) as socket:
        socket.snapshot()
        session = push.get("/v1/sessions/" + session_id).json()
        assert session["state"] == "streaming"
        assert "expires_at" not in session
        socket.close(1000)
        assert socket.closed() == 1000
    eventually(lambda: state(push, session_id) == "detached")
    assert "expires_at" in push.get("/v1/sessions/" + session_id).json()


# contract: END-1
@pytest.mark.parametrize("leave", ["close", "reset", "hang up", "half close"])
def test_Stream_WhenLost_ResumesByTheSameIdSnapshotFirst(push, stream, leave):
    ticker = "RES-" + leave.replace(" ", "-").upper()
    session_id = push.create(ticker)
    first = stream(push, session_id)
    epoch = first.snapshot()["epoch"]
    push.push({"s": ticker, "p": 1})
    assert first.ticks()[0]["n"] == 1
    if leave == "close":
        first.close()
        first.closed()
    elif leave == "reset":
        first.reset()
    elif leave == "hang up":
        first.socket.close()
    else:
        first.socket.shutdown(1)
    eventually(lambda: state(push, session_id) == "detached")
    push.push({"s": ticker, "p": 2}, {"s": ticker, "p": 3})
    second = stream(push, session_id)
    snapshot = second.snapshot()
    assert snapshot["epoch"] == epoch and snapshot["session_id"] == session_id
    assert [(quote["p"], quote["n"]) for quote in snapshot["quotes"]] == [(3, 3)]
    push.push({"s": ticker, "p": 4})
    assert second.ticks()[0]["n"] == 4


# contract: API-16 STR-4 END-20
def test_Stream_WhenTakenOver_OldOneGets4001(push, stream):
    session_id = push.create("TAK")
    old = stream(push, session_id)
    old.snapshot()
    new = stream(push, session_id)
    new.snapshot()
    assert old.closed() == 4001
    # The old one's end must not undo the new one's claim.
    assert state(push, session_id) == "streaming"
    push.push({"s": "TAK", "p": 1})
    assert new.ticks()[0]["p"] == 1


# contract: STR-4
def test_Stream_WhenTakenOverManyTimes_OnlyTheLastStays(push, stream):
    session_id = push.create("TAK2")
    sockets = [stream(push, session_id) for _ in range(20)]
    assert [socket.closed() for socket in sockets[:-1]] == [4001] * 19
    sockets[-1].snapshot()
    push.push({"s": "TAK2", "p": 1})
    assert sockets[-1].ticks()[0]["n"] == 1
    assert state(push, session_id) == "streaming"


# contract: API-4 END-19
def test_Stream_WhenSessionDeleted_Gets4000(push, stream):
    session_id = push.create("DEL")
    socket = stream(push, session_id)
    socket.snapshot()
    assert push.request("DELETE", "/v1/sessions/" + session_id).status == 204
    assert socket.closed() == 4000
    assert push.get("/v1/sessions/" + session_id).status == 404
    assert WebSocket(push, session_id).refused.status == 404


def test_Stream_WhenPinged_PongsTheSame(push, stream):
    socket = stream(push, push.create("PNG"))
    socket.snapshot()
    for payload in (b"", b"hello", b"\x00\xff" * 62):
        socket.send(PING, payload)
        opcode, answer = socket.receive_frame()
        assert (opcode, answer) == (PONG, payload)


# contract: END-9 END-11
@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4005, 4999])
def test_Stream_WhenClientCloses_IsAnsweredAndEnded(push, stream, code):
    socket = stream(push, push.create("CLO"))
    socket.snapshot()
    socket.close(code, "bye €".encode())
    assert socket.closed() == code


# contract: END-11
def test_Stream_WhenClientClosesWithoutCode_IsAnsweredAndEnded(push, stream):
    socket = stream(push, push.create("CLO"))
    socket.snapshot()
    socket.send(CLOSE)
    assert socket.closed() in (1000, 1005)


def test_Stream_WhenClientsMessagesAreRead_TheStreamGoesOn(push, stream):
    socket = stream(push, push.create("MSG"))
    socket.snapshot()
    for text in ("", "{}", "no json", '{"op":"nope"}', "é" * 100, "[" * 1000):
        socket.send(TEXT, text)
    socket.send(TEXT, '{"op":', fin=False)
    socket.send(PING, b"between")
    socket.send(0, '"nope"}')
    push.push({"s": "MSG", "p": 1})
    assert socket.ticks()[0]["n"] == 1


# contract: END-1 END-8 END-13..15
@pytest.mark.parametrize("frame,codes", [
    ({"opcode": BINARY, "payload": b"x"}, {1003}),
    ({"opcode": TEXT, "payload": b"\xff"}, {1007}),
    ({"opcode": TEXT, "payload": b"\xed\xa0\x80"}, {1007}),
    ({"opcode": TEXT, "payload": b"\xf8\x88\x80\x80\x80"}, {1007}),
    ({"opcode": TEXT, "payload": b"cut \xe2\x82"}, {1007}),
    ({"opcode": TEXT, "payload": "x", "mask": False}, {1002}),
    ({"opcode": TEXT, "payload": "x", "rsv": 4}, {1002}),
    ({"opcode": TEXT, "payload": "x", "rsv": 1}, {1002}),
    ({"opcode": 3, "payload": "x"}, {1002}),
    ({"opcode": 11, "payload": "x"}, {1002}),
    ({"opcode": 0, "payload": "x"}, {1002}),
    ({"opcode": PING, "payload": "x", "fin": False}, {1002}),
    ({"opcode": PING, "payload": "x" * 126}, {1002}),
    ({"opcode": CLOSE, "payload": b"\x03"}, {1002}),
    *(({"opcode": CLOSE, "payload": struct.pack("!H", code)}, {1002})
      for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)),
    ({"opcode": CLOSE, "payload": struct.pack("!H", 1000) + b"\xff"}, {1007}),
    ({"opcode": CLOSE, "payload": struct.pack("!H", 4999) + b"cut \xe2\x82"}, {1007}),
    ({"opcode": CLOSE, "payload": struct.pack("!H", 5000) + b"\xff"}, {1002}),
    ({"opcode": TEXT, "payload": b"", "length": (127, struct.pack("!Q", 1 << 40))}, {1009}),
    ({"opcode": TEXT, "payload": b"", "length": (127, struct.pack("!Q", 1 << 63))}, {1002, 1009}),
    ({"opcode": TEXT, "payload": b"x" * 5, "length": (126, struct.pack("!H", 5))}, {1002}),
], ids=str)
def test_Stream_WhenClientBreaksTheProtocol_IsClosedWithTheCode(push, stream, frame, codes):
    session_id = push.create("BRK")
    socket = stream(push, session_id)
    socket.snapshot()
    socket.send(**frame)
    assert socket.closed() in codes
    eventually(lambda: state(push, session_id) == "detached")


# contract: END-15
def test_Stream_WhenBadUtf8IsSplitOverFragments_Gets1007(push, stream):
    socket = stream(push, push.create("FRG"))
    socket.snapshot()
    euro = "€".encode()
    socket.send(TEXT, euro[:1], fin=False)
    socket.send(0, euro[1:], fin=False)
    socket.send(0, b"\x80")
    assert socket.closed() == 1007


# contract: END-10
@pytest.mark.parametrize("fragments", [
    [b"\xe2\x82", b""], [b"\xe2", b"\x82", b""], [b"", b"\xf0\x9d\x84", b"", b"", b""], [b"", b"\xc3", b""],
    [b"x" * 200 + b"\xe2", b""], [b"x" * 4000, b"\xe2\x82", b"", b""], [b"x", b"\xe2\x82"], [b"\xe2\x82"], [b"\xe2", b"(", b""]])
def test_Stream_WhenAMessageEndsWithinACharacter_Gets1007HoweverItIsCut(push, stream, fragments):
    socket = stream(push, push.create("CUT"))
    socket.snapshot()
    for index, fragment in enumerate(fragments):
        socket.send(0 if index else TEXT, fragment, fin=index == len(fragments) - 1)
        if index < len(fragments) - 1:
            socket.send(PING, b"\xff")
    assert socket.closed() == 1007


# contract: END-10
def test_Stream_WhenFragmentsMakeCharactersTogether_IsNotClosed(push, stream):
    socket = stream(push, push.create("CUT"))
    socket.snapshot()
    for fragments in ([b"\xe2", b"\x82", b"\xac", b""], [b"", b"", b""], [b"\xf0\x9d", b"\x84\x9e"]):
        for index, fragment in enumerate(fragments):
            socket.send(0 if index else TEXT, fragment, fin=index == len(fragments) - 1)
        assert socket.message(type="error")["code"] == "invalid_json"


def test_Stream_WhenANewMessageInsideAFragmentedOne_Gets1002(push, stream):
    socket = stream(push, push.create("FRG"))
    socket.snapshot()
    socket.send(TEXT, "a", fin=False)
    socket.send(TEXT, "b")
    assert socket.closed() == 1002


def test_Stream_WhenFramesComeWithTheHandshake_TheyAreRead(push):
    masked = bytes([0x80 | PING, 0x80 | 2, 0, 0, 0, 0]) + b"hi"
    with WebSocket(push, push.create("AHD"), after=masked) as socket:
        frames = [socket.receive_frame() for _ in range(2)]
        assert (PONG, b"hi") in frames


# contract: MSG-10
def test_Epoch_IsOneInAProcessAndDiffersBetweenTwo(start, stream):
    epochs = []
    for server in (start("--feed", "push"), start("--feed", "push")):
        for _ in range(2):
            epochs.append(stream(server, server.create("EPO")).snapshot()["epoch"])
    assert epochs[0] == epochs[1] != epochs[2] == epochs[3]


# contract: API-13 DEL-2
def test_Throttle_IsTheLeastTimeBetweenTwoTicksFrames(push, stream):
    throttle, early = 0.3, 0.03  # the scheduler might hand us the earlier frame late
    socket = stream(push, push.create("THR", throttle_ms=int(throttle * 1000)))
    socket.snapshot()
    arrivals, newest, sent = [time.monotonic()], 0, 0
    while len(arrivals) < 6:
        push.push({"s": "THR", "p": sent + 1})
        sent += 1
        try:
            ticks = socket.ticks(0.01)
        except (TimeoutError, BlockingIOError):
            assert time.monotonic() - arrivals[-1] < 5
            continue
        arrivals.append(time.monotonic())
        assert len(ticks) == 1 and ticks[0]["n"] > newest
        newest = ticks[0]["n"]
        assert newest >= sent - 2, "not the newest"
    gaps = [after - before for before, after in zip(arrivals, arrivals[1:])]
    assert min(gaps) >= throttle - early, gaps
    assert sorted(gaps)[len(gaps) // 2] < throttle + 0.15, gaps


# contract: API-14
def test_Throttle_NothingElseWaitsForIt(push, stream):
    session_id = push.create("THR2", throttle_ms=60_000)
    socket = stream(push, session_id)
    socket.snapshot()
    push.push({"s": "THR2", "p": 1})
    socket.send(PING, b"now")
    assert socket.receive_frame(2) == (PONG, b"now")
    push.request("DELETE", "/v1/sessions/" + session_id)
    assert socket.closed(2) == 4000


# contract: STR-1 STR-5
def test_Stream_ToAnIndependentClient_Works(push):
    """The same through the websockets library."""
    async def watch():
        session_id = push.create("LIB")
        url, options = push.library_address(session_id)
        async with websockets.connect(url, **options) as socket:
            snapshot = json.loads(await asyncio.wait_for(socket.recv(), 5))
            assert snapshot["type"] == "snapshot"
            await asyncio.wait_for(await socket.ping(), 5)
            for n in range(1, 101):
                push.push({"s": "LIB", "p": n})
                message = json.loads(await asyncio.wait_for(socket.recv(), 5))
                assert [(tick["n"], tick["p"]) for tick in message["ticks"]] == [(n, n)]
            push.request("DELETE", "/v1/sessions/" + session_id)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                while True:
                    await asyncio.wait_for(socket.recv(), 5)
            assert closed.value.rcvd.code == 4000
    asyncio.run(watch())


def test_Upgrade_WhenItsFieldsAreSpreadOverLines_Works(push):
    request = handshake(push.create("SPREAD")).replace(
        b"Connection: Upgrade\r\n", b"Connection: keep-alive\r\nConnection: Upgrade\r\n").replace(
        b"Upgrade: websocket\r\n", b"Upgrade: other\r\nUpgrade: websocket\r\n")
    assert request.count(b"Connection: ") == request.count(b"Upgrade: ") == 2
    with push.connect() as connection:
        connection.send(request)
        assert connection.receive().status == 101


def test_Upgrade_WhenTheTargetIsAbsolute_Works(push):
    session_id = push.create("ABSOLUTE")
    with push.connect() as connection:
        connection.sent.add(handshake(session_id))  # as the answer is looked up
        connection.socket.sendall(handshake(session_id).replace(b"GET /", b"GET http://localhost/", 1))
        assert connection.receive().status == 101


# contract: STR-1
def test_Upgrade_WhenExtensionsAreOffered_NoneIsTaken(push):
    with push.connect() as connection:
        connection.send(handshake(push.create("PLAIN"),
                                  Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits"))
        reply = connection.receive()
        assert reply.status == 101
        assert "sec-websocket-extensions" not in reply.headers
