"""The server when file descriptors run short."""
import os
import resource
import select
import time

import pytest

from support.harness import SLACK, eventually, problem, request_bytes

TICKERS = request_bytes("GET", "/v1/tickers")


def served(connection, timeout=10):
    connection.socket.settimeout(timeout)
    connection.send(TICKERS)
    return connection.receive().status == 200


def open_descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def ask(connection, target):
    connection.send(request_bytes("GET", target))
    return connection.receive()


def cpu_seconds(server):
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("threads", [1, 2])
def test_Accept_WhenDescriptorsRunOut_GoesOnWhenTheyComeBack(start, threads):
    server = start("--feed", "push", "--threads", threads)
    admin = server.connect(admin=True)
    assert ask(admin, "/livez").status == 200
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    free = 10
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE,
                     (open_descriptors(server) + free, hard))
    first = [server.connect() for _ in range(free)]
    assert all(served(connection) for connection in first), "the last descriptor is good too"
    # The kernel accepts these by itself; the server can't take them.
    queued = [server.connect() for _ in range(30)]
    for connection in queued:
        connection.send(TICKERS)
    eventually(lambda: "event=accept_failed" in server.standard_error())
    assert all(served(connection) for connection in first), "a served client stays served"
    assert ask(admin, "/livez").status == 200
    before = cpu_seconds(server)
    time.sleep(1)
    assert cpu_seconds(server) - before < 0.3 * SLACK, "it does not spin"
    assert server.standard_error().count("event=accept_failed") <= 4 * threads

    for connection in first:
        connection.socket.close()
    left = {connection.socket: connection for connection in queued}
    while left:  # as each goes, another one's turn comes, on whichever shard it waits
        answered, _, _ = select.select(left, [], [], 10 * SLACK)
        assert answered, f"{len(left)} still wait"
        for socket in answered:
            assert left.pop(socket).receive().status == 200
            socket.close()
    with server.connect() as connection:
        assert served(connection)
    with server.connect(admin=True) as connection:
        assert ask(connection, "/livez").status == 200


# contract: RUN-5 RUN-6
def test_Start_WhenTheHardLimitIsLow_RaisesTheSoftOneAndCapsConnections(start):
    server = start("--feed", "push", "--threads", 1, descriptors=(80, 400))
    assert server.metric("process_max_fds") == 400
    said = server.standard_error()
    assert "event=max_connections_capped" in said and "effective=303" in said, said
    opened = [server.connect() for _ in range(303)]
    assert all(served(connection) for connection in opened)
    with server.connect() as connection:
        connection.send(TICKERS)
        assert problem(connection.receive(), 503, "at_capacity")["limit"] == 303
    assert "event=accept_failed" not in server.standard_error()
    assert server.get("/livez", admin=True).status == 200
