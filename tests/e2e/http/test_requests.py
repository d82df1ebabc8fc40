"""The forms of requests: trailers, Host, paths, queries, codings, versions, integers."""

import gzip
import json

import pytest

from support.harness import eventually, problem, request_bytes
from support.wsclient import TEXT, handshake

TRAILERS = [
    "Host: b",
    "Content-Length: 7",
    "Transfer-Encoding: gzip",
    "Connection: close",
    "Connection: , ,",
    "Content-Type: text/plain",
    "Content-Encoding: gzip",
    "Origin: https://foe.example",
    "Expect: 100-continue",
    "Upgrade: websocket",
    "Last-Event-ID: x",
    "Accept: text/event-stream",
    "X: " + "y" * 5000,
]


def chunked(method, target, body, trailer="", headers=None, sizes=(3,)):
    """In chunks of these sizes, over and over."""
    head = request_bytes(
        method, target, headers={"Transfer-Encoding": "chunked", **(headers or {})}
    )
    chunks, at = b"", 0
    while at < len(body):
        for size in sizes:
            piece = body[at : at + size]
            at += len(piece)
            chunks += b'%x;n="v"\r\n%b\r\n' % (len(piece), piece) if piece else b""
    return head + chunks + b"0;last\r\n" + trailer.encode("latin-1") + b"\r\n"


# Trailers.
# contract: REQ-6
@pytest.mark.parametrize("field", TRAILERS, ids=range(len(TRAILERS)))
def test_Trailer_WhateverItHas_IsIgnoredAndTheNextRequestIsAnswered(push, field):
    body = json.dumps({"tickers": ["TRAILED"]}).encode()
    with push.connect() as connection:
        for sizes in ((1,), (5, 2), (1000,)):
            connection.send(chunked("POST", "/v1/sessions", body, field + "\r\n", sizes=sizes))
            connection.send(request_bytes("GET", "/v1/tickers"))
            assert connection.receive().status == 201
            assert connection.receive().status == 200


# contract: REQ-6
def test_Trailer_IsIgnoredByPushes(push):
    body, kind = b'{"s":"TRAILED","p":1}', {"Content-Type": "application/x-ndjson"}
    with push.connect(admin=True) as connection:
        for field in TRAILERS:
            connection.send(chunked("POST", "/v1/ticks", body, field + "\r\n", kind))
            assert connection.receive().status == 202, field


# contract: REQ-6
def test_Trailer_WithTheToken_PushesNothing(start, tmp_path):
    token = tmp_path / "token"
    token.write_text("sesame")
    server = start("--feed", "push", "--push-token-file", token)
    body, kind = b'{"s":"A","p":1}', {"Content-Type": "application/x-ndjson"}
    authorization = "Authorization: Bearer sesame"
    for field in (authorization, authorization.upper().replace("SESAME", "sesame")):
        request = chunked("POST", "/v1/ticks", body, field + "\r\n", kind)
        problem(server.raw(request, admin=True), 401, "unauthorized")
    request = chunked("POST", "/v1/ticks", body, "", {**kind, "Authorization": "Bearer sesame"})
    assert server.raw(request, admin=True).status == 202


# contract: REQ-6
def test_Trailer_WithAHandshake_IsNoUpgrade(push):
    session = push.create("TRAILED")
    fields = handshake(session).split(b"\r\n", 1)[1].decode()
    trailer = (
        "\r\n".join(line for line in fields.split("\r\n") if line and not line.startswith("Host"))
        + "\r\n"
    )
    assert "Upgrade" in trailer
    problem(
        push.raw(chunked("GET", "/v1/stream/" + session, b"", trailer)), 426, "upgrade_required"
    )
    problem(
        push.raw(chunked("GET", "/v1/stream/" + session, b"", "Accept: text/event-stream\r\n")),
        426,
        "upgrade_required",
    )


# contract: REQ-7
@pytest.mark.parametrize(
    "trailer",
    [
        "no colon\r\n",
        ": empty\r\n",
        "A : b\r\n",
        "A: b\r\n c\r\n",
        " A: b\r\n",
        "A: b\n",
        "A: \x01\r\n",
        "A: b\rc\r\n",
    ],
)
@pytest.mark.parametrize("admin", [False, True], ids=["public", "admin"])
def test_Trailer_WhenMalformed_Gives400AndCloses(push, trailer, admin):
    with push.connect(admin) as connection:
        connection.send(chunked("POST", "/v1/ticks" if admin else "/v1/sessions", b"{}", trailer))
        problem(connection.receive(), 400, "bad_request")
        assert connection.at_end()


# contract: REQ-8
@pytest.mark.parametrize("spare,status", [(1, 201), (0, 201), (-1, 431)])
def test_Trailer_CountsInMaxHeaderBytes(start, spare, status):
    server = start("--max-header-bytes", 2048)
    body = json.dumps({"tickers": ["AAPL"]}).encode()
    bare = request_bytes("POST", "/v1/sessions", headers={"Transfer-Encoding": "chunked"})
    line = "X: " + "x" * (2048 - len(bare) - spare - len("X: \r\n")) + "\r\n"
    reply = server.raw(chunked("POST", "/v1/sessions", body, line))
    assert reply.status == status, reply
    if status == 431:
        assert problem(reply, 431, "headers_too_large")["limit"] == 2048


# Host.
# contract: REQ-9
@pytest.mark.parametrize(
    "host",
    ["", ":", "a:", "127.0.0.1:8080", "[::1]:8080", "[v1.x]", "a%20b", "a_b.c~d:1", "!$&'()*+,;="],
)
def test_Host_WhenItIsOne_Passes(push, host):
    for target in ("/v1/tickers", f"http://{host}/v1/tickers"):
        if target.startswith("/") or host.strip(":"):
            assert push.raw(request_bytes("GET", target, host=host)).status == 200


# contract: REQ-9
@pytest.mark.parametrize(
    "host",
    [
        "a b/c@d",
        "a b",
        "a/b",
        "user@a",
        "a:x",
        "a:1:2",
        "::1",
        "[::1",
        "[a]",
        "a%2",
        "a\\b",
        "a?b",
        "[fe80::1%25lo]",
        "é",
    ],
)
@pytest.mark.parametrize("admin", [False, True], ids=["public", "admin"])
def test_Host_WhenItIsNone_Gives400AndCloses(push, host, admin):
    request = request_bytes("GET", "/livez" if admin else "/v1/tickers", host=host)
    with push.connect(admin) as connection:
        connection.send(request)
        problem(connection.receive(), 400, "bad_request")
        assert connection.at_end()
    with push.connect(admin) as connection:
        connection.socket.sendall(request.replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert connection.socket.recv(12) == b"HTTP/1.1 400"


def test_Host_OfAnAbsoluteForm_IsWhatCounts(start):
    """RFC 9112, 3.2.2."""
    server = start("--feed", "push", "--allow-origin", "https://friend.example")
    origin = {"Origin": "http://own.example"}
    absolute = "http://own.example/v1/tickers"
    assert (
        server.raw(request_bytes("GET", absolute, headers=origin, host="other.example")).status
        == 200
    )
    refused = server.raw(
        request_bytes("GET", absolute.replace("own", "other"), headers=origin, host="own.example")
    )
    problem(refused, 403, "origin_not_allowed")
    push = request_bytes(
        "POST", "http://foe.example/v1/ticks", "[]", {"Content-Type": "application/json"}
    )
    problem(server.raw(push, admin=True), 403, "host_not_allowed")


# Paths.
def encoded(text, every=1):
    return "".join(
        f"%{ord(c):02x}" if c not in "/" and i % every == 0 else c for i, c in enumerate(text)
    )


# contract: REQ-10
@pytest.mark.parametrize("every", [1, 2, 3])
def test_Path_WithEncodedUnreservedCharacters_IsThePlainOne(push, every, stream):
    session = push.create("AAPL")
    for target, status in (
        ("/v1/tickers", 200),
        ("/v1/sessions/" + session, 200),
        ("/readyz", 200),
        ("/v1/stream/" + session, 426),
    ):
        assert push.get(encoded(target, every)).status == status, target
    assert push.get("http://localhost" + encoded("/v1/tickers", every)).status == 200
    for target in ("/metrics", "/livez", "/readyz"):
        assert push.get(encoded(target, every), admin=True).status == 200
    reply = push.request("POST", encoded("/v1/sessions", every), {"tickers": ["AAPL"]})
    assert reply.status == 201
    assert reply.headers["location"].startswith("/v1/sessions/")
    assert (
        push.request("PATCH", encoded("/v1/sessions/" + session, every), {"throttle_ms": 5}).status
        == 200
    )
    reply = push.request(
        "POST", encoded("/v1/ticks", every), "[]", {"Content-Type": "application/json"}, admin=True
    )
    assert reply.status == 202
    upgraded = handshake(session).replace(
        b"/v1/stream/" + session.encode(), encoded("/v1/stream/" + session, every).encode()
    )
    assert push.raw(upgraded).status == 101
    assert push.request("DELETE", encoded("/v1/sessions/" + session, every)).status == 204


# contract: REQ-10
@pytest.mark.parametrize(
    "target",
    [
        "/v1%2Ftickers",
        "/v1/%2574ickers",
        "/v1/tickers%",
        "/v1/%7tickers",
        "/v1/%%37%34ickers",
        "/v1/tickers%00",
        "/v1/tickers%3F",
        "/%2e%2e/v1/tickers",
        "/v1/%2e/tickers",
        "/v1/tickers/",
    ],
)
def test_Path_WithOtherEscapes_IsNotFound(push, target):
    problem(push.get(target), 404, "no_such_route")


# contract: REQ-10
def test_Path_IsCountedUnderItsRoute(start):
    server = start("--feed", "push")
    server.get("/v1/%74ickers")
    assert (
        server.metrics()[
            'tickcast_http_requests_total{route="/v1/tickers",method="GET",code="200"}'
        ]
        == 1
    )


# Queries.
# contract: REQ-12
def test_Query_WithUnknownParameters_IgnoresThemEverywhere(push):
    push.push({"s": "ASKED", "p": 1})
    session = push.create("ASKED")
    for extra in ("_=1732", "utm_source=x&b", "tickers2=A", "%zz=1", "=", "&&", "a=%"):
        for target in (
            "/v1/tickers?",
            "/v1/quotes?tickers=ASKED&",
            f"/v1/sessions/{session}?",
            "/readyz?",
            "/?",
        ):
            assert push.get(target + extra).status == 200, target + extra
        assert (
            push.get("/v1/quotes?" + extra + "&tickers=ASKED").json()["quotes"][0]["s"] == "ASKED"
        )
        assert push.request("POST", "/v1/sessions?" + extra, {"tickers": ["ASKED"]}).status == 201
        assert push.get("/metrics?" + extra, admin=True).status == 200
        assert (
            push.raw(
                handshake(session).replace(session.encode(), f"{session}?{extra}".encode(), 1)
            ).status
            == 101
        )


# contract: VAL-3
@pytest.mark.parametrize(
    "written,ticker",
    [
        ("M%26M", "M&M"),
        ("a+b", "A+B"),
        ("a%2Bb", "A+B"),
        ("C%23D", "C#D"),
        ("E@F", "E@F"),
        ("DERIBIT:BTC-27DEC24-100000-C_USD", "DERIBIT:BTC-27DEC24-100000-C_USD"),
    ],
)
def test_Query_NamesTickersOfEverySign(push, stream, written, ticker):
    socket = stream(push, push.create(ticker))
    assert socket.snapshot()["tickers"] == [ticker]
    push.push({"s": ticker, "p": 7})
    assert socket.ticks()[0]["s"] == ticker
    assert [quote["s"] for quote in push.get("/v1/quotes?tickers=" + written).json()["quotes"]] == [
        ticker
    ]
    assert ticker in push.get("/v1/tickers").json()["tickers"]


# Codings of bodies.
CODED = [("gzip",), ("br",), ("GZIP",), ("identity, gzip",), ("identity", "deflate"), ("x",)]
PLAIN = [("identity",), ("Identity",), ("identity, ,identity",), ("",), ("identity", "IDENTITY")]


def calls_with_bodies(server):
    session = server.create("AAPL")
    kind = "Content-Type: application/json\r\n"
    return [
        ("POST", "/v1/sessions", b'{"tickers":["AAPL"]}', kind, False),
        ("PATCH", "/v1/sessions/" + session, b"{}", kind, False),
        ("POST", "/v1/ticks", b"[]", kind, True),
    ]


def with_codings(method, target, body, kind, codings, more=""):
    fields = kind + more + "".join(f"Content-Encoding: {coding}\r\n" for coding in codings)
    head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{fields}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


# contract: REQ-11
@pytest.mark.parametrize("codings", CODED, ids=range(len(CODED)))
def test_ContentEncoding_WhenNotIdentity_Gives415OnEveryCallWithABody(push, codings):
    for method, target, body, kind, admin in calls_with_bodies(push):
        for sent in (body, gzip.compress(body)):
            with push.connect(admin) as connection:
                for _ in range(2):
                    connection.send(with_codings(method, target, sent, kind, codings))
                    reply = connection.receive()
                    problem(reply, 415, "unsupported_media_type")
                    assert reply.headers["accept-encoding"] == "identity"


# contract: REQ-11
def test_ContentEncoding_WhenExpectingToGoOn_Gives415WithoutTheBody(push):
    for method, target, body, kind, admin in calls_with_bodies(push):
        with push.connect(admin) as connection:
            connection.send(
                with_codings(method, target, body, kind, ["gzip"], "Expect: 100-continue\r\n")[
                    : -len(body)
                ]
            )
            problem(connection.receive(), 415, "unsupported_media_type")


# contract: REQ-11
@pytest.mark.parametrize("codings", PLAIN, ids=range(len(PLAIN)))
def test_ContentEncoding_WhenIdentity_Passes(push, codings):
    for method, target, body, kind, admin in calls_with_bodies(push):
        assert push.raw(with_codings(method, target, body, kind, codings), admin).status in (
            200,
            201,
            202,
        )


# contract: REQ-11
def test_ContentType_WhenWrong_SaysNothingOfCodings(push):
    reply = push.request("POST", "/v1/sessions", "{}", {"Content-Type": "text/plain"})
    problem(reply, 415, "unsupported_media_type")
    assert "accept-encoding" not in reply.headers


# The server as a whole, and versions.
# contract: REQ-3
@pytest.mark.parametrize("admin", [False, True], ids=["public", "admin"])
def test_OptionsAsterisk_Gives204AndKeepsTheConnection(push, admin):
    with push.connect(admin) as connection:
        for _ in range(2):
            connection.send(request_bytes("OPTIONS", "*"))
            reply = connection.receive()
            assert (reply.status, reply.body) == (204, b""), reply
            assert "close" not in reply.headers.get("connection", "")
            assert "content-length" not in reply.headers
    reply = push.raw(request_bytes("OPTIONS", "*", headers={"Origin": "https://a.example"}), admin)
    assert reply.status == 204
    assert reply.headers.get("access-control-allow-origin") == (None if admin else "*")


def test_Asterisk_WithAnotherMethod_Gives400(push):
    for method in ("GET", "HEAD", "POST", "CONNECT"):
        reply = push.request(method, "*")
        assert reply.status == 400, method


# contract: REQ-4
@pytest.mark.parametrize("admin", [False, True], ids=["public", "admin"])
@pytest.mark.parametrize("version", ["1.2", "1.5", "1.9"])
def test_Version_OfALaterMinor_IsTakenAs11(push, version, admin):
    target = "/livez" if admin else "/v1/tickers"
    request = request_bytes("GET", target).replace(b"HTTP/1.1", f"HTTP/{version}".encode())
    with push.connect(admin) as connection:
        for byte in range(len(request)):  # however it is cut
            connection.send(request[byte : byte + 1])
        assert connection.receive().status == 200
        connection.send(request * 3)
        assert [connection.receive().status for _ in range(3)] == [200] * 3
        connection.send(request.replace(b"Host", b"Hose"))
        problem(connection.receive(), 400, "bad_request")


# contract: REQ-5 ERR-35
@pytest.mark.parametrize("admin", [False, True], ids=["public", "admin"])
@pytest.mark.parametrize(
    "line",
    ["GET / HTTP/0.9", "GET / HTTP/2.0", "GET /v1/tickers HTTP/9.9", "PRI * HTTP/2.0\r\n\r\nSM"],
)
def test_Version_OfAnotherMajor_Gives505AndCloses(push, line, admin):
    with push.connect(admin) as connection:
        connection.send(line.encode() + b"\r\n\r\n")
        problem(connection.receive(), 505, "http_version_not_supported")
        assert connection.at_end()


# Integers.
# contract: VAL-13
@pytest.mark.parametrize(
    "text,value",
    [
        ("55.0", 55),
        ("5.5e1", 55),
        ("5.5E+1", 55),
        ("550e-1", 55),
        ("0.0", 0),
        ("-0.0", 0),
        ("-0", 0),
        ("60000.000", 60_000),
        ("6e4", 60_000),
        ("600000e-1", 60_000),
        ("0e400", 0),
    ],
)
def test_Integer_HoweverItIsWritten_IsTaken(push, stream, text, value):
    reply = push.request("POST", "/v1/sessions", '{"throttle_ms":%s,"tickers":["WHOLE"]}' % text)
    assert (reply.status, reply.json().get("throttle_ms")) == (201, value), reply
    session = reply.json()["session_id"]
    reply = push.request("PATCH", "/v1/sessions/" + session, '{"throttle_ms":%s}' % text)
    assert reply.json()["throttle_ms"] == value
    socket = stream(push, session)
    socket.snapshot()
    socket.send(TEXT, b'{"op":"throttle","ms":%s}' % text.encode())
    assert socket.message(type="subscribed")["throttle_ms"] == value


# contract: VAL-13
@pytest.mark.parametrize(
    "text",
    [
        "55.5",
        "60000.5",
        "60001.0",
        "6.0001e4",
        "-1.0",
        "1e-1",
        "1e-400",
        "1e400",
        "1e999999999999999999999",
        "-1e400",
        "9223372036854775808.0",
    ],
)
def test_Integer_WhenItIsNoneInRange_IsRefused(push, stream, text):
    body = '{"tickers":["WHOLE"],"throttle_ms":%s}' % text
    problem(push.request("POST", "/v1/sessions", body), 400, "bad_throttle")
    session = push.create("WHOLE")
    problem(
        push.request("PATCH", "/v1/sessions/" + session, '{"throttle_ms":%s}' % text),
        400,
        "bad_throttle",
    )
    socket = stream(push, session)
    socket.snapshot()
    socket.send(TEXT, b'{"op":"throttle","ms":%s}' % text.encode())
    assert socket.message(type="error")["code"] == "bad_throttle"


# contract: VAL-13 OPS-4
@pytest.mark.parametrize("text", ["55.0", "5.5e1", "-7.0", "0.000", "1" + "0" * 18 + ".0"])
def test_PingId_WrittenAsItLikes_ComesBackAsItIs(push, stream, text):
    socket = stream(push, push.create("WHOLE"))
    socket.snapshot()
    socket.send(TEXT, b'{"op":"ping","id":%s}' % text.encode())
    pong = eventually(lambda: socket.message(type="pong"))
    assert pong["id"] == json.loads(text)


@pytest.mark.parametrize("text", ["1.5", "1e19", "1e400", "1." + "0" * 63])
def test_PingId_WhenNoIntegerOf64BitsOrTooLong_IsInvalid(push, stream, text):
    socket = stream(push, push.create("WHOLE"))
    socket.snapshot()
    socket.send(TEXT, b'{"op":"ping","id":%s}' % text.encode())
    assert socket.message(type="error")["code"] == "invalid_type"
