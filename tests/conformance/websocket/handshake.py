"""The opening handshake: what is asked, and the answers."""
import dataclasses

from . import peer as peers
from .step import Expected, Sent

SAMPLE_KEY = b"dGhlIHNhbXBsZSBub25jZQ=="  # of section 1.3
FIELDS = (("Host", "localhost"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
          ("Sec-WebSocket-Key", SAMPLE_KEY.decode()), ("Sec-WebSocket-Version", "13"))


@dataclasses.dataclass(frozen=True)
class Ask(Sent):
    """A handshake. `{id}` in the target is the session's; `behind` are bytes that do not wait for
    the answer; `before` are bytes that the handshake follows at once."""
    words: str = "the handshake"
    method: str = "GET"
    target: str = "/v1/stream/{id}"
    version: str = "HTTP/1.1"
    fields: tuple[tuple[str, str], ...] = FIELDS
    before: bytes = b""
    behind: bytes = b""
    cuts: tuple[bytes, ...] = ()  # the request is cut behind each of these
    bytewise: bool = False

    def encoded(self, session_id):
        lines = "".join(f"{name}:{value if value.startswith(tuple(' ' + chr(9))) else ' ' + value}\r\n"
                        for name, value in self.fields)
        head = f"{self.method} {self.target.format(id=session_id)} {self.version}\r\n{lines}\r\n"
        return self.before + head.encode("latin-1") + self.behind

    def play(self, peer):
        data = self.encoded(peer.session_id)
        peer.http.sent.add(data.lstrip(b"\r\n"))
        if self.bytewise:
            return peer.send([data[at:at + 1] for at in range(len(data))])
        pieces = []
        for cut in self.cuts:
            at = data.index(cut) + len(cut)
            pieces.append(data[:at])
            data = data[at:]
        return peer.send([*pieces, data])

    def __str__(self):
        return self.words


def ask(words, *more, without=(), first=(), **replaced):
    """The ordinary handshake, with some fields replaced (`Sec_WebSocket_Key="x"`), left out
    (`without`), or added (`more`, `first`); other names are members of Ask."""
    members = {name: value for name, value in replaced.items() if name in Ask.__dataclass_fields__}
    wanted = {name.replace("_", "-"): value for name, value in replaced.items() if name not in members}
    assert wanted.keys() <= dict(FIELDS).keys(), wanted
    fields = tuple((name, wanted.get(name, value)) for name, value in FIELDS if name not in without)
    return Ask(words=words, fields=(*first, *fields, *more), **members)


@dataclasses.dataclass(frozen=True)
class Upgraded(Expected):
    """With the right accept, and neither extension nor subprotocol; then the snapshot, unless the
    client's early bytes end the stream, perhaps before it."""
    key: bytes = SAMPLE_KEY
    snapshot: bool = True

    def play(self, peer):
        reply = peer.http.receive()
        assert reply.status == 101, reply
        assert reply.headers["sec-websocket-accept"] == peers.accept_of(self.key), reply
        assert reply.headers["upgrade"].lower() == "websocket", reply
        assert reply.headers["connection"].lower() == "upgrade", reply
        assert not reply.headers.keys() & {"sec-websocket-extensions", "sec-websocket-protocol"}, reply
        if self.snapshot:
            peer.snapshot()

    def __str__(self):
        return "101"


@dataclasses.dataclass(frozen=True)
class Replied(Expected):
    """An ordinary answer of HTTP; `has` are fields that it must have."""
    status: int
    code: str | None = None
    has: tuple[tuple[str, str], ...] = ()
    closes: bool = False
    head: bool = False
    ends = True

    def play(self, peer):
        reply = peer.http.receive(head_only=self.head)
        assert reply.status == self.status, reply
        if self.code is not None and not self.head:
            assert reply.json()["code"] == self.code, reply
        for name, value in self.has:
            assert reply.headers.get(name, "").lower() == value, reply
        if self.closes:
            peer.ends_in_order()

    def __str__(self):
        code = f" `{self.code}`" if self.code else ""
        has = "".join(f", {name}: {value}" for name, value in self.has)
        return f"{self.status}{code}{has}" + (", end of TCP" if self.closes else "")


BAD_HANDSHAKE = Replied(400, "bad_request", closes=True)
OTHER_VERSION = Replied(426, "upgrade_required", has=(("sec-websocket-version", "13"), ("upgrade", "websocket")))


@dataclasses.dataclass(frozen=True)
class TakeOver(Sent):
    def play(self, peer):
        other = peers.Peer(peer.server, peer.session_id)
        peer.others.append(other)
        Ask().play(other)
        Upgraded().play(other)

    def __str__(self):
        return "another connection opens the session's stream"
