"""Fragmentation (RFC 6455 section 5.4)."""
from .case import bytewise, case, cut, together
from .expected import Answer, Asks, Echo, Error, Fails, Midway, Pong
from .frames import Frame, asked, binary, close, continuation, fragments, ping, pong, text, words_of
from .framing_cases import LIMIT
from .sent import First

WHY = "5.4: a message is its fragments' payloads, one after the other"
WHY_EMPTY = "5.4: a fragment can be empty"
WHY_BETWEEN = "5.4: control frames come between fragments"
WHY_START = "5.4: a continuation continues a message that has begun"
WHY_MIDDLE = "5.4: fragments of messages do not mix without an extension"
WHY_CONTROL = "5.4, 5.5: control frames are not fragmented"
WHY_SIZE = "10.4, END-17: the size of a message is that of all its fragments"
MESSAGE = asked(7)


def shapes():
    for at in range(len(MESSAGE) + 1):
        yield case(f"fragments-at-{at}", WHY, together(*fragments(MESSAGE[:at], MESSAGE[at:])), Answer(7))
    for size in (1, 2, 3, 5, 7):
        parts = [MESSAGE[at:at + size] for at in range(0, len(MESSAGE), size)]
        yield case(f"fragments-of-{size}", WHY, together(
            *fragments(*parts), words=f"text {words_of(MESSAGE)} in fragments of {size}, together"), Answer(7))
        yield case(f"fragments-of-{size}-by-themselves", WHY, *fragments(*parts), Answer(7))
    yield case("fragments-empty-first", WHY_EMPTY, *fragments(b"", MESSAGE), Answer(7))
    yield case("fragments-empty-middle", WHY_EMPTY, *fragments(MESSAGE[:5], b"", b"", MESSAGE[5:]), Answer(7))
    yield case("fragments-empty-last", WHY_EMPTY, *fragments(MESSAGE, b""), Answer(7))
    yield case("fragments-empty-all-but-one", WHY_EMPTY, *fragments(b"", b"", MESSAGE, b"", b""), Answer(7))
    yield case("fragments-empty-all", WHY_EMPTY, *fragments(b"", b"", b""), Error("invalid_json"))
    yield case("fragments-many", WHY, together(*fragments(*([b" "] * 3_000 + [MESSAGE]))), Answer(7))
    yield case("fragments-many-empty", WHY_EMPTY, together(*fragments(*([b""] * 3_000 + [MESSAGE]))), Answer(7))
    yield case("fragments-two-messages", WHY, together(*fragments(b'{"op":"ping",', b'"id":1}'),
                                                       *fragments(b'{"op":"ping",', b'"id":2}')), Answer(1), Answer(2))
    yield case("fragments-and-a-whole-message", WHY, together(*fragments(b'{"op":"ping"', b',"id":1}'),
                                                              text(asked(2))), Answer(1), Answer(2))
    yield case("fragments-unfinished", "5.4: the message is not over", text(MESSAGE, fin=False), Midway())
    yield case("fragments-of-16-and-7-bits", WHY, *fragments(b" " * 300, MESSAGE), Answer(7))
    yield case("fragments-cut-anywhere", WHY, cut(*fragments(MESSAGE[:9], MESSAGE[9:]), at=[3, 11, 16, 23]), Answer(7))
    yield case("fragments-binary", "END-14: of a binary message in fragments too", *fragments(b"a", b"b", opcode=2),
               Asks(1003))
    yield case("fragments-binary-empty", "END-14", *fragments(b"", b"", opcode=2), Asks(1003))
    yield case("fragments-binary-together", "END-14", together(*fragments(b"a", b"\xff", b"c", opcode=2)), Asks(1003))


def between():
    begin, end = fragments(MESSAGE[:9], MESSAGE[9:])
    frames = {"ping": (ping(b"p"), [Pong(b"p")]), "empty-ping": (ping(), [Pong(b"")]),
              "ping-of-125": (ping(b"p" * 125), [Pong(b"p" * 125)]), "pong": (pong(b"p"), []),
              "ping-that-looks-like-a-frame": (ping(b"\x81\x80abcd"), [Pong(b"\x81\x80abcd")])}
    for name, (frame, expected) in frames.items():
        yield case(f"between-{name}", WHY_BETWEEN, begin, frame, *expected, end, Answer(7))
        yield case(f"between-{name}-together", WHY_BETWEEN, together(begin, frame, end), *expected, Answer(7))
        yield case(f"between-{name}-bytewise", WHY_BETWEEN, bytewise(begin, frame, end), *expected, Answer(7))
    yield case("between-many-pings", WHY_BETWEEN, begin, together(*(ping(bytes([n])) for n in range(20))),
               *(Pong(bytes([n])) for n in range(20)), end, Answer(7))
    parts = fragments(*(MESSAGE[at:at + 2] for at in range(0, len(MESSAGE), 2)))
    each = [frame for n, part in enumerate(parts) for frame in (part, ping(b"%d" % n))]
    yield case("between-each-two", WHY_BETWEEN,
               together(*each, words=f"text {words_of(MESSAGE)} in fragments of 2, a ping behind each"),
               *(Pong(b"%d" % n) for n in range(len(parts))), Answer(7))
    yield case("between-close", "5.5.1: a close ends the connection in a message too", begin, close(1000), Echo(1000))
    yield case("between-close-together", "5.5.1", together(begin, close(1001), end), Echo(1001))
    yield case("between-close-wrong", "5.5.1, 7.4.2", begin, close(999), Fails(1002))
    yield case("between-before-the-first", WHY_BETWEEN, together(ping(b"a"), begin, end, ping(b"b")), Pong(b"a"),
               Answer(7), Pong(b"b"))


def starts():
    for name, frame in (("final", continuation(b"x")), ("not-final", continuation(b"x", fin=False)),
                        ("empty", continuation()), ("empty-not-final", continuation(fin=False))):
        yield case(f"continuation-first-{name}", WHY_START, frame, Fails(1002))
        yield case(f"continuation-behind-a-message-{name}", WHY_START, text(asked(1)), Answer(1), frame, Fails(1002))
        yield case(f"continuation-behind-fragments-{name}", WHY_START, together(*fragments(MESSAGE[:4], MESSAGE[4:])),
                   Answer(7), frame, Fails(1002))
        yield case(f"continuation-behind-a-ping-{name}", WHY_START, ping(b"p"), Pong(b"p"), frame, Fails(1002))
    for name, frame in (("text", text(asked(1))), ("text-not-final", text(b"{", fin=False)), ("empty-text", text()),
                        ("binary", binary(b"x")), ("binary-not-final", binary(b"x", fin=False))):
        yield case(f"middle-{name}", WHY_MIDDLE, text(b"{", fin=False), frame, Fails(1002))
        yield case(f"middle-{name}-behind-a-continuation", WHY_MIDDLE, text(b"{", fin=False),
                   continuation(b" ", fin=False), frame, Fails(1002))
        yield case(f"middle-{name}-behind-an-empty-fragment", WHY_MIDDLE, text(b"", fin=False), frame, Fails(1002))
    yield case("middle-text-of-a-binary", WHY_MIDDLE, binary(b"x", fin=False), text(asked(1)), Fails(1002))


def of_control():
    for name, frame in (("ping", ping(b"x", fin=False)), ("empty-ping", ping(fin=False)), ("pong", pong(b"x", fin=False)),
                        ("close", close(1000, fin=False)), ("empty-close", close(fin=False))):
        yield case(f"fragmented-{name}", WHY_CONTROL, frame, Fails(1002))
        yield case(f"fragmented-{name}-in-a-message", WHY_CONTROL, text(b"{", fin=False), frame, Fails(1002))
    yield case("fragmented-ping-with-its-rest", WHY_CONTROL, together(ping(b"x", fin=False), continuation(b"y")),
               Fails(1002))


def sizes():
    half = LIMIT // 2
    whole = asked(7, LIMIT)
    yield case("size-at-the-limit", WHY_SIZE, *fragments(whole[:half], whole[half:]), Answer(7))
    yield case("size-at-the-limit-and-empty", WHY_SIZE, *fragments(whole, b""), Answer(7))
    yield case("size-at-the-limit-and-pings", "5.4: control frames are not part of it",
               together(*fragments(whole[:half], whole[half:])[:1], ping(b"p" * 125), ping(b"q" * 125)),
               Pong(b"p" * 125), Pong(b"q" * 125), continuation(whole[half:]), Answer(7))
    yield case("size-at-the-limit-in-many", WHY_SIZE,
               together(*fragments(*(whole[at:at + 700] for at in range(0, LIMIT, 700))),
                        words=f"{LIMIT:,} bytes of text in fragments of 700"), Answer(7))
    yield case("size-over-by-1", WHY_SIZE, text(whole[:half], fin=False), continuation(b" " * (half + 1)), Fails(1009))
    yield case("size-over-by-the-head", WHY_SIZE, text(whole[:half], fin=False),
               First(continuation(b" " * (half + 1)), b""), Fails(1009))
    yield case("size-over-behind-the-limit", WHY_SIZE, text(whole, fin=False), continuation(b" "), Fails(1009))
    yield case("size-over-in-many", WHY_SIZE,
               together(*fragments(*[b" " * 700] * (LIMIT // 700 + 1))), Fails(1009))
    yield case("size-over-binary", WHY_SIZE, *fragments(b"x" * half, b"x" * (half + 1), opcode=2), Fails(1009))
    yield case("size-counts-again", WHY_SIZE, *fragments(whole[:half], whole[half:]), Answer(7), text(whole), Answer(7))
    yield case("size-over-by-a-sum-of-64-bits", "10.4: no sum overflows", text(b" ", fin=False),
               First(Frame(0, b"", length=(64, (1 << 63) - 1)), b""), Fails(1009))


CASES = [*shapes(), *between(), *starts(), *of_control(), *sizes()]
