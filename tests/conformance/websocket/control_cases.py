"""Control frames (RFC 6455 section 5.5) and the limits of a client's messages."""
from .case import bytewise, case, cut, together
from .expected import Answer, Echo, Error, Fails, Flooded, Pong
from .frames import Frame, asked, close, ping, pong, text
from .framing_cases import LIMIT
from .sent import First

BURST = 40  # messages at once; --max-messages-per-second is 20 (OPS-6)
FLOOD = 2_000  # more than the rate gives in 90 s
WHY_PONG = "5.5.2, 5.5.3: a pong has the ping's payload"
WHY_SIZE = "5.5: a control frame has at most 125 bytes"
WHY_RATE = "10.4, OPS-6: more than the burst of messages is flooding"


def pings():
    for size in (0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 123, 124, 125):
        payload = bytes(range(size))
        yield case(f"ping-{size}", WHY_PONG, ping(payload), Pong(payload))
    for name, payload in (("zeros", bytes(125)), ("ff", b"\xff" * 125), ("high", bytes(range(131, 256))),
                          ("text", "κόσμε".encode()), ("json", asked(1)), ("frame", b"\x88\x80abcd")):
        yield case(f"ping-of-{name}", WHY_PONG, ping(payload), Pong(payload))
    for name, frame in (("ping", ping), ("pong", pong)):
        yield case(f"{name}-126", WHY_SIZE, frame(b"x" * 126), Fails(1002))
        yield case(f"{name}-126-head-alone", WHY_SIZE, First(frame(b"x" * 126), b""), Fails(1002))
        yield case(f"{name}-65536", WHY_SIZE, First(frame(b"", length=(64, 65_536)), b""), Fails(1002))
        yield case(f"{name}-5-in-16-bits", "5.5, 5.2: a control frame has a length of 7 bits",
                   frame(b"x" * 5, length=(16, 5)), Fails(1002))
        yield case(f"{name}-5-in-64-bits", "5.5, 5.2", frame(b"x" * 5, length=(64, 5)), Fails(1002))
        yield case(f"{name}-126-in-a-message", WHY_SIZE, text(b"{", fin=False), frame(b"x" * 126), Fails(1002))
    yield case("ping-bytewise", WHY_PONG, bytewise(ping(b"payload")), Pong(b"payload"))
    yield case("ping-cut-in-the-payload", WHY_PONG, cut(ping(b"payload"), at=[9]), Pong(b"payload"))
    yield case("ping-cut-in-the-key", WHY_PONG, cut(ping(b"payload"), at=[4]), Pong(b"payload"))
    yield case("ping-unfinished", "5.5.2: it has not come yet",
               cut(ping(b"p" * 100), at=[50]), Pong(b"p" * 100))
    yield case("pings-ten-together", WHY_PONG, together(*(ping(b"%d" % n) for n in range(10))),
               *(Pong(b"%d" % n) for n in range(10)))
    yield case("pings-ten-in-turn", WHY_PONG, *(step for n in range(10) for step in (ping(b"%d" % n), Pong(b"%d" % n))))
    yield case("pings-and-messages", WHY_PONG, *(step for n in range(8) for step in (ping(b"%d" % n), text(asked(n)))),
               *(step for n in range(8) for step in (Pong(b"%d" % n), Answer(n))))
    yield case("pings-then-close", "5.5.2: a ping is answered unless a close came before",
               together(ping(b"a"), ping(b"b"), close(1000)), Pong(b"a"), Pong(b"b"), Echo(1000))


def pongs():
    for size in (0, 2, 124, 125):
        yield case(f"pong-unasked-{size}", "5.5.3: a pong that nothing asked for is no error", pong(b"x" * size))
    yield case("pong-unasked-ten", "5.5.3", together(*[pong(b"x")] * 10))
    yield case("pong-then-ping", "5.5.3", pong(b"a"), ping(b"b"), Pong(b"b"))
    yield case("pong-bytewise", "5.5.3", bytewise(pong(b"payload")))


def messages():
    """Well framed, but no message of the contract: an answer, and no close."""
    for name, payload, code in (
            ("empty", b"", "invalid_json"), ("no-json", b"hello", "invalid_json"), ("blank", b"   ", "invalid_json"),
            ("unfinished-json", b'{"op":"ping"', "invalid_json"), ("json-and-more", b'{"op":"ping"}}', "invalid_json"),
            ("control-character", b'{"op":"pi\x01ng"}', "invalid_json"), ("array", b"[]", "invalid_type"),
            ("number", b"5", "invalid_type"), ("null", b"null", "invalid_type"), ("string", b'"ping"', "invalid_type"),
            ("no-op", b"{}", "invalid_type"), ("op-of-a-number", b'{"op":5}', "invalid_type"),
            ("unknown-op", b'{"op":"nope"}', "unknown_op"), ("unknown-member", b'{"op":"ping","x":1}', "unknown_field"),
            ("long", b"x" * LIMIT, "invalid_json")):
        yield case(f"message-{name}", "OPS-5, MSG-7: a wrong message gets an error; 5.6: it is a good text",
                   text(payload), Error(code))
    yield case("message-wrong-ten-times", "OPS-5", together(*[text(b"{}")] * 10), *[Error("invalid_type")] * 10)


def limits():
    whole = asked(1, LIMIT)
    yield case("limit-size-at", "END-17: as large as may be", text(whole), Answer(1))
    yield case("limit-size-at-twice", "END-17", text(whole), text(whole), Answer(1), Answer(1))
    yield case("limit-size-over", "7.4.1, END-17", text(whole + b" "), Fails(1009))
    yield case("limit-size-over-binary", "7.4.1, END-17", Frame(2, whole + b" "), Fails(1009))
    yield case("limit-size-over-and-bad", "7.1.7: the head is read first", text(b"\xff" * (LIMIT + 1)), Fails(1009))
    yield case("limit-size-far-over", "7.4.1, END-17: what still comes is dropped, and TCP ends in order",
               text(b"x" * 400_000), Fails(1009))
    pings_ = [ping(b"p")] * BURST
    yield case("limit-rate-burst-of-pings", "OPS-6: the burst is twice the rate", together(*pings_[:-1]),
               *[Pong(b"p")] * (BURST - 1))
    yield case("limit-rate-burst-of-messages", "OPS-6", together(*[text(asked(1))] * (BURST - 1)),
               *[Answer(1)] * (BURST - 1))
    yield case("limit-rate-fragments-are-no-messages", "OPS-6",
               together(*[text(b" ", fin=False), *[Frame(0, b" ", fin=False)] * 200, Frame(0, asked(1))]), Answer(1))
    yield case("limit-rate-pings", WHY_RATE, together(*[ping(b"p")] * FLOOD), Flooded(BURST, b"p"))
    yield case("limit-rate-pongs", WHY_RATE, together(*[pong(b"p")] * FLOOD), Flooded(0, None))
    yield case("limit-rate-messages", WHY_RATE, together(*[text(asked(1))] * FLOOD), Flooded(BURST, None))
    yield case("limit-rate-wrong-messages", WHY_RATE, together(*[text(b"{}")] * FLOOD), Flooded(BURST, None))
    yield case("limit-rate-mixed", WHY_RATE, together(
        *[ping(b"p"), text(asked(1)), pong(b"q")] * (FLOOD // 3), words=f"{FLOOD // 3:,} × (ping, text, pong)"),
               Flooded(BURST // 2, None))


CASES = [*pings(), *pongs(), *messages(), *limits()]
