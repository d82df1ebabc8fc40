"""Content-Length, and bodies (RFC 9110 section 8.6, RFC 9112 section 6)."""
from ..case import (BOTH, EMPTY_BODY, MALFORMED, MAX_BODY_BYTES, SESSION, SMUGGLED, End, Then, case,
                    created, either, ok, post, problem, request, sized)

SIZE = len(SESSION)
LENGTH = "RFC 9110 8.6"
REFUSED = problem("bad_request", "body_too_large")


def good(id, *lines, why, source=LENGTH):
    return case(f"length-{id}", post(*lines, body=SESSION), created(), Then.OPEN, why, source)


def bad(id, *lines, why="an invalid length must be refused, and the connection closed",
        expected=MALFORMED):
    """A request that could hide behind the body is not answered."""
    sent = post(*lines, body=SESSION + SMUGGLED)
    return case(f"length-{id}", sent, expected, Then.CLOSED, why, "RFC 9112 6.3; ERR-7")


def padded(size):
    return SESSION + b" " * (size - SIZE)


def with_body(method, target, body, expected, why, on=(BOTH[0],)):
    sent = request(method, target, f"Content-Length: {len(body)}", body=body)
    return case(f"length-body-of-{method.lower()}", sent, expected, Then.OPEN, why,
                "RFC 9110 9.3", on)


CASES = [
    good("exact", f"Content-Length: {SIZE}", why="the body ends where it says; no type is taken for JSON",
         source="RFC 9110 8.6; API-10"),
    good("other-case", f"cOnTeNt-LeNgTh: {SIZE}", why="names of fields have no case",
         source="RFC 9110 5.1"),
    good("blanks-around", f"Content-Length: \t {SIZE} \t", why="blanks are not part of it"),
    good("no-space", f"Content-Length:{SIZE}", why="the space is optional"),
    good("leading-zero", f"Content-Length: 0{SIZE}", why="1*DIGIT has leading zeros, too"),
    good("leading-zeros", f"Content-Length: {SIZE:0100}", why="1*DIGIT has leading zeros, too"),
    case("length-missing", post(body=b""), EMPTY_BODY, Then.OPEN, "no length: no body",
         "RFC 9112 6.3"),
    case("length-missing-with-bytes", post(body=SESSION + b"\r\n\r\n" + SMUGGLED),
         [EMPTY_BODY, MALFORMED], Then.CLOSED, "no length: what follows is the next request",
         "RFC 9112 6.3"),
    case("length-missing-with-request", post(body=request()), [EMPTY_BODY, ok()], Then.OPEN,
         "no length: what follows is the next request", "RFC 9112 6.3"),
    case("length-zero", post("Content-Length: 0"), EMPTY_BODY, Then.OPEN, "an empty body", LENGTH),
    case("length-zeros", post("Content-Length: 000", body=b"") + request(), [EMPTY_BODY, ok()],
         Then.OPEN, "an empty body", LENGTH),
    case("length-twice-equal", post(f"Content-Length: {SIZE}", f"Content-Length: {SIZE}",
                                    body=SESSION), either(created(), MALFORMED), Then.STATED,
         "refused, or taken as one", LENGTH),
    case("length-list-equal", post(f"Content-Length: {SIZE}, {SIZE}", body=SESSION),
         either(created(), MALFORMED), Then.STATED, "refused, or taken as one", LENGTH),
    bad("twice-different", f"Content-Length: {SIZE}", "Content-Length: 5"),
    bad("twice-different-first-short", "Content-Length: 5", f"Content-Length: {SIZE}"),
    bad("twice-zero-first", "Content-Length: 0", f"Content-Length: {SIZE}"),
    bad("list-different", f"Content-Length: {SIZE}, 5"),
    bad("list-with-sign", f"Content-Length: {SIZE}, +{SIZE}"),
    bad("list-of-nothing", "Content-Length: ,"),
    bad("one-bad-of-two", f"Content-Length: {SIZE}", "Content-Length: x"),
    bad("empty", "Content-Length:"),
    bad("plus", f"Content-Length: +{SIZE}"),
    bad("minus", f"Content-Length: -{SIZE}"),
    bad("minus-zero", "Content-Length: -0"),
    bad("space-within", "Content-Length: 1 7"),
    bad("tab-within", "Content-Length: 1\t7"),
    bad("hexadecimal", "Content-Length: 0x10"),
    bad("hexadecimal-digits", "Content-Length: 1a"),
    bad("letter-behind", f"Content-Length: {SIZE}x"),
    bad("decimal", f"Content-Length: {SIZE}.0"),
    bad("exponent", "Content-Length: 1e1"),
    bad("underscore", "Content-Length: 1_6"),
    bad("quoted", f'Content-Length: "{SIZE}"'),
    bad("parameter", f"Content-Length: {SIZE};x=1"),
    bad("chunked", "Content-Length: chunked"),
    bad("full-width-digits", "Content-Length: １７".encode()),
    bad("superscript", b"Content-Length: \xb2"),
    bad("nul-behind", f"Content-Length: {SIZE}\0"),
    bad("vertical-tab", f"Content-Length: \x0b{SIZE}"),
    bad("folded", f"Content-Length:\r\n {SIZE}"),
    bad("folded-digits", "Content-Length: 1\r\n 7"),
    bad("space-before-colon", f"Content-Length : {SIZE}"),
    bad("2-to-64", f"Content-Length: {1 << 64}", expected=REFUSED,
        why="no overflow: refused as malformed or too large"),
    bad("2-to-64-and-body", f"Content-Length: {(1 << 64) + SIZE}", expected=REFUSED,
        why="no overflow: refused as malformed or too large"),
    bad("2-to-32-and-body", f"Content-Length: {(1 << 32) + SIZE}", expected=REFUSED,
        why="no overflow: refused as malformed or too large"),
    bad("2-to-63", f"Content-Length: {1 << 63}", expected=REFUSED,
        why="no overflow: refused as malformed or too large"),
    bad("1000-digits", "Content-Length: " + "9" * 1000, expected=REFUSED,
        why="no overflow: refused as malformed or too large"),
    case("length-too-long-and-cut", [post("Content-Length: 20", body=SESSION), End()], MALFORMED,
         Then.CLOSED, "an unfinished body is answered where the client still reads",
         "RFC 9112 8; ERR-7"),
    case("length-too-short", post("Content-Length: 5", body=SESSION + b"\r\n\r\n" + SMUGGLED),
         [problem("invalid_json"), MALFORMED], Then.CLOSED,
         "the bytes behind the body are the next request, and no good one", "RFC 9112 6.3"),
    case("length-body-at-the-limit", sized(padded(MAX_BODY_BYTES)), created(), Then.OPEN,
         "--max-body-bytes bytes", "SET-33"),
    case("length-body-over-the-limit", sized(padded(MAX_BODY_BYTES + 1)) + SMUGGLED, problem(
        "body_too_large", has=(f'"limit":{MAX_BODY_BYTES}',)), Then.CLOSED,
        "one byte over it; nothing behind it is answered", "RFC 9110 15.5.14; ERR-20"),
    case("length-body-over-the-limit-is-a-request", post(
        f"Content-Length: {MAX_BODY_BYTES + 1}", body=SMUGGLED * 1400), problem("body_too_large"),
        Then.CLOSED, "a refused body is never read as requests", "RFC 9112 11.2; ERR-20"),
    with_body("GET", "/readyz", b"hello", ok(), "a body means nothing to GET, and is read", BOTH),
    case("length-body-of-get-is-a-request", request(
        "GET", "/readyz", f"Content-Length: {len(SMUGGLED)}", body=SMUGGLED), ok(), Then.OPEN,
        "a body is never read as a request", "RFC 9110 9.3.1", BOTH),
    case("length-body-of-get-then-another", request(
        "GET", "/readyz", "Content-Length: 5", body=b"hello") + request("GET", "/v1/tickers"),
        [ok(), ok('"tickers"')], Then.OPEN, "the next request begins behind the body",
        "RFC 9112 9.3.2"),
    with_body("DELETE", "/v1/sessions/nosuch", b"{}", problem("no_such_session"),
              "a body means nothing to DELETE, and is read"),
    case("length-body-of-trace", request("TRACE", "/readyz", "Content-Length: 2", body=b"{}"),
         problem("method_not_allowed"), Then.OPEN, "the body of a refused request is read",
         "RFC 9112 9.3; ERR-18", BOTH),
    case("length-crlf-behind-the-body", sized() + b"\r\n" + request(), [created(), ok()], Then.OPEN,
         "old clients send an empty line behind a body", "RFC 9112 2.2"),
]
