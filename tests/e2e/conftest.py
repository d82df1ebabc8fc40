import os

import pytest

from harness import BINARY, Server
from wsclient import WebSocket


def pytest_configure():
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"no server at {BINARY} (TICKCAST_BIN)", 1)


@pytest.fixture
def start():
    """Starts servers with given flags; ends them with the test."""
    servers = []

    def starter(*flags, **options):
        servers.append(Server(*flags, **options))
        return servers[-1]

    yield starter
    for server in servers:
        server.stop()


def shared(*flags, **options):
    server = Server(*flags, **options)
    yield server
    assert server.running(), server.standard_error()
    server.stop()


@pytest.fixture(scope="session")
def sim():
    """One server with the simulator for all tests that need nothing else."""
    yield from shared("--threads", "2", "--feed", "sim?tickers=500&rate=500")


@pytest.fixture(scope="session")
def push():
    """One server fed by pushing; each test takes tickers of its own."""
    yield from shared("--threads", "2", "--feed", "push")


@pytest.fixture
def stream():
    """Opens WebSockets; drops them with the test."""
    sockets = []

    def opener(server, session_id, **options):
        sockets.append(WebSocket(server, session_id, **options))
        assert sockets[-1].refused is None, sockets[-1].refused
        return sockets[-1]

    yield opener
    for opened in sockets:
        opened.socket.close()
