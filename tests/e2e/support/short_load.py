"""A short load that makes every figure of the server move, while a Prometheus looks on.

Every step ends when Prometheus has seen its effect, so nothing depends on how fast the machine
is."""
import contextlib
import selectors
import signal
import threading
import time

from support.harness import SLACK, Server, eventually, request_bytes, stand_still
from support.wsclient import BINARY, TEXT, WebSocket

CROWD = 12
FLAGS = ("--threads", 2, "--feed", "sim?tickers=64&rate=1000&burst=64", "--slow-client-seconds", 6 * SLACK,
         "--pending-seconds", 4 * SLACK, "--detached-seconds", 4 * SLACK, "--max-message-bytes", 1000)
MIDNIGHT_NS = 1_767_225_600_000_000_000  # of the first day of 2026
REPLAY = "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\n" + "".join(
    f"{MIDNIGHT_NS + n * 100_000_000},REPLAYED,{n},1,{n + 1},1,,\n" for n in range(1, 21))


def lasting(tmp):
    """The server that stays: all feeds, of which the replay ends; it begins with the first
    stream."""
    (tmp / "replay.csv").write_text(REPLAY, encoding="utf-8")
    return Server(*FLAGS, "--feed", f"replay:{tmp}/replay.csv?loop=false&start=1", over_tls=False)


def ending():
    """The server whose sessions grow too old, and that is drained."""
    return Server("--threads", 1, "--feed", "sim?tickers=4&rate=100", "--max-session-age-seconds",
                  3 * SLACK, "--drain-seconds", 0.5, over_tls=False)


class Crowd:
    """Clients that read and do nothing else, each third one throttled."""

    def __init__(self, server, tickers):
        self.sockets = [WebSocket(server, server.create(*tickers[n:n + 2], throttle_ms=100 * (n % 3 == 0)))
                        for n in range(CROWD)]
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        with selectors.DefaultSelector() as selector:
            for each in self.sockets:
                each.socket.setblocking(False)
                selector.register(each.socket, selectors.EVENT_READ)
            while not self.stopping.is_set():
                for key, _ in selector.select(0.1):
                    try:
                        more = key.fileobj.recv(1 << 18)
                    except ConnectionResetError:
                        more = b""
                    if not more:
                        selector.unregister(key.fileobj)

    def leave(self):
        self.stopping.set()
        self.thread.join()
        for each in self.sockets:
            each.socket.close()


def opened(server, *tickers):
    session_id = server.create(*tickers)
    socket = WebSocket(server, session_id)
    socket.snapshot()
    return session_id, socket


def end_by_client(server, ticker):
    """Closes that a client causes: 1000, 1002, 1003, 1006, 1007, 1008, 1009, 4000,
    4001."""
    def wrong(code, act):
        _, socket = opened(server, ticker)
        act(socket)
        assert socket.closed() == code

    wrong(1000, lambda socket: socket.close(1000))
    wrong(1002, lambda socket: socket.send(TEXT, "{}", mask=False))
    wrong(1003, lambda socket: socket.send(BINARY, b"x"))
    wrong(1007, lambda socket: socket.send(TEXT, b"\xff"))
    wrong(1008, lambda socket: socket.send_raw(socket.frame(TEXT, '{"op":"ping","id":1}') * 120))
    wrong(1009, lambda socket: socket.send(TEXT, "x" * 1001))
    _, lost = opened(server, ticker)
    lost.reset()
    session_id, deleted = opened(server, ticker)
    assert server.request("DELETE", "/v1/sessions/" + session_id).status == 204
    assert deleted.closed() == 4000
    session_id, displaced = opened(server, ticker)
    with WebSocket(server, session_id) as successor:
        assert displaced.closed() == 4001
        successor.close()
        successor.closed()


def refuse(server):
    """A limit hit, and pushed ticks: one taken, one not."""
    assert server.request("POST", "/v1/sessions", {"tickers": [f"SYM{n}" for n in range(65)]}).status == 422
    # Long bodies, whose reading takes several times as long as a creation: else all might be in the
    # first bucket, up to 0.1 ms, and no quantile would ever move. So many that they are more than
    # half of the bodies before.
    for _ in range(2 * CROWD):
        assert server.request("POST", "/v1/sessions", {"tickers": [f"SYM{n}" for n in range(5000)]}).status == 422
    server.push({"s": "PUSHED", "p": 1})
    with server.connect(admin=True) as connection:
        connection.send(request_bytes("POST", "/v1/ticks", '{"s":"PUSHED"}\n',
                                      {"Content-Type": "application/x-ndjson"}))
        assert connection.receive().status in (400, 422)


def pause(server):
    stand_still(server.process)
    time.sleep(0.5)
    server.process.send_signal(signal.SIGCONT)


class ShortLoad:
    def __init__(self, prometheus, server, leaving):
        self.prometheus, self.server, self.leaving = prometheus, server, leaving
        self.instance = "%s:%d" % server.admin
        self.start = time.time()
        self._seen("up", of=server)
        self._seen("up", of=leaving)
        self._seen('tickcast_feed_up{feed="replay"}')
        self.run()
        self.end = time.time()

    def _seen(self, metric, at_least=1.0, at_most=float("inf"), of=None):
        """Waits until Prometheus has the metric's newest value within the bounds."""
        selector = 'instance="%s:%d"' % (of or self.server).admin
        name = metric[:-1] + "," + selector + "}" if metric.endswith("}") else f"{metric}{{{selector}}}"

        def within():
            found = self.prometheus.now(f"sum({name})")
            return found and at_least <= next(iter(found.values())) <= at_most
        eventually(within, 30, 0.1)

    def _closed(self, *codes, of=None):
        for code in codes:
            self._seen(f'tickcast_stream_closes_total{{code="{code}"}}', of=of)

    def run(self):
        tickers = self.server.get("/v1/tickers").json()["tickers"]
        crowd = Crowd(self.server, tickers)
        self._seen("tickcast_connections", CROWD)
        stalled = WebSocket(self.server, self.server.create(*tickers[:64]), receive_buffer=4096)
        self._seen("tickcast_slow_clients")
        self.server.create(tickers[0])  # no client streams it
        self._seen('tickcast_sessions{state="pending"}')
        refuse(self.server)
        self._seen('tickcast_ticks_rejected_total{feed="push"}')
        self._seen("tickcast_paused_seconds_total", 0)
        pause(self.server)
        self._seen("tickcast_paused_seconds_total", 0.2)
        end_by_client(self.server, "PUSHED")
        self._closed(1000, 1002, 1003, 1006, 1007, 1008, 1009, 4000, 4001)
        self._seen('tickcast_limit_hits_total{limit="slow-client-seconds"}')
        self._closed(4003)  # reset after 5 s, since it does not answer
        stalled.socket.close()
        self._seen('tickcast_feed_up{feed="replay"}', 0, 0)
        self._grow_old_and_drain()
        self._seen('tickcast_sessions_ended_total{reason="expired_pending"}')
        crowd.leave()
        self._seen('tickcast_sessions_ended_total{reason="expired_detached"}', CROWD)
        self._seen("tickcast_subscriptions", 0, 0)

    def _grow_old_and_drain(self):
        with contextlib.closing(opened(self.leaving, "AAPL")[1].socket) as _:
            self._seen('tickcast_sessions_ended_total{reason="too_old"}', of=self.leaving)
        self._closed(4002, of=self.leaving)
        (_, prompt), (_, reluctant) = opened(self.leaving, "AAPL"), opened(self.leaving, "AAPL")
        self.leaving.process.terminate()  # once: a second signal would end it at once
        assert prompt.closed() == 1001
        # It drains until the second one has answered, so that a client is left to get the
        # first.
        self._closed(1001, of=self.leaving)
        assert reluctant.closed() == 1001
        assert self.leaving.process.wait(10 * SLACK) == 0
        self._seen("up", 0, 0, of=self.leaving)
