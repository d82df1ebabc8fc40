"""The closing handshake (RFC 6455 sections 5.5.1, 7): codes, reasons, both sides at once, and the
end of TCP."""
from .case import bytewise, case, cut, together
from .expected import Answer, Asks, Echo, Either, Ends, Fails
from .frames import Frame, asked, close, ping, pong, text
from .handshake import TakeOver
from .sent import Delete, First, HalfClose
from .utf8_cases import INVALID, UNFINISHED

WHY_CODE = "5.5.1: the answer has the code that came (END-8)"
WHY_RESERVED = "7.4.1: never in a close frame"
WHY_RANGE = "7.4.2: of no range that a client can use (END-8)"
WHY_REASON = "5.5.1: behind the code a reason in UTF-8"
WHY_BAD_REASON = "5.5.1, 8.1, END-15: the reason is not UTF-8"
WHY_AFTER = "5.5.1: nothing counts behind a close"
WHY_ANSWER = "7.1.1, 7.1.2: after both close frames the server ends TCP"

ACCEPTED = [1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3001, 3333, 3999, 4000, 4001, 4002, 4003, 4500, 4999]
RESERVED = {1004: "reserved", 1005: "no code", 1006: "lost", 1015: "TLS failed"}
REFUSED = [0, 1, 3, 100, 500, 999, 1016, 1017, 1100, 1999, 2000, 2500, 2999, 5000, 5001, 9999, 32_767, 32_768, 65_535]


def codes():
    for code in ACCEPTED:
        yield case(f"close-{code}", WHY_CODE, close(code), Echo(code))
        yield case(f"close-{code}-reason", WHY_CODE, close(code, b"a reason"), Echo(code))
    for code, meaning in RESERVED.items():
        yield case(f"close-{code}", f"{WHY_RESERVED}: {meaning}", close(code), Fails(1002))
        yield case(f"close-{code}-reason", f"{WHY_RESERVED}: {meaning}", close(code, b"a reason"), Fails(1002))
    for code in REFUSED:
        yield case(f"close-{code}", WHY_RANGE, close(code), Fails(1002))
    for code in (999, 1016, 5000, 65_535):
        yield case(f"close-{code}-reason", WHY_RANGE, close(code, b"a reason"), Fails(1002))
    yield case("close-without-a-code", "5.5.1, 7.1.5: the answer of the contract is 1000 (END-8)", close(), Echo(1000))
    for byte in (b"\x00", b"\x03", b"\xff"):
        yield case(f"close-of-1-byte-{byte.hex()}", "5.5.1: a body begins with two bytes of code", Frame(8, byte),
                   Fails(1002))


def reasons():
    for size in (1, 2, 50, 121, 122, 123):
        yield case(f"reason-{size}", WHY_REASON, close(1000, b"r" * size), Echo(1000))
    for name, reason in (("two", "é" * 61), ("three", "€" * 41), ("four", "😀" * 30), ("mixed", "κόσμε €😀\U0010ffff"),
                         ("nul", "\0"), ("last-before-surrogates", "\ud7ff")):
        yield case(f"reason-of-{name}", WHY_REASON, close(1000, reason.encode()), Echo(1000))
    yield case("reason-124", "5.5: a control frame has at most 125 bytes", close(1000, b"r" * 124), Fails(1002))
    yield case("reason-124-head-alone", "5.5", First(close(1000, b"r" * 124), b""), Fails(1002))
    yield case("reason-65536", "5.5", First(Frame(8, b"", length=(64, 65_536)), b""), Fails(1002))
    for name, good, wrong, rest in INVALID:
        yield case(f"reason-{name}", WHY_BAD_REASON, close(1000, b"r" + good + wrong + rest), Fails(1007))
    for part in UNFINISHED:
        yield case(f"reason-ends-{part}", WHY_BAD_REASON, close(1000, b"r" + bytes.fromhex(part)), Fails(1007))
    yield case("reason-bad-of-3000", WHY_BAD_REASON, close(3000, b"\xff"), Fails(1007))
    yield case("reason-bad-of-1014", WHY_BAD_REASON, close(1014, b"\xff"), Fails(1007))
    yield case("reason-bad-of-a-bad-code", "7.4.1: the code is wrong already", close(1005, b"\xff"), Fails(1002))


def segments():
    frame = close(1001, b"going away")
    for at in range(1, 10):
        yield case(f"close-cut-behind-byte-{at}", "5.2: segments mean nothing", cut(frame, at=[at]), Echo(1001))
    yield case("close-bytewise", "5.2: segments mean nothing", bytewise(frame), Echo(1001))
    yield case("close-1014-bytewise", "END-9: 1014 however it is cut", bytewise(close(1014, b"x")), Echo(1014))
    yield case("close-bad-reason-bytewise", WHY_BAD_REASON, bytewise(close(1000, b"\xed\xa0\x80")), Fails(1007))
    for key in ("00000000", "ffffffff", "03e80000", "80402010"):
        yield case(f"close-key-{key}", "5.3: whatever the key", Frame(8, b"\x03\xf6reason", key=bytes.fromhex(key)),
                   Echo(1014))


def afterwards():
    frames = {"close": close(1000), "another-code": close(1001), "wrong-code": close(5), "text": text(asked(1)),
              "bad-text": text(b"\xff"), "ping": ping(b"p"), "pong": pong(b"p"), "binary": Frame(2, b"x"),
              "reserved-opcode": Frame(3), "rsv": text(b"x", rsv=7), "unmasked": text(b"x", key=None),
              "continuation": Frame(0, b"x"), "too-big": text(b"x" * 100_000)}
    for name, frame in frames.items():
        yield case(f"after-close-{name}", WHY_AFTER, together(close(1000), frame), Echo(1000))
    yield case("after-close-half-a-frame", WHY_AFTER, cut(close(1000), text(b"x" * 99), at=[40]), Echo(1000))
    yield case("after-failure-close", "7.1.7: our close is not looked at", together(Frame(3), close(1000)), Fails(1002))
    yield case("after-failure-text", "7.1.7: nothing more is looked at", together(text(b"\xff"), text(asked(1))), Fails(1007))
    yield case("after-failure-ping", "7.1.7", together(text(b"x", rsv=1), ping(b"p")), Fails(1002))
    yield case("before-close-message", "5.5.1: what came before the close counts", text(asked(1)), Answer(1), close(1000),
               Echo(1000))


def of_both_sides():
    both = ((1000, None), (4000, "deleted"))
    yield case("ours-deleted", WHY_ANSWER, Delete(), Asks(4000, "deleted"))
    yield case("ours-taken-over", WHY_ANSWER, TakeOver(), Asks(4001, "taken_over"))
    yield case("ours-answered-without-a-code", "5.5.1: a close needs no code", Delete(),
               Asks(4000, "deleted", answer=close()))
    for code in (1000, 1001, 3000, 4999):
        yield case(f"ours-answered-by-{code}", "7.1.5: the answer's code is the peer's own", Delete(),
                   Asks(4000, "deleted", answer=close(code, b"bye")))
    for name, frames in (("ping", (ping(b"p"),)), ("pong", (pong(b"p"),)), ("text", (text(asked(1)),)),
                         ("message-in-two", (text(b"{", fin=False), Frame(0, b"}"))), ("binary", (Frame(2, b"\xff"),))):
        yield case(f"ours-{name}-before-the-answer", "7.1.3: frames that were under way are dropped", Delete(),
                   Asks(4000, "deleted", before=frames))
    yield case("ours-answered-after-a-fragment", "5.4, 7.1.3", text(b"{", fin=False), Delete(), Asks(4000, "deleted"))
    yield case("ours-never-answered", "END-5: after 5 s without an answer", Delete(), Asks(4000, "deleted", silent=True))
    yield case("ours-binary-never-answered", "END-5", Frame(2, b"x"), Asks(1003, silent=True))
    yield case("ours-binary-answered-bytewise", WHY_ANSWER, bytewise(Frame(2, b"binary")), Asks(1003))
    yield case("both-at-once", "7.1.3: both closes cross; none is answered twice", Delete(), close(1000), Either(both))
    yield case("both-at-once-ours-first", "7.1.3", close(1000), Delete(), Either(both))
    yield case("both-at-once-binary", "7.1.3", together(Frame(2, b"x"), close(1000)), Either(((1003, None), (1000, None))))


def ends_of_tcp():
    yield case("fin-behind-close", "7.1.1: the answer comes all the same", close(1000), HalfClose(), Echo(1000))
    yield case("fin-without-a-close", "7.1.4: lost; the server's side ends too", HalfClose(), Ends())
    yield case("fin-in-a-head", "7.1.4", cut(Frame(1, b"abcdef"), at=[3]), HalfClose(), Ends())
    yield case("fin-in-a-payload", "7.1.4", First(text(b"abcdef"), b"abc"), HalfClose(), Ends())
    yield case("fin-in-a-message", "7.1.4", text(b"{", fin=False), HalfClose(), Ends())
    yield case("fin-in-a-close", "7.1.4", First(close(1000), b"\x03"), HalfClose(), Ends())


CASES = [*codes(), *reasons(), *segments(), *afterwards(), *of_both_sides(), *ends_of_tcp()]
