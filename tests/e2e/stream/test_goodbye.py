"""The word before a close. (That it stands before no other close, wsclient.py checks in every
test.)"""
import struct

import pytest

from support.harness import eventually
from support.wsclient import BINARY, TEXT


def opened(stream, server, *tickers):
    session_id = server.create(*tickers)
    socket = stream(server, session_id)
    socket.snapshot()
    return session_id, socket


def closes(server, code):
    return server.metrics()[f'tickcast_stream_closes_total{{code="{code}"}}']


# contract: MSG-8 MSG-18 MSG-20 END-19 MET-21
def test_Goodbye_WhenDeleted_SaysSoAndNoMore(push, stream):
    session_id, socket = opened(stream, push, "GD")
    before = closes(push, 4000)
    push.request("DELETE", "/v1/sessions/" + session_id)
    assert socket.closed() == 4000
    assert socket.goodbye.keys() == {"type", "code", "detail"}
    assert socket.goodbye["code"] == "deleted"
    eventually(lambda: closes(push, 4000) == before + 1)


# contract: MSG-8 MSG-18 END-20 MET-21
def test_Goodbye_WhenTakenOver_TheOldOneIsToldAndTheNewOneIsNot(push, stream):
    session_id, old = opened(stream, push, "GT")
    before = closes(push, 4001)
    new = stream(push, session_id)
    new.snapshot()
    assert old.closed() == 4001
    assert old.goodbye.keys() == {"type", "code", "detail"}
    assert old.goodbye["code"] == "taken_over"
    assert new.settled() == []
    eventually(lambda: closes(push, 4001) == before + 1)


def test_Goodbye_WhenTakenOver_ChangesGoToTheNewOne(push, stream):
    session_id, old = opened(stream, push, "GC")
    new = stream(push, session_id)
    new.snapshot()
    assert old.closed() == 4001
    assert push.request("PATCH", "/v1/sessions/" + session_id, {"add": ["GC2"]}).status == 200
    assert new.message()["tickers"] == ["GC", "GC2"]
    assert new.snapshot()["tickers"] == ["GC2"]


# contract: MSG-8 MSG-18 MSG-20 END-12
def test_Goodbye_WhenDraining_SaysWhenToComeBack(start, stream):
    server = start("--feed", "push", "--drain-seconds", "0.2")
    _, socket = opened(stream, server, "A")
    server.process.send_signal(15)
    assert socket.closed() == 1001
    assert socket.goodbye.keys() == {"type", "code", "detail", "reconnect_in_ms"}
    assert socket.goodbye["code"] == "draining"
    assert 0 <= socket.goodbye["reconnect_in_ms"] <= 60_000
    assert server.process.wait(10) == 0


# contract: END-13..15 END-17
@pytest.mark.parametrize("code,opcode,payload", [
    (1003, BINARY, b"x"), (1007, TEXT, b"\xff"), (1009, TEXT, b"x" * 20_000), (1002, 3, b"x")])
def test_Goodbye_WhenTheClientIsAtFault_IsNotSaid(push, stream, code, opcode, payload):
    session_id, socket = opened(stream, push, "GN")
    socket.send(opcode, payload)
    assert socket.closed() == code
    assert socket.goodbye is None
    eventually(lambda: push.get("/v1/sessions/" + session_id).json()["state"] == "detached")


def test_Goodbye_WhenTheClientCloses_IsNotSaid(push, stream):
    _, socket = opened(stream, push, "GO")
    socket.close(1000)
    assert socket.closed() == 1000
    assert socket.goodbye is None


# contract: END-4
def test_Goodbye_ComesBehindWhatWasBegun(start, stream):
    """A client that has a frame half-way gets its rest, then the goodbye, then the close."""
    server = start("--feed", "sim?tickers=64&rate=20000&burst=64")
    tickers = server.get("/v1/tickers").json()["tickers"]
    session_id = server.create(*tickers)
    socket = stream(server, session_id, receive_buffer=4096)
    eventually(lambda: server.metric("tickcast_slow_clients") == 1, 10)
    server.request("DELETE", "/v1/sessions/" + session_id)
    assert socket.closed() == 4000  # every frame before it was whole, or wsclient.py had failed


def test_Close_AfterTheServersClose_NothingOfTheClientCounts(push, stream):
    session_id, socket = opened(stream, push, "GX")
    push.request("DELETE", "/v1/sessions/" + session_id)
    while socket.receive_frame()[0] != 8:
        pass
    socket.say("subscribe", tickers=["GX2"])
    socket.send(8, struct.pack("!H", 4000))
    socket.socket.settimeout(5)
    assert socket.http.at_end()
