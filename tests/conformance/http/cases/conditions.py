"""Preconditions and ranges of the page's files (RFC 9110 sections 13 and 14)."""
from ..case import SESSION, TAG, Expected, Then, case, created, post, problem, request

WHOLE = Expected((200,), has=("<title>",), fields=(("etag", '"[^"]+"'),), absent=("content-range",))
SAME = Expected((304,), fields=(("etag", '"[^"]+"'), ("cache-control", ".+"),
                                ("vary", ".*Accept-Encoding.*")), absent=("content-type",))
FAILED = Expected((412,))
SOON, LONG_AGO = "Fri, 31 Dec 2100 00:00:00 GMT", "Mon, 01 Jan 1990 00:00:00 GMT"
WEAK = b"W/" + TAG


def asked(id, lines, expected, why, source, method="GET", target="/"):
    lines = [line if isinstance(line, bytes) else line.encode("latin-1") for line in lines]
    return case(f"condition-{id}", request(method, target, *lines), expected, Then.OPEN, why, source)


def none_match(id, value, expected, why, **more):
    value = value if isinstance(value, bytes) else value.encode("latin-1")
    return asked("none-match-" + id, [b"If-None-Match: " + value], expected, why,
                 "RFC 9110 13.1.2", **more)


def match(id, value, expected, why, **more):
    value = value if isinstance(value, bytes) else value.encode("latin-1")
    return asked("match-" + id, [b"If-Match: " + value], expected, why, "RFC 9110 13.1.1", **more)


def ranged(id, value, why, *lines):
    return asked("range-" + id, ["Range: " + value, *lines], WHOLE, why, "RFC 9110 14.2")


CASES = [
    asked("none", [], WHOLE, "every file has a tag", "RFC 9110 8.8.3"),
    none_match("same", TAG, SAME, "the client has it"),
    none_match("weak", WEAK, SAME, "the comparison is weak"),
    none_match("star", "*", SAME, "any content"),
    none_match("list", b'"x", ' + TAG, SAME, "one of the list"),
    none_match("list-weak", b'W/"x",' + WEAK + b' , "y"', SAME, "one of the list"),
    none_match("list-empty-elements", b", ," + TAG + b",", SAME, "empty elements are ignored"),
    none_match("comma-in-a-tag", b'"a,b", ' + TAG, SAME, "a comma in quotes separates nothing"),
    none_match("other", '"x"', WHOLE, "another content"),
    none_match("empty-tag", '""', WHOLE, "another content"),
    none_match("unquoted", "x", WHOLE, "no tag"),
    none_match("unclosed", '"x', WHOLE, "no tag"),
    none_match("head", TAG, Expected((304,), head=True), "HEAD is as GET", method="HEAD"),
    asked("none-match-second-line", [b'If-None-Match: "x"', b"If-None-Match: " + TAG], SAME,
          "lines of a list are one list", "RFC 9110 13.1.2"),
    asked("none-match-and-since", [b"If-None-Match: " + TAG, f"If-Modified-Since: {LONG_AGO}"],
          SAME, "the tag alone counts", "RFC 9110 13.2.2"),
    asked("none-match-other-and-since", ['If-None-Match: "x"', f"If-Modified-Since: {SOON}"],
          WHOLE, "the tag alone counts", "RFC 9110 13.2.2"),
    asked("modified-since", [f"If-Modified-Since: {SOON}"], WHOLE,
          "without a Last-Modified there is nothing to compare", "RFC 9110 13.1.3"),
    asked("modified-since-long-ago", [f"If-Modified-Since: {LONG_AGO}"], WHOLE, "modified since",
          "RFC 9110 13.1.3"),
    asked("modified-since-malformed", ["If-Modified-Since: yesterday"], WHOLE,
          "no date: ignored", "RFC 9110 13.1.3"),
    asked("unmodified-since", [f"If-Unmodified-Since: {LONG_AGO}"], WHOLE,
          "without a modification date it must be ignored", "RFC 9110 13.1.4"),
    match("same", TAG, WHOLE, "as the client thinks"),
    match("star", "*", WHOLE, "there is a content"),
    match("list", b'"x", ' + TAG, WHOLE, "one of the list"),
    match("other", '"x"', FAILED, "another content"),
    match("weak", WEAK, FAILED, "the comparison is strong"),
    match("unquoted", "x", FAILED, "no tag"),
    match("head", '"x"', Expected((412,), head=True), "HEAD is as GET", method="HEAD"),
    asked("match-before-none-match", [b'If-Match: "x"', b"If-None-Match: " + TAG], FAILED,
          "If-Match comes first", "RFC 9110 13.2.2"),
    asked("both-hold", [b"If-Match: " + TAG, b"If-None-Match: " + TAG], SAME,
          "then If-None-Match", "RFC 9110 13.2.2"),
    asked("on-nothing", [b"If-None-Match: *"], problem("no_such_route"),
          "a condition does not change a refusal", "RFC 9110 13.2.1", target="/nowhere"),
    case("condition-on-post", post(f"Content-Length: {len(SESSION)}", "If-None-Match: *",
                                   body=SESSION), created(), Then.OPEN,
         "nothing is there yet", "RFC 9110 13.1.2"),
    ranged("first-two", "bytes=0-1", "ranges can be ignored; then all comes"),
    ranged("suffix", "bytes=-5", "ranges can be ignored; then all comes"),
    ranged("several", "bytes=0-0,5-6", "ranges can be ignored; then all comes"),
    ranged("unsatisfiable", "bytes=999999-", "ranges can be ignored; then all comes"),
    ranged("malformed", "bytes=x", "a malformed one must be ignored"),
    ranged("unknown-unit", "lines=1-2", "an unknown unit must be ignored"),
    ranged("if-range", "bytes=0-1", "If-Range only weakens Range", 'If-Range: "x"'),
    asked("range-on-json", ["Range: bytes=0-1"], Expected((200,), has=('"ready"',)),
          "ranges can be ignored; then all comes", "RFC 9110 14.2", target="/readyz"),
]
