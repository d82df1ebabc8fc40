"""What a step of a case is: something sent, or something expected. Each one can be played with a
Peer, and has words for the table."""
import itertools


class Sent:
    sent = True
    ends = False

    def pieces(self):
        raise NotImplementedError

    def play(self, peer):
        peer.send(self.pieces())


class Expected:
    sent = False
    ends = False  # whether the case can go no further


def grouped(things):
    """Equal things in a row as one, with their number."""
    for thing, same in itertools.groupby(things, str):
        count = len(list(same))
        yield thing if count == 1 else f"{count:,} × {thing}"
