"""A case: what is sent to a stream, what must come of it, and why."""
import dataclasses

from .expected import Answer
from .frames import Frame, asked, text
from .handshake import Ask, Upgraded
from .peer import Peer
from .sent import Bytewise, Cut, Send


@dataclasses.dataclass(frozen=True)
class Case:
    """The steps begin on an open stream, or with the handshake itself. A case that does not end the
    connection ends with a message and its answer: nothing is wrong then, and nothing is left."""
    id: str
    why: str
    steps: tuple

    def is_handshake(self):
        return isinstance(self.steps[0], Ask)

    def is_long(self):
        """Whether it waits for a deadline of the server: such a case begins first."""
        return any(getattr(step, "silent", False) for step in self.steps)

    def stays_open(self):
        return not self.steps[-1].ends

    def play(self, server, session_id):
        with Peer(server, session_id) as peer:
            if not self.is_handshake():
                Ask().play(peer)
                Upgraded().play(peer)
            for step in self.steps:
                step.play(peer)
            if not self.stays_open():
                return
            peer.send([text(asked(b"the end")).encoded()])
            Answer(b"the end").play(peer)
            peer.nothing_is_left()


def case(identifier, why, *steps):
    """A frame stands for its sending in a segment of its own."""
    made = tuple(Send((step,)) if isinstance(step, Frame) else step for step in steps)
    return Case(identifier, why, made)


def together(*frames, words=None):
    return Send(frames, words)


def bytewise(*frames):
    return Bytewise(frames)


def cut(*frames, at):
    return Cut(frames, places=tuple(at))
