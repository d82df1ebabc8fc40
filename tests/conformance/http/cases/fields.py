"""Field lines: names, values, sizes (RFC 9110 section 5, RFC 9112 section 5)."""
from ..case import (BOTH, MALFORMED, MAX_HEADER_BYTES, SMUGGLED, Expected, Then, case, ok, problem,
                    request)

# CTLs but NUL, CR and LF are invalid, and yet a recipient can keep them (RFC 9110 section 5.5).
CONTROLS = "RFC 9110 5.5"
NAMES = "RFC 9110 5.1, 5.6.2; ERR-7"


def good(id, line, why, source="RFC 9110 5.5"):
    return case(f"field-{id}", request("GET", "/readyz", line), ok(), Then.OPEN, why, source, BOTH)


def bad(id, line, why, source="RFC 9110 5.5; ERR-7"):
    """The line stands between two good ones."""
    sent = request("GET", "/readyz", "A: b", line, "C: d") + SMUGGLED
    return case(f"field-{id}", sent, MALFORMED, Then.CLOSED, why, source, BOTH)


def bad_name(id, name, why="no token"):
    return bad(f"name-{id}", name + b": x", why, NAMES)


def of_size(total):
    """A request of so many bytes."""
    bare = len(request("GET", "/readyz", "X: "))
    return request("GET", "/readyz", "X: " + "x" * (total - bare))


def counted(lines):
    return request("GET", "/readyz", *["X: y"] * lines)


CASES = [
    good("no-space", "X:y", "the space is optional", "RFC 9112 5"),
    good("many-blanks", "X: \t  y \t ", "blanks around a value are not part of it", "RFC 9112 5"),
    good("tab-within", "X: a\tb", "a tab can stand within a value"),
    good("empty-value", "X:", "a value can be empty"),
    good("blank-value", "X:   ", "a value can be empty"),
    good("colons", "X: :a:b:", "the first colon ends the name", "RFC 9112 5"),
    good("latin1", b"X: \xe9\xff\x80", "obs-text is allowed in values"),
    good("utf8", "X: ☃".encode(), "obs-text is allowed in values"),
    good("signs", "X: !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "every visible character is allowed"),
    good("every-token-character", "!#$%&'*+-.^_`|~09azAZ: x", "every token is a name",
         "RFC 9110 5.1"),
    good("digit-first", "1: x", "every token is a name", "RFC 9110 5.1"),
    good("underscore", "Content_Length: 5", "another name than Content-Length", "RFC 9110 5.1"),
    good("same-twice", "X: y\r\nX: y", "an unknown field can come twice", "RFC 9110 5.3"),
    good("line-end-encoded", "X: a%0d%0aContent-Length: 5", "%0d%0a in a value are six characters",
         "RFC 9110 5.5"),
    bad("no-colon", "X", "every line has a colon", "RFC 9112 5; ERR-7"),
    bad("words", "hello world", "every line has a colon", "RFC 9112 5; ERR-7"),
    bad_name("empty", b"", "a name is never empty"),
    bad("name-space-before-colon", "X : y", "must be refused with 400", "RFC 9112 5.1; ERR-7"),
    bad("name-tab-before-colon", "X\t: y", "must be refused with 400", "RFC 9112 5.1; ERR-7"),
    bad_name("space-within", b"X Y"),
    bad_name("parentheses", b"X(1)"),
    bad_name("comma", b"X,Y"),
    bad_name("slash", b"X/Y"),
    bad_name("semicolon", b"X;Y"),
    bad_name("at", b"X@Y"),
    bad_name("brackets", b"X[0]"),
    bad_name("braces", b"{X}"),
    bad_name("quotes", b'"X"'),
    bad_name("backslash", b"X\\Y"),
    bad_name("equals", b"X=Y"),
    bad_name("nul", b"X\0Y"),
    bad_name("control", b"X\x01"),
    bad_name("vertical-tab", b"X\x0b"),
    bad_name("del", b"X\x7f"),
    bad_name("0x80", b"X\x80"),
    bad_name("0xff", b"\xffX"),
    bad_name("utf8", "É".encode()),
    bad("folded", "X: y\r\n z", "a folded line must be refused, or be made one line",
        "RFC 9112 5.2; ERR-7"),
    bad("folded-tab", "X: y\r\n\tz", "a folded line must be refused, or be made one line",
        "RFC 9112 5.2; ERR-7"),
    bad("folded-empty", "X: y\r\n ", "blanks alone are a folded line, too", "RFC 9112 5.2; ERR-7"),
    bad("folded-before-value", "X:\r\n y", "a folded line must be refused, or be made one line",
        "RFC 9112 5.2; ERR-7"),
    bad("bare-lf", "X: y\nZ: z", "a bare LF ends no line here", "RFC 9112 2.2; ERR-7"),
    bad("bare-cr", "X: y\rz", "CR in a value is invalid"),
    bad("cr-at-end", "X: y\r", "CR in a value is invalid"),
    bad("lf-cr", "X: y\n\rZ: z", "LF in a value is invalid"),
    bad("nul", "X: a\0b", "NUL in a value is invalid"),
    bad("nul-alone", "X: \0", "NUL in a value is invalid"),
    *[case(f"field-control-{octet:02x}", request("GET", "/readyz", b"X: a%cb" % octet),
           Expected((200, 400)), Then.STATED, "invalid; keeping it is allowed", CONTROLS, BOTH)
      for octet in (0x01, 0x07, 0x08, 0x0b, 0x0c, 0x1b, 0x1f, 0x7f)],
    case("field-space-before-the-first",
         b"GET /readyz HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n" + SMUGGLED,
         MALFORMED, Then.CLOSED, "refused, or the line is dropped: never read", "RFC 9112 2.2; ERR-7",
         BOTH),
    case("field-tab-before-the-first",
         b"GET /readyz HTTP/1.1\r\n\tX: y\r\nHost: a\r\n\r\n" + SMUGGLED,
         MALFORMED, Then.CLOSED, "refused, or the line is dropped: never read", "RFC 9112 2.2; ERR-7",
         BOTH),
    case("field-end-bare-lf", b"GET /readyz HTTP/1.1\r\nHost: a\r\n\n" + SMUGGLED, MALFORMED,
         Then.CLOSED, "the empty line is CRLF", "RFC 9112 2.2; ERR-7", BOTH),
    case("field-end-cr-cr-lf", b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n" + SMUGGLED,
         MALFORMED, Then.CLOSED, "a bare CR is invalid", "RFC 9112 2.2; ERR-7", BOTH),
    case("field-size-below-the-limit", of_size(MAX_HEADER_BYTES - 1), ok(), Then.OPEN,
         "one byte below --max-header-bytes", "SET-34", BOTH),
    case("field-size-at-the-limit", of_size(MAX_HEADER_BYTES), ok(), Then.OPEN,
         "--max-header-bytes counts from the line to the empty line", "SET-34", BOTH),
    case("field-size-over-the-limit", of_size(MAX_HEADER_BYTES + 1) + SMUGGLED, problem(
        "headers_too_large", has=(f'"limit":{MAX_HEADER_BYTES}',)), Then.CLOSED,
        "one byte over it", "RFC 6585 5; ERR-31", BOTH),
    case("field-size-far-over-the-limit", of_size(4 * MAX_HEADER_BYTES) + SMUGGLED,
         problem("headers_too_large"), Then.CLOSED, "the rest is read and dropped",
         "RFC 6585 5; ERR-31", BOTH),
    case("field-name-over-the-limit", request("GET", "/readyz", "X" * MAX_HEADER_BYTES + ": y")
         + SMUGGLED, problem("headers_too_large"), Then.CLOSED, "a name counts, too",
         "RFC 6585 5; ERR-31", BOTH),
    case("field-endless", b"GET /readyz HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 70_000,
         problem("headers_too_large"), Then.CLOSED, "refused before its end", "RFC 6585 5; ERR-31",
         BOTH),
    case("field-count-2000", counted(2000), ok(), Then.OPEN, "many small ones within the limit",
         "RFC 9110 5.4", BOTH),
    case("field-count-3000", counted(3000) + SMUGGLED, problem("headers_too_large"), Then.CLOSED,
         "too many together", "RFC 6585 5; ERR-31", BOTH),
]
