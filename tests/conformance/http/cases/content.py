"""Types, codings and negotiation of content (RFC 9110 sections 8 and 12)."""
from ..answers import need
from ..case import (BOTH, EMPTY_BODY, SESSION, Expected, Then, case, created, either, ok, post,
                    problem, request)

LENGTH = f"Content-Length: {len(SESSION)}"
TYPE = "RFC 9110 8.3; API-10"
UNSUPPORTED = problem("unsupported_media_type")
PAGE = ("public",)


def typed(id, value, why, expected=None):
    return case(f"content-type-{id}", post(LENGTH, f"Content-Type: {value}", body=SESSION),
                expected or created(), Then.OPEN, why, TYPE)


def coded(id, *lines, why="no body in a coding is read", expected=None):
    return case(f"content-coding-{id}", post(LENGTH, *lines, body=SESSION), expected or problem(
        "unsupported_media_type", fields=(("accept-encoding", "identity"),)), Then.OPEN, why,
        "RFC 9110 8.4; REQ-11")


def accepting(id, value, why):
    return case(f"content-accept-{id}", request("GET", "/readyz", f"Accept: {value}"), ok(),
                Then.OPEN, why, "RFC 9110 12.5.1", BOTH)


PLAIN = Expected((200,), has=("answer",), absent=("content-encoding",),
                 fields=(("vary", "(.*, )?Accept-Encoding(, .*)?"),))
COMPRESSED = Expected((200,), fields=(("content-encoding", "gzip"),
                                      ("vary", "(.*, )?Accept-Encoding(, .*)?")))


def file(id, expected, *lines, why):
    return case(f"content-file-{id}", request("GET", "/app.js", *lines), expected, Then.OPEN, why,
                "RFC 9110 12.5.3", PAGE)


def other_tags(answers):
    plain, compressed = (answer.value("etag") for answer in answers)
    need(plain and compressed and plain != compressed, "one tag for two contents", answers)


CASES = [
    typed("json", "application/json", "the type of our bodies"),
    typed("upper-case", "APPLICATION/JSON", "types have no case"),
    typed("charset", "application/json; charset=utf-8", "parameters are ignored"),
    typed("charset-no-space", "application/json;charset=UTF-8", "parameters are ignored"),
    typed("quoted-parameter", 'application/json; charset="utf-8"', "parameters are ignored"),
    typed("blanks", "application/json \t ; a=b ; c=d", "blanks around a semicolon"),
    typed("empty-parameter", "application/json;", "an empty parameter is ignored"),
    typed("text", "text/plain", "another type", UNSUPPORTED),
    typed("form", "application/x-www-form-urlencoded", "what a page can send unasked", UNSUPPORTED),
    typed("suffix", "application/ld+json", "another type", UNSUPPORTED),
    typed("json-behind-a-comma", "text/plain, application/json", "no list", UNSUPPORTED),
    typed("json-in-a-parameter", "text/plain; a=application/json", "another type", UNSUPPORTED),
    typed("longer", "application/jsonx", "another type", UNSUPPORTED),
    typed("wildcard", "*/*", "no type", UNSUPPORTED),
    case("content-type-empty", post(LENGTH, "Content-Type:", body=SESSION),
         either(created(), UNSUPPORTED), Then.OPEN, "no type, or a wrong one", "RFC 9110 8.3"),
    case("content-type-twice", post(LENGTH, "Content-Type: application/json",
                                    "Content-Type: text/plain", body=SESSION),
         either(created(), UNSUPPORTED, problem("bad_request")), Then.STATED,
         "the last, the first, or a refusal", "RFC 9110 8.3"),
    coded("gzip", "Content-Encoding: gzip"),
    coded("upper-case", "Content-Encoding: GZIP"),
    coded("unknown", "Content-Encoding: cow"),
    coded("chunked", "Content-Encoding: chunked", why="a transfer coding is no content coding"),
    coded("identity-then-gzip", "Content-Encoding: identity, gzip"),
    coded("second-line", "Content-Encoding: identity", "Content-Encoding: br"),
    coded("identity", "Content-Encoding: identity", why="as it is", expected=created()),
    coded("empty", "Content-Encoding:", why="no coding", expected=created()),
    case("content-empty-body-of-json", post("Content-Length: 0", "Content-Type: application/json"),
         EMPTY_BODY, Then.OPEN, "an empty text is no JSON", "ERR-8"),
    case("content-bom", post(f"Content-Length: {len(SESSION) + 3}", body=b"\xef\xbb\xbf" + SESSION),
         either(created(), problem("invalid_json")), Then.OPEN,
         "a mark at the beginning is ignored or refused", "RFC 8259 8.1"),
    case("content-not-utf8", post("Content-Length: 17", body=b'{"tickers":["\xff"]}'),
         problem("invalid_json", "invalid_ticker"), Then.OPEN,
         "the answer is UTF-8 all the same", "RFC 8259 8.1; ERR-8",
         compare=lambda answers: answers[0].body.decode("utf-8")),
    accepting("any", "*/*", "every answer fits"),
    accepting("other", "image/png", "406 is not forced: the answer says what it is"),
    accepting("nothing", "application/json;q=0", "406 is not forced"),
    accepting("malformed", ";;,q=x,/", "a field that says nothing is ignored"),
    accepting("empty", "", "a field that says nothing is ignored"),
    case("content-accept-charset", request("GET", "/readyz", "Accept-Charset: utf-16",
                                           "Accept-Language: tlh"), ok(), Then.OPEN,
         "ignored: there is one representation", "RFC 9110 12.5.2", BOTH),
    case("content-stream-without-session", request("GET", "/v1/stream/nosuch",
                                                   "Accept: text/event-stream"),
         problem("no_such_session"), Then.OPEN, "refused before the first event",
         "RFC 9110 12.5.1; STR-3"),
    file("no-field", PLAIN, why="no field: nothing is encoded"),
    file("gzip", COMPRESSED, "Accept-Encoding: gzip", why="as the client prefers"),
    file("gzip-upper-case", COMPRESSED, "Accept-Encoding: GZIP", why="codings have no case"),
    file("x-gzip", COMPRESSED, "Accept-Encoding: x-gzip", why="x-gzip is gzip"),
    file("any", COMPRESSED, "Accept-Encoding: *", why="every coding is acceptable"),
    file("second-line", COMPRESSED, "Accept-Encoding: br", "Accept-Encoding: gzip",
         why="lines of a list are one list"),
    file("weight", COMPRESSED, "Accept-Encoding: br;q=1.0, gzip;q=0.8", why="the one that we have"),
    file("weight-0", PLAIN, "Accept-Encoding: gzip;q=0", why="not acceptable"),
    file("weight-0.000", PLAIN, "Accept-Encoding: gzip ; q=0.000", why="not acceptable"),
    file("any-but-gzip", PLAIN, "Accept-Encoding: *, gzip;q=0", why="the name is before the star"),
    file("identity-first", PLAIN, "Accept-Encoding: identity, gzip;q=0.5", why="preferred"),
    file("unknown", PLAIN, "Accept-Encoding: cow", why="none that we have"),
    file("empty", PLAIN, "Accept-Encoding:", why="nothing but identity is acceptable"),
    file("longer-name", PLAIN, "Accept-Encoding: gzipx", why="another coding"),
    case("content-file-tags", request("GET", "/app.js") + request(
        "GET", "/app.js", "Accept-Encoding: gzip"), [PLAIN, COMPRESSED], Then.OPEN,
        "a strong tag is of one content", "RFC 9110 8.8.3", PAGE, compare=other_tags),
    case("content-file-redirect", request("GET", "/docs"), Expected(
        (308,), fields=(("location", "/docs/"), ("content-length", "0"))), Then.OPEN,
        "a folder has a slash at its end", "RFC 9110 15.4.9", PAGE),
    case("content-preflight", request(
        "OPTIONS", "/v1/sessions", "Origin: https://a.example",
        "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type"),
        Expected((204,), fields=(("access-control-allow-origin", r"\*"),
                                 ("access-control-allow-methods", ".*POST.*"))), Then.OPEN,
        "any origin may ask", "API-23"),
    case("content-origin-is-not-reflected", request(
        "GET", "/readyz", "Origin: https://a.example"), ok(
            fields=(("access-control-allow-origin", r"\*"),)), Then.OPEN,
        "nothing of the request is in the answer's fields", "API-23"),
]
