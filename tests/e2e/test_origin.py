"""Which web pages may ask: CORS, --allow-origin, and the same for WebSockets."""
import pytest

from harness import problem, request_bytes
from wsclient import handshake

LISTED = ["https://app.example", "http://dev.example:3000"]


@pytest.fixture(scope="module")
def narrowed():
    from harness import Server
    server = Server("--feed", "push", "--allow-origin", LISTED[0], "--allow-origin", LISTED[1])
    yield server
    server.stop()


def ask(server, origin, host="localhost", method="GET", target="/v1/tickers", **more):
    headers = {"Host": host, **more}
    if origin is not None:
        headers["Origin"] = origin
    return server.raw(request_bytes(method, target, headers=headers))


@pytest.mark.parametrize("origin", LISTED + ["https://app.example:443", "HTTPS://App.Example"])
def test_Origin_WhenListed_IsEchoed(narrowed, origin):
    reply = ask(narrowed, origin)
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == origin
    assert reply.headers["vary"] == "Origin"


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


def test_Origin_WhenAbsent_Passes(narrowed):
    reply = ask(narrowed, None)
    assert reply.status == 200
    assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize("origin, host", [
    ("http://own.example", "own.example"), ("http://own.example", "own.example:80"),
    ("http://own.example:8080", "own.example:8080"), ("https://own.example", "own.example"),
    ("https://own.example", "own.example:443"), ("http://OWN.example", "own.EXAMPLE"),
    ("http://[::1]:8080", "[::1]:8080"), ("http://[::1]", "[::1]")])
def test_Origin_WhenItIsTheHostsOwn_Passes(narrowed, origin, host):
    assert ask(narrowed, origin, host).status == 200


@pytest.mark.parametrize("origin, host", [
    ("http://own.example", "own.example:443"), ("https://own.example", "own.example:80"),
    ("http://own.example:8080", "own.example"), ("http://own.example", "own.example:8080"),
    ("http://own.example", "other.example"), ("http://[::1]:1", "[::1]:2")])
def test_Origin_WhenHostOrPortDiffer_Gives403(narrowed, origin, host):
    problem(ask(narrowed, origin, host), 403, "origin_not_allowed")


def test_Preflight_WhenListed_NamesMethodsAndOrigin(narrowed):
    reply = ask(narrowed, LISTED[1], method="OPTIONS", target="/v1/sessions/" + "A" * 22,
                **{"Access-Control-Request-Method": "PATCH"})
    assert reply.status == 204
    assert reply.headers["access-control-allow-origin"] == LISTED[1]
    assert "PATCH" in reply.headers["access-control-allow-methods"]
    assert reply.headers["vary"] == "Origin"


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


@pytest.mark.parametrize("origin", ["https://anything.example", "null", None])
def test_WithoutAList_AnyOriginMayAskAndStream(push, origin):
    reply = ask(push, origin)
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "vary" not in reply.headers
    assert push.raw(handshake(push.create("AAPL"), Origin=origin)).status == 101
