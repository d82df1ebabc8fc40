"""Which request an answer is for: reads the bytes that a test sends, as far as they make sense."""
import re

LINE = re.compile(rb"([A-Z]+) (/\S*|\*|http://\S+) HTTP/1\.[0-9]\r\n")
CHUNK = re.compile(rb"([0-9a-fA-F]+)[^\r\n]*\r\n")
TRAILER = re.compile(rb"(?:[^\r\n]+\r\n)*\r\n")
UNREADABLE = (None, None)


class RequestsSent:
    """The requests of one connection in their order, however they were cut when sent."""

    def __init__(self):
        self._bytes = b""
        self._lost = False  # something made no sense: the bytes behind it have no beginning

    def add(self, data):
        self._bytes += data

    def next(self):
        """Method and target of the next request, of which the answer has come."""
        line = LINE.match(self._bytes)
        if self._lost or not line:
            self._lost = True
            return UNREADABLE
        self._skip()
        return line.group(1).decode(), line.group(2).decode("latin-1")

    def _skip(self):
        head, end, rest = self._bytes.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)\r?", head + b"\r", re.I)
        if re.search(rb"\r\ntransfer-encoding: *chunked\r", head + b"\r", re.I):
            rest = self._after_chunks(rest)
        elif length and end:
            # An answer can come before the body is complete.
            self._lost = int(length.group(1)) > len(rest)
            rest = rest[int(length.group(1)):]
        self._lost |= not end
        self._bytes = rest

    def _after_chunks(self, rest):
        while size := CHUNK.match(rest):
            count = int(size.group(1), 16)
            rest = rest[size.end():]
            if count == 0:
                trailer = TRAILER.match(rest)
                self._lost |= not trailer
                return rest[trailer.end():] if trailer else b""
            rest = rest[count + 2:]
        self._lost = True
        return b""
