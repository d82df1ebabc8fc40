"""One TCP connection under asyncio, plain or TLS, that can be as rude as a deed wants. One task at
a time uses it."""
import asyncio
import re
import socket
import ssl
import struct

PATIENCE = 30.0  # s, of whatever a client waits for: over every pause and shortage
CHUNK = 65536


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"{self.status} {self.body[:200]!r}"


class Wire:
    """`secure` is an SSLContext, or None; `receive_buffer` in bytes makes a small window."""

    def __init__(self, plain):
        self.socket, self.tls, self.buffer = plain, None, b""
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()

    @classmethod
    async def open(cls, address, secure=None, source=None, receive_buffer=None):
        plain = socket.socket()
        plain.setblocking(False)
        wire = cls(plain)
        try:
            if receive_buffer:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            if source:
                plain.bind((source, 0))
            async with asyncio.timeout(PATIENCE):
                await asyncio.get_running_loop().sock_connect(plain, tuple(address))
                if secure:
                    wire.tls = secure.wrap_bio(wire.incoming, wire.outgoing, server_hostname="localhost")
                    await wire._drive(wire.tls.do_handshake)
        except BaseException:
            plain.close()
            raise
        return wire

    async def send(self, data, patience=PATIENCE):
        async with asyncio.timeout(patience):
            if self.tls:
                await self._drive(lambda: self.tls.write(data))
            else:
                await self.send_plain(data)

    async def send_plain(self, data):
        """Past TLS, if there is one."""
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def receive(self, patience=PATIENCE, size=CHUNK):
        """Some bytes; none at the end, also where TLS has no close_notify."""
        async with asyncio.timeout(patience):
            if not self.tls:
                return await self._take(size)
            try:
                return await self._drive(lambda: self.tls.read(size))
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    async def _drive(self, step):
        while True:
            try:
                done = step()
                await self._flush()
                return done
            except ssl.SSLWantReadError:
                await self._flush()
                received = await self._take(CHUNK)
                self.incoming.write(received) if received else self.incoming.write_eof()

    async def _take(self, size):
        """Waits for bytes and then takes them at once: a timeout meanwhile loses none, as it can
        with the loop's sock_recv."""
        while True:
            try:
                return self.socket.recv(size)
            except BlockingIOError:
                await self._readable()

    async def _readable(self):
        loop, descriptor = asyncio.get_running_loop(), self.socket.fileno()
        ready = loop.create_future()
        loop.add_reader(descriptor, lambda: ready.done() or ready.set_result(None))
        try:
            await ready
        finally:
            if self.socket.fileno() == descriptor:  # else it is closed, and may be another's
                loop.remove_reader(descriptor)

    async def _flush(self):
        if self.outgoing.pending:
            await self.send_plain(self.outgoing.read())

    async def fill(self, patience=PATIENCE):
        more = await self.receive(patience)
        if not more:
            raise EOFError("the server hung up")
        self.buffer += more

    async def line_end(self, mark, patience=PATIENCE):
        """All up to the mark, which is taken away too."""
        async with asyncio.timeout(patience):
            while mark not in self.buffer:
                await self.fill(patience)
        taken, self.buffer = self.buffer.split(mark, 1)
        return taken

    async def exactly(self, count, patience=PATIENCE):
        async with asyncio.timeout(patience):
            while len(self.buffer) < count:
                await self.fill(patience)
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    async def reply(self, head_only=False, patience=PATIENCE):
        """The next answer. The body of one that streams stays in the buffer."""
        head = (await self.line_end(b"\r\n\r\n", patience)).decode("latin-1").split("\r\n")
        status = int(re.fullmatch(r"HTTP/1\.[01] (\d{3}) .*", head[0])[1])
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in head[1:])}
        length = 0 if head_only or status in (101, 204, 304) else int(headers.get("content-length", 0))
        return Reply(status, headers, await self.exactly(length, patience))

    async def until_end(self, patience=PATIENCE):
        """Reads what comes until the server hangs up; a reset counts. The bytes."""
        found = self.buffer
        self.buffer = b""
        async with asyncio.timeout(patience):
            try:
                while more := await self.receive(patience):
                    found += more
            except ConnectionError:
                pass
        return found

    def reset(self):
        """RST instead of FIN."""
        if self.socket.fileno() != -1:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        if self.socket.fileno() != -1:
            asyncio.get_running_loop().remove_reader(self.socket.fileno())
        self.socket.close()
