"""Requests that are begun and not finished, on a server with a short time for them."""
from ..case import (BOTH, CHUNKED, SESSION, Await, Expected, Then, case, ok, post,
                    problem, request)

REQUEST_SECONDS = 2  # also for a handshake of TLS
LATE = problem("request_timeout", fields=(("connection", "close"),))
SOURCE = "RFC 9110 15.5.9; ERR-19"


def late(id, sent, answers=LATE, why="begun, and not finished in time", on=(BOTH[0],)):
    return case(f"timeout-{id}", sent, answers, Then.CLOSED, why, SOURCE, on)


CASES = [
    late("in-method", b"GE", on=BOTH),
    late("in-line", b"GET /readyz HTTP/1.1\r", on=BOTH),
    late("in-field", b"GET /readyz HTTP/1.1\r\nHost: a", on=BOTH),
    late("before-the-empty-line", b"GET /readyz HTTP/1.1\r\nHost: a\r\n", on=BOTH),
    late("in-the-empty-line", b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r", on=BOTH),
    late("before-the-body", post(f"Content-Length: {len(SESSION)}", body=b"")),
    late("in-the-body", post(f"Content-Length: {len(SESSION)}", body=SESSION[:-1])),
    late("before-a-chunk", post(CHUNKED, body=b"")),
    late("in-a-chunk-line", post(CHUNKED, body=b"5;a")),
    late("in-a-chunk", post(CHUNKED, body=b"5\r\nab")),
    late("before-the-end-of-a-chunk", post(CHUNKED, body=b"5\r\nabcde\r")),
    late("before-the-last-chunk", post(CHUNKED, body=b"5\r\nabcde\r\n")),
    late("in-the-trailer", post(CHUNKED, body=b"0\r\nX: y\r\n")),
    late("after-100", [post(f"Content-Length: {len(SESSION)}", "Expect: 100-continue", body=b""),
                       Await(1)],
         problem("request_timeout", interim=(1,)), "the body does not come after the 100"),
    late("after-a-good-request", request() + b"GET /rea", [ok(), LATE], on=BOTH,
         why="the time of each request is its own"),
    late("of-head", b"HEAD /readyz HTTP/1.1\r\nHost: a\r\n", Expected((408,), head=True), on=BOTH,
         why="an answer to HEAD never has a body"),
    late("of-head-in-line", b"HEAD /readyz HT", Expected((408,), head=True), on=BOTH,
         why="an answer to HEAD never has a body"),
]
