"""Expect: 100-continue, and other expectations (RFC 9110 section 10.1.1)."""
from ..case import (CHUNKED, MALFORMED, MAX_BODY_BYTES, SESSION, SMUGGLED, Await, End, Expected, Slowly, Then, case, chunks,
                    created, either, ok, post, problem, request)

SOURCE = "RFC 9110 10.1.1"
LENGTH = f"Content-Length: {len(SESSION)}"
EXPECT = "Expect: 100-continue"


def waits(id, *lines, why, body=SESSION):
    """The client sends its body once it has the 100."""
    return case(f"expect-{id}", [post(*lines), Await(1), body], created(interim=(1,)), Then.OPEN, why,
                SOURCE)


def refused(id, lines, code, why, target="/v1/sessions", method="POST"):
    """The client waits for a 100, and gets a final answer in its place."""
    return case(f"expect-{id}", [request(method, target, EXPECT, *lines), Await(1)], problem(code),
                Then.CLOSED, why, SOURCE)


CASES = [
    waits("length", LENGTH, EXPECT, why="100 once the head is good"),
    waits("chunked", CHUNKED, EXPECT, why="100 once the head is good", body=chunks(SESSION)),
    waits("other-case", LENGTH, "eXPECT: 100-CONTINUE", why="the expectation has no case"),
    case("expect-body-in-single-bytes", [post(LENGTH, EXPECT), Await(1), Slowly(SESSION)],
         created(interim=(1,)), Then.OPEN, "one 100, however the body comes", SOURCE),
    case("expect-body-at-once", post(LENGTH, EXPECT, body=SESSION), created(interim=(0, 1)),
         Then.OPEN, "100 can be left out where the body is there", SOURCE),
    case("expect-no-body", request("GET", "/readyz", EXPECT), ok(), Then.OPEN,
         "no 100 where no body follows", SOURCE),
    case("expect-length-zero", post("Content-Length: 0", EXPECT), problem("invalid_json"), Then.OPEN,
         "no 100 where no body follows", SOURCE),
    case("expect-in-1.0", post(LENGTH, EXPECT, body=SESSION, version="HTTP/1.0"), created(),
         Then.CLOSED, "HTTP/1.0 has no 100", SOURCE),
    case("expect-in-1.0-cut", [post(LENGTH, EXPECT, version="HTTP/1.0"), End()], MALFORMED,
         Then.CLOSED, "HTTP/1.0 has no 100, also where the body is not there yet", SOURCE),
    case("expect-in-1.2", [post(LENGTH, EXPECT, version="HTTP/1.2"), Await(1), SESSION],
         created(interim=(1,)), Then.OPEN, "a later minor version is treated as 1.1",
         "RFC 9110 2.5; REQ-4"),
    case("expect-unknown", post(LENGTH, "Expect: 200-ok", body=SESSION),
         either(created(), Expected((417,))), Then.STATED, "ignored, or refused with 417", SOURCE),
    case("expect-two", post(LENGTH, "Expect: 100-continue, x", body=SESSION),
         either(created(interim=(0, 1)), Expected((417,), interim=(0,))), Then.STATED,
         "ignored, or refused with 417", SOURCE),
    case("expect-empty", post(LENGTH, "Expect:", body=SESSION), created(), Then.OPEN,
         "no expectation", SOURCE),
    refused("wrong-type", [LENGTH, "Content-Type: text/plain"], "unsupported_media_type",
            "no 100; the body might come or not, so only closing is safe"),
    refused("encoded", [LENGTH, "Content-Encoding: gzip"], "unsupported_media_type",
            "no 100; the body might come or not, so only closing is safe"),
    refused("nowhere", [LENGTH], "no_such_route", "no 100; the body might come or not, so only closing is safe",
            target="/nowhere"),
    refused("not-allowed", [LENGTH], "method_not_allowed", "no 100; the body might come or not, so only closing is safe",
            method="PUT"),
    refused("too-large", [f"Content-Length: {MAX_BODY_BYTES + 1}"], "body_too_large",
            "no 100; the body might come or not, so only closing is safe"),
    refused("bad-length", ["Content-Length: x"], "bad_request", "no 100 for a bad head"),
    case("expect-refused-body-is-no-request", [
        request("PUT", "/v1/sessions", EXPECT, f"Content-Length: {len(SMUGGLED)}"), Await(1),
        SMUGGLED], problem("method_not_allowed"), Then.CLOSED,
        "a body that comes all the same is not read as a request", "RFC 9110 10.1.1; ERR-18"),
    case("expect-pipelined", [request() + post(LENGTH, EXPECT), Await(2), SESSION + request()],
         [ok(), created(interim=(1,)), ok()], Then.OPEN, "100 comes in its turn", SOURCE),
    case("expect-twice", [post(LENGTH, EXPECT), Await(1), SESSION, Await(2), post(LENGTH, EXPECT),
                          Await(3), SESSION],
         [created(interim=(1,)), created(interim=(1,))], Then.OPEN, "one 100 per request", SOURCE),
]
