"""Refusals of the public listener that do not depend on the request: by origin, by rate, by
connections."""
import pytest

from support.every_operation import PUBLIC, refused, request_of, server_with_session
from support.harness import Server, eventually, problem, request_bytes

# Balancers' requests are answered all the same: test_health.py.
LIMITED = [each for each in PUBLIC if each[1] not in ("/readyz", "/livez")]
ORIGIN, OTHER = "https://friend.example", "http://other.example:8000"


@pytest.fixture(scope="module")
def narrowed():
    yield from server_with_session("--allow-origin", ORIGIN, "--allow-origin", OTHER)


# contract: API-24 API-25 API-27 ERR-14 STR-3
@pytest.mark.parametrize("method,target", PUBLIC)
def test_Any_WhenTheOriginIsNotOnTheList_Gives403(narrowed, method, target):
    for origin in ("https://foe.example", ORIGIN + ".foe.example", ORIGIN + ":444", "http://other.example",
                   "http://friend.example", "null"):
        request = request_of(narrowed, method, target, {"Origin": origin})
        reply = refused(narrowed, request, method, 403, "origin_not_allowed")
        assert reply.headers.get("access-control-allow-origin") in (None, ORIGIN)


# contract: API-24
@pytest.mark.parametrize("origin", [ORIGIN, OTHER])
@pytest.mark.parametrize("method,target", [each for each in PUBLIC if each[0] != "DELETE"])
def test_Any_WhenTheOriginIsOnTheList_Passes(narrowed, method, target, origin):
    headers = {"Origin": origin}
    if method == "OPTIONS":
        headers["Access-Control-Request-Method"] = "GET"
    with narrowed.connect() as connection:
        connection.send(request_of(narrowed, method, target, headers))
        reply = connection.receive(head_only=method == "HEAD")
    assert reply.status in (101, 200, 201, 204, 426), reply
    if reply.status != 101:
        assert reply.headers["access-control-allow-origin"] == origin
        assert "origin" in reply.headers["vary"].lower()


# contract: API-26
@pytest.mark.parametrize("origin", [None, "http://localhost", "https://localhost:80"])
def test_Any_WhenThereIsNoOriginOrItIsOurOwn_Passes(narrowed, origin):
    host = "localhost:80" if origin and origin.endswith(":80") else "localhost"
    reply = narrowed.get("/v1/tickers", headers={"Origin": origin, "Host": host})
    assert reply.status == 200


@pytest.fixture(scope="module")
def rated():
    yield from server_with_session("--max-requests-per-second-per-address", "2")


# contract: ERR-6 ERR-28 STR-3
@pytest.mark.parametrize("method,target", LIMITED)
def test_Any_WhenAskedTooOften_Gives429(rated, method, target):
    """A burst of two is allowed, and other tests might have used it."""
    if method == "DELETE":
        target = "/v1/sessions/nobody"
    request = request_of(rated, method, target)
    statuses = []
    for _ in range(4):
        with rated.connect() as connection:
            connection.send(request)
            reply = connection.receive(head_only=method == "HEAD")
            statuses.append(reply.status)
            if reply.status == 429:
                assert int(reply.headers["retry-after"]) >= 1
                if method != "HEAD":
                    assert problem(reply, 429, "rate_limited")["limit"] == 2
    assert 429 in statuses


def _full(flag):
    """A server whose one connection is taken."""
    server = Server("--feed", "sim?tickers=20&rate=20", flag, "1")
    server.session_id = server.create("AAPL")
    with eventually(lambda: _served(server)):
        yield server
    server.stop()


def _served(server):
    """A connection, or None while the one before it is still closing."""
    holder = server.connect()
    holder.send(request_bytes("GET", "/v1/tickers"))
    return holder if holder.receive().status == 200 else None


@pytest.fixture(scope="module")
def full():
    yield from _full("--max-connections")


@pytest.fixture(scope="module")
def full_for_the_address():
    yield from _full("--max-connections-per-address")


# contract: LIM-2
@pytest.mark.parametrize("method,target", LIMITED)
def test_Any_WhenThereAreTooManyConnections_Gives503AndCloses(full, method, target):
    reply = refused(full, request_of(full, method, target), method, 503, "at_capacity", at_end=True)
    assert int(reply.headers["retry-after"]) >= 1


# contract: ERR-30 LIM-3
@pytest.mark.parametrize("method,target", LIMITED)
def test_Any_WhenTheAddressHasTooManyConnections_Gives429AndCloses(full_for_the_address, method, target):
    reply = refused(full_for_the_address, request_of(full_for_the_address, method, target), method, 429,
                    "too_many_connections", at_end=True)
    assert int(reply.headers["retry-after"]) >= 1
    if method != "HEAD":
        assert reply.json()["limit"] == 1
