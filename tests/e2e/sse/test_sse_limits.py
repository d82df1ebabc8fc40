"""Server-Sent Events where they are refused, or end: the same reasons as a WebSocket's."""
import ctypes
import signal
import socket
import struct
import time

import pytest

from support.every_operation import server_with_session
from support.harness import OVER_TLS, SLACK, eventually, hits, once_admitted, problem
from support.pouring import POURING, tickers_of
from support.sseclient import EventSource

ORIGIN = "https://friend.example"


# Before the stream.
# contract: STR-2
@pytest.mark.parametrize("accept", [None, "*/*", "text/*", "text/event-stream;q=0", "application/json", ""])
def test_Refused_WhenNotAskedFor_Gives426(push, accept):
    refused = EventSource(push, push.create("RA"), Accept=accept).refused
    assert "text/event-stream" in problem(refused, 426, "upgrade_required")["detail"]


# contract: STR-3
def test_Refused_WhenThereIsNoSuchSession_Gives404(push):
    problem(EventSource(push, "A" * 22).refused, 404, "no_such_session")


@pytest.fixture(scope="module")
def narrowed():
    yield from server_with_session("--allow-origin", ORIGIN)


# contract: STR-3
def test_Refused_WhenTheOriginIsNotOnTheList_Gives403(narrowed):
    problem(EventSource(narrowed, narrowed.session_id, Origin="https://foe.example").refused, 403, "origin_not_allowed")


def test_Cors_ThePageThatMayAskIsNamed(narrowed, push, events):
    head = events(narrowed, narrowed.session_id, Origin=ORIGIN).head
    assert head.headers["access-control-allow-origin"] == ORIGIN
    assert "origin" in head.headers["vary"].lower()
    assert events(push, push.create("RO"), Origin=ORIGIN).head.headers["access-control-allow-origin"] == "*"


# contract: STR-3
def test_Refused_WhenAskedTooOften_Gives429(start):
    server = start("--feed", "push", "--max-requests-per-second-per-address", 2)
    session_id = server.create("A")
    refused = eventually(lambda: EventSource(server, session_id).refused)
    problem(refused, 429, "rate_limited")
    assert int(refused.headers["retry-after"]) > 0


# contract: STR-3
def test_Refused_WhenThereAreTooManyConnections_AndAStreamIsOne(start):
    server = start("--feed", "push", "--max-connections", 2)
    ids = server.create_all(2, "A")
    one, two = (once_admitted(lambda: EventSource(server, each)) for each in ids)
    problem(EventSource(server, "A" * 22).refused, 503, "at_capacity")
    one.leave()
    eventually(lambda: EventSource(server, "A" * 22).refused.status == 404)
    two.snapshot()


# contract: STR-3
def test_Refused_WhileDraining_Gives503(start, events):
    server = start("--feed", "push", "--drain-delay-seconds", 1, "--drain-seconds", 0)
    source, pending = events(server, server.create("A")), server.create("B")
    source.snapshot()
    server.process.send_signal(signal.SIGTERM)
    eventually(lambda: server.get("/readyz", admin=True).status == 503)
    problem(EventSource(server, pending).refused, 503, "draining")
    assert source.closed() == 1001


# Bytes behind the request.
LIMIT = 1000


@pytest.fixture(scope="module")
def strict():
    yield from server_with_session("--max-message-bytes", LIMIT, "--pending-seconds", 600, "--heartbeat-seconds", 0.2)


# contract: SSE-3 SSE-11
@pytest.mark.parametrize("behind", ["with the request", "later", "byte by byte"])
@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT])
def test_Flooding_UpToTheLimit_IsPassedOver(strict, events, size, behind):
    before = hits(strict, "max-message-bytes")
    source = send(strict, events, size, behind)
    for _ in range(2):
        source.message(type="heartbeat")
    assert hits(strict, "max-message-bytes") == before


# contract: SSE-11
@pytest.mark.parametrize("behind", ["with the request", "later", "byte by byte"])
def test_Flooding_OnePastTheLimit_EndsStreamAndSession(strict, events, behind):
    before = hits(strict, "max-message-bytes")
    source = send(strict, events, LIMIT + 1, behind)
    assert source.closed() == 1008
    assert source.goodbye["limit"] == LIMIT and "max-message-bytes" in source.goodbye["detail"]
    assert hits(strict, "max-message-bytes") == before + 1
    assert EventSource(strict, source.id.split(".")[0], source.id).refused.status == 404


def send(server, events, size, behind):
    if behind == "with the request":
        return events(server, server.create("AAPL"), after=b"x" * size)
    source = events(server, server.create("AAPL"))
    for _ in range(size if behind == "byte by byte" else 1):
        source.socket.sendall(b"x" if behind == "byte by byte" else b"x" * size)
    return source


# contract: SSE-11
def test_Flooding_WithoutEnd_IsCutAllTheSame(strict, events):
    source = events(strict, strict.create("AAPL"))
    began = time.monotonic()
    source.socket.settimeout(10)
    with pytest.raises(OSError):
        while time.monotonic() - began < 20 * SLACK:
            source.socket.sendall(b"x" * 65_536)
    assert time.monotonic() - began <= 5 + 3 * SLACK
    eventually(lambda: strict.metrics()['tickcast_connections{transport="sse"}'] == 0)


# The end.
# contract: SSE-2
def test_Age_EndsStreamAndSession(start, events):
    server = start("--feed", "push", "--max-session-age-seconds", 1)
    source = events(server, server.create("A"))
    assert source.closed() == 4002
    assert source.goodbye["limit"] == 1 and "reconnect_in_ms" in source.goodbye
    assert server.metrics()['tickcast_sessions_ended_total{reason="too_old"}'] == 1


# contract: SSE-2 SSE-10
def test_Drain_IsEvenAndEachBodyEndsBehindItsGoodbye(start, events):
    seconds, clients = 2, 40
    server = start("--feed", "sim?tickers=20&rate=20", "--threads", 2, "--drain-seconds", seconds)
    sources = [events(server, server.create("AAPL")) for _ in range(clients)]
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    hints = set()
    for source in sorted(sources, key=lambda source: source.socket.fileno()):
        while source.goodbye is None:
            source.message()
        hints.add(source.goodbye["reconnect_in_ms"])
    left = [source for source in sources if source.closed() != 1001]
    assert not left and len(hints) > clients / 2
    assert server.process.wait(5 * SLACK) == 0
    assert seconds * 0.8 <= time.monotonic() - began <= seconds + 2 * SLACK


# contract: SSE-2
def test_Drain_WhenAClientKeepsItsEnd_EndsWithinASecondAndTheExitIs0(start, events):
    server = start("--feed", "push", "--drain-seconds", 0.2)
    source = events(server, server.create("A"))
    source.snapshot()
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    while source.goodbye is None:
        source.message()
    assert server.process.wait(8 * SLACK) == 0
    assert 0.9 <= time.monotonic() - began <= 0.2 + 2 * SLACK  # its socket can linger for one


# contract: SSE-2
def test_Slow_WhenNoByteIsTaken_Gets4003AndComesBack(start, events):
    slow = 2
    server = start(*POURING, "--slow-client-seconds", slow)
    session_id = server.create(*tickers_of(server))
    began = time.monotonic()
    source = events(server, session_id, receive_buffer=4096)
    eventually(lambda: server.metric("tickcast_slow_clients") == 1, 10)
    eventually(lambda: hits(server, "slow-client-seconds") == 1, 10)
    assert time.monotonic() - began >= slow
    newest = {}
    while (message := source.message())["type"] != "goodbye":  # the events under way, whole
        for tick in message.get("ticks", ()):
            assert tick["n"] > newest.get(tick["s"], 0)
            newest[tick["s"]] = tick["n"]
    assert source.closed() == 4003
    assert message["limit"] == slow
    eventually(lambda: server.metrics()['tickcast_stream_closes_total{code="4003"}'] == 1)
    assert server.metric("tickcast_slow_clients") == 0
    again = events(server, session_id, source.id).snapshot()
    assert all(quote["n"] >= newest.get(quote["s"], 0) for quote in again["quotes"])


# contract: SSE-2
def test_Slow_WhenTheGoodbyeIsNotTaken_IsResetAfterFiveSeconds(start, events):
    server = start(*POURING, "--slow-client-seconds", 1)
    source = events(server, server.create(*tickers_of(server)), receive_buffer=4096)
    eventually(lambda: hits(server, "slow-client-seconds") == 1, 10)
    began = time.monotonic()
    eventually(lambda: server.metric("tickcast_connections") == 0, 10)
    assert 4 <= time.monotonic() - began <= 5 + 2 * SLACK
    assert server.metrics()['tickcast_stream_closes_total{code="4003"}'] == 1
    with pytest.raises((ConnectionResetError, EOFError)):
        while source.message()["type"] != "goodbye":
            pass
        raise AssertionError("the goodbye got through")


# A peer that is dead: its kernel says nothing any more.
SO_ATTACH_FILTER = 26


def play_dead(source):
    """A socket filter that drops all that comes in, so that nothing is acknowledged (BPF: ret
    #0)."""
    drop = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    program = struct.pack("HP", 1, ctypes.addressof(drop))
    plain = source.socket.plain if OVER_TLS else source.socket
    plain.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


# contract: SSE-12
@pytest.mark.parametrize("feed", ["push", "sim?tickers=1&rate=100"], ids=["quiet", "ticking"])
def test_Peer_WhenDead_IsResetAndTheSessionWaits(start, events, feed):
    server = start("--feed", feed, "--heartbeat-seconds", 0.3, "--peer-timeout-seconds", 1.5)
    ticker = "A" if feed == "push" else tickers_of(server)[0]
    session_id = server.create(ticker)
    source = events(server, session_id)
    source.snapshot()
    time.sleep(2)  # alive and silent: no fault of its own
    assert hits(server, "peer-timeout-seconds") == 0
    play_dead(source)
    began = time.monotonic()
    eventually(lambda: server.metric("tickcast_connections") == 0, 10)
    assert 1.2 <= time.monotonic() - began <= 4 * SLACK
    assert hits(server, "peer-timeout-seconds") == 1
    assert server.metrics()['tickcast_stream_closes_total{code="1006"}'] == 1
    assert server.get("/v1/sessions/" + session_id).json()["state"] == "detached"


# contract: SSE-12
def test_Peer_WhenDeadAndNothingIsSent_TheKernelAsks(start, events):
    """Neither tick nor heartbeat: TCP's keep-alive, every --ping-seconds (whole ones)."""
    server = start("--feed", "push", "--heartbeat-seconds", 600, "--ping-seconds", 1, "--peer-timeout-seconds", 2)
    source = events(server, server.create("A"))
    source.snapshot()
    time.sleep(3)
    assert server.metric("tickcast_connections") == 1
    play_dead(source)
    eventually(lambda: server.metric("tickcast_connections") == 0, 12)
    assert hits(server, "peer-timeout-seconds") == 1
