"""Several requests on a connection without waiting (RFC 9112 section 9.3.2)."""
from ..case import (BOTH, CHUNKED, EMPTY_BODY, MALFORMED, SESSION, SMUGGLED, End, Expected, Then,
                    case, chunked, chunks, created, ok, problem, request, sized)

SOURCE = "RFC 9112 9.3.2; REQ-1"
NOWHERE = problem("no_such_route")
TICKERS = ok('"tickers"')
GET = request()


def line(id, sent, answers, why, then=Then.OPEN, on=(BOTH[0],), source=SOURCE):
    return case(f"pipeline-{id}", sent, answers, then, why, source, on)


def session(ticker):
    return sized(b'{"tickers":["%s"]}' % ticker.encode())


NAMES = [f"N{number}" for number in range(20)]
MIXED = [
    (GET, ok()),
    (request("HEAD"), ok(head=True)),
    (session("MIX"), created("MIX")),
    (chunked(chunks(SESSION)), created()),
    (request("OPTIONS", "*"), Expected((204,))),
    (request("GET", "/nowhere"), NOWHERE),
    (request("PUT"), problem("method_not_allowed")),
    (request("HEAD", "/nowhere"), Expected((404,), head=True)),
    (request("GET", "/v1/tickers"), TICKERS),
    (request("GET", "/v1/quotes"), problem("bad_query")),
    (request("GET", "/"), ok("<title>")),
    (sized(b""), EMPTY_BODY),
]
LARGE = request("GET", "/app.js")

CASES = [
    line("two", GET * 2, [ok()] * 2, "both are answered", on=BOTH),
    line("200", GET * 200, [ok()] * 200, "all are answered, in one connection", on=BOTH),
    line("order", b"".join(map(session, NAMES)), [created(name) for name in NAMES],
         "answers come in the order of requests"),
    line("mixed", b"".join(sent for sent, _ in MIXED), [answer for _, answer in MIXED],
         "every kind after every other"),
    line("mixed-again", b"".join(sent for sent, _ in MIXED[::-1]),
         [answer for _, answer in MIXED[::-1]], "every kind before every other"),
    line("empty-lines-between", GET + b"\r\n" + GET + b"\r\n\r\n" + GET, [ok()] * 3,
         "empty lines before a request are ignored", on=BOTH, source="RFC 9112 2.2"),
    line("large-answers", LARGE * 20, [ok("answer")] * 20, "answers wait for the client to read"),
    line("head-between-large", LARGE + request("HEAD", "/app.js") + LARGE,
         [ok("answer"), ok(head=True), ok("answer")], "HEAD's length is no body's"),
    line("after-errors", request("GET", "/nowhere") * 3 + GET, [NOWHERE] * 3 + [ok()],
         "an error is no end", on=BOTH),
    line("after-415", sized(SESSION, "Content-Type: x/y") + GET,
         [problem("unsupported_media_type"), ok()], "the refused body is read"),
    line("malformed-in-the-middle", GET * 2 + b"bad\r\n\r\n" + SMUGGLED * 3,
         [ok(), ok(), MALFORMED], "those before it are answered, those behind it are not",
         Then.CLOSED, BOTH),
    line("too-large-in-the-middle", GET + sized(b" " * 65_537) + SMUGGLED,
         [ok(), problem("body_too_large")], "those behind it are not answered", Then.CLOSED),
    line("version-in-the-middle", GET + request(version="HTTP/3.0") + SMUGGLED,
         [ok(), problem("http_version_not_supported")], "those behind it are not answered",
         Then.CLOSED, BOTH),
    line("close-in-the-middle", GET + request("GET", "/readyz", "Connection: close") + SMUGGLED * 3,
         [ok(), ok()], "the request with close is the last", Then.CLOSED, BOTH,
         "RFC 9112 9.6"),
    line("1.0-in-the-middle", GET + request(version="HTTP/1.0") + SMUGGLED, [ok(), ok()],
         "HTTP/1.0 without keep-alive is the last", Then.CLOSED, BOTH, "RFC 9112 9.3"),
    line("1.0-keep-alive-then-1.1", request(
        "GET", "/readyz", "Connection: keep-alive", version="HTTP/1.0") + GET, [ok(), ok()],
        "each request has its own version", on=BOTH),
    line("half-closed", [GET * 3, End()], [ok()] * 3, "a client that only ended its side reads on",
         Then.CLOSED, BOTH, "RFC 9112 9.6"),
    line("half-closed-after-a-body", [session("HALF") + GET, End()], [created("HALF"), ok()],
         "a client that only ended its side reads on", Then.CLOSED, source="RFC 9112 9.6"),
    line("half-closed-in-a-request", [GET * 2 + GET[:20], End()], [ok(), ok(), MALFORMED],
         "the unfinished one is answered, too", Then.CLOSED, BOTH, "RFC 9112 8; ERR-7"),
    line("half-closed-in-a-body", [GET + session("CUT")[:-3], End()], [ok(), MALFORMED],
         "an unfinished body is never used", Then.CLOSED, source="RFC 9112 8; ERR-7"),
    line("get-with-bodies", request("GET", "/readyz", "Content-Length: 5", body=b"hello") * 5,
         [ok()] * 5, "each body belongs to its request", on=BOTH),
    line("chunked-get", request("GET", "/readyz", CHUNKED, body=chunks(b"hello")) * 5, [ok()] * 5,
         "each body belongs to its request", on=BOTH),
    line("deletes", request("DELETE", "/v1/sessions/nosuch") * 5, [problem("no_such_session")] * 5,
         "methods that are not safe, too"),
]
