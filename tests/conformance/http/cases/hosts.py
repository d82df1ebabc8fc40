"""Host (RFC 9110 section 7.2, RFC 9112 section 3.2)."""
from ..case import BOTH, MALFORMED, SMUGGLED, Then, case, ok, request


def good(id, host, why="uri-host with an optional port"):
    return case(f"host-{id}", request(host=host), ok(), Then.OPEN, why, "RFC 9110 7.2; REQ-9", BOTH)


def bad(id, host, why="no uri-host with an optional port"):
    return case(f"host-{id}", request(host=host) + SMUGGLED, MALFORMED, Then.CLOSED, why,
                "RFC 9112 3.2; REQ-9", BOTH)


def bad_lines(id, *lines, why="exactly one Host"):
    sent = request("GET", "/readyz", *lines, host=None) + SMUGGLED
    return case(f"host-{id}", sent, MALFORMED, Then.CLOSED, why, "RFC 9112 3.2; ERR-7", BOTH)


CASES = [
    good("name", b"example.com"),
    good("port", b"example.com:8080"),
    good("empty-port", b"example.com:", "a port can be empty"),
    good("large-port", b"example.com:99999999", "the grammar has no bound for it"),
    good("empty", b"", "a URI without authority has an empty Host"),
    good("ipv4", b"127.0.0.1:80"),
    good("ipv6", b"[::1]"),
    good("ipv6-port", b"[2001:db8::7]:8080"),
    good("ipv6-with-ipv4", b"[::ffff:192.0.2.1]"),
    good("ip-future", b"[v1.x:y]"),
    good("blanks-around", b" \t a \t", "blanks around a value are not part of it"),
    good("encoded", b"a%20b", "a registered name can have encoded octets"),
    good("sub-delimiters", b"!$&'()*+,;=", "a registered name can have them"),
    case("host-other-case-of-the-name", request("GET", "/readyz", "hOsT: a", host=None), ok(),
         Then.OPEN, "names of fields have no case", "RFC 9110 5.1", BOTH),
    case("host-last", request("GET", "/readyz", "A: b", "Host: a", host=None), ok(), Then.OPEN,
         "the order of fields says nothing", "RFC 9110 5.3", BOTH),
    bad_lines("missing", why="HTTP/1.1 without Host must be refused"),
    bad_lines("twice", "Host: a", "Host: b"),
    bad_lines("twice-same", "Host: a", "Host: a"),
    bad_lines("twice-apart", "Host: a", "X: y", "HOST: a"),
    bad_lines("twice-one-empty", "Host: a", "Host:"),
    bad_lines("folded", "Host:\r\n a", why="a folded line must be refused"),
    bad_lines("space-before-colon", "Host : a", why="must be refused with 400"),
    bad("list", b"a, b", "no list"),
    bad("space", b"a b"),
    bad("userinfo", b"user@a", "user information does not belong to it"),
    bad("path", b"a/b"),
    bad("query", b"a?b"),
    bad("fragment", b"a#b"),
    bad("uri", b"http://a/"),
    bad("backslash", b"a\\b"),
    bad("port-letters", b"a:http"),
    bad("port-sign", b"a:-1"),
    bad("two-ports", b"a:1:2"),
    bad("ipv6-bare", b"::1", "an IPv6 address stands in brackets"),
    bad("ipv6-unclosed", b"[::1"),
    bad("ipv6-no-address", b"[::1::2]"),
    bad("ipv6-zone", b"[fe80::1%25lo]", "a zone means nothing to another host"),
    bad("ipv6-behind", b"[::1]a"),
    bad("brackets-name", b"[a]"),
    bad("bad-escape", b"a%2"),
    bad("utf8", "é".encode()),
    bad("quotes", b'"a"'),
    bad("control", b"a\x01"),
    bad("nul", b"a\0"),
]
