"""Frames of RFC 6455 as a client sends them, right or wrong: their bytes, and their words in the
table."""
import dataclasses
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NAMES = {CONTINUATION: "continuation", TEXT: "text", BINARY: "binary", CLOSE: "close", PING: "ping", PONG: "pong"}
KEY = bytes.fromhex("37fa213d")  # that of the examples in RFC 6455 section 5.7
WIDTHS = {16: (126, "!H"), 64: (127, "!Q")}
SHOWN = 44  # bytes of a payload that the table shows


def masked(payload, key):
    """As section 5.3 has it."""
    if not payload:
        return b""
    stream = (key * (len(payload) // 4 + 1))[:len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(payload), "big")


def words_of(data):
    """Bytes for a reader of the table."""
    if not data:
        return "empty"
    rest = data.rstrip(data[-1:])
    same = len(data) - len(rest)
    if same > 8:
        return (f"{words_of(rest)} and " if rest else "") + f"{same:,} × {words_of(data[-1:])}"
    words = repr(data[:SHOWN])[2:-1].replace("|", "\\x7c").replace("`", "\\x60")
    return f"`{words}`" if len(data) <= SHOWN else f"`{words}…` ({len(data):,} bytes)"


@dataclasses.dataclass(frozen=True)
class Frame:
    """`length`: (bits, value), where it is not that of the payload in as few bytes as possible;
    `key`: None for no mask."""
    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0
    key: bytes | None = KEY
    length: tuple[int, int] | None = None

    def shortest(self):
        size = len(self.payload)
        return (7 if size < 126 else 16 if size < 65_536 else 64), size

    def head(self):
        bits, value = self.length or self.shortest()
        mask = 0 if self.key is None else 0x80
        code, form = WIDTHS.get(bits, (value, ""))
        return (bytes([(0x80 if self.fin else 0) | self.rsv << 4 | self.opcode, mask | code])
                + (struct.pack(form, value) if form else b"") + (self.key or b""))

    def encoded(self):
        return self.head() + (self.payload if self.key is None else masked(self.payload, self.key))

    def _marks(self):
        if self.rsv:
            yield f"RSV {self.rsv:03b}"
        if not self.fin:
            yield "FIN 0"
        if self.key is None:
            yield "no mask"
        elif self.key != KEY:
            yield f"key {self.key.hex()}"
        if self.length:
            yield f"length {self.length[1]:,} in {self.length[0]} bits"

    def __str__(self):
        name = NAMES.get(self.opcode, f"opcode {self.opcode:X}")
        marks = "".join(f", {mark}" for mark in self._marks())
        if self.opcode == CLOSE and len(self.payload) >= 2:
            code, reason = struct.unpack("!H", self.payload[:2])[0], self.payload[2:]
            return f"{name} {code}{marks}" + (f" {words_of(reason)}" if reason else "")
        return f"{name}{marks} {words_of(self.payload)}"


def text(payload=b"", **more):
    return Frame(TEXT, payload, **more)


def continuation(payload=b"", **more):
    return Frame(CONTINUATION, payload, **more)


def binary(payload=b"", **more):
    return Frame(BINARY, payload, **more)


def ping(payload=b"", **more):
    return Frame(PING, payload, **more)


def pong(payload=b"", **more):
    return Frame(PONG, payload, **more)


def close(code=None, reason=b"", **more):
    return Frame(CLOSE, (b"" if code is None else struct.pack("!H", code)) + reason, **more)


def fragments(*payloads, opcode=TEXT):
    """One message in as many frames."""
    last = len(payloads) - 1
    return tuple(Frame(CONTINUATION if at else opcode, payload, fin=at == last) for at, payload in enumerate(payloads))


def asked(identifier, size=0):
    """The message that the server answers with the same `identifier` (a text or a whole number),
    with blanks up to a size."""
    value = b'"' + identifier + b'"' if isinstance(identifier, bytes) else str(identifier).encode()
    return (b'{"op":"ping","id":' + value + b"}").ljust(size)
