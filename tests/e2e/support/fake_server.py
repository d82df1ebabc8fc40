"""A server that makes sessions and streams, and then breaks the rules as the test asks."""
import json
import re
import socket
import struct
import threading
import time

# The answer to RFC 6455's own example key, which swarms send.
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
TEXT, CLOSE, PING = 1, 8, 9
EMPTY_METRICS = "".join(f"{name} 0\n" for name in (
    "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
    "tickcast_slow_clients", "tickcast_ticks_delivered_total", "tickcast_ticks_conflated_total",
    "tickcast_ticks_abandoned_total"))


def metrics(sessions=0, connections=0):
    return EMPTY_METRICS + (f'tickcast_sessions{{state="streaming"}} {sessions}\n'
                            f'tickcast_connections{{transport="websocket"}} {connections}\n'
                            "tickcast_subscriptions 0\n")


class Connection:
    """One client; `seen` holds its requests and their times."""

    def __init__(self, accepted):
        self.socket, self.buffer = accepted, b""

    def request(self):
        """Method, path and body; nothing once the client has gone."""
        while b"\r\n\r\n" not in self.buffer:
            more = self.socket.recv(65536)
            if not more:
                return None
            self.buffer += more
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        length = re.search(rb"Content-Length: (\d+)", head)
        wanted = int(length.group(1)) if length else 0
        while len(self.buffer) < wanted:
            more = self.socket.recv(65536)
            if not more:
                return None
            self.buffer += more
        body, self.buffer = self.buffer[:wanted], self.buffer[wanted:]
        method, path = head.split(b" ")[:2]
        return method.decode(), path.decode(), body

    def answer(self, status, body="", **headers):
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self.socket.sendall(f"HTTP/1.1 {status} X\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())

    def upgrade(self):
        self.socket.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Accept: {ACCEPT}\r\n\r\n").encode())

    def frame(self, opcode, payload=b""):
        size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + struct.pack("!H", len(payload))
        self.socket.sendall(bytes([0x80 | opcode]) + size + payload)

    def say(self, **message):
        self.frame(TEXT, json.dumps(message, separators=(",", ":")).encode())

    def close(self, code):
        self.frame(CLOSE, struct.pack("!H", code))

    def drain(self):
        """Reads until the client has gone."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass

    def answer_goodbye(self):
        """Until the client says so or goes: no ping is sent here, so nothing else comes."""
        if self.socket.recv(65536):
            self.close(1000)


class FakeServer:
    """Each connection on a thread of its own. Subclasses define its behaviour."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.public = self.listener.getsockname()
        self.lock = threading.Lock()
        self.asked = []  # (when, method, path)
        self.open = []
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.threads[0].join()
        self.listener.close()
        for each in self.open:
            try:
                each.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self.threads[1:]:
            thread.join()
        for each in self.open:
            each.socket.close()

    def _accept(self):
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(accepted)
            self.open.append(connection)
            self.threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self.threads[-1].start()

    def _serve(self, connection):
        try:
            while (asked := connection.request()) is not None:
                with self.lock:
                    number = sum(path == asked[1] for _, _, path in self.asked)
                    self.asked.append((time.monotonic(), *asked[:2]))
                if asked[0] == "POST":
                    tickers = json.loads(asked[2])["tickers"]
                    self.create(connection, number, tickers)
                elif asked[1].startswith("/v1/stream/"):
                    if refusal := self.refuse_upgrade(number):
                        connection.answer(refusal[0], "{}", **refusal[1])
                        continue
                    connection.upgrade()
                    self.stream(connection, asked[1].rpartition("/")[2], number)
                    return connection.socket.shutdown(socket.SHUT_RDWR)
                else:
                    connection.answer(*self.get(asked[1], number))
        except OSError:
            pass  # the client has gone, or the test has ended

    def refuse_upgrade(self, number):
        """Status and headers for the number'th try of one session; nothing: it is granted."""

    def times_of(self, path):
        with self.lock:
            return [when for when, _, asked in self.asked if asked == path]

    # Its behaviour the `number`th time (from 0) that this path is asked for.
    tickers = ("AAA",)

    def create(self, connection, number, tickers):
        connection.answer(201, json.dumps({"session_id": f"session{number:015}", "tickers": tickers},
                                          separators=(",", ":")))

    def snapshot(self, connection, session_id, **changes):
        connection.say(**{"type": "snapshot", "session_id": session_id, "epoch": "e1", "feed": "live",
                          "tickers": list(self.tickers), "quotes": [], **changes})

    def stream(self, connection, session_id, number):
        self.snapshot(connection, session_id)
        connection.answer_goodbye()

    def get(self, path, number):
        return 200, metrics()
