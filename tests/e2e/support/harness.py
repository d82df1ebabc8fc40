"""The built server as a child process, and plain HTTP over raw sockets: no library in between."""
import ctypes
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile
import time

from support import documents
from support import tls
from support.requests_sent import RequestsSent

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("TICKCAST_BIN", str(ROOT / "build/release/src/tickcast"))
START_LIMIT = 30
# Sanitized builds are several times slower; deadlines stretch, least times do not.
SLACK = float(os.environ.get("E2E_SLACK", "1"))
# With this set, every server is started with TLS and spoken to by TLS: the same tests over again.
OVER_TLS = bool(os.environ.get("E2E_TLS"))
PR_SET_PDEATHSIG = 1
ADDRESSES = ("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")  # free ports
# The tests' own variables are not for the server, which warns of variables that it does not know.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.startswith("TICKCAST_")}


def eventually(check, timeout=5.0, interval=0.01):
    """Polls until check() gives something true and returns that; fails after the timeout."""
    deadline = time.monotonic() + timeout * SLACK
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {timeout * SLACK} s: {check}"
        time.sleep(interval)


def once_admitted(open_stream):
    """The stream that open_stream() gives, opened again while it is refused. For servers with a
    limit of connections: the one that made the session keeps its place until the server has read
    its end."""
    def admitted():
        stream = open_stream()
        return None if stream.refused else stream
    return eventually(admitted)


def stand_still(*processes):
    """Stops them, and waits until each of their threads has met the SIGSTOP: before that, a thread
    might still read and answer what is sent next. SIGCONT lets them go on."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    for process in processes:
        eventually(lambda: _thread_states(process.pid) == {"T"})


def _thread_states(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/stat")
    return {task.read_text().rpartition(")")[2].split()[0] for task in tasks}


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:300]!r}"


class Address(tuple):
    """(host, port) of a listener, and whether it wants TLS."""

    def __new__(cls, host, port, over_tls=False):
        address = super().__new__(cls, (host, port))
        address.over_tls = over_tls
        return address


class HttpSocket:
    """One TCP connection: bytes out, strictly parsed answers in, held against openapi.yaml."""

    def __init__(self, address, timeout=10.0, listener="public", source=None):
        self.socket = socket.create_connection(address, timeout * SLACK, source and (source, 0))
        if getattr(address, "over_tls", False):
            self.socket = tls.TlsSocket(self.socket)
        self.buffer = b""
        self.listener = listener
        self.sent = RequestsSent()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends; a server that refuses the rest of a body can stop reading, but must say why."""
        self.sent.add(data)
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _fill(self):
        more = self.socket.recv(65536)
        if not more:
            raise EOFError(f"the server hung up after {self.buffer!r}")
        self.buffer += more

    def receive(self, head_only=False):
        while b"\r\n\r\n" not in self.buffer:
            self._fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("ascii").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.[01] (\d{3}) .*", lines[0])
        assert match, lines[0]
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            assert re.fullmatch(r"[A-Za-z0-9-]+", name), line
            headers[name.lower()] = value.strip()
        status = int(match.group(1))
        body = b""
        endless = headers.get("content-type") == "text/event-stream"
        if not head_only and not endless and status not in (101, 204, 304):
            length = int(headers["content-length"])
            while len(self.buffer) < length:
                self._fill()
            body, self.buffer = self.buffer[:length], self.buffer[length:]
        reply = Reply(status, headers, body)
        documents.check_reply(reply, *self.sent.next(), self.listener)
        return reply

    def at_end(self):
        """Whether the server has hung up with nothing more said (an RST counts)."""
        try:
            return self.buffer == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def request_bytes(method, target, body=None, headers=None, host="localhost"):
    """A request; a header given as None is left out."""
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
    if isinstance(body, str):
        body = body.encode()
    fields = {"Host": host}
    if body is not None:
        fields["Content-Length"] = str(len(body))
    fields.update(headers or {})
    head = f"{method} {target} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return head.encode("latin-1") + b"\r\n" + (body or b"")


def _die_with_the_test():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _prepare_child(descriptors):
    _die_with_the_test()
    if descriptors:
        resource.setrlimit(resource.RLIMIT_NOFILE, descriptors)


class Exited(Exception):
    pass


class Server:
    """`environment` are variables beside the test's own; `descriptors` the soft and hard limit."""

    def __init__(self, *flags, listen=ADDRESSES,
                 environment=None, descriptors=None, over_tls=OVER_TLS):
        if over_tls:
            certificate, key = tls.shared_certificate()
            flags += ("--tls-cert", certificate, "--tls-key", key)
        self.output = tempfile.TemporaryFile()
        self.error = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [BINARY, *listen, *map(str, flags)],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.error,
            env={**ENVIRONMENT, **(environment or {})},
            preexec_fn=lambda: _prepare_child(descriptors))
        deadline = time.monotonic() + START_LIMIT
        while not self._find_addresses():
            if self.process.poll() is not None:
                raise Exited(self.process.returncode, self.standard_error())
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.005)

    def _text(self, file):
        return os.pread(file.fileno(), 1 << 26, 0).decode("utf-8", "replace")

    def standard_output(self):
        return self._text(self.output)

    def standard_error(self):
        return self._text(self.error)

    def _find_addresses(self):
        found = {name: Address(host, int(port), bool(secure)) for name, secure, host, port in re.findall(
            r"^(public|admin) http(s?)://(\S+):(\d+)\n", self.standard_output(), re.M)}
        if len(found) < 2:
            return False
        self.public, self.admin = found["public"], found["admin"]
        return True

    def connect(self, admin=False, source=None):
        """`source`: the client's address, one of 127.0.0.0/8."""
        return HttpSocket(self.admin if admin else self.public,
                          listener="admin" if admin else "public", source=source)

    def library_address(self, session_id):
        """A stream's URL and options, as websockets.connect wants them."""
        host, port = self.public
        if self.public.over_tls:
            return f"wss://{host}:{port}/v1/stream/{session_id}", {"ssl": tls.context()}
        return f"ws://{host}:{port}/v1/stream/{session_id}", {}

    def raw(self, data, admin=False):
        """Sends bytes on a connection of their own and gives the answer."""
        with self.connect(admin) as connection:
            connection.send(data)
            return connection.receive()

    def request(self, method, target, body=None, headers=None, admin=False, source=None):
        with self.connect(admin, source) as connection:
            connection.send(request_bytes(method, target, body, headers))
            return connection.receive(head_only=method == "HEAD")

    def get(self, target, **more):
        return self.request("GET", target, **more)

    def create(self, *tickers, **members):
        reply = self.request("POST", "/v1/sessions", {"tickers": list(tickers), **members})
        assert reply.status == 201, reply
        return reply.json()["session_id"]

    def create_all(self, count, *tickers):
        """Sessions made over one connection, where more would be past a limit."""
        with self.connect() as connection:
            made = []
            for _ in range(count):
                connection.send(request_bytes("POST", "/v1/sessions", {"tickers": list(tickers)}))
                made.append(connection.receive().json()["session_id"])
            return made

    def push(self, *ticks):
        """Ticks as dicts, or as JSON texts where the spelling matters."""
        lines = [tick if isinstance(tick, str) else json.dumps(tick) for tick in ticks]
        reply = self.request("POST", "/v1/ticks", "\n".join(lines),
                             {"Content-Type": "application/x-ndjson"}, admin=True)
        assert (reply.status, reply.json()) == (202, {"accepted": len(ticks)}), reply

    def quotes(self, *tickers):
        reply = self.get("/v1/quotes?tickers=" + ",".join(tickers))
        assert reply.status == 200, reply
        return {quote["s"]: quote for quote in reply.json()["quotes"]}

    def metrics(self):
        reply = self.get("/metrics", admin=True)
        assert reply.status == 200
        series = {}
        for line in reply.body.decode().splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                series[name] = float(value)
        return series

    def metric(self, family):
        """The sum of a family's series; fails if it has none."""
        found = [value for name, value in self.metrics().items()
                 if name == family or name.startswith(family + "{")]
        assert found, f"no family {family}"
        return sum(found)

    def running(self):
        return self.process.poll() is None

    def terminate(self, number=signal.SIGTERM, timeout=12):
        """Signals, waits, and gives the exit status."""
        if self.running():
            self.process.send_signal(number)
        return self.process.wait(timeout * SLACK)

    def stop(self):
        """Ends it; a server that crashed, or that a sanitizer has something to say of, fails the
        test."""
        crashed = not self.running() and self.process.returncode != 0
        self.process.kill()
        self.process.wait()
        said = self.standard_error()
        assert not crashed, f"the server ended with {self.process.returncode}: {said}"
        assert "Sanitizer" not in said and "runtime error:" not in said, said


def problem(reply, status, code):
    """An RFC 9457 answer with this code; gives its members."""
    assert reply.status == status, reply
    assert reply.headers["content-type"].split(";")[0] == "application/problem+json", reply
    members = reply.json()
    assert members["code"] == code, members
    assert members["status"] == status
    assert {"type", "title", "detail"} <= members.keys()
    return members


def hits(server, limit):
    return server.metrics()[f'tickcast_limit_hits_total{{limit="{limit}"}}']


def run_to_end(*arguments, timeout=20, environment=None, descriptors=None):
    """Runs the binary that is to end by itself: status, standard output, standard error."""
    done = subprocess.run([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          env={**ENVIRONMENT, **(environment or {})},
                          capture_output=True, timeout=timeout * SLACK, check=False,
                          preexec_fn=lambda: _prepare_child(descriptors))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def shared(*flags, **options):
    """For a fixture: one server for many tests, which must not end before they do."""
    server = Server(*flags, **options)
    yield server
    assert server.running(), server.standard_error()
    server.stop()


def refused_start(*flags, **options):
    """The one line of a start that ends with 2."""
    status, output, error = run_to_end(*ADDRESSES, *flags, **options)
    assert status == 2, (status, error)
    assert output == ""
    assert error.endswith("\n") and len(error.splitlines()) == 1, error
    return error.strip()
