"""What the client sends on an open stream, or does elsewhere."""
import dataclasses

from .frames import Frame, masked, words_of
from .step import Sent, grouped


@dataclasses.dataclass(frozen=True)
class Send(Sent):
    """Frames in one segment; `words`, where those of the frames would be too many."""
    frames: tuple[Frame, ...]
    words: str | None = None

    def pieces(self):
        return [b"".join(frame.encoded() for frame in self.frames)]

    def __str__(self):
        return self.words or " + ".join(grouped(self.frames))


@dataclasses.dataclass(frozen=True)
class Bytewise(Send):
    """Each byte by itself."""

    def pieces(self):
        (whole,) = super().pieces()
        return [whole[at:at + 1] for at in range(len(whole))]

    def __str__(self):
        return super().__str__() + ", byte by byte"


@dataclasses.dataclass(frozen=True)
class Cut(Send):
    """The bytes cut at these places."""
    places: tuple[int, ...] = ()

    def pieces(self):
        (whole,) = super().pieces()
        ends = [0, *self.places, len(whole)]
        assert ends == sorted(set(ends)), "a place outside"
        return [whole[begin:end] for begin, end in zip(ends, ends[1:])]

    def __str__(self):
        return super().__str__() + f", cut behind byte {', '.join(map(str, self.places))}"


@dataclasses.dataclass(frozen=True)
class First(Sent):
    """Of a frame the head, and no more of its payload than this."""
    frame: Frame
    payload: bytes

    def pieces(self):
        payload = self.payload if self.frame.key is None else masked(self.payload, self.frame.key)
        return [self.frame.head() + payload]

    def __str__(self):
        _, announced = self.frame.length or self.frame.shortest()
        name = str(dataclasses.replace(self.frame, payload=b"", length=None)).removesuffix(" empty")
        if not self.payload:
            return f"the head of {name} of {announced:,} bytes, and nothing more"
        return f"of {name} of {announced:,} bytes only {words_of(self.payload)}"


@dataclasses.dataclass(frozen=True)
class Rest(Sent):
    """Of a frame all but its first bytes, which were sent already."""
    frame: Frame
    before: int

    def pieces(self):
        return [self.frame.encoded()[self.before:]]

    def __str__(self):
        return "its rest"


@dataclasses.dataclass(frozen=True)
class HalfClose(Sent):
    def play(self, peer):
        peer.half_close()

    def __str__(self):
        return "FIN"


@dataclasses.dataclass(frozen=True)
class Delete(Sent):
    """By HTTP, on another connection."""

    def play(self, peer):
        assert peer.server.request("DELETE", f"/v1/sessions/{peer.session_id}").status == 204

    def __str__(self):
        return "`DELETE` of the session, elsewhere"
