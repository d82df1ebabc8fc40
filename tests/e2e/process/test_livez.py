"""A shard that is stuck shows: one thread of the server is stopped from outside."""
import time

import pytest

from support.harness import SLACK, eventually, request_bytes
from support.stuck import stopped, thread_of


def who_answers(connections, timeout):
    """For each connection, asked all at once, whether it answers in time."""
    for connection in connections:
        connection.send(request_bytes("GET", "/v1/tickers"))
    until = time.monotonic() + timeout
    heard = []
    for connection in connections:
        connection.socket.settimeout(max(0.01, until - time.monotonic()))
        try:
            heard.append(connection.receive().status == 200)
        except TimeoutError:
            heard.append(False)
    return heard


# contract: HLT-1 HLT-2
@pytest.mark.parametrize("shard", ["shard-0", "shard-1"])
def test_Livez_WhenOneShardIsStuck_Gives503UntilItTurnsAgain(start, shard):
    server = start("--feed", "sim?tickers=5&rate=100", "--threads", 2)
    # Sixteen connections are spread by the kernel: each shard has some, but once in 30,000 runs.
    connections = [server.connect() for _ in range(16)]
    assert all(who_answers(connections, 10))
    with stopped(thread_of(server, shard)):
        began = time.monotonic()
        time.sleep(3)
        assert server.get("/livez", admin=True).status == 200, "after 3 s it may yet come back"
        eventually(lambda: server.get("/livez", admin=True).status == 503, 5)
        assert time.monotonic() - began > 4.5
        assert server.get("/healthz", admin=True).status == 503
        for target in ("/livez", "/healthz"):
            assert server.request("HEAD", target, admin=True).status == 503
        assert server.get("/readyz", admin=True).status == 200, "it neither starts nor drains"
        assert server.metric("tickcast_connections") == 0, "a scrape waits for no shard"
        heard = who_answers(connections, 1 * SLACK)
        assert any(heard), "the other shard serves its own"
        assert not all(heard), "the stuck one does not"
    eventually(lambda: server.get("/livez", admin=True).status == 200)
    assert server.get("/healthz", admin=True).status == 200
    for connection, was_heard in zip(connections, heard):
        connection.socket.settimeout(10)
        if not was_heard:
            assert connection.receive().status == 200, "what was asked meanwhile is answered"
    assert all(who_answers(connections, 10))
