"""UTF-8 (RFC 6455 section 8.1, RFC 3629 section 4), and that its failure is reported at once."""
from .case import bytewise, case, cut, together
from .expected import Answer, Asks, Error, Fails, Midway, Pong
from .frames import asked, binary, continuation, fragments, ping, pong, text, words_of
from .sent import First

WHY = "8.1, END-15: a text that is not UTF-8 fails the connection"
WHY_AT_ONCE = "8.1: with the first wrong byte the stream is not UTF-8; the rest is not waited for"
WHY_END = "8.1, END-10: a text that ends within a character is not UTF-8"
WHY_VALID = "RFC 3629 section 4: the character is valid"
WHY_CUT = "5.6, 8.1: a character of a text can lie in two fragments"
BEGIN, END = b'{"op":"ping","id":"', b'"}'

# Name, the bytes that are right so far, the first wrong one, the rest of what seems one character.
INVALID = [(name, bytes.fromhex(good), bytes.fromhex(wrong), bytes.fromhex(rest)) for name, good, wrong, rest in (
    ("continuation-80", "", "80", ""), ("continuation-bf", "", "bf", ""), ("continuations", "", "80", "bf80bf"),
    ("lead-c0", "", "c0", ""), ("lead-c1", "", "c1", ""), ("lead-f5", "", "f5", ""), ("lead-f8", "", "f8", ""),
    ("lead-fc", "", "fc", ""), ("lead-fe", "", "fe", ""), ("lead-ff", "", "ff", ""), ("leads-fe-ff", "", "fe", "feffff"),
    ("overlong-c080", "", "c0", "80"), ("overlong-c0af", "", "c0", "af"), ("overlong-c1bf", "", "c1", "bf"),
    ("overlong-e08080", "e0", "80", "80"), ("overlong-e080af", "e0", "80", "af"), ("overlong-e09fbf", "e0", "9f", "bf"),
    ("overlong-f0808080", "f0", "80", "8080"), ("overlong-f08080af", "f0", "80", "80af"),
    ("overlong-f08fbfbf", "f0", "8f", "bfbf"),
    ("five-bytes", "", "f8", "88808080"), ("six-bytes", "", "fc", "8480808080"),
    ("surrogate-d800", "ed", "a0", "80"), ("surrogate-db7f", "ed", "ad", "bf"), ("surrogate-dbff", "ed", "af", "bf"),
    ("surrogate-dc00", "ed", "b0", "80"), ("surrogate-dfff", "ed", "bf", "bf"),
    ("surrogate-pair", "ed", "a0", "80edb080"), ("surrogate-pair-last", "ed", "af", "bfedbfbf"),
    ("above-110000", "f4", "90", "8080"), ("above-13ffff", "f4", "bf", "bfbf"), ("above-140000", "", "f5", "808080"),
    ("above-1fffff", "", "f7", "bfbfbf"),
    ("two-cut-by-ascii", "c2", "41", ""), ("two-cut-by-lead", "c2", "c2", "80"), ("two-cut-by-c0", "df", "c0", ""),
    ("three-cut-by-ascii", "e1", "41", "80"), ("three-cut-late", "e180", "41", ""), ("three-cut-by-lead", "e180", "c0", ""),
    ("three-cut-by-e1", "e1", "e1", "8080"), ("three-e0-cut-by-7f", "e0", "7f", "80"), ("three-ed-cut-late", "ed80", "ff", ""),
    ("four-cut-by-ascii", "f1", "41", "8080"), ("four-cut-second", "f180", "41", "80"), ("four-cut-late", "f18080", "41", ""),
    ("four-cut-by-lead", "f18080", "c2", ""), ("four-f0-cut-late", "f09080", "7f", ""), ("four-f4-cut-late", "f48f80", "c0", ""),
)]

# Beginnings of a character with which no text can end.
UNFINISHED = ["c2", "df", "e0", "e0a0", "e1", "e180", "ed", "ed9f", "ef", "efbf", "f0", "f090", "f09080", "f1", "f180",
              "f18080", "f4", "f48f", "f48fbf"]

VALID = [0x20, 0x7E, 0x7F, 0x80, 0xE9, 0x3C0, 0x7FF, 0x800, 0xFFF, 0x1000, 0x20AC, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFDD0,
         0xFDEF, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0x1FFFE, 0x1FFFF, 0x3FFFF, 0x40000, 0xFFFFF, 0x100000,
         0x10FFFE, 0x10FFFF]
SPLIT = {"two": "é".encode(), "three": "€".encode(), "four": "😀".encode(), "least-three": b"\xe0\xa0\x80",
         "last-three": b"\xed\x9f\xbf", "least-four": b"\xf0\x90\x80\x80", "greatest-four": b"\xf4\x8f\xbf\xbf"}


def valid():
    for point in VALID:
        character = chr(point).encode()
        yield case(f"utf8-u{point:04x}", WHY_VALID, text(asked(character)), Answer(character))
    every = "κόσμε €😀 \ud7ff\ue000\U0010ffff".encode()
    yield case("utf8-mixed", WHY_VALID, text(asked(every)), Answer(every))
    yield case("utf8-mixed-bytewise", WHY_VALID, bytewise(text(asked(every))), Answer(every))
    yield case("utf8-mixed-in-fragments-of-1", WHY_CUT,
               together(*fragments(*(asked(every)[at:at + 1] for at in range(len(asked(every))))),
                        words=f"text {words_of(every)}, each byte a fragment"), Answer(every))
    yield case("utf8-nul", "RFC 3629 section 3: U+0000 is one byte; the text is no JSON (ERR-8)", text(b"\0"),
               Error("invalid_json"))
    yield case("utf8-not-for-a-ping", "5.5.2: a ping has any bytes", ping(b"\xff\xc0\x80"), Pong(b"\xff\xc0\x80"))
    yield case("utf8-not-for-a-pong", "5.5.3: a pong has any bytes", pong(b"\xff\xc0\x80"))
    yield case("utf8-not-for-binary", "5.6: a binary message has any bytes (END-14)", binary(b"\xff\xc0\x80"), Asks(1003))


def invalid():
    begun = set()
    for name, good, wrong, rest in INVALID:
        whole = BEGIN + good + wrong + rest + END
        yield case(f"utf8-{name}", WHY, text(whole), Fails(1007))
        yield case(f"utf8-{name}-at-once", WHY_AT_ONCE, First(text(whole + b" " * 99), BEGIN + good + wrong), Fails(1007))
        if good and (good, wrong) not in begun:
            begun.add((good, wrong))
            yield case(f"utf8-{name}-not-before", WHY_AT_ONCE, text(BEGIN + good, fin=False), ping(b"so far right"),
                       Pong(b"so far right"), continuation(wrong, fin=False), Fails(1007))
    for name in ("lead-ff", "overlong-e08080", "surrogate-d800", "above-110000", "four-cut-late"):
        (whole,) = [BEGIN + good + wrong + rest + END for each, good, wrong, rest in INVALID if each == name]
        yield case(f"utf8-{name}-bytewise", WHY, bytewise(text(whole)), Fails(1007))
        yield case(f"utf8-{name}-fragments-of-1", WHY,
                   *fragments(*(whole[at:at + 1] for at in range(len(whole))))[:len(BEGIN) + 4], Fails(1007))
        yield case(f"utf8-{name}-is-first", WHY_AT_ONCE, First(text(b" " * 99), whole[len(BEGIN):-2]), Fails(1007))
    yield case("utf8-wrong-behind-a-good-message", WHY, text(asked(1)), Answer(1), text(b"\xff"), Fails(1007))
    yield case("utf8-wrong-in-the-16-bit-range", WHY, text(b" " * 50_000 + b"\xc0\xaf" + b" " * 9_000), Fails(1007))
    yield case("utf8-wrong-far-from-the-end", WHY_AT_ONCE, First(text(b" " * 69_000), b" " * 40_000 + b"\xff"), Fails(1007))
    yield case("utf8-wrong-and-more", "7.1.7: what follows is not looked at", together(text(b"\xff"), ping(b"x")),
               Fails(1007))


def unfinished():
    for part in map(bytes.fromhex, UNFINISHED):
        name = f"utf8-ends-{part.hex()}"
        yield case(name, WHY_END, text(b'"' + part), Fails(1007))
        yield case(f"{name}-fragments", WHY_END, *fragments(b'"', part), Fails(1007))
        yield case(f"{name}-empty-last", WHY_END, *fragments(b'"' + part, b""), Fails(1007))
    yield case("utf8-ends-alone", WHY_END, text(b"\xe2"), Fails(1007))
    yield case("utf8-ends-then-another-message", WHY_END, together(text(b"\xe2\x82"), text(b"\xac")), Fails(1007))
    yield case("utf8-not-over", "8.1: more can come", text(b"\xe2\x82", fin=False), Midway())
    yield case("utf8-next-message-begins-clean", WHY_VALID, together(*fragments(b'"\xe2', b'\x82\xac"')), Error("invalid_type"),
               text(asked("€".encode())), Answer("€".encode()))


def splits():
    for name, character in SPLIT.items():
        whole = asked(b"a" + character + b"z")
        for at in range(1, len(character)):
            place = whole.index(character) + at
            first, last = fragments(whole[:place], whole[place:])
            answer = Answer(b"a" + character + b"z")
            yield case(f"split-{name}-fragments-at-{at}", WHY_CUT, together(first, last), answer)
            yield case(f"split-{name}-ping-at-{at}", WHY_CUT, first, ping(b"p"), Pong(b"p"), last, answer)
            yield case(f"split-{name}-segments-at-{at}", "5.2: segments mean nothing",
                       cut(text(whole), at=[len(text(whole).head()) + place]), answer)
            yield case(f"split-{name}-empty-at-{at}", WHY_CUT, *fragments(whole[:place], b"", whole[place:]), answer)
        begin = whole.index(character)
        each = [whole[:begin], *(character[at:at + 1] for at in range(len(character))), whole[begin + len(character):]]
        yield case(f"split-{name}-each-byte-a-fragment", WHY_CUT, *fragments(*each), answer)
        yield case(f"split-{name}-bytewise-fragments", WHY_CUT, bytewise(*fragments(*each)), answer)


CASES = [*valid(), *invalid(), *unfinished(), *splits()]
