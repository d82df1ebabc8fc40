"""Messages whose end two readers could see at different places (RFC 9112 section 11.2).

Each hides a whole request. It must get exactly one answer, and then the connection must end:
what follows is never read as a request.
"""
from ..case import (BOTH, CHUNKED, MALFORMED, SESSION, SMUGGLED, Expected, Then, case, chunked,
                    chunks, created, ok, post, problem, request)

SOURCE = "RFC 9112 11.2; ERR-7"
BODY = chunks(SESSION)


def hidden(id, *lines, why, body=None, expected=MALFORMED, then=Then.CLOSED, **more):
    body = BODY + SMUGGLED if body is None else body
    return case(f"smuggling-{id}", post(*lines, body=body, **more), expected, then, why, SOURCE)


def disguised(id, line, why):
    """Content-Length, and a Transfer-Encoding that only some readers see. To a reader that takes
    the disguised field for Transfer-Encoding, the body ends before the hidden request."""
    body = b"0\r\n\r\n" + SMUGGLED
    return hidden(f"te-{id}", f"Content-Length: {len(body)}", line, why=why, body=body)


def disguised_length(id, line, why):
    return hidden(f"cl-{id}", line, f"Content-Length: {len(SESSION)}", why=why,
                  body=SESSION + SMUGGLED)


def other_name(id, line, why="another field: the length alone counts"):
    """The field is a different one, so the body has its length, hidden request included."""
    body = b"0\r\n\r\n" + SMUGGLED
    return hidden(f"not-te-{id}", f"Content-Length: {len(body)}", line, why=why, body=body,
                  expected=problem("invalid_json"), then=Then.OPEN)


CLTE = b"0\r\n\r\n" + SMUGGLED

CASES = [
    hidden("cl-te", f"Content-Length: {len(CLTE)}", CHUNKED, body=CLTE,
           why="the length covers the hidden request, the chunks do not"),
    hidden("te-cl", CHUNKED, "Content-Length: 4", body=chunks(SMUGGLED),
           why="the chunks cover the hidden request, the length does not"),
    hidden("cl-te-cl", "Content-Length: 4", CHUNKED, f"Content-Length: {len(CLTE)}", body=CLTE,
           why="three framings"),
    hidden("cl-cl", f"Content-Length: {len(SESSION)}", f"Content-Length: {len(SESSION + SMUGGLED)}",
           body=SESSION + SMUGGLED, why="a proxy could take the first, a server the last"),
    hidden("te-te", CHUNKED, "Transfer-Encoding: cow", why="only one reader sees chunks"),
    hidden("te-te-other-order", "Transfer-Encoding: cow", CHUNKED, why="only one reader sees chunks",
           expected=Expected((400, 501))),
    hidden("te-te-case", CHUNKED, "Transfer-encoding: identity", why="only one reader sees chunks"),
    disguised("space-before-colon", "Transfer-Encoding : chunked", "some readers drop the space"),
    disguised("tab-before-colon", "Transfer-Encoding\t: chunked", "some readers drop the tab"),
    disguised("space-before-name", " Transfer-Encoding: chunked", "a folded line to some"),
    disguised("tab-before-name", "\tTransfer-Encoding: chunked", "a folded line to some"),
    disguised("folded-into-another", "X: y\r\n Transfer-Encoding: chunked", "a folded line to some"),
    disguised("bare-lf-before", "X: y\nTransfer-Encoding: chunked", "a line of its own to some"),
    disguised("bare-cr-before", "X: y\rTransfer-Encoding: chunked", "a line of its own to some"),
    disguised("cr-before-name", "\rTransfer-Encoding: chunked", "some readers drop the CR"),
    disguised("nul-in-name", "Transfer-Encoding\0: chunked", "some readers end the name there"),
    disguised("nul-before-value", "Transfer-Encoding: \0chunked", "some readers drop it"),
    disguised("high-octet-in-name", b"Transfer-Encoding\xff: chunked", "some readers drop it"),
    disguised("no-break-space", b"Transfer-Encoding\xa0: chunked", "a space to some"),
    disguised("vertical-tab", "Transfer-Encoding: \x0bchunked", "a blank to some"),
    disguised("high-octet-in-value", b"Transfer-Encoding: \xffchunked", "some readers drop it"),
    disguised("quotes", 'Transfer-Encoding: "chunked"', "some readers drop the quotes"),
    disguised("letter", "Transfer-Encoding: xchunked", "some readers search for the word"),
    disguised("list", "Transfer-Encoding: cow, chunked", "some readers take the last one"),
    disguised("folded-value", "Transfer-Encoding:\r\n chunked", "some readers unfold"),
    disguised("no-colon", "Transfer-Encoding", "no field"),
    disguised("colon-before", ": Transfer-Encoding: chunked", "some readers skip the colon"),
    other_name("underscore", "Transfer_Encoding: chunked"),
    other_name("no-hyphen", "TransferEncoding: chunked"),
    other_name("plural", "Transfer-Encodings: chunked"),
    other_name("prefix", "X-Transfer-Encoding: chunked"),
    other_name("te", "TE: chunked"),
    disguised_length("space-before-colon", "Content-Length : 999", "some readers drop the space"),
    disguised_length("nul-in-name", "Content-Length\0: 999", "some readers end the name there"),
    disguised_length("bare-lf-before", "X: y\nContent-Length: 999", "a line of its own to some"),
    disguised_length("bare-cr-before", "X: y\rContent-Length: 999", "a line of its own to some"),
    disguised_length("folded-into-another", "X: y\r\n Content-Length: 999", "a folded line to some"),
    hidden("not-cl-underscore", "Content_Length: 5", why="another field: there is no body",
           body=request(), expected=[problem("invalid_json"), ok()], then=Then.OPEN),
    case("smuggling-request-in-an-unsupported-body", post(
        f"Content-Length: {len(SMUGGLED)}", "Content-Type: text/plain", body=SMUGGLED),
        problem("unsupported_media_type"), Then.OPEN,
        "the body of a refused request is read, not answered", "RFC 9112 9.3; ERR-21"),
    case("smuggling-request-in-an-encoded-body", post(
        CHUNKED, "Content-Encoding: gzip", body=chunks(SMUGGLED)),
        problem("unsupported_media_type"), Then.OPEN,
        "the body of a refused request is read, not answered", "RFC 9112 9.3; REQ-11"),
    case("smuggling-request-in-a-body-without-host", post(
        f"Content-Length: {len(SMUGGLED)}", host=None, body=SMUGGLED), MALFORMED, Then.CLOSED,
        "nothing behind a refused head is a request", SOURCE),
    case("smuggling-request-behind-a-bad-chunk", chunked(b"x\r\n" + SMUGGLED), MALFORMED,
         Then.CLOSED, "nothing behind a bad chunk is a request", SOURCE),
    case("smuggling-request-in-an-upgrade", request(
        "GET", "/readyz", "Connection: Upgrade", "Upgrade: h2c", f"Content-Length: {len(SMUGGLED)}",
        body=SMUGGLED), ok(), Then.OPEN, "a body before an ignored upgrade is a body",
        "RFC 9110 7.8", BOTH),
    case("smuggling-request-in-a-connect", request(
        "CONNECT", "b:443", f"Content-Length: {len(SMUGGLED)}", body=SMUGGLED),
        Expected((400, 404, 405, 501)), Then.STATED, "without a tunnel it is a body",
        "RFC 9110 9.3.6", BOTH),
    case("smuggling-two-heads", request("GET", "/readyz", "X: y\r\nGET /v1/tickers HTTP/1.1")
         + SMUGGLED, MALFORMED, Then.CLOSED, "a request line is no field", SOURCE, BOTH),
    case("smuggling-line-ends-in-a-session-id", request(
        "GET", "/v1/sessions/x%0d%0aX:%20y"), problem("no_such_session", absent=("x",)), Then.OPEN,
        "no field of an answer comes of a target", "RFC 9110 17.5; ERR-16"),
    case("smuggling-line-ends-in-a-ticker", post(
        "Content-Length: 26", body=b'{"tickers":["A\\r\\nX: y"]}'.ljust(26)),
        problem("invalid_ticker", absent=("x",)), Then.OPEN,
        "no field of an answer comes of a body", "RFC 9110 17.5; ERR-23"),
    case("smuggling-good-session-behind", post(
        f"Content-Length: {len(SESSION)}", body=SESSION + request()), [created(), ok()], Then.OPEN,
        "the same bytes with one framing are two requests", "RFC 9112 9.3.2"),
]
