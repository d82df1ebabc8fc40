"""/readyz and /livez of the public listener, for a balancer that sees this port alone."""

import signal
import time

import pytest

from support.harness import SLACK, HttpSocket, eventually, hits, problem, request_bytes
from support.stuck import stopped, thread_of

READY, LIVE = {"ready": True}, {"live": True}
DRAINING = {"ready": False, "reason": "draining"}


def ask(server, target, method="GET", source=None):
    """On a connection of its own: the answer, and whether that was the connection's end."""
    with server.connect(source=source) as connection:
        connection.send(request_bytes(method, target))
        reply = connection.receive(head_only=method == "HEAD")
        return reply, reply.headers.get("connection") == "close" and connection.at_end()


# contract: RUN-2 HLT-8 HLT-9
@pytest.mark.parametrize("target,body", [("/readyz", READY), ("/livez", LIVE)])
def test_Health_WhenAllIsWell_SaysSoAndNothingMore(push, target, body):
    reply, ended = ask(push, target)
    assert (reply.status, reply.json(), ended) == (200, body, False)
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["content-type"] == "application/json"
    head, _ = ask(push, target, "HEAD")
    assert head.status == 200
    assert head.headers["content-length"] == str(len(reply.body))
    assert push.request("OPTIONS", target).status == 204
    problem(push.request("POST", target, "{}"), 405, "method_not_allowed")
    assert push.get("/healthz").status == 404


# contract: HLT-8
def test_Ready_DuringTheDrainsDelay_Gives503(start):
    delay = 1.5
    server = start("--feed", "push", "--drain-delay-seconds", delay, "--drain-seconds", 0.3)
    kept = server.connect()
    kept.send(request_bytes("GET", "/readyz"))
    assert kept.receive().json() == READY
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    eventually(lambda: server.get("/readyz").status == 503, 0.5)
    while time.monotonic() - began < delay * 0.7:
        reply = server.get("/readyz")
        assert (reply.status, reply.json()) == (503, DRAINING)
        assert server.request("HEAD", "/readyz").status == 503
        assert server.get("/livez").json() == LIVE
        kept.send(request_bytes("GET", "/readyz"))
        assert kept.receive().json() == DRAINING
    assert server.process.wait(8 * SLACK) == 0


# contract: HLT-10
@pytest.mark.parametrize(
    "flag,status,code",
    [
        ("--max-connections", 503, "at_capacity"),
        ("--max-connections-per-address", 429, "too_many_connections"),
    ],
)
def test_Health_PastALimitOfConnections_IsAnsweredAndTheConnectionEnds(start, flag, status, code):
    server = start("--feed", "push", flag, 1)
    with server.connect() as holder:
        holder.send(request_bytes("GET", "/v1/tickers"))
        assert holder.receive().status == 200
        for _ in range(3):
            for target, body in (("/readyz", READY), ("/livez", LIVE)):
                reply, ended = ask(server, target)
                assert (reply.status, reply.json(), ended) == (200, body, True)
            head, ended = ask(server, "/readyz", "HEAD")
            assert (head.status, ended) == (200, True)
        reply, ended = ask(server, "/v1/tickers")
        problem(reply, status, code)
        assert ended
        with server.connect() as second:  # one answer, not one limit that is passed by
            second.send(request_bytes("GET", "/readyz") + request_bytes("GET", "/v1/tickers"))
            assert second.receive().status == 200
            assert second.at_end()
        # Its body would have to be read: a connection past a limit gets no such place.
        with server.connect() as sender:
            sender.send(request_bytes("GET", "/readyz", "{}"))
            assert sender.buffer == b"" and sender.socket.recv(12) == f"HTTP/1.1 {status}".encode()
        assert hits(server, flag[2:]) == 12


# contract: HLT-10
@pytest.mark.parametrize("threads", [1, 2])
def test_Health_WhereAllPlacesPastTheLimitAreTaken_IsAnswered(start, threads):
    server = start("--feed", "push", "--max-connections", 2, "--threads", threads)
    silent = [server.connect() for _ in range(2 + 256)]
    for size in (258, 300, 558):
        silent += [server.connect() for _ in range(size - len(silent))]
        for target, body in (("/readyz", READY), ("/livez", LIVE)):
            reply, ended = ask(server, target)
            assert (reply.status, reply.json(), ended) == (200, body, True), size
    assert server.metric("process_open_fds") < 2 + 256 + threads + 80


# contract: HLT-10
def test_Health_WhenAskedTooOften_IsAnsweredAndTheConnectionEnds(start):
    server = start("--feed", "push", "--max-requests-per-second-per-address", 1)
    ends = []
    for _ in range(6):
        reply, ended = ask(server, "/readyz")
        assert (reply.status, reply.json()) == (200, READY)
        ends.append(ended)
    assert ends[0] is False and any(ends[1:])
    assert hits(server, "max-requests-per-second-per-address") == 0
    reply, ended = ask(server, "/v1/tickers")
    if reply.status == 429:  # a second might have passed
        assert not ended, "a client that asks too often keeps its connection"


# contract: HLT-8 HLT-9
def test_Health_IsNotHiddenByThePage(start, tmp_path):
    for name in ("index.html", "readyz", "livez"):
        (tmp_path / name).write_text("a page")
    server = start("--feed", "push", "--web-root", tmp_path)
    assert server.get("/readyz").json() == READY
    assert server.get("/livez").json() == LIVE
    assert server.get("/").body == b"a page"
    eventually(lambda: server.standard_error().count("event=web_file_left_out") == 2)


# contract: HLT-9
def test_Live_WhenAnotherShardIsStuck_Gives503(start):
    server = start("--feed", "push", "--threads", 2)
    with stopped(thread_of(server, "shard-1")):

        def not_live():
            """Of those that land on the shard that turns; with TLS the others wait for more."""
            try:
                with HttpSocket(server.public, timeout=0.3) as connection:
                    connection.send(request_bytes("GET", "/livez"))
                    return connection.receive().json() == {"live": False}
            except TimeoutError:
                return False

        eventually(not_live, 12)
    eventually(lambda: server.get("/livez").status == 200)


# contract: HLT-9
def test_Live_WhenTheControlThreadIsStuck_Gives503(start):
    server = start("--feed", "push", "--threads", 2)
    with stopped(server.process.pid):
        began = time.monotonic()
        eventually(lambda: server.get("/livez").json() == {"live": False}, 12)
        assert time.monotonic() - began > 3
        assert server.get("/readyz").status == 200
    eventually(lambda: server.get("/livez").status == 200)


# contract: HLT-8 HLT-9
def test_Health_IsCountedUnderItsRoute(start):
    server = start("--feed", "push")
    ask(server, "/readyz")
    ask(server, "/livez")
    metrics = server.metrics()
    for route in ("/readyz", "/livez"):
        assert (
            metrics[f'tickcast_http_requests_total{{route="{route}",method="GET",code="200"}}'] == 1
        )
