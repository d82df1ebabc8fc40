"""A client's connection that sends what a case says, and takes the server's bytes apart strictly:
frames (RFC 6455 section 5), messages (docs/asyncapi.yaml), the end of TCP and of TLS."""
import base64
import collections
import hashlib
import socket
import struct

from .frames import CLOSE, PONG, TEXT
from support import documents
from support.harness import SLACK, HttpSocket

PATIENCE = 20 * SLACK  # seconds for a step; only a case that fails waits for so long
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_of(key):
    """As section 4.2.2 has it."""
    return base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()


class Peer:
    def __init__(self, server, session_id):
        self.server, self.session_id = server, session_id
        self.http = HttpSocket(server.public, PATIENCE / SLACK)
        self.plain = self.http.socket.plain if server.public.over_tls else self.http.socket
        self.plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.http.socket.settimeout(PATIENCE)
        self.messages, self.pongs = collections.deque(), collections.deque()
        self.goodbye = None
        self.begun = False  # the snapshot has come
        self.others = []  # closed with it

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in (*self.others, self):
            each.http.socket.close()

    # Out.
    def send(self, pieces):
        """Each piece is a TCP segment of its own where the kernel has time for it, and over TLS a
        record."""
        for piece in pieces:
            self.http.socket.sendall(piece)

    def half_close(self):
        """A FIN; over TLS without a close_notify before it."""
        self.plain.shutdown(socket.SHUT_WR)

    # In.
    def _exactly(self, count):
        while len(self.http.buffer) < count:
            self.http._fill()
        taken, self.http.buffer = self.http.buffer[:count], self.http.buffer[count:]
        return taken

    def frame(self):
        """The next frame of the server: opcode and payload. What a server must not do fails."""
        first, second = self._exactly(2)
        opcode, size = first & 0x0F, second & 0x7F
        assert first & 0x70 == 0, "a reserved bit, though no extension was agreed on"
        assert second & 0x80 == 0, "a mask in a frame of the server"
        assert opcode in (TEXT, PONG, CLOSE), f"opcode {opcode}"
        assert first & 0x80, "a fragment"
        if size == 126:
            (size,) = struct.unpack("!H", self._exactly(2))
            assert size >= 126, "a length in more bytes than it needs"
        elif size == 127:
            (size,) = struct.unpack("!Q", self._exactly(8))
            assert 65_536 <= size < 1 << 63, "a length in more bytes than it needs"
        assert opcode == TEXT or size <= 125, "a control frame of more than 125 bytes"
        return opcode, self._exactly(size)

    def take(self):
        """Reads a frame into the place of its kind; gives the payload of a close."""
        opcode, payload = self.frame()
        if opcode == CLOSE:
            return payload
        if opcode == PONG:
            self.pongs.append(payload)
            return None
        assert self.goodbye is None, "a message after the goodbye"
        message = documents.check_message(payload.decode("utf-8"))
        if message["type"] == "goodbye":
            self.goodbye = message
        elif not self.begun:
            assert message["type"] == "snapshot", f"before the snapshot: {message}"
            self.begun = True
        else:
            self.messages.append(message)
        return None

    def _first_of(self, waiting):
        while not waiting:
            payload = self.take()
            assert payload is None, f"closed with {payload!r}"
            assert self.goodbye is None, self.goodbye
        return waiting.popleft()

    def message(self):
        """The next message; a pong that comes before it is kept."""
        return self._first_of(self.messages)

    def pong(self):
        """The payload of the next pong; a message that comes before it is kept."""
        return self._first_of(self.pongs)

    def close_code(self):
        """Reads up to the server's close frame; the code, or None."""
        while (payload := self.take()) is None:
            pass
        assert len(payload) != 1, "a close frame of one byte"
        payload[2:].decode("utf-8")
        return struct.unpack("!H", payload[:2])[0] if payload else None

    def nothing_is_left(self):
        assert not self.messages, f"a message that nothing asked for: {self.messages[0]}"
        assert not self.pongs, f"a pong that nothing asked for: {self.pongs[0]!r}"

    def ends_in_order(self):
        """The server's FIN (over TLS behind a close_notify) with nothing before it. Our side is
        open: the server is the first to close TCP (RFC 6455 section 7.1.1)."""
        assert self.http.buffer == b"", f"bytes behind the close frame: {self.http.buffer[:99]!r}"
        more = self.http.socket.recv(4096)
        assert more == b"", f"bytes behind the close frame: {more[:99]!r}"

    def snapshot(self):
        """Reads up to the first message."""
        while not self.begun:
            payload = self.take()
            assert payload is None, f"closed with {payload!r}"
