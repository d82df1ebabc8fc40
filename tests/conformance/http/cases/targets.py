"""Request targets (RFC 9112 section 3.2, RFC 3986)."""
from ..case import (ADMIN, BOTH, MALFORMED, SMUGGLED, Expected, Then, case, created, ok, problem,
                    request, sized)


def served(id, target, why, source="RFC 9112 3.2.1", on=BOTH, expected=None, **more):
    return case(f"target-{id}", request("GET", target, **more), expected or ok(), Then.OPEN, why,
                source, on)


def unknown(id, target, why, source="RFC 3986 6.2.2; ERR-17", on=BOTH):
    return case(f"target-{id}", request("GET", target), problem("no_such_route"), Then.OPEN, why,
                source, on)


def bad(id, target, why, source="RFC 9112 3.2; ERR-7", method="GET", **more):
    return case(f"target-{id}", request(method, target, **more) + SMUGGLED, MALFORMED, Then.CLOSED,
                why, source, BOTH)


def query(id, text, expected, why, source):
    return case(f"target-{id}", request("GET", "/v1/quotes" + text), expected, Then.OPEN, why,
                source)


QUOTES = ok('{"quotes":[')
OF_URI = "RFC 3986 3.4; REQ-12"

CASES = [
    # Forms.
    served("absolute", "http://a/readyz", "every server takes the absolute form",
           "RFC 9112 3.2.2"),
    served("absolute-port", "http://a:8080/readyz", "with a port", "RFC 9112 3.2.2"),
    served("absolute-empty-port", "http://a:/readyz", "a port can be empty", "RFC 3986 3.2.3"),
    served("absolute-ipv6", "http://[::1]:80/readyz", "with an IPv6 address", "RFC 3986 3.2.2"),
    served("absolute-https", "https://a/readyz", "a proxy before the server might end TLS",
           "RFC 9110 4.2.2"),
    served("absolute-upper-case-scheme", "HTTP://a/readyz", "schemes have no case",
           "RFC 3986 3.1"),
    served("absolute-other-host", "http://b/readyz", "Host is ignored beside an absolute form",
           "RFC 9112 3.2.2"),
    served("absolute-empty-path", "http://a", "an empty path is /", "RFC 9110 4.2.3",
           on=("public",), expected=ok("<title>")),
    served("absolute-query-without-path", "http://a?x=1", "an empty path is /", "RFC 9110 4.2.3",
           on=("public",), expected=ok("<title>")),
    bad("absolute-without-host-field", "http://a/readyz", "Host is needed all the same",
        "RFC 9112 3.2; ERR-7", host=None),
    bad("absolute-bad-host-field", "http://a/readyz", "an invalid Host is refused all the same",
        "RFC 9112 3.2; REQ-9", host=b"a b"),
    bad("absolute-no-host", "http:///readyz", "http needs a host", "RFC 9110 4.2.1; ERR-7"),
    bad("absolute-port-alone", "http://:80/readyz", "http needs a host", "RFC 9110 4.2.1; ERR-7"),
    bad("absolute-userinfo", "http://u@a/readyz", "user information is an error",
        "RFC 9110 4.2.4; ERR-7"),
    bad("absolute-bad-port", "http://a:x/readyz", "a port has digits", "RFC 3986 3.2.3; ERR-7"),
    bad("absolute-bad-ipv6", "http://[::g]/readyz", "no address", "RFC 3986 3.2.2; ERR-7"),
    bad("absolute-ftp", "ftp://a/readyz", "another scheme is not served here"),
    bad("absolute-one-slash", "http:/readyz", "an http URI has an authority"),
    bad("authority-with-get", "a:80", "the authority form is for CONNECT alone",
        "RFC 9112 3.2.3; ERR-7"),
    bad("relative", "readyz", "a path begins with /", "RFC 9112 3.2.1; ERR-7"),
    bad("query-alone", "?x=1", "a path begins with /", "RFC 9112 3.2.1; ERR-7"),
    bad("dot", "./readyz", "a path begins with /", "RFC 9112 3.2.1; ERR-7"),
    bad("asterisk-with-get", "*", "the asterisk is for OPTIONS alone", "RFC 9112 3.2.4; ERR-7"),
    bad("asterisk-with-post", "*", "the asterisk is for OPTIONS alone", "RFC 9112 3.2.4; ERR-7",
        method="POST"),
    bad("two-asterisks", "**", "no form", method="OPTIONS"),
    case("target-asterisk", request("OPTIONS", "*"), Expected((204,), fields=(
        ("allow", r"\w+(, \w+)*"),)), Then.OPEN, "the server as a whole",
        "RFC 9112 3.2.4; REQ-3", BOTH),
    case("target-asterisk-without-host", request("OPTIONS", "*", host=None) + SMUGGLED, MALFORMED,
         Then.CLOSED, "Host is needed all the same", "RFC 9112 3.2; ERR-7", BOTH),
    # Paths.
    served("encoded-letter", "/%72eadyz", "an encoded unreserved character is the character",
           "RFC 3986 6.2.2.2; REQ-10"),
    served("encoded-throughout", "/%72%65%61%64%79%7A", "hexadecimal digits have no case",
           "RFC 3986 6.2.2.1; REQ-10"),
    unknown("encoded-slash", "/v1%2Ftickers", "an encoded slash is data, not a separator",
            "RFC 3986 2.2; REQ-10"),
    unknown("encoded-twice", "/%2572eadyz", "decoded once", "RFC 3986 2.4; REQ-10"),
    unknown("encoded-nul", "/readyz%00", "an encoded NUL does not end the path",
            "RFC 3986 7.3; ERR-17"),
    unknown("encoded-question-mark", "/readyz%3Fx", "data, not a separator",
            "RFC 3986 2.2; ERR-17"),
    unknown("encoded-line-end", "/readyz%0D%0AX:%20y", "data, not a field of anything",
            "RFC 3986 2.2; ERR-17"),
    unknown("upper-case-path", "/READYZ", "paths have a case", "RFC 9110 4.2.3; ERR-17"),
    unknown("two-slashes", "//readyz", "an empty segment is a segment", "RFC 3986 3.3; ERR-17"),
    unknown("slash-at-end", "/readyz/", "another path", "RFC 3986 3.3; ERR-17"),
    unknown("dot-segment", "/v1/../readyz", "a client removes dot segments; we guess nothing",
            "RFC 3986 6.2.2.3; ERR-17"),
    unknown("dots-out-of-the-page", "/../../../../etc/passwd", "nothing outside the page",
            "RFC 9110 17.3; ERR-17"),
    unknown("encoded-dots-out-of-the-page", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "nothing outside the page", "RFC 9110 17.3; ERR-17"),
    unknown("semicolon", "/readyz;v=1", "a parameter makes another path", "RFC 3986 3.3; ERR-17"),
    case("target-escape-cut", request("GET", "/readyz%"), Expected((400, 404)), Then.STATED,
         "no valid escape: 400, or nothing is there", "RFC 3986 2.1; REQ-10", BOTH),
    case("target-escape-not-hexadecimal", request("GET", "/readyz%zz"), Expected((400, 404)),
         Then.STATED, "no valid escape: 400, or nothing is there", "RFC 3986 2.1; REQ-10", BOTH),
    case("target-backslash", request("GET", "\\readyz"), MALFORMED, Then.CLOSED,
         "a path begins with /", "RFC 9112 3.2.1; ERR-7", BOTH),
    bad("fragment", "/readyz#top", "a fragment never leaves the client", "RFC 9110 4.2.5; ERR-7"),
    bad("fragment-absolute", "http://a/readyz#top", "a fragment never leaves the client",
        "RFC 9110 4.2.5; ERR-7"),
    bad("fragment-in-query", "/readyz?x#top", "a fragment never leaves the client",
        "RFC 9110 4.2.5; ERR-7"),
    bad("utf8", "/r\xc3\xa9adyz", "octets outside ASCII are encoded", "RFC 3986 2.1; ERR-7"),
    bad("utf8-in-query", "/readyz?\xc3\xa9", "octets outside ASCII are encoded",
        "RFC 3986 2.1; ERR-7"),
    bad("latin1", "/r\xe9adyz", "octets outside ASCII are encoded", "RFC 3986 2.1; ERR-7"),
    bad("del", "/readyz\x7f", "no control octet is in a target", "RFC 3986 2; ERR-7"),
    bad("control", "/readyz\x01", "no control octet is in a target", "RFC 3986 2; ERR-7"),
    case("target-2000-octets", request("GET", "/" + "x" * 1999), problem("no_such_route"),
         Then.OPEN, "a long one is read", "RFC 9112 3; ERR-17", BOTH),
    served("8000-octets-of-query", "/readyz?" + "x" * 8000,
           "at least 8000 octets of a line should do", "RFC 9112 3"),
    # Queries.
    served("empty-query", "/readyz?", "a query can be empty", OF_URI),
    served("query-of-question-marks", "/readyz???", "data of the query", OF_URI),
    served("query-with-slash", "/readyz?/../x", "data of the query", OF_URI),
    served("query-bad-escape", "/readyz?x=%", "unknown parameters are not even decoded", OF_URI),
    served("query-ampersands", "/readyz?&&=&", "unknown parameters are ignored", OF_URI),
    query("quotes", "?tickers=A,B", QUOTES, "the query is read", "API-6"),
    query("quotes-encoded", "?tickers=%41%2CB", QUOTES, "a value is decoded", "RFC 3986 2.1"),
    query("quotes-encoded-name", "?%74ickers=A", QUOTES, "a name is decoded", "RFC 3986 2.1"),
    query("quotes-caret", "?tickers=^GSPC", QUOTES, "only & + # % must be encoded", "VAL-3"),
    query("quotes-plus", "?tickers=a+b", QUOTES, "a bare + is a plus", "VAL-3"),
    query("quotes-twice", "?tickers=A&tickers=B", problem("bad_query"),
          "two values contradict each other", "ERR-12"),
    query("quotes-bad-escape", "?tickers=%4", problem("bad_query"), "no valid escape", "ERR-12"),
    query("quotes-nul", "?tickers=%00", problem("invalid_ticker"), "no ticker has NUL", "ERR-23"),
    query("quotes-missing", "", problem("bad_query"), "the parameter is needed", "ERR-5"),
    query("quotes-other-case", "?TICKERS=A", problem("bad_query"), "names have a case", "ERR-5"),
    case("target-redirect-keeps-the-query", request("GET", "/docs?a=%0d%0aX:y"), Expected(
        (308,), fields=(("location", r"/docs/\?a=%0d%0aX:y"),), absent=("x",)), Then.OPEN,
        "what was encoded stays encoded: no field comes of it", "RFC 9110 17.5"),
    case("target-session-absolute", sized().replace(b"/v1/sessions", b"http://b/v1/sessions"),
         created(fields=(("location", r"/v1/sessions/[\w-]{22}"),)), Then.OPEN,
         "Location is a path", "RFC 9110 10.2.2; API-1"),
    case("target-metrics", request("GET", "/metrics"), ok("tickcast_"), Then.OPEN,
         "the admin listener's own", "RUN-3", (ADMIN,)),
    case("target-metrics-public", request("GET", "/metrics"), problem("no_such_route"), Then.OPEN,
         "the public listener has none", "RUN-3"),
]
