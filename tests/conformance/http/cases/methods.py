"""Methods (RFC 9110 section 9)."""
from ..answers import need
from ..case import (ADMIN, BOTH, MALFORMED, SESSION, SMUGGLED, Expected, Then, case, ok, problem,
                    request)

READS = ("allow", r"GET, HEAD(, OPTIONS)?")
# 405 for a method that is known and not allowed, 501 for an unknown one (RFC 9110 section 9.1). The
# contract has no 501: an unknown method is allowed nowhere.
UNKNOWN = Expected((405, 501))
SEVERAL = "RFC 9110 9.1; ERR-18"


def same_fields(answers):
    """HEAD, then GET: the same but for the time (RFC 9110 section 9.3.2)."""
    head, get = ([field for field in answer.fields if field[0] != "date"] for answer in answers)
    need(head == get, "other fields for HEAD", head, get)
    need(answers[0].status == answers[1].status, "another status for HEAD", answers)


def head_as_get(id, target, expected, *fields, on=BOTH):
    heads = Expected(expected.statuses, code=expected.code, head=True)
    sent = request("HEAD", target, *fields) + request("GET", target, *fields)
    return case(f"method-head-{id}", sent, [heads, expected], Then.OPEN,
                "HEAD has the fields of GET and no body", "RFC 9110 9.3.2; REQ-2", on,
                compare=same_fields)


def not_allowed(method, id=None, on=BOTH):
    return case(f"method-{id or method.lower()}", request(method), problem(
        "method_not_allowed", fields=(READS,)), Then.OPEN,
        "known, and not allowed here; Allow has those that are", "RFC 9110 15.5.6; ERR-18", on)


def unknown(id, method, why="an unknown method"):
    return case(f"method-{id}", request(method), UNKNOWN, Then.OPEN, why, SEVERAL, BOTH)


def bad(id, method, why):
    return case(f"method-{id}", request(method) + SMUGGLED, MALFORMED, Then.CLOSED, why,
                "RFC 9110 5.6.2; ERR-7", BOTH)


CASES = [
    head_as_get("readyz", "/readyz", ok()),
    head_as_get("tickers", "/v1/tickers", ok('"tickers"'), on=("public",)),
    head_as_get("no-route", "/nowhere", problem("no_such_route")),
    head_as_get("bad-query", "/v1/quotes", problem("bad_query"), on=("public",)),
    head_as_get("not-allowed", "/v1/ticks", problem("method_not_allowed"), on=(ADMIN,)),
    head_as_get("file", "/app.js", ok("answer"), on=("public",)),
    head_as_get("file-gzip", "/app.js", Expected((200,)), "Accept-Encoding: gzip", on=("public",)),
    head_as_get("redirect", "/docs", Expected((308,), fields=(("location", "/docs/"),)),
                on=("public",)),
    head_as_get("index", "/", ok("<title>", "Tickcast"), on=("public",)),
    case("method-head-malformed", request("HEAD", host=None) + SMUGGLED,
         Expected((400,), head=True), Then.CLOSED, "an answer to HEAD never has a body",
         "RFC 9110 9.3.2", BOTH),
    case("method-head-other-version", request("HEAD", version="HTTP/2.0") + SMUGGLED,
         Expected((505,), head=True), Then.CLOSED, "also where the line is refused for its version",
         "RFC 9110 9.3.2; REQ-5", BOTH),
    case("method-head-bad-line", b"HEAD  /readyz HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
         Expected((400,), head=True), Then.CLOSED, "also where the line is malformed",
         "RFC 9110 9.3.2", BOTH),
    case("method-head-too-long", request("HEAD", "/" + "x" * 16_384) + SMUGGLED,
         Expected((431,), head=True), Then.CLOSED, "also where the line is too long",
         "RFC 9110 9.3.2", BOTH),
    case("method-head-with-body", request("HEAD", "/readyz", "Content-Length: 5", body=b"hello"),
         ok(head=True), Then.OPEN, "its body means nothing, and is read", "RFC 9110 9.3.2", BOTH),
    case("method-options", request("OPTIONS"), Expected((204,), fields=(READS,)), Then.OPEN,
         "the public listener answers every preflight", "RFC 9110 9.3.7; API-23"),
    case("method-options-admin", request("OPTIONS"), problem(
        "method_not_allowed", fields=(("allow", "GET, HEAD"),)), Then.OPEN,
        "no browser asks the admin listener", "RFC 9110 15.5.6; ERR-18", (ADMIN,)),
    case("method-options-with-body", request(
        "OPTIONS", "/v1/sessions", "Content-Length: 2", body=b"{}"),
        Expected((204,), fields=(("allow", "POST, OPTIONS"),)), Then.OPEN,
        "a body is allowed, and means nothing", "RFC 9110 9.3.7"),
    case("method-options-nowhere", request("OPTIONS", "/nowhere"), problem("no_such_route"),
         Then.OPEN, "there is nothing to ask about", "RFC 9110 9.3.7; ERR-17", BOTH),
    case("method-trace", request("TRACE", "/readyz", "X-Secret: 1"), problem(
        "method_not_allowed", fields=(READS,)), Then.OPEN,
        "nothing is sent back to the client: TRACE would show fields to scripts",
        "RFC 9110 9.3.8; ERR-18", BOTH,
        compare=lambda answers: need(b"Secret" not in answers[0].body, "reflected", answers)),
    case("method-connect-authority", request("CONNECT", "b:443"),
         Expected((400, 404, 405, 501)), Then.STATED, "no tunnel: an origin server needs none",
         "RFC 9110 9.3.6", BOTH),
    case("method-connect-origin-form", request("CONNECT", "/readyz"), MALFORMED, Then.CLOSED,
         "CONNECT takes the authority form alone", "RFC 9112 3.2.3; ERR-7", BOTH),
    not_allowed("POST"),
    not_allowed("PUT"),
    not_allowed("PATCH"),
    not_allowed("DELETE"),
    case("method-get-where-post", request("GET", "/v1/sessions"), problem(
        "method_not_allowed", fields=(("allow", "POST, OPTIONS"),)), Then.OPEN,
        "GET is not allowed everywhere", "RFC 9110 15.5.6; ERR-18"),
    case("method-put-with-body", request("PUT", "/v1/sessions", f"Content-Length: {len(SESSION)}",
                                         body=SESSION), problem("method_not_allowed"), Then.OPEN,
         "the body of a refused request is read, not taken for the next one",
         "RFC 9112 9.3; ERR-18"),
    case("method-post-nowhere", request("POST", "/nowhere", f"Content-Length: {len(SMUGGLED)}",
                                        body=SMUGGLED), problem("no_such_route"), Then.OPEN,
         "the body of a refused request is read, not taken for the next one",
         "RFC 9112 9.3; ERR-17", BOTH),
    unknown("lower-case", "get", "methods are case-sensitive: this one is not GET"),
    unknown("mixed-case", "Get", "methods are case-sensitive: this one is not GET"),
    unknown("longer-than-get", "GETS", "a known method at its front does not count"),
    unknown("webdav", "PROPFIND"),
    unknown("brew", "BREW"),
    unknown("every-token-character", "!#$%&'*+-.^_`|~09azAZ", "every token is a method"),
    unknown("one-letter", "X"),
    unknown("200-letters", "X" * 200),
    unknown("4000-letters", "X" * 4000),
    bad("with-parenthesis", "GE(T", "no token"),
    bad("with-colon", "GET:", "no token"),
    bad("with-slash", "GET/", "no token"),
    bad("with-quotes", '"GET"', "no token"),
    bad("with-del", "GE\x7fT", "no token"),
    bad("with-high-octet", "GE\xe9T", "no token"),
]
