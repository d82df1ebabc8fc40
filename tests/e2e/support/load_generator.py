"""tickcast-load as a child process."""
import json
import os
import pathlib
import signal
import subprocess

from support.harness import BINARY, SLACK, eventually

GENERATOR = os.environ.get(
    "TICKCAST_LOAD_BIN", pathlib.Path(BINARY).parent.parent / "loadtest" / "tickcast-load")
CLEAN, NOT_CLEAN, WRONG = 0, 1, 2
USERS = 300
# A machine that is busy with other tests must not make a user's patience end.
PATIENCE_SECONDS = 60


def command(server, scenario, **settings):
    flags = []
    for name, value in {"timeout_seconds": PATIENCE_SECONDS, **settings}.items():
        flags += [f"--{name.replace('_', '-')}"] + ([] if value is True else [str(value)])
    host, port = server.public
    return [GENERATOR, scenario, "--target", f"http://{host}:{port}", "--json", "-", *flags]


def metrics_of(server):
    host, port = server.admin
    return f"http://{host}:{port}"


def load(server, scenario, timeout=120, **settings):
    """Runs it: exit status, its JSON, and its text for people."""
    done = subprocess.run(command(server, scenario, **settings), stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=timeout * SLACK, check=False, text=True)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


class Running:
    """It runs until it is interrupted, unless the flags bound it; killed where a test ends
    before."""

    def __init__(self, server, scenario, **settings):
        settings = {"hold_seconds": 3600, "quiet": True, **settings}
        self.process = subprocess.Popen(command(server, scenario, **settings),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def interrupt(self, number=signal.SIGINT):
        """Gives its report, which is never a clean one."""
        self.process.send_signal(number)
        return self.result()

    def result(self):
        """Once it has ended by itself."""
        output, _ = self.process.communicate(timeout=90 * SLACK)
        assert self.process.returncode == NOT_CLEAN
        return json.loads(output)


def all_stream(server, users):
    eventually(lambda: server.metrics()['tickcast_sessions{state="streaming"}'] == users, timeout=30)
