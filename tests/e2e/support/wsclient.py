"""A WebSocket client that can do everything wrong, and that checks everything it gets."""
import base64
import hashlib
import json
import os
import socket
import struct
import time

from support import documents
from support.harness import SLACK, HttpSocket
from support.stream_client import StreamClient

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def handshake(session_id, key=None, **changes):
    fields = {
        "Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key or base64.b64encode(os.urandom(16)).decode(),
    }
    fields.update({name.replace("_", "-"): value for name, value in changes.items()})
    lines = [f"{name}: {value}\r\n" for name, value in fields.items() if value is not None]
    return f"GET /v1/stream/{session_id} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


class WebSocket(StreamClient):
    """`refused` holds the answer if the server did not upgrade."""

    def __init__(self, server, session_id, receive_buffer=None, after=b"", http=None):
        self.http = http or HttpSocket(server.public)
        self.socket = self.http.socket
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        key = base64.b64encode(os.urandom(16)).decode()
        self.http.send(handshake(session_id, key) + after)
        reply = self.http.receive()
        self.refused = None if reply.status == 101 else reply
        if self.refused is None:
            accept = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()
            assert reply.headers["sec-websocket-accept"] == accept
            assert reply.headers["upgrade"].lower() == "websocket"
            assert "sec-websocket-extensions" not in reply.headers
        self.close_code = None
        self.close_sent = None
        self.goodbye = None
        self.pings = 0
        self.answer_pings = True

    # Out.
    def frame(self, opcode, payload=b"", fin=True, rsv=0, mask=True, length=None):
        """One frame as bytes; `length` says another length than the payload has, as (code,
        bytes)."""
        if isinstance(payload, str):
            payload = payload.encode()
        head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
        bit = 0x80 if mask else 0
        if length is not None:
            head += bytes([bit | length[0]]) + length[1]
        elif len(payload) < 126:
            head += bytes([bit | len(payload)])
        elif len(payload) < 65536:
            head += bytes([bit | 126]) + struct.pack("!H", len(payload))
        else:
            head += bytes([bit | 127]) + struct.pack("!Q", len(payload))
        if not mask:
            return head + payload
        key = os.urandom(4)
        return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))

    def send(self, opcode, payload=b"", **options):
        if opcode == TEXT:
            documents.note_client_message(payload)
        if opcode == CLOSE and self.close_sent is None:
            self.close_sent = struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else 1005
        self.socket.sendall(self.frame(opcode, payload, **options))

    def send_raw(self, data):
        self.socket.sendall(data)

    def say(self, op, **members):
        """A client's message."""
        self.send(TEXT, json.dumps({"op": op, **members}))

    def close(self, code=1000, reason=b""):
        self.send(CLOSE, struct.pack("!H", code) + reason)

    # In.
    def _exactly(self, count, deadline):
        while len(self.http.buffer) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.socket.settimeout(left)
            self.http._fill()
        taken, self.http.buffer = self.http.buffer[:count], self.http.buffer[count:]
        return taken

    def receive_frame(self, timeout=5.0):
        """The next frame, strictly checked: opcode and payload."""
        deadline = time.monotonic() + timeout * SLACK
        while len(self.http.buffer) < 2:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.socket.settimeout(left)
            self.http._fill()
        deadline = max(deadline, time.monotonic() + 1)
        first, second = self._exactly(2, deadline)
        assert first & 0x70 == 0, "a reserved bit"
        assert first & 0x80, "a fragment, which this server has no need of"
        opcode, length = first & 0x0F, second
        assert opcode in (TEXT, CLOSE, PING, PONG), opcode
        assert second & 0x80 == 0, "a masked frame"
        if length == 126:
            length = struct.unpack("!H", self._exactly(2, deadline))[0]
            assert length > 125
        elif length == 127:
            length = struct.unpack("!Q", self._exactly(8, deadline))[0]
            assert length > 65535
        assert opcode == TEXT or length <= 125
        payload = self._exactly(length, deadline)
        if opcode == TEXT:
            assert self.goodbye is None, "a message after the goodbye"
            message = documents.check_message(payload.decode("utf-8"))
            if message["type"] == "goodbye":
                self.goodbye = message
        elif opcode == CLOSE:
            self._check_close(payload)
        return opcode, payload

    def _check_close(self, payload):
        """A close that the client began is answered; one of the server's has its goodbye."""
        assert len(payload) != 1
        payload[2:].decode("utf-8")
        self.close_code = struct.unpack("!H", payload[:2])[0] if payload else 1005
        if self.close_sent is None or self.goodbye:
            documents.check_close(self.close_code, self.goodbye)
        elif self.close_code == 1000:
            documents.seen_messages.add(("close", 1000, None))

    def receive(self, timeout=5.0):
        """The next text or close frame; pings are answered and counted, pongs skipped."""
        deadline = time.monotonic() + timeout * SLACK
        while True:
            opcode, payload = self.receive_frame((deadline - time.monotonic()) / SLACK)
            if opcode == PING:
                self.pings += 1
                if self.answer_pings:
                    self.send(PONG, payload)
            elif opcode != PONG:
                return opcode, payload

    def message(self, timeout=5.0, type=None):
        """The next JSON message, of this type if one is given (others are skipped)."""
        deadline = time.monotonic() + timeout * SLACK
        while True:
            opcode, payload = self.receive((deadline - time.monotonic()) / SLACK)
            assert opcode == TEXT, f"closed with {payload!r}"
            message = json.loads(payload)
            if type in (None, message["type"]):
                return message

    def until(self, type, timeout=5.0):
        """All messages up to the next of this type, which is the last of them."""
        deadline = time.monotonic() + timeout * SLACK
        found = [self.message(timeout)]
        while found[-1]["type"] != type:
            found.append(self.message((deadline - time.monotonic()) / SLACK))
        return found

    def settled(self):
        """The server's messages before a pong: a ping's answer keeps its place in the order."""
        self.say("ping", id="settled")
        *before, pong = self.until("pong")
        assert pong["id"] == "settled"
        return before

    def closed(self, timeout=5.0):
        """Reads on to the server's close frame, answers it, and waits for the end: the code."""
        deadline = time.monotonic() + timeout * SLACK
        while True:
            opcode, payload = self.receive((deadline - time.monotonic()) / SLACK)
            if opcode == CLOSE:
                break
        try:
            self.send(CLOSE, payload[:2])
        except OSError:
            pass  # the server need not wait for the answer to an error
        self.socket.settimeout(timeout * SLACK)
        assert self.http.at_end(), "bytes after the close frame"
        self.socket.close()
        return self.close_code
