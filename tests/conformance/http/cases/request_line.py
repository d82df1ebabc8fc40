"""The request line, and what stands before it (RFC 9112 sections 2.2 and 3)."""
from ..case import BOTH, MALFORMED, SMUGGLED, End, Expected, Then, case, ok, problem, request

HOST = b"Host: a\r\n\r\n"
LINE = b"GET /readyz HTTP/1.1\r\n"


def good(id, sent, why, source="RFC 9112 2.2"):
    return case(f"line-{id}", sent, ok(), Then.OPEN, why, source, BOTH)


def bad(id, line, why, source="RFC 9112 3; ERR-7"):
    """`line`: the request line with its end, or a whole request."""
    sent = line if line.endswith(b"\r\n\r\n") else line + HOST
    return case(f"line-{id}", sent + SMUGGLED, MALFORMED, Then.CLOSED, why, source, BOTH)


CASES = [
    good("plain", LINE + HOST, "the least that a request needs; HTTP/1.1 stays open",
         "RFC 9112 3, 9.3"),
    good("after-crlf", b"\r\n" + LINE + HOST, "one empty line before it is ignored"),
    good("after-several-crlf", b"\r\n" * 8 + LINE + HOST, "a server can ignore several, too"),
    case("line-after-bare-lf", b"\n" + LINE + HOST, Expected((200, 400)), Then.STATED,
         "an empty line of LF alone can be ignored, too", "RFC 9112 2.2", BOTH),
    bad("after-bare-cr", b"\r" + LINE, "a bare CR is no empty line", "RFC 9112 2.2; ERR-7"),
    bad("after-crlf-and-cr", b"\r\n\r" + LINE, "a bare CR is no empty line", "RFC 9112 2.2; ERR-7"),
    bad("after-space", b" " + LINE, "a method begins at once"),
    bad("after-tab", b"\t" + LINE, "a method begins at once"),
    bad("after-nul", b"\0" + LINE, "NUL is in no token"),
    bad("after-bom", b"\xef\xbb\xbf" + LINE, "no octet outside ASCII is in a token"),
    bad("two-spaces-before-target", b"GET  /readyz HTTP/1.1\r\n",
        "exactly one SP; the lenient reading is refused, so that no two parsers differ"),
    bad("two-spaces-before-version", b"GET /readyz  HTTP/1.1\r\n", "exactly one SP"),
    bad("space-at-end", b"GET /readyz HTTP/1.1 \r\n", "the version ends the line"),
    bad("tab-before-target", b"GET\t/readyz HTTP/1.1\r\n", "SP alone separates"),
    bad("tab-before-version", b"GET /readyz\tHTTP/1.1\r\n", "SP alone separates"),
    bad("vertical-tab", b"GET\x0b/readyz\x0bHTTP/1.1\r\n", "SP alone separates"),
    bad("space-in-target", b"GET /ready z HTTP/1.1\r\n",
        "a target has no white space; repairing it could serve another request", "RFC 9112 3.2"),
    bad("bare-lf", b"GET /readyz HTTP/1.1\n",
        "a server can accept a bare LF; ours refuses it, as a proxy before it might not"),
    bad("bare-lf-throughout", b"GET /readyz HTTP/1.1\nHost: a\n\n\r\n\r\n",
        "a server can accept a bare LF; ours refuses it, as a proxy before it might not"),
    bad("bare-cr-at-end", b"GET /readyz HTTP/1.1\rHost: a\r\n\r\n",
        "a bare CR is invalid", "RFC 9112 2.2; ERR-7"),
    bad("cr-cr-lf", b"GET /readyz HTTP/1.1\r\r\n", "a bare CR is invalid", "RFC 9112 2.2; ERR-7"),
    bad("cr-in-target", b"GET /rea\rdyz HTTP/1.1\r\n", "a bare CR is invalid",
        "RFC 9112 2.2; ERR-7"),
    bad("nul-in-target", b"GET /rea\0dyz HTTP/1.1\r\n", "no control octet is in a target"),
    bad("no-version", b"GET /readyz\r\n", "HTTP/0.9 is not spoken"),
    bad("no-version-no-fields", b"GET /readyz\r\n\r\n", "HTTP/0.9 is not spoken"),
    bad("no-target", b"GET HTTP/1.1\r\n", "three parts are needed"),
    bad("no-target-two-spaces", b"GET  HTTP/1.1\r\n", "a target is never empty"),
    bad("method-alone", b"GET\r\n", "three parts are needed"),
    bad("no-method", b"/readyz HTTP/1.1\r\n", "three parts are needed"),
    bad("empty-method", b" /readyz HTTP/1.1\r\n", "a method is never empty"),
    bad("four-parts", b"GET /readyz HTTP/1.1 HTTP/1.1\r\n", "three parts, no more"),
    bad("status-line", b"HTTP/1.1 200 OK\r\n", "an answer is no request"),
    bad("words", b"hello, world\r\n", "no HTTP at all"),
    bad("ssh", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "another protocol"),
    bad("tls-hello-in-clear", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "another protocol"),
    case("line-too-long", request(target="/" + "x" * 16_384) + SMUGGLED,
         problem("headers_too_large"), Then.CLOSED,
         "the line alone is over --max-header-bytes; RFC 9112 asks for 414, the contract has 431 "
         "for line and fields together", "RFC 9112 3; ERR-31", BOTH),
    case("line-method-too-long", request("G" * 16_384) + SMUGGLED,
         problem("headers_too_large"), Then.CLOSED, "the line alone is over --max-header-bytes",
         "RFC 9112 3; ERR-31", BOTH),
    case("line-nothing", End(), [], Then.CLOSED, "no request, no answer", "RFC 9112 9.3", BOTH),
    case("line-empty-lines-alone", [b"\r\n\r\n\r\n", End()], [], Then.CLOSED,
         "empty lines are no request", "RFC 9112 2.2", BOTH),
    case("line-cut", [b"GET /rea", End()], MALFORMED, Then.CLOSED,
         "an unfinished request is answered where the client still reads", "RFC 9112 8; ERR-7",
         BOTH),
    case("line-and-fields-cut", [LINE + b"Host: a\r\n", End()], MALFORMED, Then.CLOSED,
         "without the empty line a request is unfinished", "RFC 9112 8; ERR-7", BOTH),
]
