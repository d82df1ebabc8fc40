"""A client of Server-Sent Events that checks everything it gets, stricter than any EventSource."""
import re
import socket
import time

from support import contract
from support import documents
from support.harness import SLACK, HttpSocket, request_bytes
from support.stream_client import StreamClient

# Never without data: some libraries would hand on an empty event, and the plainest loop throws at
# it.
BLOCK = re.compile(r"(?:retry: (?P<retry>\d+)\n)?id: (?P<id>\S+)\nevent: (?P<event>\w+)\ndata: (?P<data>.+)")


def wish(session_id, last_event_id=None, **changes):
    """The request of an EventSource; a header given as None is left out."""
    fields = {"Accept": "text/event-stream", "Cache-Control": "no-cache", "Last-Event-ID": last_event_id}
    fields.update({name.replace("_", "-"): value for name, value in changes.items()})
    return request_bytes("GET", f"/v1/stream/{session_id}", headers=fields)


class EventSource(StreamClient):
    """`refused` holds the answer if the server does not stream (a 204 too)."""

    def __init__(self, server, session_id, last_event_id=None, receive_buffer=None, after=b"", http=None,
                 **headers):
        self.http = http or HttpSocket(server.public)
        self.socket = self.http.socket
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.http.send(wish(session_id, last_event_id, **headers) + after)
        self.head = self.http.receive()
        self.goodbye = None
        self.refused = None if self.head.status == 200 else self.head
        if self.refused is None:
            assert self.head.headers["connection"] == "close"
            assert not {"content-length", "transfer-encoding"} & self.head.headers.keys()
            self.session_id = session_id
            self._first = None  # the first block, once it was read
            self._first_is_told = False

    @property
    def id(self):
        return self._begin()[0]

    @property
    def retry(self):
        return self._begin()[1]

    @property
    def generation(self):
        return int(self.id.rsplit(".", 1)[1])

    # Afterwards the stream is still known by its id, so that is read first.

    def leave(self):
        self._begin()
        self.socket.close()

    def reset(self):
        self._begin()
        super().reset()

    def _fill(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(left)
        self.http._fill()

    def _block(self, deadline):
        """The next block of lines: its id, its retry or None, and its message."""
        while b"\n\n" not in self.http.buffer:
            self._fill(deadline if not self.http.buffer else max(deadline, time.monotonic() + 1))
        block, self.http.buffer = self.http.buffer.split(b"\n\n", 1)
        found = BLOCK.fullmatch(block.decode("utf-8"))
        assert found, block
        message = documents.check_message(found["data"])
        assert message["type"] == found["event"], block
        return found["id"], found["retry"] and int(found["retry"]), message

    def _begin(self, deadline=None):
        """The first block, of a snapshot (or of a goodbye): by its `id` and `retry` the stream is
        known."""
        if self._first is None:
            self._first = self._block(deadline or time.monotonic() + 5 * SLACK)
            id, retry, message = self._first
            assert re.fullmatch(re.escape(self.session_id) + r"\.[1-9]\d*", id)
            assert message["type"] in ("snapshot", "goodbye"), message
            if message["type"] == "snapshot":
                assert 1000 <= retry <= 3000
        return self._first

    def _next(self, deadline):
        id, retry, message = self._begin(deadline)
        if not self._first_is_told:
            self._first_is_told = True
            return message, retry if message["type"] == "goodbye" else None
        id, retry, message = self._block(deadline)
        assert id == self.id, id
        return message, retry

    def message(self, timeout=5.0, type=None):
        """The next message, of this type if one is given (others are skipped)."""
        deadline = time.monotonic() + timeout * SLACK
        while True:
            assert self.goodbye is None, "a message after the goodbye"
            message, retry = self._next(deadline)
            if message["type"] == "goodbye":
                self.goodbye = message
            assert retry == (message.get("reconnect_in_ms") if self.goodbye else None)
            if type in (None, message["type"]):
                return message

    def closed(self, timeout=5.0):
        """Reads on to the goodbye and to the end behind it: the code that a WebSocket would have
        got."""
        deadline = time.monotonic() + timeout * SLACK
        while self.goodbye is None:
            self.message((deadline - time.monotonic()) / SLACK)
        self.socket.settimeout(timeout * SLACK)
        assert self.http.at_end(), "bytes after the goodbye"
        self.socket.close()
        (code,) = (code for code, said in contract.goodbyes().items() if said == self.goodbye["code"])
        return code
