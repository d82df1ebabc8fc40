"""The servers of the run, and its cases: all that were chosen run at the same time, since they
mostly wait; each test then looks at its own."""
import collections
import concurrent.futures
import contextlib
import os
import pathlib
import sys
import traceback

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))

from support import harness

from .framing_cases import LIMIT
from .handshake_cases import LISTED_ORIGIN

AT_ONCE = 48
# Nothing of the server's own accord: no ping, no heartbeat, no change of the feed's state.
QUIET = 3_600
FLAGS = ("--feed", "push", "--threads", 1, "--max-message-bytes", LIMIT, "--allow-origin", LISTED_ORIGIN,
         "--pending-seconds", QUIET, "--detached-seconds", QUIET, "--heartbeat-seconds", QUIET,
         "--stale-seconds", QUIET, "--ping-seconds", QUIET, "--peer-timeout-seconds", QUIET)
SERVERS = [f"{transport}-{backend}" for transport in ("plain", "tls") for backend in ("send", "io_uring")]


def pytest_configure(config):
    if not os.access(harness.BINARY, os.X_OK):
        pytest.exit(f"no server at {harness.BINARY} (TICKCAST_BIN)", 1)


class Run:
    """Of each chosen case with each server, what went wrong: a text, or None."""

    def __init__(self, chosen):
        self.refused = {}
        with contextlib.ExitStack() as ends:
            servers, sessions = {}, {}
            for name, count in collections.Counter(name for name, _ in chosen).items():
                servers[name] = self._start(name, ends)
                sessions[name] = servers[name] and iter(servers[name].create_all(count, "A"))

            def failure(each):
                name, case = each
                return servers[name] and failure_of(case, servers[name], next(sessions[name]))
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                self.failures = {(name, case.id): failed
                                 for (name, case), failed in zip(chosen, pool.map(failure, chosen))}
            for name, server in servers.items():
                assert server is None or server.running(), (name, server.standard_error())

    def _start(self, name, ends):
        transport, backend = name.split("-")
        try:
            server = harness.Server(*FLAGS, "--send-backend", backend, over_tls=transport == "tls")
        except harness.Exited as exited:
            if backend != "io_uring" or "io_uring" not in str(exited):
                raise
            self.refused[name] = str(exited)
            return None
        ends.callback(server.stop)
        return server


def failure_of(case, server, session_id):
    try:
        case.play(server, session_id)
        return None
    except Exception:  # whatever it is, it is the case's result
        return traceback.format_exc(limit=-4)


@pytest.fixture(scope="session")
def outcome(request):
    """Gives what went wrong in a case."""
    chosen = [(item.callspec.params["server"], item.callspec.params["case"]) for item in request.session.items
              if "outcome" in getattr(item, "fixturenames", ())]
    run = Run(sorted(chosen, key=lambda each: not each[1].is_long()))

    def gives(server, case):
        if server in run.refused:
            pytest.skip("no io_uring here")
        return run.failures[server, case.id]
    return gives
