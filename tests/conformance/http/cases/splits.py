"""The same bytes in other pieces: TCP has no message borders (RFC 9112 section 2)."""
from ..case import (BOTH, MALFORMED, SESSION, SMUGGLED, Expected, Slowly, Then, case, chunked,
                    created, ok, problem, request, sized)

WHOLE = chunked(b"5;a=\"b\"\r\n%b\r\nc\r\n%b\r\n0;c\r\nX: y\r\n\r\n" % (SESSION[:5], SESSION[5:]))
SOURCE = "RFC 9112 2"
# Where a piece ends: behind each of these, first from the left.
BORDERS = {
    "method": b"POST", "space": b"POST ", "target": b"/v1/sessions", "version": b"HTTP/1",
    "cr-of-the-line": b"HTTP/1.1\r", "line": b"HTTP/1.1\r\n", "name": b"Host", "colon": b"Host:",
    "value": b"Host: a", "cr-of-a-field": b"Host: a\r", "field": b"Host: a\r\n",
    "coding": b"chun", "cr-of-the-last-field": b"chunked\r", "last-field": b"chunked\r\n",
    "cr-of-the-empty-line": b"chunked\r\n\r", "head": b"chunked\r\n\r\n", "size": b"\r\n\r\n5",
    "extension": b";a=", "quotes": b';a="b', "cr-of-a-chunk-line": b'"b"\r', "chunk-line": b'"b"\r\n',
    "data": SESSION[:3], "all-data": SESSION[:5], "cr-of-data": SESSION[:5] + b"\r",
    "chunk": SESSION[:5] + b"\r\n", "last-size": b"\r\n0", "last-line": b"0;c\r\n",
    "trailer-name": b"X:", "trailer": b"X: y\r\n", "last-cr": b"X: y\r\n\r",
}


def in_two(name, end):
    cut = WHOLE.index(end) + len(end)
    return case(f"split-behind-{name}", [Slowly(WHOLE, cut), Slowly(request(), 4096)],
                [created(), ok()], Then.OPEN, "a border of pieces says nothing", SOURCE)


def slow(id, data, answers, then=Then.OPEN, size=1, on=(BOTH[0],)):
    return case(f"split-{id}", Slowly(data, size), answers, then, "a border of pieces says nothing",
                SOURCE, on)


CASES = [
    *[in_two(name, end) for name, end in BORDERS.items()],
    slow("get-in-single-bytes", request(), ok(), on=BOTH),
    slow("post-in-single-bytes", sized() + request(), [created(), ok()]),
    slow("chunked-in-single-bytes", WHOLE + request(), [created(), ok()]),
    slow("chunked-in-threes", WHOLE * 3, [created()] * 3, size=3),
    slow("pipeline-in-sevens", (request() + sized()) * 5, [ok(), created()] * 5, size=7),
    slow("empty-lines-in-single-bytes", b"\r\n\r\n" + request(), ok(), on=BOTH),
    slow("later-minor-in-single-bytes", request(version="HTTP/1.5"), ok(), on=BOTH),
    slow("bare-cr-in-single-bytes", b"\r" + request(), MALFORMED, Then.CLOSED, on=BOTH),
    slow("folded-in-single-bytes", request("GET", "/readyz", "X: y\r\n z") + SMUGGLED, MALFORMED,
         Then.CLOSED, on=BOTH),
    slow("space-before-the-first-in-single-bytes",
         b"GET /readyz HTTP/1.1\r\n Host: a\r\n\r\n" + SMUGGLED, MALFORMED, Then.CLOSED, on=BOTH),
    slow("space-before-colon-in-single-bytes", request("GET", "/readyz", "X : y") + SMUGGLED,
         MALFORMED, Then.CLOSED, on=BOTH),
    slow("both-framings-in-single-bytes", sized(SESSION, "Transfer-Encoding: chunked") + SMUGGLED,
         MALFORMED, Then.CLOSED),
    slow("bad-chunk-in-single-bytes", chunked(b"5\r\nabcdeX\r\n" + SMUGGLED), MALFORMED,
         Then.CLOSED),
    slow("too-large-head-in-pieces", request("GET", "/readyz", "X: " + "x" * 20_000) + SMUGGLED,
         problem("headers_too_large"), Then.CLOSED, size=1000, on=BOTH),
    slow("other-version-in-single-bytes", request(version="HTTP/2.0") + SMUGGLED,
         problem("http_version_not_supported"), Then.CLOSED, on=BOTH),
    slow("head-of-other-version-in-single-bytes", request("HEAD", version="HTTP/2.0") + SMUGGLED,
         Expected((505,), head=True), Then.CLOSED, on=BOTH),
]
