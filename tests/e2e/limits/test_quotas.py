"""Connections, sessions and requests: of the process and of each client address."""
import json
import socket
import time

import pytest

from support.harness import (SLACK, HttpSocket, eventually, hits, once_admitted, problem,
                             request_bytes)
from support.wsclient import TEXT, WebSocket, handshake

TICKERS = request_bytes("GET", "/v1/tickers")
ONE, TWO = "127.0.0.2", "127.0.0.3"


def served(connection):
    """Asks once on a connection that is to stay."""
    connection.send(TICKERS)
    return connection.receive().status == 200


def refused(connection, status, code, limit):
    """Asks, and has to be refused for the number of connections."""
    connection.send(request_bytes("POST", "/v1/sessions", {"tickers": ["AAPL"]}))
    reply = connection.receive()
    assert problem(reply, status, code)["limit"] == limit
    assert reply.headers["connection"] == "close"
    assert int(reply.headers["retry-after"]) >= 1
    assert connection.at_end()
    return True


def create(server, source, tickers=("AAPL",)):
    with server.connect(source=source) as connection:
        connection.send(request_bytes("POST", "/v1/sessions", {"tickers": list(tickers)}))
        return connection.receive()


# contract: SET-28 LIM-1
@pytest.mark.parametrize("threads", [1, 3])
def test_MaxConnections_AtTheLimitServesAndAboveItRefuses(start, threads):
    server = start("--feed", "push", "--max-connections", 3, "--threads", threads)
    opened = [server.connect() for _ in range(3)]
    assert all(served(connection) for connection in opened)
    for count in (1, 2):
        with server.connect() as connection:
            refused(connection, 503, "at_capacity", 3)
        assert hits(server, "max-connections") == count
    assert served(opened[0]), "a served client stays served"
    assert server.metric("tickcast_sessions_created_total") == 0
    opened.pop().socket.close()

    def is_served():
        with server.connect() as connection:
            return served(connection)
    eventually(is_served)


# contract: LIM-1
def test_MaxConnections_CountsStreamsUntilTheyEnd(start):
    server = start("--feed", "push", "--max-connections", 2)
    sessions = server.create_all(2, "AAPL")
    opened = [once_admitted(lambda: WebSocket(server, session)) for session in sessions]
    for each in opened:
        each.snapshot()
    with server.connect() as connection:
        refused(connection, 503, "at_capacity", 2)
    again = WebSocket(server, sessions[0])
    problem(again.refused, 503, "at_capacity")
    opened[0].close()
    assert opened[0].closed() == 1000
    once_admitted(lambda: WebSocket(server, sessions[0])).snapshot()


# contract: LIM-2
def test_MaxConnections_WhenRefusedAreMany_TheyAreBoundedAndShortLived(start):
    server = start("--feed", "push", "--max-connections", 1, "--threads", 1)
    first = server.connect()
    assert served(first)
    waiting = [server.connect() for _ in range(256)]
    eventually(lambda: hits(server, "max-connections") == 256)
    late = [server.connect() for _ in range(20)]
    assert all(connection.at_end() for connection in waiting[:20]), "the oldest give way"
    assert hits(server, "max-connections") == 276
    assert server.metric("process_open_fds") < 256 + 60
    del waiting[:20]
    refused(late[0], 503, "at_capacity", 1)
    refused(waiting.pop(), 503, "at_capacity", 1)
    began = time.monotonic()
    half = waiting.pop()
    half.send(TICKERS[:-5])
    problem(half.receive(), 503, "at_capacity")  # not a 408: any request would be refused
    assert all(connection.at_end() for connection in waiting)
    assert time.monotonic() - began < 4 * SLACK
    eventually(lambda: server.metric("process_open_fds") < 60)
    with server.connect() as connection:
        refused(connection, 503, "at_capacity", 1)
    assert served(first)


# contract: SET-30 LIM-3
def test_MaxConnectionsPerAddress_IsOfEachAddress(start):
    server = start("--feed", "push", "--max-connections-per-address", 2)
    ones = [server.connect(source=ONE) for _ in range(2)]
    assert all(served(connection) for connection in ones)
    with server.connect(source=ONE) as connection:
        refused(connection, 429, "too_many_connections", 2)
    assert hits(server, "max-connections-per-address") == 1
    assert hits(server, "max-connections") == 0
    twos = [server.connect(source=TWO) for _ in range(2)]
    assert all(served(connection) for connection in twos)
    ones.pop().socket.close()

    def is_served():
        with server.connect(source=ONE) as connection:
            return served(connection)
    eventually(is_served)


def test_MaxConnectionsPerAddress_OnAnIpv6Listener_TellsIpv4ClientsApart(start):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"no IPv6 on this machine: {error}")
    server = start("--feed", "push", "--max-connections-per-address", 1,
                   listen=("--listen", "[::]:0", "--admin-listen", "127.0.0.1:0"))
    at = ("127.0.0.1", server.public[1])
    one = HttpSocket(at, source=ONE)
    assert served(one)
    assert served(HttpSocket(at, source=TWO))
    with HttpSocket(at, source=ONE) as connection:
        refused(connection, 429, "too_many_connections", 1)


# contract: SET-29 LIM-5
@pytest.mark.parametrize("count", [1, 2, 3])
def test_MaxSessionsPerAddress(start, count):
    server = start("--feed", "push", "--max-sessions-per-address", 2)
    replies = [create(server, ONE) for _ in range(count)]
    assert [reply.status for reply in replies] == [201, 201, 429][:count]
    if count == 3:
        assert problem(replies[2], 429, "too_many_sessions")["limit"] == 2
        assert int(replies[2].headers["retry-after"]) >= 1
        assert create(server, TWO).status == 201
    assert hits(server, "max-sessions-per-address") == max(0, count - 2)


def test_MaxSessionsPerAddress_WhatIsRefusedTakesNoPlace(start):
    server = start("--feed", "sim?tickers=5&rate=1", "--max-sessions-per-address", 1)
    for _ in range(3):
        problem(create(server, ONE, ["NOSUCH"]), 422, "unknown_ticker")
        problem(create(server, ONE, []), 422, "empty_tickers")
    assert create(server, ONE).status == 201


def deleted(server, session, socket):
    assert server.request("DELETE", "/v1/sessions/" + session).status == 204
    assert socket.closed() == 4000


def left(server, session, socket):
    socket.close()
    assert socket.closed() == 1000


def flooding(server, session, socket):
    for _ in range(12):
        socket.send(TEXT, json.dumps({"op": "ping"}))
    assert socket.closed() == 1008


def grown_old(server, session, socket):
    assert socket.closed(6) == 4002


# contract: SET-29 API-16
@pytest.mark.parametrize("end, flags", [
    (deleted, ()), (left, ("--detached-seconds", 0.3)),
    (flooding, ("--max-messages-per-second", 2)), (grown_old, ("--max-session-age-seconds", 0.7))])
def test_MaxSessionsPerAddress_HoweverAStreamedSessionEnds_ItsPlaceIsFree(start, stream, end,
                                                                         flags):
    server = start("--feed", "push", "--max-sessions-per-address", 1, *flags)
    session = create(server, ONE).json()["session_id"]
    opened = stream(server, session)
    opened.snapshot()
    problem(create(server, ONE), 429, "too_many_sessions")
    end(server, session, opened)
    eventually(lambda: create(server, ONE).status == 201)


def test_MaxSessionsPerAddress_WhenAPendingSessionExpires_ItsPlaceIsFree(start):
    server = start("--feed", "push", "--max-sessions-per-address", 1, "--pending-seconds", 0.4)
    assert create(server, ONE).status == 201
    problem(create(server, ONE), 429, "too_many_sessions")
    eventually(lambda: create(server, ONE).status == 201)


def ask_at_once(connection, count):
    """Pipelined: the statuses."""
    connection.send(TICKERS * count)
    return [connection.receive().status for _ in range(count)]


# contract: SET-31 LIM-6
def test_MaxRequestsPerSecond_HasABurstOfOneSecondsWorth(start):
    rate = 50
    server = start("--feed", "push", "--max-requests-per-second-per-address", rate)
    with server.connect(source=ONE) as connection:
        assert ask_at_once(connection, rate) == [200] * rate
        began = time.monotonic()
        statuses = ask_at_once(connection, 2 * rate)
        refilled = (time.monotonic() - began) * rate + 2
        assert 2 * rate - refilled <= statuses.count(429) < 2 * rate + 1
        assert set(statuses) <= {200, 429}
        assert hits(server, "max-requests-per-second-per-address") == statuses.count(429)
        time.sleep(1.1)  # the bucket's own time
        assert ask_at_once(connection, rate) == [200] * rate, "the connection lives on"


# contract: SET-31
def test_MaxRequestsPerSecond_IsOfAnAddressOverItsConnections(start):
    server = start("--feed", "push", "--max-requests-per-second-per-address", 4)
    for _ in range(4):
        with server.connect(source=ONE) as connection:
            assert served(connection)
    with server.connect(source=ONE) as connection:
        connection.send(TICKERS)
        reply = connection.receive()
    assert problem(reply, 429, "rate_limited")["limit"] == 4
    assert reply.headers["retry-after"] == "1"
    assert reply.headers["access-control-allow-origin"] == "*"
    with server.connect(source=TWO) as connection:
        assert served(connection)


def test_MaxRequestsPerSecond_CountsUpgradesAndBodies(start):
    server = start("--feed", "push", "--max-requests-per-second-per-address", 2)
    session = create(server, ONE).json()["session_id"]
    assert create(server, ONE).status == 201
    with server.connect(source=ONE) as connection:
        connection.send(handshake(session))
        problem(connection.receive(), 429, "rate_limited")
        connection.send(request_bytes("POST", "/v1/sessions", {"tickers": ["AAPL"]}))
        problem(connection.receive(), 429, "rate_limited")
    assert server.metric("tickcast_sessions_created_total") == 2
    assert server.get("/v1/sessions/" + session).json()["state"] == "pending"


def test_MaxRequestsPerSecond_WhenABodyIsAnnounced_RefusesBeforeItComes(start):
    server = start("--feed", "push", "--max-requests-per-second-per-address", 1)
    with server.connect(source=ONE) as connection:
        assert served(connection)
        head = request_bytes("POST", "/v1/sessions", b"", {"Content-Length": "20",
                                                           "Expect": "100-continue"})
        connection.send(head)
        problem(connection.receive(), 429, "rate_limited")
        assert connection.at_end()


# contract: LIM-1
def test_Quotas_DoNotHoldOnTheAdminListener(start):
    server = start("--feed", "push", "--max-connections", 1, "--max-connections-per-address", 1,
                   "--max-requests-per-second-per-address", 1)
    held = [server.connect(admin=True) for _ in range(5)]
    for connection in held:
        for _ in range(3):
            connection.send(request_bytes("GET", "/livez"))
            assert connection.receive().status == 200


def test_RequestTimeout_IsCounted(start):
    server = start("--feed", "push", "--request-timeout-seconds", 0.2)
    for admin in (False, True):
        with server.connect(admin) as connection:
            connection.send(TICKERS[:-5])
            problem(connection.receive(), 408, "request_timeout")
    assert hits(server, "request-timeout-seconds") == 2
