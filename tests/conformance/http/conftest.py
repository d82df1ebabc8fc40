"""The servers of the cases: one plain, one with TLS on both listeners, and the same with a short
time for requests."""
import pathlib
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))

from support.harness import Server

from .case import PUBLIC, request
from .cases.timeouts import REQUEST_SECONDS
from .exchange import Connection
from .servers import Started

FILES = {
    "index.html": b"<!doctype html><title>Tickcast</title>",
    "docs/index.html": b"<!doctype html><title>API</title>",
    "app.js": b"export const answer = 42;\n" * 2000,
}


@pytest.fixture(scope="session")
def web_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("page")
    for name, content in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest.fixture(scope="session")
def start(web_root):
    """Starts a server for a transport, with more flags; ends all of them at the end."""
    servers = []

    def starter(transport, *flags):
        if transport == "tls":
            flags += ("--admin-tls", "true")
        servers.append(Server("--threads", 1, "--feed", "push", "--stale-seconds", 3600,
                              "--web-root", web_root, *flags, over_tls=transport == "tls"))
        return servers[-1]

    yield starter
    for server in servers:
        assert server.running(), server.standard_error()
        server.stop()


@pytest.fixture(scope="session")
def servers(start):
    return Started(start)


@pytest.fixture(scope="session")
def impatient_servers(start):
    return Started(lambda transport: start(transport, "--request-timeout-seconds", REQUEST_SECONDS))


@pytest.fixture(scope="session")
def tag(servers):
    """The entity-tag of index.html."""
    with Connection(servers["plain"], PUBLIC) as connection:
        connection.send(request("GET", "/"))
        connection.await_answers(1)
        return connection.reader.answers[0].value("etag").encode()
