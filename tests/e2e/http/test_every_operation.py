"""Malformed, too large and unfinished requests of each operation of openapi.yaml."""
import pytest

from support.every_operation import ADMIN, PUBLIC, refused, request_of, server_with_session
from support.harness import request_bytes
from support.wsclient import handshake

EVERY = [(*each, "public") for each in PUBLIC] + [(*each, "admin") for each in ADMIN]


@pytest.fixture(scope="module")
def plain():
    yield from server_with_session("--request-timeout-seconds", "0.5", "--pending-seconds", "600")


# contract: ERR-7
@pytest.mark.parametrize("method,target,listener", EVERY)
def test_Any_WhenMalformed_Gives400AndCloses(plain, method, target, listener):
    request = request_of(plain, method, target).replace(b"\r\nHost:", b"\r\nno colon\r\nHost:", 1)
    refused(plain, request, method, 400, "bad_request", listener == "admin", at_end=True)


# contract: SET-34
@pytest.mark.parametrize("method,target,listener", EVERY)
def test_Any_WhenHeadersAreTooLarge_Gives431(plain, method, target, listener):
    request = request_of(plain, method, target, {"X-Pad": "x" * 20_000})
    reply = refused(plain, request, method, 431, "headers_too_large", listener == "admin")
    if method != "HEAD":
        assert reply.json()["limit"] == 16_384


# contract: ERR-20
@pytest.mark.parametrize("method,target,listener", [
    # Is refused before its body.
    each for each in EVERY if each[:2] != ("HEAD", "/v1/stream/{id}")])
def test_Any_WhenTheBodyIsTooLarge_Gives413(plain, method, target, listener):
    request = request_of(plain, method, target, {"Content-Length": "99999999"})
    reply = refused(plain, request, method, 413, "body_too_large", listener == "admin")
    if method != "HEAD":
        assert reply.json()["limit"] == (8_388_608 if target == "/v1/ticks" else 65_536)


# contract: SET-46 ERR-19 LIM-9
def test_Any_WhenBegunAndUnfinished_Gives408AndCloses(plain):
    """All at once, for the time's sake."""
    waiting = []
    for method, target, listener in EVERY:
        connection = plain.connect(listener == "admin")
        request = request_of(plain, method, target)
        connection.send(request[:request.index(b"Host:") + 8])
        waiting.append((connection, method))
    for connection, method in waiting:
        with connection:
            reply = connection.receive(head_only=method == "HEAD")
            assert reply.status == 408, (method, reply)
            assert connection.at_end()


# contract: REQ-2
@pytest.mark.parametrize("method,target", [each for each in PUBLIC + ADMIN if each[0] == "HEAD"])
def test_Head_WhereGetIs_AnswersTheSame(plain, method, target):
    admin = (method, target) in ADMIN
    target = target.replace("{id}", plain.session_id)
    with plain.connect(admin) as connection:
        connection.send(request_bytes("HEAD", target) + request_bytes("GET", target))
        head, get = connection.receive(head_only=True), connection.receive()
    assert head.status == get.status
    if not target.startswith(("/metrics", "/v1/quotes")):  # these might have changed meanwhile
        assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize("target,status", [
    ("/v1/sessions/nobody", 404), ("/v1/stream/nobody", 404), ("/v1/quotes", 400),
    ("/v1/quotes?tickers=A%20B", 422), ("/nope", 404)])
def test_Head_WhenRefused_HasTheStatusAlone(plain, target, status):
    assert plain.request("HEAD", target).status == status


def test_Head_OfAStreamWithAHandshake_IsNoUpgrade(plain):
    """RFC 6455, 4.1: the method is GET."""
    request = handshake(plain.session_id).replace(b"GET", b"HEAD", 1)
    refused(plain, request, "HEAD", 400, "", at_end=True)
