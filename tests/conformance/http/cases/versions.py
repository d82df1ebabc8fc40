"""Versions of HTTP (RFC 9112 section 2.3, RFC 9110 section 2.5)."""
from ..case import BOTH, MALFORMED, SMUGGLED, End, Expected, Then, case, ok, problem, request


def same_as_11(version):
    return case(f"version-{version}", request(version=f"HTTP/{version}"), ok(), Then.OPEN,
                "a later minor version is treated as 1.1", "RFC 9110 2.5; REQ-4", BOTH)


def other_major(version):
    return case(f"version-{version}", request(version=f"HTTP/{version}") + SMUGGLED,
                problem("http_version_not_supported"), Then.CLOSED,
                "another major version is not spoken", "RFC 9110 15.6.6; REQ-5", BOTH)


def bad(id, version, why="not of the form HTTP/DIGIT.DIGIT"):
    return case(f"version-{id}", request(version=version) + SMUGGLED, MALFORMED, Then.CLOSED, why,
                "RFC 9112 2.3; ERR-7", BOTH)


CASES = [
    case("version-1.0", request(version="HTTP/1.0"), ok(), Then.CLOSED,
         "HTTP/1.0 closes where it does not ask for more", "RFC 9112 9.3", BOTH),
    case("version-1.0-without-host", request(version="HTTP/1.0", host=None), ok(), Then.CLOSED,
         "HTTP/1.0 needs no Host", "RFC 9112 3.2", BOTH),
    case("version-1.0-keep-alive", request(
        "GET", "/readyz", "Connection: keep-alive", version="HTTP/1.0"),
        ok(fields=(("connection", "keep-alive"),)), Then.OPEN,
        "kept where the client asks for it, and said so", "RFC 9112 9.3", BOTH),
    case("version-1.0-keep-alive-and-close", request(
        "GET", "/readyz", "Connection: keep-alive, close", version="HTTP/1.0"), ok(), Then.CLOSED,
        "close wins", "RFC 9112 9.3", BOTH),
    case("version-1.0-close-and-keep-alive", request(
        "GET", "/readyz", "Connection: close", "Connection: keep-alive", version="HTTP/1.0"), ok(),
        Then.CLOSED, "close wins, in whichever line it stands", "RFC 9112 9.3", BOTH),
    case("version-1.0-pipelined", request(version="HTTP/1.0") + request(), ok(), Then.CLOSED,
         "nothing is answered after the last answer", "RFC 9112 9.3", BOTH),
    case("version-1.0-malformed", request(version="HTTP/1.0", host=b"a b") + SMUGGLED, MALFORMED,
         Then.CLOSED, "the answer has our version all the same", "RFC 9110 6.2; REQ-9", BOTH),
    case("version-1.0-head", request("HEAD", version="HTTP/1.0"), ok(head=True), Then.CLOSED,
         "HEAD is of HTTP/1.0, too", "RFC 9110 9.3.2", BOTH),
    same_as_11("1.2"),
    same_as_11("1.9"),
    case("version-1.9-without-host", request(version="HTTP/1.9", host=None) + SMUGGLED, MALFORMED,
         Then.CLOSED, "it needs what 1.1 needs", "RFC 9112 3.2; REQ-4", BOTH),
    other_major("0.9"),
    other_major("2.0"),
    other_major("3.0"),
    other_major("9.9"),
    case("version-http2-preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0",
         problem("http_version_not_supported"), Then.CLOSED,
         "the preface of HTTP/2 was made to be refused; one answer", "RFC 9113 3.4; REQ-5", BOTH),
    case("version-none", [b"GET /readyz\r\n", End()], MALFORMED, Then.CLOSED,
         "a line without a version is no request", "RFC 9112 3; ERR-7", BOTH),
    bad("lower-case", "http/1.1", "the name has a case"),
    bad("mixed-case", "Http/1.1", "the name has a case"),
    bad("no-minor", "HTTP/1"),
    bad("major-2-no-minor", "HTTP/2"),
    bad("no-digits", "HTTP/."),
    bad("minor-missing", "HTTP/1."),
    bad("major-missing", "HTTP/.1"),
    bad("two-digits-minor", "HTTP/1.10"),
    bad("two-digits-major", "HTTP/11.1"),
    bad("leading-zero", "HTTP/01.1"),
    bad("leading-zero-minor", "HTTP/1.01"),
    bad("comma", "HTTP/1,1"),
    bad("space-in-name", "HTTP /1.1"),
    bad("space-before-number", "HTTP/ 1.1"),
    bad("sign", "HTTP/+1.1"),
    bad("hexadecimal", "HTTP/1.A"),
    bad("three-parts", "HTTP/1.1.1"),
    bad("other-name", "HTTPS/1.1"),
    bad("icy", "ICY/1.1"),
    bad("letter-behind", "HTTP/1.1x"),
    case("version-upgrade-h2c", request(
        "GET", "/readyz", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"), Expected((200,), absent=("upgrade",)),
        Then.OPEN, "an upgrade that we do not speak is ignored", "RFC 9110 7.8", BOTH),
]
