"""Server-Sent Events while all is well: the same messages as the WebSocket's, in their encoding."""
import json
import os
import subprocess
import time

import pytest

from support import tls
from support.harness import OVER_TLS, SLACK, eventually
from support.metrics_text import fates
from support.sseclient import EventSource


def connections(server):
    values = server.metrics()
    return [values[f'tickcast_connections{{transport="{kind}"}}'] for kind in ("websocket", "sse")]


# contract: STR-2 SSE-1
def test_Events_BeginWithTheSnapshotAndGoOnWithTicks(push, events):
    push.push({"s": "EA", "p": 1.5})
    session_id = push.create("EA", "EB")
    source = events(push, session_id)
    snapshot = source.snapshot()
    assert (snapshot["session_id"], snapshot["tickers"]) == (session_id, ["EA", "EB"])
    assert [(quote["s"], quote["p"]) for quote in snapshot["quotes"]] == [("EA", 1.5)]
    for n in range(1, 51):
        push.push({"s": "EB", "p": n})
        assert [(tick["s"], tick["n"], tick["p"]) for tick in source.ticks()] == [("EB", n, n)]
    assert push.get("/v1/sessions/" + session_id).json()["state"] == "streaming"


# contract: STR-2 SSE-5 SSE-6
def test_Events_ThroughCurl_ShowPrices(sim):
    """The README's way, by a client that is not ours."""
    session_id = sim.create("AAPL", "MSFT")
    host, port = sim.public
    scheme, trust = ("https", ["--cacert", tls.shared_certificate()[0]]) if sim.public.over_tls else ("http", [])
    with subprocess.Popen(
            ["curl", "-sN", *trust, "-H", "Accept: text/event-stream", f"{scheme}://{host}:{port}/v1/stream/{session_id}"],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "no_proxy": "*"}) as curl:
        try:
            lines = [curl.stdout.readline().rstrip("\n") for _ in range(12)]
        finally:
            curl.kill()
    assert lines[0].startswith("retry: ")
    assert lines[4] == lines[8] == ""
    assert lines[2] == "event: snapshot" and lines[6] == "event: ticks", lines
    assert json.loads(lines[7].removeprefix("data: "))["ticks"]


# contract: SSE-6
def test_Events_TheRetryIsRandom(push, events):
    retries = {events(push, push.create("ER")).retry for _ in range(20)}
    assert len(retries) > 5, retries


# contract: SSE-4
def test_Events_EachConnectionHasAnIdOfItsOwn(push, events):
    session_id = push.create("EI")
    assert [events(push, session_id).generation for _ in range(3)] == [1, 2, 3]


# contract: STR-2
@pytest.mark.parametrize("accept", ["text/event-stream", "text/html, text/event-stream;q=0.1", "TEXT/Event-Stream"])
def test_Events_WhenAcceptNamesThem_Come(push, events, accept):
    events(push, push.create("EN"), Accept=accept).snapshot()


def test_Events_ToHttp10_Come(push):
    session_id = push.create("E10")
    with push.connect() as connection:
        connection.send(f"GET /v1/stream/{session_id} HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n".encode())
        reply = connection.receive()
        assert reply.status == 200
        while b"event: snapshot\n" not in connection.buffer:
            connection._fill()


# contract: RUN-2 MET-7
def test_Events_CountAsTheirTransport(start, events, stream):
    server = start("--feed", "push")
    assert connections(server) == [0, 0]
    one = events(server, server.create("A"))
    one.snapshot()
    assert connections(server) == [0, 1]
    stream(server, server.create("A")).snapshot()
    assert connections(server) == [1, 1]
    one.leave()
    eventually(lambda: connections(server) == [1, 0])
    values = server.metrics()
    assert values['tickcast_stream_closes_total{code="1000"}'] == 1
    assert values['tickcast_http_requests_total{route="/v1/stream/{id}",method="GET",code="200"}'] == 1


# contract: MET-16 MET-17
@pytest.mark.skipif(OVER_TLS, reason="counts the bytes of frames, not those of records")
def test_Events_FramesAndBytesAreThoseOnTheWire(start, events):
    server = start("--feed", "push")
    source = events(server, server.create("A"))
    length = 0

    def read():
        nonlocal length
        while b"\n\n" not in source.http.buffer:
            source.http._fill()
        length += source.http.buffer.index(b"\n\n") + 2
        return source.message()
    read()
    for n in range(1, 11):
        server.push({"s": "A", "p": n})
        assert read()["ticks"][0]["n"] == n
    eventually(lambda: fates(server) == [10, 0, 0])
    values = server.metrics()
    assert values["tickcast_frames_sent_total"] == 11
    assert values["tickcast_sent_bytes_total"] == length
    assert values["tickcast_delivery_latency_seconds_count"] == 10


# contract: SSE-2
def test_Events_ABodyOfOneTicker_IsConflatedAndTheBooksBalance(start, events):
    server = start("--feed", "push")
    source = events(server, server.create("A"))
    source.snapshot()
    server.push(*({"s": "A", "p": n} for n in range(1, 101)))
    frames = 1
    while source.ticks()[0]["n"] < 100:
        frames += 1
    eventually(lambda: fates(server) == [frames, 100 - frames, 0])


# contract: SSE-2
def test_Events_OfAClientThatReadsNothing_AreConflatedAndTheBooksBalance(start, events):
    """Every tick of the feed is accounted for: seen, conflated or abandoned."""
    server = start("--feed", "push", "--threads", 1)
    names = [f"T{i}" for i in range(64)]
    source = events(server, server.create(*names), receive_buffer=4096)
    source.snapshot()
    sent = 0
    while not server.metric("tickcast_slow_clients"):
        sent += 1
        server.push(*({"s": name, "p": sent} for name in names))
        assert sent < 5000, "it is never slow"
    for _ in range(5):
        sent += 1
        server.push(*({"s": name, "p": sent} for name in names))
    newest, seen = dict.fromkeys(names, 0), 0
    while set(newest.values()) != {sent}:  # reads again: the newest of each, in order
        for tick in source.ticks(10):
            assert tick["n"] > newest[tick["s"]]
            newest[tick["s"]] = tick["n"]
            seen += 1
    assert seen <= (sent - 4) * len(names), "nothing was conflated"
    eventually(lambda: fates(server) == [seen, sent * len(names) - seen, 0])


# contract: MSG-3 SSE-1
def test_Events_Heartbeat_ComesWhenNothingElseWasSent(start, events):
    server = start("--feed", "push", "--heartbeat-seconds", "0.3")
    source = events(server, server.create("A"))
    source.snapshot()
    before = time.monotonic()
    beats = [source.message(3) for _ in range(3)]
    assert 0.8 <= time.monotonic() - before <= 2 * SLACK
    assert [(beat["type"], beat["feed"]) for beat in beats] == [("heartbeat", "live")] * 3


# contract: MSG-4 SSE-1
def test_Events_Status_ComesWhenTheFeedTurnsStaleAndLive(start, events):
    server = start("--feed", "push", "--stale-seconds", "0.5")
    source = events(server, server.create("A", throttle_ms=60_000))
    assert source.snapshot()["feed"] == "live"
    assert source.message(3) == {"type": "status", "feed": "stale"}
    server.push({"s": "A", "p": 1})
    assert source.message(3) == {"type": "status", "feed": "live"}


# contract: API-13 SSE-2
def test_Events_Throttle_IsTheLeastTimeBetweenTwoTicksEvents(push, events):
    began = time.monotonic()
    source = events(push, push.create("ETH", throttle_ms=300))
    source.snapshot()
    arrivals, n = [], 0
    while len(arrivals) < 5:
        n += 1
        push.push({"s": "ETH", "p": n})
        try:
            assert source.ticks(0.02)[0]["n"] >= n - 2
            arrivals.append(time.monotonic())
        except (TimeoutError, BlockingIOError):
            assert time.monotonic() - began < 10
    assert all(at - began >= 0.3 * (i + 1) for i, at in enumerate(arrivals)), arrivals


# contract: MSG-14 SSE-1 SSE-3
def test_Events_Patch_IsFollowedBySubscribedAndASnapshotOfTheAdded(push, events):
    session_id = push.create("EP1", "EP2")
    push.push({"s": "EP3", "p": 7})
    source = events(push, session_id)
    source.snapshot()
    push.request("PATCH", "/v1/sessions/" + session_id, {"add": ["EP3"], "remove": ["EP1"], "throttle_ms": 1})
    assert source.message() == {"type": "subscribed", "tickers": ["EP2", "EP3"], "throttle_ms": 1}
    snapshot = source.snapshot()
    assert (snapshot["tickers"], [quote["p"] for quote in snapshot["quotes"]]) == (["EP3"], [7])
    push.push({"s": "EP1", "p": 1})
    push.push({"s": "EP3", "p": 8})
    assert [(tick["s"], tick["n"]) for tick in source.ticks()] == [("EP3", 2)]
    push.request("PATCH", "/v1/sessions/" + session_id, {"throttle_ms": 0})
    assert source.message() == {"type": "subscribed", "tickers": ["EP2", "EP3"], "throttle_ms": 0}
    source.silent_for(0.2)


# contract: END-1 MET-39
def test_Events_WhenLost_TheSessionIsDetachedAndResumes(push, events):
    session_id = push.create("EL")
    source = events(push, session_id)
    source.snapshot()
    before = push.metrics()['tickcast_stream_closes_total{code="1006"}']
    source.reset()
    eventually(lambda: push.get("/v1/sessions/" + session_id).json()["state"] == "detached")
    assert push.metrics()['tickcast_stream_closes_total{code="1006"}'] == before + 1
    push.push({"s": "EL", "p": 3})
    with EventSource(push, session_id, source.id) as again:
        assert again.snapshot()["quotes"][0]["p"] == 3
        assert again.generation == source.generation + 1
