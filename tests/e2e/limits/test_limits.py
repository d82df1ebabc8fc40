"""Each limit below, at and above it."""
import gzip
import json
import struct

import pytest

from support.harness import eventually, hits, problem, request_bytes
from support.wsclient import CLOSE, PING, PONG, TEXT


# contract: SET-26 ERR-2 ERR-24
@pytest.mark.parametrize("count,status", [(2, 201), (3, 201), (4, 422)])
def test_MaxTickersPerSession(start, count, status):
    server = start("--feed", "push", "--max-tickers-per-session", 3)
    tickers = [f"T{i}" for i in range(count)]
    reply = server.request("POST", "/v1/sessions", {"tickers": tickers + tickers})
    assert reply.status == status, reply
    if status == 422:
        assert problem(reply, 422, "too_many_tickers")["limit"] == 3


# contract: SET-26
@pytest.mark.parametrize("count,status", [(255, 201), (256, 201), (257, 422)])
def test_MaxTickersPerSession_ByDefaultIs256(push, count, status):
    reply = push.request("POST", "/v1/sessions", {"tickers": [f"D{i}" for i in range(count)]})
    assert reply.status == status


def padded(size):
    body = json.dumps({"tickers": ["AAPL"]})
    return body + " " * (size - len(body))


# contract: SET-33 ERR-20
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size,status", [(1023, 201), (1024, 201), (1025, 413), (100_000, 413)])
def test_MaxBodyBytes(start, size, status, chunked):
    server = start("--max-body-bytes", 1024)
    body = padded(size).encode()
    if chunked:
        request = request_bytes("POST", "/v1/sessions", headers={"Transfer-Encoding": "chunked"})
        request += b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    else:
        request = request_bytes("POST", "/v1/sessions", body)
    reply = server.raw(request)
    assert reply.status == status, reply
    if status == 413:
        problem(reply, 413, "body_too_large")
        assert server.get("/v1/tickers").status == 200
    assert hits(server, "max-body-bytes") == (status == 413)


# contract: SET-33
@pytest.mark.parametrize("size,status", [(65_536, 201), (65_537, 413)])
def test_MaxBodyBytes_ByDefaultIs64KiB(sim, size, status):
    assert sim.request("POST", "/v1/sessions", padded(size)).status == status


def with_header_of(size):
    bare = len(request_bytes("GET", "/v1/tickers", headers={"X-Pad": ""}))
    return request_bytes("GET", "/v1/tickers", headers={"X-Pad": "x" * (size - bare)})


# contract: SET-34 ERR-31
@pytest.mark.parametrize("size,status", [(2047, 200), (2048, 200), (2049, 431), (200_000, 431)])
def test_MaxHeaderBytes(start, size, status):
    server = start("--max-header-bytes", 2048)
    request = with_header_of(size)
    assert len(request) == size
    reply = server.raw(request)
    assert reply.status == status, reply
    if status == 431:
        problem(reply, 431, "headers_too_large")
        assert server.raw(with_header_of(2048)).status == 200


# contract: ERR-31
def test_MaxHeaderBytes_HoldsForManyFieldsAndLongTargets(sim):
    many = {f"X-{i}": "y" * 50 for i in range(1000)}
    problem(sim.get("/v1/tickers", headers=many), 431, "headers_too_large")
    problem(sim.get("/" + "a" * 20_000), 431, "headers_too_large")


# contract: SET-35 END-17
@pytest.mark.parametrize("size,closed", [(1023, False), (1024, False), (1025, True)])
@pytest.mark.parametrize("fragments", [1, 5])
def test_MaxMessageBytes(start, stream, size, closed, fragments):
    server = start("--feed", "push", "--max-message-bytes", 1024)
    socket = stream(server, server.create("AAPL"))
    socket.snapshot()
    step = -(-size // fragments)
    parts = ["x" * min(step, size - at) for at in range(0, size, step)]
    for i, part in enumerate(parts):
        socket.send(TEXT if i == 0 else 0, part, fin=i == len(parts) - 1)
    if closed:
        assert socket.closed() == 1009
        assert hits(server, "max-message-bytes") == 1
        return
    server.push({"s": "AAPL", "p": 1})
    assert socket.ticks()[0]["n"] == 1


# contract: SET-37 PSH-8
@pytest.mark.parametrize("size,status", [(1023, 202), (1024, 202), (1025, 413)])
@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/json"])
def test_PushBodyMax(start, size, status, content_type):
    server = start("--feed", "push", "--push-body-max", 1024)
    body = '[{"s":"AAPL","p":1}]' if content_type.endswith("/json") else '{"s":"AAPL","p":1}'
    reply = server.request("POST", "/v1/ticks", body + " " * (size - len(body)),
                           {"Content-Type": content_type}, admin=True)
    assert reply.status == status, reply
    if status == 413:
        problem(reply, 413, "body_too_large")
        assert server.metrics()['tickcast_limit_hits_total{limit="push-body-max"}'] == 1
        assert server.quotes("AAPL") == {}
        assert server.get("/livez", admin=True).status == 200
    else:
        assert server.quotes("AAPL")["AAPL"]["n"] == 1


# contract: SET-37 PSH-8
def test_PushBodyMax_ByDefaultIs8MiB(start, stream):
    server = start("--feed", "push")
    socket = stream(server, server.create("BIG"))
    socket.snapshot()
    line = '{"s":"BIG","p":1}\n'
    count = 8_388_608 // len(line)
    body = line * count
    headers = {"Content-Type": "application/x-ndjson"}
    assert server.request("POST", "/v1/ticks", body + " " * (8_388_609 - len(body)), headers,
                          admin=True).status == 413
    reply = server.request("POST", "/v1/ticks", body, headers, admin=True)
    assert (reply.status, reply.json()) == (202, {"accepted": count})
    while socket.ticks(20)[-1]["n"] < count:
        pass


def test_Create_WhenGzipped_IsNotInflated(sim):
    """A compressed bomb is not opened: Content-Encoding is not supported."""
    body = gzip.compress(b'{"tickers":["AAPL"]}' + b" " * 10_000_000)
    reply = sim.request("POST", "/v1/sessions", body, {"Content-Encoding": "gzip"})
    assert reply.status in (400, 415)
    eventually(lambda: sim.get("/v1/tickers").status == 200)


# contract: SET-36 LIM-6 OPS-6
@pytest.mark.parametrize("opcode,payload", [(PING, b""), (TEXT, b'{"op":"ping"}')])
@pytest.mark.parametrize("count,floods", [(8, False), (9, True)])
def test_MaxMessagesPerSecond_AllowsABurstOfTwiceAsMany(start, stream, opcode, payload, count,
                                                        floods):
    """Text and control frames alike. Messages within the limit are answered; then goodbye, close,
    nothing."""
    server = start("--feed", "push", "--max-messages-per-second", 4)
    session = server.create("AAPL")
    socket = stream(server, session)
    socket.snapshot()
    socket.send_raw(b"".join(socket.frame(opcode, payload) for _ in range(count)))
    if not floods:
        # A pong can stand for several pings, so the last one is recognised by the message behind
        # it.
        server.push({"s": "AAPL", "p": 1})
        assert socket.ticks()[0]["p"] == 1
        assert server.get("/v1/sessions/" + session).status == 200
        return
    goodbye = socket.message(type="goodbye")
    assert (goodbye["code"], goodbye["limit"]) == ("flooding", 4)
    # RFC 6455 section 5.5.1: after the close frame comes no other.
    frame = socket.receive_frame()
    while frame[0] == PONG:
        frame = socket.receive_frame()
    assert frame[0] == CLOSE and struct.unpack("!H", frame[1][:2])[0] == 1008
    socket.send(CLOSE, frame[1][:2])
    assert socket.http.at_end()
    assert server.get("/v1/sessions/" + session).status == 404
    assert server.metrics()['tickcast_limit_hits_total{limit="max-messages-per-second"}'] == 1
