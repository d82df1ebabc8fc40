"""The opening handshake (RFC 6455 section 4), and what comes before and behind it."""
from .case import case
from .expected import Answer, Echo, Fails, Pong
from .frames import asked, close, ping, text
from .handshake import BAD_HANDSHAKE, OTHER_VERSION, SAMPLE_KEY, Ask, Replied, Upgraded, ask
from .sent import Rest

LISTED_ORIGIN = "https://listed.example"  # --allow-origin of the servers
WHY_METHOD = "4.1: the method is GET"
WHY_UPGRADE = "4.2.1: Upgrade lists websocket, in any case of letters"
WHY_NO_UPGRADE = "4.2.1, ERR-27: without Upgrade: websocket it is no handshake"
WHY_CONNECTION = "4.2.1: Connection lists Upgrade, in any case of letters"
WHY_KEY = "4.2.1, 11.3.1: one key, the Base64 of 16 bytes"
WHY_VERSION = "4.2.2, 4.4: any other version gets 426 with ours"
WHY_HOST = "4.2.1, RFC 9112 section 3.2: one Host that is valid"
WHY_EXTENSIONS = "9.1, STR-1: the server agrees on none"
WHY_PROTOCOLS = "4.2.2: a server that has no subprotocol names none"
WHY_GRAMMAR = "4.2.1: a violation of the ABNF is refused"
WHY_ORIGIN = "4.2.2, 10.2: the server judges the Origin"
WHY_CUT = "RFC 9112 section 2: segments mean nothing"
EVENTS = ("Accept", "text/event-stream")


def upgraded(identifier, why, asking, *more, key=SAMPLE_KEY, snapshot=True):
    return case(identifier, why, asking, Upgraded(key, snapshot), *more)


def of_the_line():
    yield upgraded("handshake", "4.1, 4.2: as it should be; the accept is that of the key", ask("the handshake"))
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        yield case(f"method-{method}", f"{WHY_METHOD}; ERR-18", ask(f"method {method}", method=method),
                   Replied(405, "method_not_allowed"))
    yield case("method-HEAD", WHY_METHOD, ask("method HEAD", method="HEAD"), Replied(400, head=True))
    yield case("method-OPTIONS", "API-23: a preflight is no handshake", ask("method OPTIONS", method="OPTIONS"),
               Replied(204))
    yield case("version-1.0", "4.1: HTTP/1.1 or higher", ask("HTTP/1.0", version="HTTP/1.0"), BAD_HANDSHAKE)
    for minor in (2, 9):
        yield upgraded(f"version-1.{minor}", "4.1: HTTP/1.1 or higher (REQ-4)",
                       ask(f"HTTP/1.{minor}", version=f"HTTP/1.{minor}"))
    yield case("version-2.0", "REQ-5", ask("HTTP/2.0", version="HTTP/2.0"),
               Replied(505, "http_version_not_supported", closes=True))
    yield case("version-0.9", "4.1: HTTP/1.1 or higher", ask("HTTP/0.9", version="HTTP/0.9"),
               Replied(505, "http_version_not_supported", closes=True))
    yield upgraded("target-absolute", "4.1: the request target can be absolute",
                   ask("an absolute target", target="http://localhost/v1/stream/{id}"))
    yield upgraded("target-query", "4.1, REQ-12: a query is ignored", ask("a query", target="/v1/stream/{id}?a=b&c"))
    yield upgraded("target-encoded", "REQ-10: `%76` is a `v`", ask("target `/%76`1/…", target="/%761/stream/{id}"))
    for name, target, code in (("no-session", "/v1/stream/AAAAAAAAAAAAAAAAAAAAAA", "no_such_session"),
                               ("short-id", "/v1/stream/AAAA", "no_such_session"),
                               ("empty-id", "/v1/stream/", "no_such_route"),
                               ("behind-the-id", "/v1/stream/{id}/", "no_such_route"),
                               ("other-route", "/v1/streams", "no_such_route")):
        yield case(f"target-{name}", "4.2.2: nothing is there (ERR-16, ERR-17)", ask(f"target {target}", target=target),
                   Replied(404, code))


def of_host():
    for name, host in (("with-a-port", "localhost:8080"), ("ipv6", "[::1]:8080"), ("upper-case", "LOCALHOST")):
        yield upgraded(f"host-{name}", WHY_HOST, ask(f"Host: {host}", Host=host))
    yield case("host-missing", WHY_HOST, ask("no Host", without=["Host"]), BAD_HANDSHAKE)
    yield case("host-twice", WHY_HOST, ask("Host twice", ("Host", "localhost")), BAD_HANDSHAKE)
    for name, host in (("with-a-blank", "a b"), ("with-a-path", "localhost/x"), ("with-a-user", "u@localhost"),
                       ("with-a-bad-port", "localhost:80x")):
        yield case(f"host-{name}", WHY_HOST, ask(f"Host: {host}", Host=host), BAD_HANDSHAKE)


def of_upgrade():
    for value in ("WebSocket", "WEBSOCKET", "websocket, h2c", "h2c, websocket", ", websocket ,", "h2c,WebSocket,x/1"):
        yield upgraded(f"upgrade-{words(value)}", WHY_UPGRADE, ask(f"Upgrade: `{value}`", Upgrade=value))
    yield upgraded("upgrade-in-two-lines", WHY_UPGRADE, ask("Upgrade: `h2c` before it", first=[("Upgrade", "h2c")]))
    yield upgraded("upgrade-twice", WHY_UPGRADE, ask("Upgrade twice", ("Upgrade", "websocket")))
    yield case("upgrade-missing", WHY_NO_UPGRADE, ask("no Upgrade", without=["Upgrade"]),
               Replied(426, "upgrade_required", has=(("upgrade", "websocket"),)))
    for value in ("", "h2c", "websocket2", "xwebsocket", "web,socket", "websocket/13"):
        yield case(f"upgrade-{words(value)}", WHY_NO_UPGRADE, ask(f"Upgrade: `{value}`", Upgrade=value),
                   Replied(426, "upgrade_required", has=(("upgrade", "websocket"),)))
    for value in ("upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade, keep-alive", "x,upgrade , y", ",,Upgrade"):
        yield upgraded(f"connection-{words(value)}", WHY_CONNECTION, ask(f"Connection: `{value}`", Connection=value))
    yield upgraded("connection-in-two-lines", WHY_CONNECTION,
                   ask("Connection: `keep-alive` before it", first=[("Connection", "keep-alive")]))
    yield case("connection-missing", WHY_CONNECTION, ask("no Connection", without=["Connection"]), BAD_HANDSHAKE)
    for value in ("", "keep-alive", "close", "Upgraded", "Up grade", "websocket"):
        yield case(f"connection-{words(value)}", WHY_CONNECTION, ask(f"Connection: `{value}`", Connection=value),
                   BAD_HANDSHAKE)
    yield upgraded("upgrade-and-events", "STR-2: with an Upgrade it is a WebSocket", ask("Accept for events too", EVENTS))
    yield case("events-without-upgrade", "STR-2: without an Upgrade it is none", ask("Accept for events, no Upgrade",
               EVENTS, without=["Upgrade"]), Replied(200))


def of_key():
    good = {"sample": SAMPLE_KEY, "of-4.1": b"AQIDBAUGBwgJCgsMDQ4PEC==", "zeros": b"AAAAAAAAAAAAAAAAAAAAAA==",
            "ff": b"/////////////////////w==", "plus-and-slash": b"+/+/+/+/+/+/+/+/+/+/+w=="}
    for name, key in good.items():
        yield upgraded(f"key-{name}", WHY_KEY, ask(f"key `{key.decode()}`", Sec_WebSocket_Key=key.decode()), key=key)
    yield upgraded("key-in-blanks", "RFC 9110 section 5.5: blanks around a value are none of it",
                   ask("blanks and tabs around the key", Sec_WebSocket_Key=f" \t {SAMPLE_KEY.decode()} \t "))
    yield case("key-missing", WHY_KEY, ask("no key", without=["Sec-WebSocket-Key"]), BAD_HANDSHAKE)
    bad = {"empty": "", "15-bytes": "AAAAAAAAAAAAAAAAAAAA", "17-bytes": "AAAAAAAAAAAAAAAAAAAAAAA=",
           "18-bytes": "AAAAAAAAAAAAAAAAAAAAAAAA", "1-byte": "AA==", "no-padding": "AAAAAAAAAAAAAAAAAAAAAA",
           "short-padding": "AAAAAAAAAAAAAAAAAAAAAA=", "long-padding": "AAAAAAAAAAAAAAAAAAAAAA===",
           "padding-inside": "AAAAAAAAAAAA=AAAAAAAAA==", "of-base64url": "-_-_-_-_-_-_-_-_-_-_-w==",
           "blank-inside": "AAAAAAAAAAA AAAAAAAAAA==", "other-character": "AAAAAAAAAAA!AAAAAAAAAA==",
           "list": f"{SAMPLE_KEY.decode()}, {SAMPLE_KEY.decode()}", "quoted": f'"{SAMPLE_KEY.decode()}"'}
    for name, key in bad.items():
        yield case(f"key-{name}", WHY_KEY, ask(f"key `{key}`", Sec_WebSocket_Key=key), BAD_HANDSHAKE)
    yield case("key-twice", "11.3.1: not more than once",
               ask("the key twice", ("Sec-WebSocket-Key", SAMPLE_KEY.decode())), BAD_HANDSHAKE)
    yield case("key-two-others", "11.3.1: not more than once",
               ask("two keys", ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")), BAD_HANDSHAKE)


def of_version():
    yield case("ws-version-missing", "4.2.1: a version of 13", ask("no version", without=["Sec-WebSocket-Version"]),
               BAD_HANDSHAKE)
    for value in ("0", "4", "7", "8", "12", "14", "25", "130", "255", "256", "013", "13.0", "thirteen", "", "8, 13", "13, 8",
                  "+13", "-13", "0x0d"):
        yield case(f"ws-version-{words(value)}", WHY_VERSION, ask(f"version `{value}`", Sec_WebSocket_Version=value),
                   OTHER_VERSION)
    yield case("ws-version-twice", "11.3.5: not more than once", ask("version 13 twice", ("Sec-WebSocket-Version", "13")),
               BAD_HANDSHAKE)
    yield case("ws-version-two-lines", "11.3.5: not more than once",
               ask("versions 8 and 13", first=[("Sec-WebSocket-Version", "8")]), BAD_HANDSHAKE)
    yield case("ws-version-8-then-13", "4.4: the client tries again, on the same connection (REQ-1)",
               ask("version `8`", Sec_WebSocket_Version="8"), OTHER_VERSION, Ask(), Upgraded())


def of_offers():
    for value in ("permessage-deflate", "permessage-deflate; client_max_window_bits",
                  'permessage-deflate; client_max_window_bits="10"; server_no_context_takeover', "x-webkit-deflate-frame",
                  "permessage-deflate, permessage-bzip2; a=1", "unknown", "permessage-deflate ; server_max_window_bits = 9"):
        yield upgraded(f"extensions-{words(value)}", WHY_EXTENSIONS, ask(f"extensions `{value}`",
                       ("Sec-WebSocket-Extensions", value)))
    yield upgraded("extensions-in-two-lines", "11.3.2: more than once is right", ask("two lines of extensions",
                   ("Sec-WebSocket-Extensions", "foo"), ("Sec-WebSocket-Extensions", "bar; baz=2")))
    yield upgraded("extensions-then-rsv1", "5.2: RSV1 is for an extension that was agreed on",
                   ask("extensions `permessage-deflate`", ("Sec-WebSocket-Extensions", "permessage-deflate")),
                   text(b"\x4a\x04\x00", rsv=4), Fails(1002))
    for value in ("chat", "chat, superchat", "chat,superchat,v2.json", "a!#$%&'*+-.^_`|~1"):
        yield upgraded(f"protocols-{words(value)}", WHY_PROTOCOLS, ask(f"subprotocols `{words(value)}`",
                       ("Sec-WebSocket-Protocol", value)))
    yield upgraded("protocols-in-two-lines", "11.3.4: more than once is right", ask("two lines of subprotocols",
                   ("Sec-WebSocket-Protocol", "a"), ("Sec-WebSocket-Protocol", "b")))
    for name, value in (("empty", ""), ("blank-inside", "a b"), ("quoted", '"chat"'), ("separator", "chat;1"),
                        ("slash", "a/b"), ("not-ascii", "caf\xe9"), ("only-commas", ", ,"), ("twice", "chat, chat")):
        yield case(f"protocols-bad-{name}", f"{WHY_GRAMMAR}: tokens that differ", ask(f"subprotocols `{value}`",
                   ("Sec-WebSocket-Protocol", value)), BAD_HANDSHAKE)
    yield case("protocols-bad-twice-in-two-lines", f"{WHY_GRAMMAR}: tokens that differ", ask("a subprotocol in two lines",
               ("Sec-WebSocket-Protocol", "chat"), ("Sec-WebSocket-Protocol", "chat")), BAD_HANDSHAKE)
    for name, value in (("empty", ""), ("only-a-parameter", "; a=1"), ("blank-inside", "per message"),
                        ("parameter-without-a-name", "foo; =1"), ("parameter-empty", "foo;"), ("value-missing", "foo; a="),
                        ("quote-open", 'foo; a="1'), ("quoted-no-token", 'foo; a="1 2"'), ("quoted-empty", 'foo; a=""'),
                        ("separator", "foo; a=b=c"), ("behind-a-quote", 'foo; a="1"x'), ("only-commas", ",,")):
        yield case(f"extensions-bad-{name}", f"9.1, {WHY_GRAMMAR}", ask(f"extensions `{value}`",
                   ("Sec-WebSocket-Extensions", value)), BAD_HANDSHAKE)


def of_origin():
    yield upgraded("origin-listed", WHY_ORIGIN + " (API-25)", ask("an Origin of the list", ("Origin", LISTED_ORIGIN)))
    yield upgraded("origin-own", WHY_ORIGIN + " (API-26)", ask("the Origin is the Host", ("Origin", "http://own.example:81"),
                   Host="own.example:81"))
    yield upgraded("origin-none", WHY_ORIGIN + " (API-26)", ask("no Origin"))
    for value in ("https://other.example", "null", "http://listed.example", "https://listed.example:444", ""):
        yield case(f"origin-{words(value)}", WHY_ORIGIN + " (API-27)", ask(f"Origin: `{value}`", ("Origin", value)),
                   Replied(403, "origin_not_allowed"))


def of_fields():
    lower = tuple((name.lower(), value) for name, value in Ask().fields)
    upper = tuple((name.upper(), value) for name, value in Ask().fields)
    yield upgraded("fields-lower-case", "RFC 9110 section 5.1: names of fields have no case",
                   Ask(words="all names in lower case", fields=lower))
    yield upgraded("fields-upper-case", "RFC 9110 section 5.1", Ask(words="all names in upper case", fields=upper))
    yield upgraded("fields-in-another-order", "4.1: the order of the fields means nothing",
                   Ask(words="the fields backwards", fields=Ask().fields[::-1]))
    yield upgraded("fields-unknown", "4.1: other fields are allowed", ask("cookies and unknown fields", ("Cookie", "a=b"),
                   ("X-Unknown", "x"), ("Authorization", "Basic eDp4"), ("User-Agent", "a browser")))
    yield upgraded("fields-fifty", "4.1: other fields are allowed",
                   ask("fifty more fields", *((f"X-{n}", "x") for n in range(50))))
    yield case("fields-too-many-bytes", "ERR-31", ask("20,000 bytes of a field", ("X", "x" * 20_000)),
               Replied(431, "headers_too_large", closes=True))
    yield case("fields-folded", "RFC 9112 section 5.2: no folded line", ask("a folded line", ("X", "a\r\n b")), BAD_HANDSHAKE)
    yield case("fields-blank-before-the-colon", "RFC 9112 section 5.1", ask("a blank before a colon", ("X ", "a")),
               BAD_HANDSHAKE)
    yield case("fields-nul", "RFC 9110 section 5.5", ask("a NUL in a value", ("X", "a\0b")), BAD_HANDSHAKE)


def of_bytes_around():
    frame = text(asked(b"early"))
    yield upgraded("behind-a-message", "4.1: nothing is lost that came early", ask("a message behind the handshake",
                   behind=frame.encoded()), Answer(b"early"))
    yield upgraded("behind-pings", "4.1: nothing is lost that came early", ask("pings behind the handshake",
                   behind=ping(b"1").encoded() + ping(b"2").encoded()), Pong(b"1"), Pong(b"2"))
    yield upgraded("behind-half-a-message", "4.1: nothing is lost that came early", ask("half a frame behind the handshake",
                   behind=frame.encoded()[:9]), Rest(frame, 9), Answer(b"early"))
    yield upgraded("behind-a-close", "5.5.1", ask("a close behind the handshake", behind=close(1000).encoded()), Echo(1000),
                   snapshot=False)
    yield upgraded("behind-a-wrong-frame", "5.2", ask("a reserved opcode behind the handshake",
                   behind=b"\x83\x80abcd"), Fails(1002), snapshot=False)
    yield upgraded("behind-a-request", "4.2.2: no HTTP behind 101; its bytes are a frame with reserved bits",
                   ask("another request behind the handshake", behind=b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Fails(1002),
                   snapshot=False)
    get = b"GET /v1/tickers HTTP/1.1\r\nHost: localhost\r\n\r\n"
    yield case("behind-another-request", "REQ-1: requests of a connection are answered in their order",
               ask("a GET and the handshake together", before=get), Replied(200), Upgraded())
    yield upgraded("behind-empty-lines", "RFC 9112 section 2.2: empty lines before a request are none of it",
                   ask("empty lines before the handshake", before=b"\r\n\r\n"))
    yield case("again-behind-404", "REQ-1: a refusal leaves the connection open",
               ask("no session", target="/v1/stream/AAAAAAAAAAAAAAAAAAAAAA"), Replied(404, "no_such_session"), Ask(),
               Upgraded())
    for name, field, body in (("sized", ("Content-Length", "6"), ping().encoded()),
                              ("chunked", ("Transfer-Encoding", "chunked"), b"6\r\n" + ping().encoded() + b"\r\n0\r\n\r\n")):
        yield upgraded(f"body-{name}", "RFC 9112 section 6: a request's body is none of the frames",
                       ask(f"a ping as a {name} body", field, behind=body))
    yield case("body-length-wrong", "RFC 9112 section 6.3", ask("Content-Length: x", ("Content-Length", "x")), BAD_HANDSHAKE)


def of_cuts():
    line, key = b"HTTP/1.1\r\n", b"Sec-WebSocket-Key: "
    for name, cuts in (("in-the-method", [b"GE"]), ("in-the-target", [b"/v1/st"]), ("behind-the-line", [line]),
                       ("in-a-name", [b"Sec-Web"]), ("in-the-key", [key, b"dGhl"]), ("in-the-last-line", [b"Version: 13"]),
                       ("in-its-end", [b"Version: 13\r\n"]), ("before-the-last-byte", [b"Version: 13\r\n\r"]),
                       ("everywhere", [b"G", line, b"Host: ", key, b"13", b"\r\n\r"])):
        yield upgraded(f"handshake-cut-{name}", WHY_CUT, ask(f"the handshake, cut {name.replace('-', ' ')}", cuts=tuple(cuts)))
    yield upgraded("handshake-bytewise", WHY_CUT, ask("the handshake, byte by byte", bytewise=True))
    yield upgraded("handshake-bytewise-and-a-message", WHY_CUT, ask("handshake and message, byte by byte", bytewise=True,
                   behind=text(asked(3)).encoded()), Answer(3))
    yield case("handshake-wrong-bytewise", WHY_KEY, ask("a bad key, byte by byte", Sec_WebSocket_Key="x", bytewise=True),
               BAD_HANDSHAKE)


def words(value):
    """A value as a part of an id."""
    kept = "".join(letter if letter.isalnum() or letter in ".-_" else " " for letter in value)
    return "-".join(kept.split()) or ("empty" if not value else f"of-{value.encode().hex()}")


CASES = [*of_the_line(), *of_host(), *of_upgrade(), *of_key(), *of_version(), *of_offers(), *of_origin(), *of_fields(),
         *of_bytes_around(), *of_cuts()]
