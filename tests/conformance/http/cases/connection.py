"""Connection, persistence and Upgrade (RFC 9112 section 9, RFC 9110 sections 7.6.1 and 7.8)."""
from ..case import (BOTH, SESSION, SMUGGLED, Expected, Then, case, created, ok, post, problem,
                    request)


def closes(id, *lines, why="close is one of the options"):
    return case(f"connection-{id}", request("GET", "/readyz", *lines) + SMUGGLED,
                ok(fields=(("connection", "close"),)), Then.CLOSED, why, "RFC 9112 9.6", BOTH)


def stays(id, *lines, why, source="RFC 9112 9.3", **more):
    return case(f"connection-{id}", request("GET", "/readyz", *lines, **more), ok(), Then.OPEN, why,
                source, BOTH)


CASES = [
    stays("keep-alive", "Connection: keep-alive", why="it says what is so anyway"),
    stays("empty", "Connection:", why="no option"),
    stays("unknown-option", "Connection: x, y", why="unknown options are ignored",
          source="RFC 9110 7.6.1"),
    stays("closed", "Connection: closed", why="another option than close", source="RFC 9110 7.6.1"),
    stays("close-in-another-field", "X-Connection: close", why="another field"),
    stays("proxy-connection", "Proxy-Connection: close", why="no field of HTTP; never obeyed",
          source="RFC 9112 C.2.2"),
    stays("keep-alive-field", "Keep-Alive: timeout=5, max=1", why="the server's own times count",
          source="RFC 9112 C.2.2"),
    stays("names-te", "Connection: TE", "TE: trailers", why="for this hop; nothing to do",
          source="RFC 9110 10.1.4"),
    stays("upgrade-without-protocol", "Connection: upgrade", why="nothing to upgrade to",
          source="RFC 9110 7.8"),
    stays("upgrade-not-named", "Upgrade: websocket", why="not meant for this hop",
          source="RFC 9110 7.8"),
    stays("upgrade-unknown", "Connection: Upgrade", "Upgrade: foo/2, bar", why="ignored",
          source="RFC 9110 7.8"),
    stays("upgrade-websocket-elsewhere", "Connection: Upgrade", "Upgrade: websocket",
          "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
          why="only a stream upgrades", source="RFC 9110 7.8"),
    closes("close", "Connection: close"),
    closes("upper-case", "Connection: CLOSE", why="options have no case"),
    closes("name-of-other-case", "cONNECTION: close", why="names of fields have no case"),
    closes("close-last", "Connection: keep-alive, close"),
    closes("close-first", "Connection: close, keep-alive"),
    closes("close-among-others", "Connection: x,close,y"),
    closes("empty-elements", "Connection: ,, close ,", why="empty elements of a list are ignored"),
    closes("second-line", "Connection: keep-alive", "Connection: close",
           why="lines of a list are one list"),
    case("connection-close-quoted", request("GET", "/readyz", 'Connection: "close"'),
         Expected((200, 400)), Then.STATED, "no option: ignored or refused", "RFC 9110 7.6.1", BOTH),
    case("connection-names-host", request("GET", "/readyz", "Connection: Host"),
         Expected((200, 400)), Then.STATED, "Host is for every hop: ignored or refused",
         "RFC 9110 7.6.1", BOTH),
    case("connection-names-length", post(
        f"Content-Length: {len(SESSION)}", "Connection: Content-Length", body=SESSION), created(),
        Then.OPEN, "the framing counts all the same", "RFC 9110 7.6.1"),
    case("connection-close-after-post", post(
        f"Content-Length: {len(SESSION)}", "Connection: close", body=SESSION + SMUGGLED),
        created(fields=(("connection", "close"),)), Then.CLOSED, "the last request gets its answer",
        "RFC 9112 9.6"),
    case("connection-close-after-404", request("GET", "/nowhere", "Connection: close") + SMUGGLED,
         problem("no_such_route", fields=(("connection", "close"),)), Then.CLOSED,
         "also with a refusal", "RFC 9112 9.6", BOTH),
    case("connection-close-after-204", request("OPTIONS", "*", "Connection: close") + SMUGGLED,
         Expected((204,), fields=(("connection", "close"),)), Then.CLOSED,
         "also without a body", "RFC 9112 9.6", BOTH),
    case("connection-stays-after-404", request("GET", "/nowhere"), problem("no_such_route"),
         Then.OPEN, "a refusal is no reason to close", "RFC 9112 9.3", BOTH),
    case("connection-1.0-proxy-connection", request(
        "GET", "/readyz", "Proxy-Connection: keep-alive", version="HTTP/1.0") + SMUGGLED, ok(),
        Then.CLOSED, "no field of HTTP; never obeyed", "RFC 9112 C.2.2", BOTH),
]
