"""POST /v1/ticks of the admin listener: the same framing there (CONTRACT PSH)."""
from ..case import (ADMIN, CHUNKED, MALFORMED, SMUGGLED, Await, Expected, Then, case, chunks, ok,
                    problem, request)

TICK = b'{"s":"A","p":1}'
SIZE = f"Content-Length: {len(TICK)}"
LINES = "Content-Type: application/x-ndjson"


def push(*lines, host=b"localhost", **more):
    return request("POST", "/v1/ticks", *lines, host=host, **more)


def pushed(id, sent, answers, why, then=Then.OPEN, source="PSH-5"):
    return case(f"push-{id}", sent, answers, then, why, source, (ADMIN,))


def taken(count=1, **more):
    return Expected((202,), has=(f'"accepted":{count}',), **more)


def bad(id, *lines, why, body=TICK, source="RFC 9112 6.3; ERR-7"):
    return pushed(id, push(LINES, *lines, body=body + SMUGGLED), MALFORMED, why, Then.CLOSED, source)


CASES = [
    pushed("length", push(LINES, SIZE, body=TICK), taken(), "a tick"),
    pushed("chunked", push(LINES, CHUNKED, body=chunks(TICK[:3], TICK[3:])), taken(), "a tick"),
    pushed("trailer", push(LINES, CHUNKED, body=chunks(TICK, last=b"0\r\nHost: b\r\n\r\n")),
           taken(), "a trailer is dropped", source="RFC 9110 6.5.1; REQ-6"),
    pushed("pipelined", push(LINES, SIZE, body=TICK) * 5 + request(), [taken()] * 5 + [ok()],
           "in their order", source="RFC 9112 9.3.2; REQ-1"),
    pushed("empty", push(LINES, "Content-Length: 0"), taken(0), "nothing is accepted, too"),
    pushed("parameters", push(LINES + "; charset=utf-8", SIZE, body=TICK), taken(),
           "parameters are ignored", source="RFC 9110 8.3; PSH-3"),
    pushed("expect", [push(LINES, SIZE, "Expect: 100-continue"), Await(1), TICK],
           taken(interim=(1,)), "100 once the head is good", source="RFC 9110 10.1.1"),
    pushed("expect-refused", [push(SIZE, "Expect: 100-continue"), Await(1)],
           problem("unsupported_media_type"), "no 100 for a refused head", Then.CLOSED,
           "RFC 9110 10.1.1; PSH-9"),
    pushed("no-type", push(SIZE, body=TICK) + request(), [problem("unsupported_media_type"), ok()],
           "a type is needed; the refused body is read", source="PSH-9"),
    pushed("other-host", push(LINES, f"Content-Length: {len(SMUGGLED)}", body=SMUGGLED,
                              host=b"foe.example"), problem("host_not_allowed"),
           "a name that leads here proves nothing; the refused body is read", source="PSH-11"),
    pushed("absolute-form", push(LINES, SIZE, body=TICK).replace(
        b"/v1/ticks", b"http://foe.example/v1/ticks"), problem("host_not_allowed"),
        "the absolute form counts, not Host", source="RFC 9112 3.2.2; PSH-11"),
    pushed("origin", push(LINES, SIZE, "Origin: http://localhost", body=TICK),
           problem("origin_not_allowed"), "no page pushes", source="PSH-10"),
    pushed("get", request("GET", "/v1/ticks"), problem(
        "method_not_allowed", fields=(("allow", "POST"),)), "Allow has POST alone",
        source="RFC 9110 15.5.6; ERR-18"),
    pushed("public-path", request("GET", "/v1/tickers"), problem("no_such_route"),
           "the public listener's own", source="RUN-3"),
    bad("both-framings", SIZE, CHUNKED, why="both framings: refused and closed"),
    bad("two-lengths", SIZE, "Content-Length: 5", why="two lengths"),
    bad("length-sign", f"Content-Length: +{len(TICK)}", why="an invalid length"),
    bad("coding-not-last", "Transfer-Encoding: chunked, x", why="the end of the body is unknown"),
    bad("bad-chunk", CHUNKED, why="no size", body=b"x\r\n" + TICK),
    bad("chunk-bare-lf", CHUNKED, why="a chunk's line ends with CRLF",
        body=chunks(TICK).replace(b"\r\n", b"\n", 1)),
    pushed("over-the-limit", push(LINES, "Content-Length: 8388609", body=SMUGGLED),
           problem("body_too_large"), "one byte over --push-body-max", Then.CLOSED,
           "RFC 9110 15.5.14; PSH-8"),
]
