"""Transfer-Encoding (RFC 9112 sections 6.1, 6.3 and 7)."""
from ..case import (BOTH, CHUNKED, MALFORMED, SESSION, SMUGGLED, Expected, Then, case, chunks,
                    created, either, ok, post, request)

BODY = chunks(SESSION)
CODING = "RFC 9112 6.1"
# An unknown coding before a final `chunked` asks for 501; the contract has no 501 (ERR-7).
NOT_KNOWN = Expected((400, 501))


def good(id, *lines, why, source="RFC 9112 7"):
    return case(f"coding-{id}", post(*lines, body=BODY), created(), Then.OPEN, why, source)


def bad(id, *lines, why, expected=MALFORMED, source="RFC 9112 6.3; ERR-7", **more):
    sent = post(*lines, body=BODY + SMUGGLED, **more)
    return case(f"coding-{id}", sent, expected, Then.CLOSED, why, source)


def named(value):
    return "Transfer-Encoding: " + value


def ignored_elements(id, *values):
    """RFC 9110 section 5.6.1.2 has a recipient ignore empty elements of a list; a refusal is safe,
    because the connection closes."""
    return case(f"coding-{id}", post(*map(named, values), body=BODY), either(created(), MALFORMED),
                Then.STATED, "empty elements of a list are ignored; a refusal is safe, too",
                "RFC 9110 5.6.1.2")


BOTH_LENGTHS = "both framings: refused, and closed, so that no proxy reads another end"
NOT_LAST = "the end of the body is unknown where chunked is not last"
UNKNOWN = "no such coding; 400 or 501"

CASES = [
    good("chunked", CHUNKED, why="the one coding that every server reads"),
    good("upper-case", named("CHUNKED"), why="names of codings have no case"),
    good("mixed-case", named("cHuNkEd"), why="names of codings have no case"),
    good("other-case-of-the-name", "tRANSFER-eNCODING: chunked", why="names of fields have no case",
         source="RFC 9110 5.1"),
    good("blanks-around", named(" \t chunked \t "), why="blanks are not part of it"),
    good("no-space", "Transfer-Encoding:chunked", why="the space is optional"),
    ignored_elements("empty-element-before", ", chunked"),
    ignored_elements("empty-element-behind", "chunked,"),
    ignored_elements("empty-line-behind", "chunked", ""),
    case("coding-chunked-get", request("GET", "/readyz", CHUNKED, body=chunks(b"hello")), ok(),
         Then.OPEN, "a body means nothing to GET, and is read", "RFC 9110 9.3.1", BOTH),
    case("coding-chunked-get-is-a-request", request(
        "GET", "/readyz", CHUNKED, body=chunks(SMUGGLED)), ok(), Then.OPEN,
        "a body is never read as a request", "RFC 9110 9.3.1", BOTH),
    case("coding-chunked-empty-get", request("GET", "/readyz", CHUNKED, body=chunks()), ok(),
         Then.OPEN, "an empty chunked body", "RFC 9112 7.1", BOTH),
    bad("chunked-twice", named("chunked, chunked"), why="chunked is applied once at most"),
    bad("chunked-twice-in-lines", CHUNKED, CHUNKED, why="chunked is applied once at most"),
    bad("chunked-not-last", named("chunked, identity"), why=NOT_LAST),
    bad("chunked-before-gzip", named("chunked, gzip"), why=NOT_LAST),
    bad("chunked-then-unknown-line", CHUNKED, named("x"), why=NOT_LAST),
    bad("gzip", named("gzip"), why=NOT_LAST),
    bad("identity", named("identity"), why="identity is no transfer coding any more"),
    bad("gzip-chunked", named("gzip, chunked"), why=UNKNOWN, expected=NOT_KNOWN,
        source="RFC 9112 6.1"),
    bad("unknown-chunked", named("cow, chunked"), why=UNKNOWN, expected=NOT_KNOWN,
        source="RFC 9112 6.1"),
    bad("identity-chunked", named("identity, chunked"), why=UNKNOWN, expected=NOT_KNOWN,
        source="RFC 9112 6.1"),
    bad("unknown-line-then-chunked", named("x"), CHUNKED, why=UNKNOWN, expected=NOT_KNOWN,
        source="RFC 9112 6.1"),
    bad("empty", "Transfer-Encoding:", why="no coding, and yet no length"),
    bad("parameter", named("chunked;x=1"), why="chunked has no parameters", expected=NOT_KNOWN),
    bad("semicolon", named("chunked;"), why="chunked has no parameters", expected=NOT_KNOWN),
    bad("quoted", named('"chunked"'), why="a coding is a token"),
    bad("letter-before", named("xchunked"), why=NOT_LAST),
    bad("letter-behind", named("chunkedx"), why=NOT_LAST),
    bad("cut", named("chunke"), why=NOT_LAST),
    bad("space-within", named("chunk ed"), why="a coding is a token"),
    bad("space-instead-of-comma", named("gzip chunked"), why="a coding is a token"),
    bad("vertical-tab-before", named("\x0bchunked"), why="no control octet is a blank"),
    bad("form-feed-behind", named("chunked\x0c"), why="no control octet is a blank"),
    bad("nul-behind", named("chunked\0"), why="NUL in a value is invalid"),
    bad("high-octet-before", b"Transfer-Encoding: \xa0chunked", why="a coding is a token"),
    bad("folded", "Transfer-Encoding:\r\n chunked", why="a folded line must be refused",
        source="RFC 9112 5.2; ERR-7"),
    bad("folded-list", "Transfer-Encoding: gzip,\r\n chunked", why="a folded line must be refused",
        source="RFC 9112 5.2; ERR-7"),
    bad("space-before-colon", "Transfer-Encoding : chunked", why="must be refused with 400",
        source="RFC 9112 5.1; ERR-7"),
    bad("with-length", CHUNKED, f"Content-Length: {len(BODY)}", why=BOTH_LENGTHS,
        source="RFC 9112 6.1; ERR-7"),
    bad("length-first", f"Content-Length: {len(BODY)}", CHUNKED, why=BOTH_LENGTHS,
        source="RFC 9112 6.1; ERR-7"),
    bad("with-length-zero", "Content-Length: 0", CHUNKED, why=BOTH_LENGTHS,
        source="RFC 9112 6.1; ERR-7"),
    bad("with-bad-length", CHUNKED, "Content-Length: x", why=BOTH_LENGTHS,
        source="RFC 9112 6.1; ERR-7"),
    bad("unknown-with-length", named("cow"), f"Content-Length: {len(BODY)}", why=BOTH_LENGTHS,
        source="RFC 9112 6.1; ERR-7"),
    bad("empty-with-length", "Transfer-Encoding:", f"Content-Length: {len(BODY)}", why=BOTH_LENGTHS,
        source="RFC 9112 6.1; ERR-7"),
    bad("in-1.0", CHUNKED, why="HTTP/1.0 has no transfer codings: faulty framing",
        source="RFC 9112 6.1; ERR-7", version="HTTP/1.0"),
    bad("in-1.0-with-length", f"Content-Length: {len(BODY)}", CHUNKED, version="HTTP/1.0",
        why="HTTP/1.0 has no transfer codings: faulty framing", source="RFC 9112 6.1; ERR-7"),
    bad("in-1.0-keep-alive", CHUNKED, "Connection: keep-alive", version="HTTP/1.0",
        why="HTTP/1.0 has no transfer codings: faulty framing", source="RFC 9112 6.1; ERR-7"),
    case("coding-in-1.2", post(CHUNKED, body=BODY, version="HTTP/1.2"), created(), Then.OPEN,
         "a later minor version is treated as 1.1", "RFC 9110 2.5; REQ-4"),
    case("coding-te-field", post(f"Content-Length: {len(SESSION)}", "TE: chunked, trailers",
                                 "Connection: TE", body=SESSION), created(), Then.OPEN,
         "TE frames nothing", "RFC 9110 10.1.4"),
]
