"""Bytes that no client should send: an answer of the contract or a hang-up, and a server that goes
on."""
import random

import pytest

from support.harness import eventually, problem, request_bytes
from support.wsclient import TEXT, WebSocket, handshake

GARBAGE = [
    b"garbage\r\n\r\n",
    b"\r\n\r\n\x00\x01\x02\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET /v1/tickers\r\n\r\n",
    b"GET /v1/tickers HTTP/1.11\r\nHost: a\r\n\r\n",
    b"GET /v1/tickers HTTP/11.1\r\nHost: a\r\n\r\n",
    b"GET /v1/tickers HTTP/2\r\nHost: a\r\n\r\n",
    b"GET /v1/tickers HTTP/2.0x\r\nHost: a\r\n\r\n",
    b"GET /v1/tickers http/1.1\r\nHost: a\r\n\r\n",
    b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET v1/tickers HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET hTtp:// HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET http://:80/ HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a b/c@d\r\n\r\n",
    b"GET /v1/tickers HTTX/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/tickers HTTP/1.1\r\nno colon\r\n\r\n",
    b"GET /v1/tickers HTTP/1.1\r\nHost : a\r\n\r\n",
    b"GET /v1/tickers HTTP/1.1\r\n: empty\r\n\r\n",
    b"GET /v1/tickers HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
    b"G\x00T /v1/tickers HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/\x01tickers HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 5x\r\n\r\nabcde",
    b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
    b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"fffffffffffffffff\r\nab\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)) + b"\r\n\r\n",
]


# contract: ERR-7
@pytest.mark.parametrize("admin", [False, True], ids=["public", "admin"])
@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
def test_Http_WhenMalformed_Gives400AndCloses(push, data, admin):
    with push.connect(admin) as connection:
        connection.send(data)
        reply = connection.receive()
        assert reply.status in (400, 413), reply
        problem(reply, reply.status, "bad_request" if reply.status == 400 else "body_too_large")
        assert connection.at_end()
    assert push.get("/v1/tickers").status == 200


def test_Http_WhenGoodRequestsPrecedeGarbage_TheyAreAnswered(push):
    with push.connect() as connection:
        connection.send(request_bytes("GET", "/v1/tickers") * 2 + b"garbage\r\n\r\n")
        assert [connection.receive().status for _ in range(3)] == [200, 200, 400]
        assert connection.at_end()


@pytest.mark.parametrize("cut", range(1, 100, 7))
def test_Http_WhenCutOff_NothingHappens(push, cut):
    request = request_bytes("POST", "/v1/sessions", {"tickers": ["AAPL"]})
    before = push.metric("tickcast_sessions_created_total")
    with push.connect() as connection:
        connection.send(request[:min(cut, len(request) - 1)])
        connection.socket.shutdown(1)
        try:
            assert connection.receive().status == 400
        except EOFError:
            pass
    assert push.metric("tickcast_sessions_created_total") == before


def test_Http_WhenRandomBytes_TheServerStays(push):
    rng = random.Random(1)
    for _ in range(200):
        with push.connect(rng.random() < 0.3) as connection:
            data = bytearray(rng.choice(GARBAGE) + handshake("A" * 22) +
                             request_bytes("POST", "/v1/sessions", {"tickers": ["AAPL"]}))
            for _ in range(rng.randrange(1, 20)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            try:
                connection.send(bytes(data[rng.randrange(len(data)):]))
                connection.socket.shutdown(1)
                while connection.socket.recv(65536):
                    pass
            except OSError:
                pass
    assert push.running()
    assert push.get("/v1/tickers").status == 200
    assert push.get("/livez", admin=True).status == 200


def test_WebSocket_WhenRandomBytes_TheServerStaysAndOthersLoseNothing(push, stream):
    rng = random.Random(2)
    witness = stream(push, push.create("WITNESS"))
    witness.snapshot()
    for n in range(1, 151):
        with WebSocket(push, push.create("WITNESS")) as socket:
            data = b"".join(socket.frame(rng.choice((0, 1, 2, 8, 9, 10, 15)),
                                         rng.randbytes(rng.randrange(200)),
                                         fin=rng.random() < 0.7, rsv=rng.choice((0, 0, 0, 1)),
                                         mask=rng.random() < 0.9) for _ in range(20))
            if rng.random() < 0.5:
                data = rng.randbytes(500)
            socket.send_raw(data)
            push.push({"s": "WITNESS", "p": n})
            if rng.random() < 0.5:
                socket.reset()
        ticks = witness.ticks()
        assert [(tick["n"], tick["p"]) for tick in ticks] == [(n, n)]
    assert push.running()


# contract: MET-25
def test_Metrics_WhenClientsMisbehaved_NothingIsLeftOfThem(start):
    server = start("--feed", "push", "--detached-seconds", "0.2", "--pending-seconds", "0.2")
    for payload in (b"\xff", b"x" * 20_000):
        for _ in range(20):
            with WebSocket(server, server.create("AAPL")) as socket:
                socket.snapshot()
                socket.send(TEXT, payload)
                assert socket.closed() in (1007, 1009)
    for gauge in ("sessions", "connections", "subscriptions", "feed_subscriptions"):
        eventually(lambda g=gauge: server.metric("tickcast_" + g) == 0, 20)
