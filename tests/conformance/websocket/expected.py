"""What the client expects of the server on an open stream."""
import dataclasses

from .frames import Frame, words_of
from .step import Expected


@dataclasses.dataclass(frozen=True)
class Pong(Expected):
    payload: bytes

    def play(self, peer):
        got = peer.pong()
        assert got == self.payload, got

    def __str__(self):
        return f"pong {words_of(self.payload)}"


@dataclasses.dataclass(frozen=True)
class Answer(Expected):
    """The answer to `frames.asked`."""
    identifier: bytes | int

    def play(self, peer):
        message = peer.message()
        wanted = self.identifier if isinstance(self.identifier, int) else self.identifier.decode()
        assert (message["type"], message.get("id")) == ("pong", wanted), message

    def __str__(self):
        shown = self.identifier if isinstance(self.identifier, int) else words_of(self.identifier)
        return f"message `pong` with id {shown}"


@dataclasses.dataclass(frozen=True)
class Error(Expected):
    code: str

    def play(self, peer):
        message = peer.message()
        assert (message["type"], message.get("code")) == ("error", self.code), message

    def __str__(self):
        return f"message `error` with `{self.code}`"


@dataclasses.dataclass(frozen=True)
class Midway(Expected):
    """The connection is open, in the middle of a message."""
    ends = True

    def play(self, peer):
        peer.send([Frame(9, b"midway").encoded()])
        Pong(b"midway").play(peer)
        peer.nothing_is_left()

    def __str__(self):
        return "nothing; the connection stays open"


@dataclasses.dataclass(frozen=True)
class Fails(Expected):
    """The server fails the connection (section 7.1.7): it neither waits for our close frame nor
    for our FIN."""
    code: int
    ends = True

    def play(self, peer):
        code = peer.close_code()
        assert code == self.code, f"closed with {code}"
        assert peer.goodbye is None, peer.goodbye
        peer.nothing_is_left()
        peer.ends_in_order()

    def __str__(self):
        return f"close {self.code}, end of TCP"


@dataclasses.dataclass(frozen=True)
class Echo(Fails):
    """The answer to our close frame."""


@dataclasses.dataclass(frozen=True)
class Asks(Expected):
    """The server begins the closing handshake, with a goodbye where the contract has one. Our side
    sends `before` and then answers with `answer`, or never."""
    code: int
    goodbye: str | None = None
    before: tuple[Frame, ...] = ()
    answer: Frame | None = None
    silent: bool = False
    ends = True

    def play(self, peer):
        code = peer.close_code()
        assert code == self.code, f"closed with {code}"
        assert (peer.goodbye and peer.goodbye["code"]) == self.goodbye, peer.goodbye
        peer.nothing_is_left()
        if self.silent:
            Ends().play(peer)
            return
        answer = self.answer or Frame(8, self.code.to_bytes(2, "big"))
        peer.send([frame.encoded() for frame in (*self.before, answer)])
        peer.ends_in_order()

    def __str__(self):
        goodbye = f"goodbye `{self.goodbye}`, " if self.goodbye else ""
        if self.silent:
            return f"{goodbye}close {self.code}; without an answer the end of TCP all the same"
        before = "".join(f"{frame}, " for frame in self.before)
        return f"{goodbye}close {self.code}; after our {before}{self.answer or 'close'} the end of TCP"


@dataclasses.dataclass(frozen=True)
class Flooded(Expected):
    """At least `least` of the `count` pings with our payload are answered, then the limit of
    messages is hit."""
    least: int
    payload: bytes | None
    ends = True

    def play(self, peer):
        code = peer.close_code()
        assert (code, peer.goodbye and peer.goodbye["code"]) == (1008, "flooding"), (code, peer.goodbye)
        if self.payload is None:
            answered = len(peer.messages) + len(peer.pongs)
        else:
            assert set(peer.pongs) == {self.payload}
            answered = len(peer.pongs)
        assert answered >= self.least, answered
        peer.send([Frame(8, (1008).to_bytes(2, "big")).encoded()])
        peer.ends_in_order()

    def __str__(self):
        answered = f"{self.least} answers or more, " if self.least else ""
        return f"{answered}goodbye `flooding`, close 1008; after our close the end of TCP"


@dataclasses.dataclass(frozen=True)
class Either(Expected):
    """Both sides close at about the same time: one close frame of the server with one of these
    codes, of which `goodbyes` has the goodbye; ours was sent."""
    goodbyes: tuple[tuple[int, str | None], ...]
    ends = True

    def play(self, peer):
        code = peer.close_code()
        assert (code, peer.goodbye and peer.goodbye["code"]) in self.goodbyes, (code, peer.goodbye)
        peer.nothing_is_left()
        peer.ends_in_order()

    def __str__(self):
        return " or ".join(f"close {code}" for code, _ in self.goodbyes) + ", once, and the end of TCP"


@dataclasses.dataclass(frozen=True)
class Ends(Expected):
    """TCP ends, in order or by RST; what comes before is not looked at."""
    ends = True

    def play(self, peer):
        try:
            while peer.http.socket.recv(65_536):
                pass
        except TimeoutError:
            raise
        except OSError:
            pass

    def __str__(self):
        return "the end of TCP"
