"""Chunked bodies: sizes, extensions, data, trailers (RFC 9112 section 7.1)."""
from ..case import (MALFORMED, MAX_BODY_BYTES, MAX_HEADER_BYTES, SESSION, SMUGGLED, End, Then, case,
                    chunked, chunks, created, ok, problem, request)

LAST = b"0\r\n\r\n"
TOO_LONG = problem("headers_too_large", "body_too_large", "bad_request")


def good(id, body, why, source="RFC 9112 7.1"):
    """The next request must be found right behind it."""
    return case(f"chunk-{id}", chunked(body + request()), [created(), ok()], Then.OPEN, why, source)


def bad(id, body, why, source="RFC 9112 7.1; ERR-7", expected=MALFORMED):
    return case(f"chunk-{id}", chunked(body + SMUGGLED), expected, Then.CLOSED, why, source)


def of(line, data=SESSION, end=b"\r\n", line_end=b"\r\n", last=LAST):
    """One chunk with this line before its data."""
    return line + line_end + data + end + last


SIZE = b"%x" % len(SESSION)


def extended(extension, why="an unknown extension is ignored", source="RFC 9112 7.1.1"):
    return [of(SIZE + extension), why, source]


def bad_extension(id, extension, why="no extension"):
    return bad("extension-" + id, of(SIZE + extension), why, "RFC 9112 7.1.1; ERR-7")


def trailer(id, lines, why):
    """Dropped: no field of a trailer is merged into the header (CONTRACT REQ-6)."""
    return good("trailer-" + id, of(SIZE, last=b"0\r\n" + lines + b"\r\n"), why,
                "RFC 9110 6.5.1; REQ-6")


def bad_trailer(id, lines, why):
    return bad("trailer-" + id, of(SIZE, last=b"0\r\n" + lines + b"\r\n"), why,
               "RFC 9110 6.5; REQ-7")


def of_total(size):
    """A session's body of this size in two chunks."""
    return chunks(SESSION, b" " * (size - len(SESSION)))


CASES = [
    # Sizes.
    good("one", chunks(SESSION), "one chunk and the last one"),
    good("several", chunks(SESSION[:5], SESSION[5:6], SESSION[6:]), "the data goes on"),
    good("single-bytes", chunks(*[bytes([octet]) for octet in SESSION]), "as small as can be"),
    good("upper-case", chunks(SESSION + b" " * 10, size=b"%X"), "hexadecimal digits have no case"),
    good("lower-case", chunks(SESSION + b" " * 10), "hexadecimal digits have no case"),
    good("leading-zeros", of(b"000" + SIZE), "1*HEXDIG has leading zeros, too"),
    good("200-leading-zeros", of(b"0" * 200 + SIZE), "zeros overflow nothing"),
    good("last-of-zeros", of(SIZE, last=b"000\r\n\r\n"), "last-chunk is 1*\"0\""),
    good("data-looks-like-the-end", chunks(SESSION + b" \r\n \r\n"),
         "data is not searched for line ends"),
    case("chunk-data-is-a-last-chunk", chunked(chunks(b"0\r\n\r\n" + SMUGGLED) + request()),
         [problem("invalid_json"), ok()], Then.OPEN, "data is not read as chunks or requests",
         "RFC 9112 7.1"),
    bad("size-empty", of(b""), "a size has a digit"),
    bad("size-no-digit", of(b"g"), "no hexadecimal digit"),
    bad("size-0x", of(b"0x" + SIZE), "no prefix"),
    bad("size-plus", of(b"+" + SIZE), "no sign"),
    bad("size-minus", of(b"-" + SIZE), "no sign"),
    bad("size-minus-zero", b"-0\r\n\r\n", "no sign"),
    bad("size-h", of(SIZE + b"h"), "no suffix"),
    bad("size-underscore", of(b"1_1"), "no separator"),
    bad("size-decimal", of(SIZE + b".0"), "no fraction"),
    bad("size-quoted", of(b'"' + SIZE + b'"'), "no quotes"),
    bad("size-space-before", of(b" " + SIZE), "the size begins the line"),
    bad("size-tab-before", of(b"\t" + SIZE), "the size begins the line"),
    bad("size-space-behind", of(SIZE + b" "), "blanks stand only before an extension"),
    bad("size-two", of(SIZE + b" " + SIZE), "one size"),
    bad("size-nul", of(SIZE + b"\0"), "no control octet"),
    bad("size-full-width", of("１".encode()), "ASCII digits alone"),
    bad("size-2-to-64", of(b"1" + b"0" * 16), "no overflow to 0", expected=TOO_LONG),
    bad("size-2-to-64-and-data", of(b"%x" % ((1 << 64) + len(SESSION))), "no overflow to the size",
        expected=TOO_LONG),
    bad("size-2-to-32-and-data", of(b"%x" % ((1 << 32) + len(SESSION))), "no overflow to the size",
        expected=TOO_LONG),
    bad("size-17-f", of(b"f" * 17), "above 64 bits", expected=TOO_LONG),
    bad("size-16-f", of(b"f" * 16), "-1 in 64 bits", expected=TOO_LONG),
    bad("size-8-f", of(b"f" * 8), "-1 in 32 bits", expected=TOO_LONG),
    # Line ends and data.
    bad("line-bare-lf", of(SIZE, line_end=b"\n"), "a chunk's line ends with CRLF"),
    bad("line-bare-cr", of(SIZE, line_end=b"\r"), "a chunk's line ends with CRLF"),
    bad("line-cr-cr-lf", of(SIZE, line_end=b"\r\r\n"), "a chunk's line ends with CRLF"),
    bad("line-lf-cr", of(SIZE, line_end=b"\n\r"), "a chunk's line ends with CRLF"),
    bad("data-end-missing", of(SIZE, end=b""), "CRLF ends the data"),
    bad("data-end-bare-lf", of(SIZE, end=b"\n"), "CRLF ends the data"),
    bad("data-end-bare-cr", of(SIZE, end=b"\r"), "CRLF ends the data"),
    bad("data-end-two-octets", of(SIZE, end=b"xx"), "two octets are not skipped, whatever they are"),
    bad("data-end-lf-cr", of(SIZE, end=b"\n\r"), "CRLF ends the data"),
    bad("data-too-long", of(b"5"), "more data than the size says"),
    bad("data-too-short", of(b"%x" % (len(SESSION) + 2)), "less data than the size says"),
    bad("last-bare-lf", of(SIZE, last=b"0\n\n"), "the last line ends with CRLF"),
    bad("last-end-bare-lf", of(SIZE, last=b"0\r\n\n"), "the body ends with CRLF"),
    bad("last-end-cr-cr-lf", of(SIZE, last=b"0\r\n\r\r\n"), "the body ends with CRLF"),
    case("chunk-last-missing", [chunked(of(SIZE, last=b"")), End()], MALFORMED, Then.CLOSED,
         "an unfinished body is never used", "RFC 9112 8; ERR-7"),
    case("chunk-last-cut", [chunked(of(SIZE, last=b"0\r\n")), End()], MALFORMED, Then.CLOSED,
         "an unfinished body is never used", "RFC 9112 8; ERR-7"),
    case("chunk-data-cut", [chunked(of(SIZE, data=SESSION[:5], end=b"", last=b"")), End()],
         MALFORMED, Then.CLOSED, "an unfinished body is never used", "RFC 9112 8; ERR-7"),
    case("chunk-line-cut", [chunked(b"1"), End()], MALFORMED, Then.CLOSED,
         "an unfinished body is never used", "RFC 9112 8; ERR-7"),
    # Extensions.
    good("extension-name", *extended(b";a")),
    good("extension-token", *extended(b";a=b")),
    good("extension-quoted", *extended(b';a="b c"')),
    good("extension-empty-quoted", *extended(b';a=""')),
    good("extension-quoted-semicolon", *extended(b';a="b;c"', "quotes hide a semicolon")),
    good("extension-quoted-pair", *extended(b';a="b\\"c"', "a backslash hides a quote")),
    good("extension-quoted-high-octet", *extended(b';a="\xe9"', "obs-text is allowed in quotes")),
    good("extension-several", *extended(b';a;b=c;d="e"')),
    good("extension-blanks", *extended(b" ; a\t=  b ; c", "bad white space must be read")),
    good("extension-of-the-last", of(SIZE, last=b'0;a="b"\r\n\r\n'), "the last chunk can have one",
         "RFC 9112 7.1.1"),
    good("extension-long", *extended(b";a=" + b"x" * 4000)),
    bad_extension("nothing", b";"),
    bad_extension("two-semicolons", b";;a"),
    bad_extension("no-name", b";=b"),
    bad_extension("no-value", b";a="),
    bad_extension("unclosed", b';a="b'),
    bad_extension("unclosed-by-a-backslash", b';a="b\\"'),
    bad_extension("behind-the-quotes", b';a="b"c'),
    bad_extension("comma", b",a"),
    bad_extension("slash", b";a/b"),
    bad_extension("no-semicolon", b" a=b"),
    bad_extension("bare-lf", b";a\n" + SIZE, "a line that ends for one reader alone smuggles"),
    bad_extension("bare-cr", b";a\r" + SIZE, "a line that ends for one reader alone smuggles"),
    bad_extension("lf-in-quotes", b';a="\n"', "quotes hide no line end"),
    bad_extension("crlf-in-quotes", b';a="\r\n"', "quotes hide no line end"),
    bad_extension("cr-in-quotes", b';a="\r"', "quotes hide no line end"),
    bad_extension("nul", b";a=\0", "no control octet"),
    bad_extension("del", b";a=\x7f", "no control octet"),
    bad_extension("high-octet", b";\xe9", "a name is a token"),
    bad("extension-over-the-limit", of(SIZE + b";a=" + b"x" * MAX_HEADER_BYTES),
        "a reasonable length, refused with a 4xx", "RFC 9112 7.1.1", TOO_LONG),
    bad("extensions-over-the-limit-together", b"".join(
        b"1;a=%s\r\n \r\n" % (b"x" * 4000) for _ in range(20)) + LAST,
        "the length of all of them together is limited", "RFC 9112 7.1.1", TOO_LONG),
    bad("size-over-the-limit", of(b"0" * MAX_HEADER_BYTES + SIZE), "a line has a limit",
        "RFC 9112 7.1", TOO_LONG),
    # The body's limit.
    good("body-at-the-limit", of_total(MAX_BODY_BYTES), "--max-body-bytes bytes", "SET-33"),
    bad("body-over-the-limit", of_total(MAX_BODY_BYTES + 1), "one byte over it",
        "RFC 9110 15.5.14; ERR-20", problem("body_too_large")),
    bad("announced-over-the-limit", b"%x\r\n" % (MAX_BODY_BYTES + 1), "refused by its size alone",
        "RFC 9110 15.5.14; ERR-20", problem("body_too_large")),
    # Trailers.
    trailer("one", b"X: y\r\n", "a trailer is read and dropped"),
    trailer("several", b"A: b\r\nC:\r\nA: d\r\n", "a trailer is read and dropped"),
    trailer("length", b"Content-Length: 5\r\n", "framing is not for trailers"),
    trailer("coding", b"Transfer-Encoding: gzip\r\n", "framing is not for trailers"),
    trailer("host", b"Host: b\r\n", "routing is not for trailers"),
    trailer("close", b"Connection: close\r\n", "nothing of a trailer is obeyed"),
    trailer("expect", b"Expect: 100-continue\r\n", "nothing of a trailer is obeyed"),
    trailer("content-type", b"Content-Type: text/plain\r\n", "nothing of a trailer is obeyed"),
    trailer("content-encoding", b"Content-Encoding: gzip\r\n", "nothing of a trailer is obeyed"),
    trailer("authorization", b"Authorization: Bearer x\r\n", "nothing of a trailer is obeyed"),
    trailer("high-octets", b"X: \xe9\r\n", "obs-text is allowed in values"),
    bad_trailer("no-colon", b"X\r\n", "every line has a colon"),
    bad_trailer("empty-name", b": x\r\n", "a name is never empty"),
    bad_trailer("space-before-colon", b"X : y\r\n", "must be refused"),
    bad_trailer("folded", b"X: y\r\n z\r\n", "a folded line must be refused"),
    bad_trailer("space-before-the-first", b" X: y\r\n", "no line begins with a blank"),
    bad_trailer("bare-lf", b"X: y\n", "a line ends with CRLF"),
    bad_trailer("bare-cr", b"X: y\rZ: z\r\n", "CR in a value is invalid"),
    bad_trailer("nul", b"X: \0\r\n", "NUL in a value is invalid"),
    bad_trailer("request", SMUGGLED[:-2], "a request line is no field"),
    bad("trailer-over-the-limit", of(SIZE, last=b"0\r\nX: " + b"x" * MAX_HEADER_BYTES + LAST[1:]),
        "trailers count in --max-header-bytes", "RFC 6585 5; REQ-8", problem("headers_too_large")),
]
