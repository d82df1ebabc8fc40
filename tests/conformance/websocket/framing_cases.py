"""The head of a frame (RFC 6455 sections 5.2, 5.3): opcode, reserved bits, mask, length, and where
segments are cut."""
from .case import bytewise, case, cut, together
from .expected import Answer, Asks, Error, Fails, Pong
from .frames import Frame, asked, binary, close, continuation, fragments, ping, pong, text
from .sent import First

LIMIT = 70_000  # bytes; --max-message-bytes of the servers: all three lengths are below it
RESERVED = (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
WHY_OPCODE = "5.2: a reserved opcode fails the connection"
WHY_RSV = "5.2: RSV1 to RSV3 are 0 where no extension was agreed on (STR-1)"
WHY_MASK = "5.1: a server closes upon a frame that is not masked"
WHY_KEY = "5.3: octet i of the payload is XORed with octet i mod 4 of the key, whatever the key"
WHY_SHORTEST = "5.2: the least number of bytes must be used for the length"
WHY_LENGTH = "5.2: a length of 7, 16 or 64 bits"
WHY_TOP_BIT = "5.2: the top bit of a length of 64 bits must be 0"
WHY_BIG = "7.4.1, END-17: a message that is too big; the head says so already"
WHY_CUT = "5.2, 5.4: a frame is what its head says; segments of TCP mean nothing"


def opcodes():
    yield case("opcode-1", "5.6, OPS-4: a text is a message", text(asked(1)), Answer(1))
    yield case("opcode-2", "7.4.1, END-14: the protocol has no binary messages", binary(b"x"), Asks(1003))
    yield case("opcode-2-empty", "7.4.1, END-14", binary(), Asks(1003))
    yield case("opcode-9", "5.5.2: a ping is answered by a pong", ping(b"x"), Pong(b"x"))
    yield case("opcode-A", "5.5.3: a pong that nothing asked for is no error", pong(b"x"))
    for opcode in RESERVED:
        name = f"opcode-{opcode:X}"
        yield case(name, WHY_OPCODE, Frame(opcode), Fails(1002))
        yield case(f"{name}-payload", WHY_OPCODE, Frame(opcode, b"payload"), Fails(1002))
        yield case(f"{name}-in-a-message", WHY_OPCODE, text(b"{", fin=False), Frame(opcode), Fails(1002))
        yield case(f"{name}-behind-a-ping", WHY_OPCODE, together(ping(b"before"), Frame(opcode)),
                   Pong(b"before"), Fails(1002))


def reserved_bits():
    frames = {"text": text(asked(1)), "empty-text": text(), "binary": binary(b"x"), "ping": ping(b"x"),
              "pong": pong(b"x"), "close": close(1000)}
    for bits in range(1, 8):
        for name, frame in frames.items():
            yield case(f"rsv-{bits:03b}-{name}", WHY_RSV, Frame(frame.opcode, frame.payload, rsv=bits), Fails(1002))
        yield case(f"rsv-{bits:03b}-continuation", WHY_RSV, text(b"{", fin=False), continuation(b"}", rsv=bits),
                   Fails(1002))
        yield case(f"rsv-{bits:03b}-first-fragment", WHY_RSV, text(b"{", fin=False, rsv=bits), Fails(1002))
    yield case("rsv-1-behind-a-good-message", WHY_RSV, text(asked(1)), Answer(1), text(asked(2), rsv=4), Fails(1002))


def masks():
    unmasked = {"text": text(asked(1), key=None), "empty-text": text(key=None), "binary": binary(b"x", key=None),
                "ping": ping(b"x", key=None), "empty-ping": ping(key=None), "pong": pong(b"x", key=None),
                "close": close(1000, key=None), "empty-close": close(key=None),
                "16-bits": text(asked(1, 300), key=None)}
    for name, frame in unmasked.items():
        yield case(f"unmasked-{name}", WHY_MASK, frame, Fails(1002))
    yield case("unmasked-continuation", WHY_MASK, text(b"{", fin=False), continuation(b"}", key=None), Fails(1002))
    yield case("unmasked-head-alone", WHY_MASK, First(text(b"x" * 20, key=None), b""), Fails(1002))
    keys = ["00000000", "ffffffff", "00000001", "01000000", "80000000", "00ff00ff", "deadbeef", "7b226f70", "01020304",
            "80808080", "7f7f7f7f", "0a0d0a0d"]
    for key in keys:
        yield case(f"key-{key}", WHY_KEY, text(asked(b"masked"), key=bytes.fromhex(key)), Answer(b"masked"))
    yield case("key-of-a-ping", WHY_KEY, ping(bytes(range(125)), key=b"\xff\x00\xaa\x55"), Pong(bytes(range(125))))
    yield case("key-that-makes-the-payload-zeros", WHY_KEY, ping(b"\x12\x34\x56\x78" * 4, key=b"\x12\x34\x56\x78"),
               Pong(b"\x12\x34\x56\x78" * 4))
    yield case("a-key-for-each-frame", WHY_KEY,
               *(text(asked(n), key=bytes([n, 255 - n, n, 0])) for n in range(1, 6)), *map(Answer, range(1, 6)))
    yield case("a-key-for-each-fragment", WHY_KEY, text(b'{"op":"ping",', fin=False, key=b"abcd"),
               continuation(b'"id":"k', fin=False, key=b"\x00\xff\x00\xff"), continuation(b'"}', key=b"\x80\x81\x82\x83"),
               Answer(b"k"))
    for size in range(21, 30):
        yield case(f"key-over-{size}-bytes", WHY_KEY, text(asked(1, size), key=b"\xa5\x5a\xc3\x3c"), Answer(1))


def lengths():
    for size in (124, 125, 126, 127, 128, 255, 256, 257, 1_023, 4_096, 16_384, 32_768, 65_534, 65_535, 65_536, 65_537,
                 LIMIT - 1):
        yield case(f"length-{size}", WHY_LENGTH, text(asked(1, size)), Answer(1))
    for name, value, bits in (("0-in-16", 0, 16), ("1-in-16", 1, 16), ("125-in-16", 125, 16), ("0-in-64", 0, 64),
                              ("125-in-64", 125, 64), ("126-in-64", 126, 64), ("65535-in-64", 65_535, 64)):
        payload = asked(1, value)[:value]
        yield case(f"length-{name}", WHY_SHORTEST, First(text(b"", length=(bits, value)), payload), Fails(1002))
        if payload:
            yield case(f"length-{name}-head-alone", WHY_SHORTEST, First(text(b"", length=(bits, value)), b""), Fails(1002))
    yield case("length-1-in-16-binary", WHY_SHORTEST, binary(b"x", length=(16, 1)), Fails(1002))
    yield case("length-1-in-64-continuation", WHY_SHORTEST, text(b"5", fin=False), continuation(b"5", length=(64, 1)),
               Fails(1002))
    for name, value in (("2-to-63", 1 << 63), ("2-to-63-and-5", (1 << 63) + 5), ("2-to-64-less-1", (1 << 64) - 1)):
        yield case(f"length-{name}", WHY_TOP_BIT, First(text(b"", length=(64, value)), b""), Fails(1002))
        yield case(f"length-{name}-binary", WHY_TOP_BIT, First(binary(b"", length=(64, value)), b""), Fails(1002))
        yield case(f"length-{name}-continuation", WHY_TOP_BIT, text(b"5", fin=False),
                   First(continuation(b"", length=(64, value)), b""), Fails(1002))
    for name, value in (("limit-and-1", LIMIT + 1), ("2-to-31", 1 << 31), ("2-to-32", 1 << 32),
                        ("2-to-62", 1 << 62), ("2-to-63-less-1", (1 << 63) - 1)):
        yield case(f"length-{name}", WHY_BIG, First(text(b"", length=(64, value)), b""), Fails(1009))
        yield case(f"length-{name}-binary", WHY_BIG, First(binary(b"", length=(64, value)), b""), Fails(1009))


def segments():
    short, middle, long = text(asked(7)), text(asked(7, 200)), text(asked(7, 66_000))
    for name, frame in (("7-bits", short), ("16-bits", middle), ("64-bits", long)):
        for at in range(1, len(frame.head()) + 1):
            yield case(f"cut-{name}-behind-byte-{at}", WHY_CUT, cut(frame, at=[at]), Answer(7))
    yield case("cut-before-the-last-byte", WHY_CUT, cut(middle, at=[len(middle.encoded()) - 1]), Answer(7))
    yield case("cut-everywhere-7-bits", WHY_CUT, bytewise(short), Answer(7))
    yield case("cut-everywhere-16-bits", WHY_CUT, bytewise(middle), Answer(7))
    yield case("cut-everywhere-two-frames", WHY_CUT, bytewise(short, text(asked(8))), Answer(7), Answer(8))
    yield case("cut-everywhere-fragments", WHY_CUT, bytewise(*fragments(b'{"op":', b'"ping","id"', b":7}")), Answer(7))
    yield case("cut-everywhere-wrong", WHY_RSV, bytewise(text(asked(1), rsv=2)), Fails(1002))
    yield case("cut-between-two-heads", WHY_CUT, cut(short, text(asked(8)), at=[len(short.encoded()) + 1]), Answer(7),
               Answer(8))
    yield case("together-two", WHY_CUT, together(short, text(asked(8))), Answer(7), Answer(8))
    yield case("together-twenty", WHY_CUT, together(*(text(asked(n)) for n in range(20))), *map(Answer, range(20)))
    yield case("together-all-kinds", WHY_CUT, together(ping(b"a"), short, pong(b"b"), text(b"5"), ping(b"c")),
               Pong(b"a"), Answer(7), Error("invalid_type"), Pong(b"c"))
    yield case("together-wrong-and-good", WHY_OPCODE, together(ping(b"a"), Frame(3), short), Pong(b"a"), Fails(1002))


CASES = [*opcodes(), *reserved_bits(), *masks(), *lengths(), *segments()]
