import os
import pathlib

import pytest

from support import documents
from support.harness import BINARY, Server, shared
from support.sseclient import EventSource
from support.wsclient import WebSocket


def pytest_configure(config):
    if documents.SEEN_FOLDER and config.getoption("numprocesses", None):
        documents.forget_what_was_left()  # by the run before this one
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"no server at {BINARY} (TICKCAST_BIN)", 1)


def pytest_collection_modifyitems(config, items):
    """Before any selection: whether every file is there; and the test that looks back at all goes
    last."""
    files = {pathlib.Path(str(item.fspath)).name for item in items}
    config.all_collected = {path.name for path in pathlib.Path(__file__).parent.rglob("test_*.py")} <= files
    items.sort(key=lambda item: "test_zz_" in str(item.fspath))


def pytest_collection_finish(session):
    config = session.config
    chosen = config.getoption("keyword") or config.getoption("markexpr") or config.getoption("deselect")
    single = any("::" in argument for argument in config.args)
    config.whole_suite = config.all_collected and not chosen and not single


def pytest_sessionfinish(session):
    """Each of several processes that share the suite leaves its observations for the look back at
    all."""
    worker = getattr(session.config, "workerinput", {}).get("workerid")
    if documents.SEEN_FOLDER and worker:
        documents.leave_what_was_seen(worker)


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


@pytest.fixture(scope="session")
def sim():
    """One server with the simulator for all tests that need nothing else."""
    yield from shared("--threads", "2", "--feed", "sim?tickers=500&rate=500")


@pytest.fixture(scope="session")
def push():
    """One server fed by pushing; each test takes tickers of its own."""
    # Never stale: a change of the feed's state would be a message between those of the tests.
    yield from shared("--threads", "2", "--feed", "push", "--stale-seconds", 3600)


@pytest.fixture
def events():
    """Opens streams of Server-Sent Events; drops them with the test."""
    sources = []

    def opener(server, session_id, *arguments, **options):
        sources.append(EventSource(server, session_id, *arguments, **options))
        assert sources[-1].refused is None, sources[-1].refused
        return sources[-1]

    yield opener
    for opened in sources:
        opened.socket.close()


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
