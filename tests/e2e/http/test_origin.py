"""Which web pages can send requests: CORS, --allow-origin, and the same for WebSockets."""
import pytest

from support.harness import eventually, problem, request_bytes
from support.wsclient import handshake

LISTED = ["https://app.example", "http://dev.example:3000"]


@pytest.fixture(scope="module")
def narrowed():
    from support.harness import Server
    server = Server("--feed", "push", "--allow-origin", LISTED[0], "--allow-origin", LISTED[1])
    yield server
    server.stop()


def ask(server, origin, host="localhost", method="GET", target="/v1/tickers", **more):
    headers = {"Host": host, **more}
    if origin is not None:
        headers["Origin"] = origin
    return server.raw(request_bytes(method, target, headers=headers))


# contract: API-24
@pytest.mark.parametrize("origin", LISTED + ["https://app.example:443", "HTTPS://App.Example"])
def test_Origin_WhenListed_IsEchoed(narrowed, origin):
    reply = ask(narrowed, origin)
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == origin
    assert reply.headers["vary"] == "Origin"


# contract: API-27
@pytest.mark.parametrize("origin", [
    "https://evil.example", "http://app.example", "https://app.example:444", "null", "",
    "https://app.example.evil", "https://sub.app.example", "http://dev.example", "app.example",
    "https://app.example, https://evil.example"])
def test_Origin_WhenNotListed_Gives403(narrowed, origin):
    reply = ask(narrowed, origin)
    problem(reply, 403, "origin_not_allowed")
    assert "access-control-allow-origin" not in reply.headers
    assert reply.headers["vary"] == "Origin"


@pytest.mark.parametrize("method, target", [
    ("POST", "/v1/sessions"), ("GET", "/v1/quotes"), ("GET", "/nope"), ("PUT", "/"),
    ("DELETE", "/v1/sessions/" + "A" * 22), ("OPTIONS", "/v1/sessions"), ("GET", "/")])
def test_Origin_WhenNotListed_Gives403WhateverIsAsked(narrowed, method, target):
    problem(ask(narrowed, "https://evil.example", method=method, target=target), 403,
            "origin_not_allowed")


def test_Origin_WhenThereAreTwo_Gives403(narrowed):
    request = request_bytes("GET", "/v1/tickers", headers={"Origin": LISTED[0], "ORIGIN": LISTED[0]})
    problem(narrowed.raw(request), 403, "origin_not_allowed")


# contract: API-26
def test_Origin_WhenAbsent_Passes(narrowed):
    reply = ask(narrowed, None)
    assert reply.status == 200
    assert "access-control-allow-origin" not in reply.headers


# contract: API-26
@pytest.mark.parametrize("origin, host", [
    ("http://own.example", "own.example"), ("http://own.example", "own.example:80"),
    ("http://own.example:8080", "own.example:8080"), ("https://own.example", "own.example"),
    ("https://own.example", "own.example:443"), ("http://OWN.example", "own.EXAMPLE"),
    ("http://[::1]:8080", "[::1]:8080"), ("http://[::1]", "[::1]")])
def test_Origin_WhenItIsTheHostsOwn_Passes(narrowed, origin, host):
    assert ask(narrowed, origin, host).status == 200


# contract: API-27
@pytest.mark.parametrize("origin, host", [
    ("http://own.example", "own.example:443"), ("https://own.example", "own.example:80"),
    ("http://own.example:8080", "own.example"), ("http://own.example", "own.example:8080"),
    ("http://own.example", "other.example"), ("http://[::1]:1", "[::1]:2")])
def test_Origin_WhenHostOrPortDiffer_Gives403(narrowed, origin, host):
    problem(ask(narrowed, origin, host), 403, "origin_not_allowed")


# contract: API-24
def test_Preflight_WhenListed_NamesMethodsAndOrigin(narrowed):
    reply = ask(narrowed, LISTED[1], method="OPTIONS", target="/v1/sessions/" + "A" * 22,
                **{"Access-Control-Request-Method": "PATCH"})
    assert reply.status == 204
    assert reply.headers["access-control-allow-origin"] == LISTED[1]
    assert "PATCH" in reply.headers["access-control-allow-methods"]
    assert reply.headers["vary"] == "Origin"


# contract: API-25
@pytest.mark.parametrize("origin, status", [
    (LISTED[0], 101), (None, 101), ("http://localhost", 101), ("https://evil.example", 403),
    ("null", 403)])
def test_Stream_HoldsTheListToo(narrowed, origin, status):
    session = narrowed.create("AAPL")
    reply = narrowed.raw(handshake(session, Origin=origin))
    assert reply.status == status, reply
    if status == 403:
        problem(reply, 403, "origin_not_allowed")
        assert narrowed.get("/v1/sessions/" + session).json()["state"] == "pending"


# contract: API-23
@pytest.mark.parametrize("origin", ["https://anything.example", "null", None])
def test_WithoutAList_AnyOriginMayAskAndStream(push, origin):
    reply = ask(push, origin)
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "vary" not in reply.headers
    assert push.raw(handshake(push.create("AAPL"), Origin=origin)).status == 101


# The reason of the refusal: behind a proxy that changes Host it can't be guessed.
PAGE, UPSTREAM = "https://prices.example", "upstream.internal:8080"


def refusals_logged(server, event="origin_refused"):
    return [line for line in server.standard_error().splitlines() if f"event={event} " in line]


@pytest.mark.parametrize(
    "method,target",
    [
        ("POST", "/v1/sessions"),
        ("GET", "/v1/tickers"),
        ("OPTIONS", "/v1/sessions"),
        ("GET", "/"),
        ("GET", "/readyz"),
    ],
)
def test_Refusal_NamesOriginAndHostInOneLineAndInItsDetail(start, method, target):
    server = start("--feed", "push", "--allow-origin", LISTED[0])
    detail = problem(ask(server, PAGE, UPSTREAM, method, target), 403, "origin_not_allowed")[
        "detail"
    ]
    assert f'"{PAGE}"' in detail and f'"{UPSTREAM}"' in detail and "--allow-origin" in detail
    (line,) = eventually(lambda: refusals_logged(server))
    assert " info api: " in line and f'origin="{PAGE}" host="{UPSTREAM}" left_out=0' in line


def test_Refusal_OfAStreamOrBeforeTheBody_IsLoggedOnceToo(start):
    server = start("--feed", "push", "--allow-origin", LISTED[0])
    session = server.create("AAPL")
    problem(server.raw(handshake(session, Origin=PAGE, Host=UPSTREAM)), 403, "origin_not_allowed")
    eventually(lambda: len(refusals_logged(server)) == 1)
    early = request_bytes(
        "POST",
        "/v1/sessions",
        headers={"Origin": PAGE, "Content-Length": "50", "Expect": "100-continue"},
    )
    problem(server.raw(early), 403, "origin_not_allowed")
    eventually(lambda: len(refusals_logged(server)) == 2)
    large = request_bytes(
        "POST", "/v1/sessions", headers={"Origin": PAGE, "Content-Length": "5000000"}
    )
    problem(server.raw(large), 403, "origin_not_allowed")
    eventually(lambda: len(refusals_logged(server)) == 3)
    assert ask(server, LISTED[0]).status == 200
    assert ask(server, None).status == 200
    assert len(refusals_logged(server)) == 3


def test_Refusal_IsLoggedWithinARate(start):
    server = start("--feed", "push", "--allow-origin", LISTED[0], "--threads", 1)
    with server.connect() as connection:
        for _ in range(40):
            connection.send(request_bytes("GET", "/v1/tickers", headers={"Origin": PAGE}))
            assert connection.receive().status == 403
    server.terminate()
    assert 10 <= len(refusals_logged(server)) <= 20  # ten in ten seconds


def test_Refusal_ShowsWhatAClientSentInBoundsAndForgesNothing(start):
    server = start("--feed", "push", "--allow-origin", LISTED[0])
    for origin in (
        'https://a" host="good.example',
        "https://" + "x" * 5000,
        "https://\tb",
        "https://\xff\xfe",
    ):
        members = problem(ask(server, origin, UPSTREAM), 403, "origin_not_allowed")
        assert len(members["detail"]) < 600
    lines = eventually(
        lambda: (lambda found: found if len(found) == 4 else None)(refusals_logged(server))
    )
    assert all(len(line) < 600 and line.count('host="') == 1 for line in lines)


def test_Refusal_OfAPush_NamesThemToo(start):
    server = start("--feed", "push")
    kind = {"Content-Type": "application/json"}
    reply = server.request("POST", "/v1/ticks", "[]", {**kind, "Origin": PAGE}, admin=True)
    assert PAGE in problem(reply, 403, "origin_not_allowed")["detail"]
    reply = server.raw(request_bytes("POST", "/v1/ticks", "[]", kind, host=UPSTREAM), admin=True)
    assert UPSTREAM in problem(reply, 403, "host_not_allowed")["detail"]
    lines = eventually(
        lambda: (lambda found: found if len(found) == 2 else None)(
            refusals_logged(server, "push_refused")
        )
    )
    assert PAGE in lines[0] and UPSTREAM in lines[1]
