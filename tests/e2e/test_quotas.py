"""Quotas of sessions, connections and requests, for all and for each address: below, at, above, and freed again."""
import time

import pytest

from harness import Exited, Server, eventually, problem, request_bytes
from wsclient import WebSocket

OTHER = "127.0.0.2"


def hits(server, limit):
    return server.metrics()[f'tickcast_limit_hits_total{{limit="{limit}"}}']


def create(server, **options):
    return server.request("POST", "/v1/sessions", {"tickers": ["A"]}, **options)


def retry_after(reply):
    return int(reply.headers["retry-after"])


@pytest.mark.parametrize("flag,status,code", [("max-sessions", 503, "at_capacity"),
                                              ("max-sessions-per-address", 429, "too_many_sessions")])
def test_Sessions_OnePastTheLimitIsRefusedUntilOneEnds(start, stream, flag, status, code):
    server = start("--feed", "push", "--" + flag, 3, "--detached-seconds", 0.3)
    sessions = [create(server).json()["session_id"] for _ in range(3)]
    assert hits(server, flag) == 0
    refused = create(server)
    assert problem(refused, status, code)["limit"] == 3
    assert retry_after(refused) >= 1
    assert hits(server, flag) == 1
    assert server.metric("tickcast_sessions") == 3
    server.request("DELETE", "/v1/sessions/" + sessions[0])  # deleted
    sessions.append(create(server).json()["session_id"])
    assert create(server).status == status
    socket = stream(server, sessions[1])
    socket.snapshot()
    assert create(server).status == status, "a session that streams counts too"
    socket.reset()
    eventually(lambda: create(server).status == 201, 3)  # expired
    assert create(server).status == status


def test_SessionsPerAddress_OthersAreNotConcerned(start):
    server = start("--feed", "push", "--max-sessions-per-address", 1)
    assert create(server).status == 201
    problem(create(server), 429, "too_many_sessions")
    assert create(server, source=OTHER).status == 201
    problem(create(server, source=OTHER), 429, "too_many_sessions")


def test_SessionsPerAddress_AreFreedWhenTheyExpireUnused(start):
    server = start("--feed", "push", "--max-sessions-per-address", 1, "--pending-seconds", 0.3)
    assert create(server).status == 201
    problem(create(server), 429, "too_many_sessions")
    eventually(lambda: create(server).status == 201, 3)


def held(server, count, **options):
    """Connections that were served once, and so are counted."""
    connections = [server.connect(**options) for _ in range(count)]
    for connection in connections:
        connection.send(request_bytes("GET", "/v1/tickers"))
        assert connection.receive().status == 200
    return connections


@pytest.mark.parametrize("flag,status,code", [("max-connections", 503, "at_capacity"),
                                              ("max-connections-per-address", 429, "too_many_connections")])
def test_Connections_OnePastTheLimitIsRefusedUntilOneEnds(start, flag, status, code):
    server = start("--feed", "push", "--threads", 2, "--" + flag, 3)
    kept = held(server, 3)
    assert hits(server, flag) == 0
    with server.connect() as over:
        over.send(request_bytes("GET", "/v1/tickers"))
        refused = over.receive()
        problem(refused, status, code)
        assert retry_after(refused) >= 1
        assert over.at_end()
    assert hits(server, flag) == 1
    for connection in kept:  # those that were in stay in
        connection.send(request_bytes("GET", "/v1/tickers"))
        assert connection.receive().status == 200
    kept.pop().socket.close()
    eventually(lambda: server.get("/v1/tickers").status == 200)
    assert server.get("/livez", admin=True).status == 200  # the admin listener is another matter


def test_Connections_StreamsCountToo(start):
    server = start("--feed", "push", "--max-connections", 2)
    first, second = server.create("A"), server.create("A")
    eventually(lambda: WebSocket(server, first).refused is None)
    with WebSocket(server, first) as one, WebSocket(server, second) as two:
        one.snapshot()
        two.snapshot()
        refused = server.get("/v1/tickers")
        problem(refused, 503, "at_capacity")


def test_ConnectionsPerAddress_OthersAreNotConcerned(start):
    server = start("--feed", "push", "--threads", 2, "--max-connections-per-address", 2)
    held(server, 2)
    problem(server.get("/v1/tickers"), 429, "too_many_connections")
    held(server, 2, source=OTHER)
    problem(server.get("/v1/tickers", source=OTHER), 429, "too_many_connections")


def test_Requests_ABurstOfASecondsWorthThenTheRate(start):
    rate = 5
    server = start("--feed", "push", "--threads", 2, "--max-requests-per-second-per-address", rate)
    with server.connect() as connection:
        began = time.monotonic()
        connection.send(request_bytes("GET", "/v1/tickers") * 30)
        statuses = [connection.receive().status for _ in range(30)]
        grown = (time.monotonic() - began) * rate
    assert statuses[:rate] == [200] * rate
    assert rate <= statuses.count(200) <= rate + grown + 1
    assert set(statuses) == {200, 429}
    assert hits(server, "max-requests-per-second-per-address") == statuses.count(429)
    assert server.get("/v1/tickers", source=OTHER).status == 200
    refused = server.get("/v1/tickers")
    assert problem(refused, 429, "rate_limited")["limit"] == rate
    time.sleep(1.0 / rate + 0.05)
    assert server.get("/v1/tickers").status == 200  # one more each fifth of a second


def test_Requests_OtherConnectionsOfTheAddressCountToo(start):
    server = start("--feed", "push", "--threads", 2, "--max-requests-per-second-per-address", 3)
    statuses = [server.get("/v1/tickers").status for _ in range(12)]
    assert statuses[:3] == [200] * 3 and 429 in statuses


def test_Requests_TheAdminListenerHasNoRate(start):
    server = start("--feed", "push", "--max-requests-per-second-per-address", 1)
    assert {server.get("/livez", admin=True).status for _ in range(20)} == {200}


def test_KnownTickers_CountsThoseSubscribedToWhileTheyAre(start):
    server = start("--feed", "push", "--max-known-tickers", 3)
    server.push({"s": "A", "p": 1})
    session_id = server.create("B", "C")
    over = server.request("POST", "/v1/sessions", {"tickers": ["A", "D"]})
    assert problem(over, 422, "too_many_tickers")["limit"] == 3
    pushed = server.request("POST", "/v1/ticks", '[{"s":"A","p":2},{"s":"E","p":1}]',
                            {"Content-Type": "application/json"}, admin=True)
    assert problem(pushed, 422, "too_many_tickers")["limit"] == 3
    assert server.quotes("A")["A"]["n"] == 1, "nothing of that body is applied"
    assert hits(server, "max-known-tickers") == 2
    assert server.metrics()['tickcast_ticks_rejected_total{feed="push",reason="limit"}'] >= 1
    server.create("A", "B")  # known ones are no more
    server.request("DELETE", "/v1/sessions/" + session_id)
    eventually(lambda: server.request("POST", "/v1/sessions", {"tickers": ["D"]}).status == 201)
    assert server.get("/v1/tickers").json()["tickers"] == ["A"]


@pytest.mark.parametrize("flag", ["max-sessions-per-address", "max-connections-per-address",
                                  "max-requests-per-second-per-address"])
def test_Start_OnAllAddressesWithoutAnyLimitPerAddress_WarnsOnce(flag):
    listen = ("--listen", "0.0.0.0:0", "--admin-listen", "127.0.0.1:0")
    for flags, expected in (((), 1), (("--" + flag, 5), 0)):
        server = Server("--feed", "push", *flags, listen=listen)
        server.public = ("127.0.0.1", server.public[1])
        assert server.get("/v1/tickers").status == 200
        server.terminate()
        said = [line for line in server.standard_error().splitlines() if "per-address" in line
                and "warn" in line.lower()]
        assert len(said) == expected, server.standard_error()
        server.stop()


def test_Start_WhenALimitIsNoNumber_IsRefused():
    with pytest.raises(Exited):
        Server("--max-connections", "-1")
