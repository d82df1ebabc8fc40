"""Behind nginx and HAProxy: Debian's programs run the configurations of docs/OPERATIONS.md, as they
stand there but for their ports, before a real server."""
import asyncio
import ctypes
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
import websockets

from support.harness import PR_SET_PDEATHSIG, SLACK, Server, eventually, run_to_end
from support.prometheus import free_port

ROOT = pathlib.Path(__file__).resolve().parents[3]
OPERATIONS = (ROOT / "docs/OPERATIONS.md").read_text(encoding="utf-8").split("## Behind a proxy")[1].split("\n## ")[0]
ELSEWHERE = "https://elsewhere.example"


def configuration(kind):
    (text,) = re.findall(rf"```{kind}\n(.*?)```", OPERATIONS, re.S)
    return text


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


class Proxy:
    """One of the two, on a free port, before the server's public listener."""

    def __init__(self, kind, folder, server, upstream="127.0.0.1"):
        self.kind, self.folder, self.log = kind, folder, folder / "log"
        for _ in range(5):  # another program might take the port meanwhile
            self.port = free_port()
            if self._start(f"{upstream}:{server.public[1]}"):
                return
        raise AssertionError(self.log.read_text())

    def _text(self, upstream):
        text = configuration(self.kind)
        assert "127.0.0.1:8080" in text and re.search(r":80\b", text)
        text = text.replace("127.0.0.1:8080", upstream)
        if not has_ipv6():
            text = re.sub(r"^.*\[::\]:80.*\n", "", text, flags=re.M)
        return re.sub(r"(listen |:)80\b", rf"\g<1>{self.port}", text)

    def _command(self, text):
        if self.kind == "haproxy":
            (self.folder / "haproxy.cfg").write_text(text)
            return ["haproxy", "-db", "-q", "-f", self.folder / "haproxy.cfg"]
        temporary = "".join(f"{name}_temp_path {self.folder}/{name};\n"
                            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.getuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user}daemon off;\npid {self.folder}/pid;\nerror_log stderr;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{temporary}{text}}}\n")
        return ["nginx", "-e", "stderr", "-p", self.folder, "-c", self.folder / "nginx.conf"]

    def _start(self, upstream):
        command = self._command(self._text(upstream))
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin"},
                preexec_fn=lambda: ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM))
        return eventually(lambda: self._answers() or self.process.poll() is not None, 20) == "answers"

    def _answers(self):
        try:
            status = self.ask("GET", "/prices/v1/tickers")[0]
            return "answers" if status == 200 else None
        except OSError:
            return None

    def stop(self):
        self.process.terminate()
        self.process.wait(20 * SLACK)

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def connect(self, address="127.0.0.1"):
        return http.client.HTTPConnection(address, self.port, timeout=10 * SLACK)

    def ask(self, method, target, body=None, address="127.0.0.1", **headers):
        """Status, headers and body."""
        connection = self.connect(address)
        try:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            if body is not None:
                fields["Content-Type"] = "application/json"
            connection.request(method, target, json.dumps(body) if body is not None else None, fields)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def create(self, *tickers):
        status, headers, body = self.ask("POST", "/prices/v1/sessions", {"tickers": list(tickers)})
        assert status == 201, body
        return json.loads(body), headers

    def events(self, session_id):
        """An open stream of events: its connection and its answer."""
        connection = self.connect()
        connection.request("GET", f"/prices/v1/stream/{session_id}", headers={"Accept": "text/event-stream"})
        return connection, connection.getresponse()

    def stream_url(self, session):
        return f"ws://{self.host}/prices{session['stream_url']}"


@pytest.fixture(scope="module")
def server():
    made = Server("--feed", "push", "--allow-origin", ELSEWHERE, over_tls=False)
    yield made
    made.stop()


def started(kind, folder, server, upstream="127.0.0.1"):
    if shutil.which(kind, path=f"{os.environ['PATH']}:/usr/sbin") is None:
        pytest.skip(f"{kind} is not installed")
    return Proxy(kind, folder, server, upstream)


both = pytest.mark.parametrize("kind", ["nginx", "haproxy"])


@pytest.fixture(scope="module", params=["nginx", "haproxy"])
def proxy(request, tmp_path_factory, server):
    made = started(request.param, tmp_path_factory.mktemp(request.param), server)
    yield made
    made.stop()


def events_of(answer, count):
    """The next messages of an event stream, by their data lines."""
    found = []
    while len(found) < count:
        line = answer.readline()
        assert line, "the stream ended"
        if line.startswith(b"data:"):
            found.append(json.loads(line[5:]))
    return found


# Calls.
def test_Rest_GoesThroughThePrefix_AndLocationNamesIt(proxy):
    session, headers = proxy.create("AAPL")
    assert headers["Location"] == f"/prices/v1/sessions/{session['session_id']}"
    status, _, body = proxy.ask("GET", headers["Location"])
    assert status == 200 and json.loads(body)["tickers"] == ["AAPL"]
    assert proxy.ask("PATCH", headers["Location"], {"throttle_ms": 250})[0] == 200
    assert proxy.ask("DELETE", headers["Location"])[0] == 204
    assert proxy.ask("GET", headers["Location"])[0] == 404


def test_Rest_QueriesAndRefusalsComeThrough(proxy, server):
    server.push({"s": "AAPL", "p": 1.5})
    status, _, body = proxy.ask("GET", "/prices/v1/quotes?tickers=AAPL")
    assert status == 200 and json.loads(body)["quotes"][0]["p"] == 1.5
    status, headers, body = proxy.ask("POST", "/prices/v1/sessions", {"tickers": []})
    assert status == 422 and headers["Content-Type"].startswith("application/problem+json") and json.loads(body)["code"]


def test_Prefix_WithoutItsSlash_LeadsToIt_AndNothingElseIsServed(proxy):
    status, headers, _ = proxy.ask("GET", "/prices")
    assert status in (301, 302) and headers["Location"] == "/prices/"
    status, headers, _ = proxy.ask("GET", "/prices?session=S1&b=%2F")
    assert status in (301, 302) and headers["Location"] == "/prices/?session=S1&b=%2F"
    for path in ("/v1/tickers", "/pricesv1/tickers", "/metrics", "/prices/metrics", "/prices/v1/ticks"):
        assert proxy.ask("GET", path)[0] in (404, 503), path


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")
def test_Proxy_AnswersOverIPv6(proxy):
    assert proxy.ask("GET", "/prices/v1/tickers", address="::1")[0] == 200


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")
@pytest.mark.parametrize("listen, hosts", [("[::]:0", ("127.0.0.1", "::1")), ("[::1]:0", ("::1",))], ids=str)
@both
def test_Server_OnAllAddresses_AnswersAProxyOverIPv6AndIPv4(kind, listen, hosts, tmp_path):
    server = Server("--feed", "push", listen=("--listen", listen, "--admin-listen", "127.0.0.1:0"), over_tls=False)
    try:
        for host in hosts:
            with socket.create_connection((host, server.public[1]), 10 * SLACK) as connection:
                connection.sendall(b"GET /v1/tickers HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                assert connection.recv(1024).startswith(b"HTTP/1.1 200 ")
            made = started(kind, tmp_path, server, f"[{host}]" if ":" in host else host)
            try:
                assert made.create("AAPL")[0]["tickers"] == ["AAPL"]
            finally:
                made.stop()
    finally:
        server.stop()


# Streams.
def test_Events_ArriveWhenTheyHappen(proxy, server):
    session, _ = proxy.create("AAPL")
    connection, answer = proxy.events(session["session_id"])
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/event-stream"
    events_of(answer, 1)
    waits = []
    for price in range(10, 15):
        pushed = time.monotonic()
        server.push({"s": "AAPL", "p": price})
        (message,) = events_of(answer, 1)
        waits.append(time.monotonic() - pushed)
        assert message["ticks"][0]["p"] == price
    connection.close()
    assert sorted(waits)[len(waits) // 2] < 0.5 * SLACK, waits


def test_WebSocket_IsUpgraded_AndTicksArrive(proxy, server):
    async def run():
        session, _ = proxy.create("MSFT")
        async with websockets.connect(proxy.stream_url(session)) as stream:
            assert json.loads(await stream.recv())["type"] == "snapshot"
            server.push({"s": "MSFT", "p": 7})
            assert json.loads(await stream.recv())["ticks"][0]["p"] == 7
            await stream.send('{"op":"ping","id":"x"}')
            assert json.loads(await stream.recv())["type"] == "pong"
    asyncio.run(asyncio.wait_for(run(), 20 * SLACK))


def test_Streams_WhoseClientLeaves_EndAtTheServer(proxy, server):
    session, _ = proxy.create("IBM")
    connection, answer = proxy.events(session["session_id"])
    events_of(answer, 1)
    path = f"/v1/sessions/{session['session_id']}"
    assert server.get(path).json()["state"] == "streaming"
    answer.close()
    connection.close()
    eventually(lambda: server.get(path).json()["state"] == "detached", 5)


# Origins.
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_Origin_OfThePageItself_Passes_WithThePortAndWithout(proxy, scheme):
    for name in (f"prices.example:{proxy.port}", "prices.example", f"[::1]:{proxy.port}"):
        status, headers, body = proxy.ask("GET", "/prices/v1/tickers", Host=name, Origin=f"{scheme}://{name}")
        assert status == 200, body
        assert headers["Access-Control-Allow-Origin"] == f"{scheme}://{name}"


def test_Origin_OfAnotherPort_IsRefused(proxy):
    name = f"prices.example:{proxy.port}"
    for origin in (f"http://prices.example:{proxy.port + 1}", "http://prices.example", "http://evil.example"):
        assert proxy.ask("GET", "/prices/v1/tickers", Host=name, Origin=origin)[0] == 403, origin
    assert proxy.ask("GET", "/prices/v1/tickers", Host=name, Origin=ELSEWHERE)[0] == 200


def test_Origin_OfAWebSocket_IsComparedWithTheBrowsersHost(proxy):
    def status(origin):
        session, _ = proxy.create("AAPL")
        return proxy.ask("GET", f"/prices{session['stream_url']}", Origin=origin, Connection="Upgrade",
                         Upgrade="websocket", Sec_WebSocket_Version="13",
                         Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==")[0]
    assert status("http://evil.example") == 403

    async def own():
        session, _ = proxy.create("AAPL")
        async with websockets.connect(proxy.stream_url(session), origin=f"http://{proxy.host}") as stream:
            assert json.loads(await stream.recv())["type"] == "snapshot"
    asyncio.run(asyncio.wait_for(own(), 20 * SLACK))


# How streams end.
@both
def test_Drain_IsSeenThroughTheProxy_AndStreamsGetTheirGoodbye(kind, tmp_path):
    server = Server("--feed", "push", "--drain-delay-seconds", "3", "--drain-seconds", "0", over_tls=False)
    proxy = started(kind, tmp_path, server)
    try:
        assert json.loads(proxy.ask("GET", "/prices/readyz")[2]) == {"ready": True}

        async def run():
            session, _ = proxy.create("AAPL")
            async with websockets.connect(proxy.stream_url(session)) as stream:
                await stream.recv()
                server.process.send_signal(signal.SIGTERM)
                eventually(lambda: proxy.ask("GET", "/prices/readyz")[0] == 503, 2)
                if kind == "haproxy":  # by then it asks the server no more, and answers by itself
                    eventually(lambda: b"draining" not in proxy.ask("GET", "/prices/readyz")[2], 3)
                assert json.loads(await stream.recv())["type"] == "goodbye"
                await stream.wait_closed()
                return stream.close_code
        assert asyncio.run(asyncio.wait_for(run(), 20 * SLACK)) == 1001
        assert server.process.wait(10 * SLACK) == 0
    finally:
        proxy.stop()
        server.stop()


# Timeouts that a run of seconds can't show.
def test_Timeouts_AreOverPingsAndHeartbeats_AndKeptConnectionsBelowTheServers():
    help_text = " ".join(run_to_end("--help")[1].split())
    quiet = max(int(re.search(rf"--{name} VALUE [^(]*\([^)]*default (\d+)\)", help_text)[1])
                for name in ("ping-seconds", "heartbeat-seconds"))
    nginx = dict(re.findall(r"^\s*(\w+_timeout) (\d+)s;", configuration("nginx"), re.M))
    haproxy = dict(re.findall(r"^\s*timeout (\S+)\s+(\d+)s", configuration("haproxy"), re.M))
    for timeouts, names in ((nginx, ("proxy_read_timeout", "send_timeout")), (haproxy, ("client", "server", "tunnel"))):
        assert all(int(timeouts[name]) > 2 * quiet for name in names)
    assert int(nginx["keepalive_timeout"]) < 75


def test_Configurations_NameNoAdminListener():
    assert "8081" not in configuration("nginx") + configuration("haproxy")
