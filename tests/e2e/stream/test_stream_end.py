"""A stream has ended with its closing handshake: the client's TCP can stay open, which concerns
only its socket."""
import signal
import time

import pytest

from support.harness import SLACK, eventually, once_admitted, request_bytes
from support.sseclient import EventSource
from support.wsclient import CLOSE, CONTINUATION, TEXT, WebSocket

AT_ONCE = 1.5  # s; the socket itself can linger for 5


def state(server, session_id):
    reply = server.get("/v1/sessions/" + session_id)
    return reply.json()["state"] if reply.status == 200 else reply.status


def closes(server, code):
    return server.metrics()[f'tickcast_stream_closes_total{{code="{code}"}}']


def has_ended(server, session_id, code, before, wanted="detached"):
    """All that knows of a stream: session, connections, subscriptions, closes. And the socket is
    there all the same."""
    began = time.monotonic()
    eventually(lambda: state(server, session_id) == wanted, AT_ONCE)
    eventually(lambda: (server.metric("tickcast_connections"), server.metric("tickcast_subscriptions")) == (0, 0),
               AT_ONCE)
    eventually(lambda: closes(server, code) == before + 1, AT_ONCE)
    assert time.monotonic() - began < AT_ONCE * SLACK


def read_close(socket):
    while (frame := socket.receive_frame())[0] != CLOSE:
        pass
    return frame[1]


def end_by(how, server, socket, session_id):
    """Ends the stream; gives the code it counts as, and the session's state after it."""
    if how == "client":
        socket.close(1001)
        read_close(socket)
        return 1000, "detached"
    if how == "bad utf8":
        socket.send(TEXT, b"\xff")
        assert read_close(socket) == b"\x03\xef"
        return 1007, "detached"
    if how == "bad utf8 at the end":
        socket.send(TEXT, b"\xe2\x82", fin=False)
        socket.send(CONTINUATION, b"")
        assert read_close(socket) == b"\x03\xef"
        return 1007, "detached"
    if how == "delete":
        assert server.request("DELETE", "/v1/sessions/" + session_id).status == 204
        socket.send(CLOSE, read_close(socket))
        return 4000, 404
    socket.send(2, b"binary")
    socket.send(CLOSE, read_close(socket))
    return 1003, "detached"


@pytest.fixture(scope="module")
def server():
    from support.harness import shared
    yield from shared("--feed", "push", "--stale-seconds", 3600)


# contract: END-6 END-10
@pytest.mark.parametrize("how", ["client", "bad utf8", "bad utf8 at the end", "delete", "binary"])
def test_WebSocket_WhenTheHandshakeIsComplete_HasEndedThoughTcpIsOpen(server, how):
    session_id = server.create("END")
    socket = WebSocket(server, session_id)
    socket.snapshot()
    counted = {code: closes(server, code) for code in (1000, 1003, 1007, 4000)}
    code, after = end_by(how, server, socket, session_id)
    has_ended(server, session_id, code, counted[code], after)
    assert closes(server, code) == counted[code] + 1
    socket.socket.close()


# contract: END-6
def test_WebSocket_WhenDisplaced_HasEndedWithItsAnswer(server):
    session_id = server.create("END")
    old = WebSocket(server, session_id)
    old.snapshot()
    before = closes(server, 4001)
    with WebSocket(server, session_id) as new:
        new.snapshot()
        old.send(CLOSE, read_close(old))
        eventually(lambda: server.metric("tickcast_connections") == 1, AT_ONCE)
        assert closes(server, 4001) == before + 1
        assert state(server, session_id) == "streaming"
        server.push({"s": "END", "p": 1})
        assert new.ticks()
    old.socket.close()
    eventually(lambda: server.metric("tickcast_connections") == 0)


# contract: END-6
def test_WebSocket_WhenItHasEnded_IsNoMoreAndCanBeMadeAgain(server):
    """An ended stream follows nothing: a PATCH must not subscribe it again."""
    session_id = server.create("END")
    socket = WebSocket(server, session_id)
    socket.snapshot()
    socket.close()
    read_close(socket)
    eventually(lambda: state(server, session_id) == "detached", AT_ONCE)
    assert server.request("PATCH", "/v1/sessions/" + session_id, {"add": ["MORE"]}).status == 200
    assert server.metric("tickcast_subscriptions") == 0
    with WebSocket(server, session_id) as again:
        assert again.snapshot()["tickers"] == ["END", "MORE"]
    socket.socket.close()


# contract: END-6
def test_WebSocket_WhenOurCloseIsUnanswered_HasNotEnded(server):
    session_id = server.create("END")
    socket = WebSocket(server, session_id)
    socket.snapshot()
    socket.send(2, b"binary")
    read_close(socket)
    time.sleep(0.3)
    assert state(server, session_id) == "streaming"
    assert server.metric("tickcast_connections") == 1
    socket.socket.close()
    eventually(lambda: state(server, session_id) == "detached")


# contract: END-6
@pytest.mark.parametrize("how", ["delete", "takeover"])
def test_Events_WhenTheGoodbyeIsOut_HaveEndedThoughTcpIsOpen(server, how):
    session_id = server.create("END")
    source = EventSource(server, session_id)
    source.snapshot()
    code = 4000 if how == "delete" else 4001
    before = closes(server, code)
    if how == "delete":
        assert server.request("DELETE", "/v1/sessions/" + session_id).status == 204
        has_ended(server, session_id, code, before, 404)
    else:
        with EventSource(server, session_id) as new:
            new.snapshot()
            eventually(lambda: closes(server, code) == before + 1, AT_ONCE)
            assert server.metric("tickcast_connections") == 1
    assert source.message()["type"] == "goodbye"
    assert source.http.at_end()
    source.socket.close()
    eventually(lambda: server.metric("tickcast_connections") == 0)


# contract: LIM-1 END-7
def test_MaxConnections_WhenStreamsHaveEnded_CountsTheirOpenSockets(start):
    """Slots are sockets."""
    server = start("--feed", "push", "--max-connections", 6)
    sockets = []
    for session_id in server.create_all(6, "END"):
        sockets.append(once_admitted(lambda: WebSocket(server, session_id)))
        sockets[-1].snapshot()
        sockets[-1].close()
        read_close(sockets[-1])
    eventually(lambda: server.metric("tickcast_connections") == 0, AT_ONCE)
    assert server.get("/v1/tickers").status == 503
    for socket in sockets:
        socket.socket.close()
    eventually(lambda: server.get("/v1/tickers").status == 200)


# contract: END-7
def test_Linger_WhenTheClientNeverClosesItsTcp_EndsByItself(start):
    server = start("--feed", "push", "--max-connections", 1)
    with server.connect() as only:
        only.send(request_bytes("POST", "/v1/sessions", {"tickers": ["END"]}))
        session_id = only.receive().json()["session_id"]
        with WebSocket(server, session_id, http=only) as socket:
            socket.snapshot()
            socket.close()
            read_close(socket)
            began = time.monotonic()
            eventually(lambda: server.get("/v1/tickers").status == 200, 7)
            assert 4 < time.monotonic() - began


# contract: END-7
@pytest.mark.parametrize("kind", [WebSocket, EventSource])
def test_Drain_WhenClientsAnswerAndKeepTheirTcp_EndsWithinASecond(start, kind):
    server = start("--feed", "push", "--drain-seconds", "0.2")
    sockets = [kind(server, server.create("END")) for _ in range(5)]
    for socket in sockets:
        socket.snapshot()
    server.process.send_signal(signal.SIGTERM)
    for socket in sockets:
        if kind is WebSocket:
            socket.send(CLOSE, read_close(socket))
        else:
            assert socket.message()["type"] == "goodbye"
    began = time.monotonic()
    assert server.process.wait(5 * SLACK) == 0
    assert time.monotonic() - began < 1.5 * SLACK
    for socket in sockets:  # an orderly end, not a RST
        assert socket.socket.recv(1) == b""
        socket.socket.close()


# contract: END-7
def test_Drain_WhenClientsCloseTheirTcpToo_WaitsForNothing(start):
    server = start("--feed", "push", "--drain-seconds", "0.2")
    socket = WebSocket(server, server.create("END"))
    socket.snapshot()
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert socket.closed() == 1001
    assert server.process.wait(5 * SLACK) == 0
    assert time.monotonic() - began < 0.9 * SLACK
