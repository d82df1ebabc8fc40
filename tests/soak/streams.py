"""Streams over a Wire, by WebSocket and by Server-Sent Events. Each message is held against
asyncapi.yaml, and the ticks against what must hold for any stream."""
import json
import re
import struct

from support import contract, documents
from support.sseclient import BLOCK, wish
from support.wsclient import CLOSE, PING, PONG, TEXT, WebSocket, handshake

from wire import PATIENCE


class Broken(Exception):
    """A promise was broken: no trouble of the machine excuses it."""


class Failed(Exception):
    """Something did not go as it should; a pause or a shortage at that time excuses it."""


class Ended(Exception):
    """The server ended the stream: with this close code, or without one (None)."""

    def __init__(self, code):
        super().__init__(f"ended with {code}")
        self.code = code


def frame(opcode, payload=b"", **options):
    return WebSocket.frame(None, opcode, payload, **options)


class TickCheck:
    """What holds for any stream: snapshot first, tickers that were asked for, `n` that rises."""

    def __init__(self, session):
        self.session, self.tickers, self.newest = session, None, {}
        self.received, self.gaps = 0, 0

    def note(self, message):
        kind = message["type"]
        if self.tickers is None:
            if kind not in ("snapshot", "goodbye") or message.get("session_id", self.session) != self.session:
                raise Broken(f"a stream began with {message}")
            self.tickers = set()
        if kind == "snapshot":
            self.tickers |= set(message["tickers"])
            self.newest |= {name: 0 for name in message["tickers"]}
            self.newest |= {quote["s"]: quote["n"] for quote in message["quotes"]}
        elif kind == "subscribed":
            self.tickers &= set(message["tickers"])
        elif kind == "ticks":
            for tick in message["ticks"]:
                self._tick(tick["s"], tick["n"])

    def _tick(self, name, n):
        if name not in self.tickers:
            raise Broken(f"a tick of {name}, which is not subscribed")
        if n <= self.newest[name]:
            raise Broken(f"{name}: n {n} after {self.newest[name]}")
        self.received += 1
        self.gaps += n - self.newest[name] - 1
        self.newest[name] = n


class Stream:
    def __init__(self, wire, session):
        self.wire, self.check = wire, TickCheck(session)

    def _told(self, text):
        try:
            message = documents.check_message(text)
        except AssertionError as error:
            raise Broken(str(error)) from error
        self.check.note(message)
        return message

    async def until(self, kind, patience=PATIENCE):
        while True:
            message = await self.message(patience)
            if message["type"] == kind:
                return message

    async def ended(self, patience=PATIENCE):
        """Reads on to the end: its code."""
        try:
            while True:
                await self.message(patience)
        except Ended as end:
            return end.code


class WebSocketStream(Stream):
    leaving = False

    @classmethod
    async def open(cls, wire, session, **_):
        await wire.send(handshake(session))
        reply = await wire.reply()
        if reply.status != 101:
            raise Failed(f"no upgrade: {reply}")
        return cls(wire, session)

    async def message(self, patience=PATIENCE):
        while True:
            opcode, payload = await self._frame(patience)
            if opcode == TEXT:
                return self._told(payload.decode("utf-8"))
            if opcode == PING and not self.leaving:
                await self._answer(PONG, payload)
            if opcode == CLOSE:
                if not self.leaving:
                    await self._answer(CLOSE, payload[:2])
                raise Ended(struct.unpack("!H", payload[:2])[0] if payload else 1005)

    async def _answer(self, opcode, payload):
        try:
            await self.wire.send(frame(opcode, payload))
        except ConnectionError:
            pass  # what it says before its end is in the buffer

    async def _frame(self, patience):
        try:
            while (found := self._whole_frame()) is None:
                await self.wire.fill(patience)
            return found
        except (EOFError, ConnectionError) as error:
            raise Ended(None) from error

    def _whole_frame(self):
        """Opcode and payload, taken from the buffer once all of it is there."""
        buffer = self.wire.buffer
        if len(buffer) < 2:
            return None
        first, length = buffer[:2]
        if first & 0x70 or not first & 0x80 or length & 0x80:
            raise Broken(f"a frame that begins with {first:#x} {length:#x}")
        begin = 2 + {126: 2, 127: 8}.get(length, 0)
        if begin > 2:
            length = int.from_bytes(buffer[2:begin], "big")
        if len(buffer) < begin or len(buffer) < begin + length:
            return None
        self.wire.buffer = buffer[begin + length:]
        return first & 0x0F, buffer[begin:begin + length]

    async def say(self, op, **members):
        await self.wire.send(frame(TEXT, json.dumps({"op": op, **members})))

    async def leave(self, code=1000):
        """The closing handshake; the code of the server's answer."""
        self.leaving = True
        await self.wire.send(frame(CLOSE, struct.pack("!H", code)))
        return await self.ended()


class EventStream(Stream):
    @classmethod
    async def open(cls, wire, session, last_event_id=None):
        await wire.send(wish(session, last_event_id))
        reply = await wire.reply()
        if reply.status != 200:
            raise Failed(f"no events: {reply}")
        stream = cls(wire, session)
        stream.id, stream.goodbye = None, None
        return stream

    async def message(self, patience=PATIENCE):
        try:
            block = await self.wire.line_end(b"\n\n", patience)
        except (EOFError, ConnectionError) as error:
            raise Ended(self._code()) from error
        found = BLOCK.fullmatch(block.decode("utf-8"))
        if not found:
            raise Broken(f"a block of events: {block[:200]!r}")
        if not re.fullmatch(re.escape(self.check.session) + r"\.[1-9]\d*", found["id"]):
            raise Broken(f"an id of another session: {found['id']}")
        self.id = found["id"]
        message = self._told(found["data"])
        if message["type"] == "goodbye":
            self.goodbye = message
        return message

    def _code(self):
        if self.goodbye is None:
            return None
        (code,) = (code for code, said in contract.goodbyes().items() if said == self.goodbye["code"])
        return code

    async def leave(self):
        self.wire.close()
