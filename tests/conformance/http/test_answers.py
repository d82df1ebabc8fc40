"""The strict reader itself: each rule refuses an answer that breaks it."""
import email.utils

import pytest

from .answers import Broken, Reader
from .case import Expected, Then, case, ok
from .exchange import check_answer, judge

DATE = "Date: " + email.utils.formatdate(usegmt=True)
PROBLEM = '{"type":"x","title":"x","status":404,"detail":"x","code":"no_such_route"}'


def answer(status="200 OK", *lines, body="", date=DATE, version="HTTP/1.1"):
    head = [f"{version} {status}", *([date] if date else []), *lines]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode("latin-1")


def good(body="hello", *lines):
    return answer("200 OK", f"Content-Length: {len(body)}", "Content-Type: text/plain", *lines,
                  body=body)


def refusal(status="404 Not Found", body=PROBLEM, kind="application/problem+json", *lines):
    return answer(status, f"Content-Length: {len(body)}", f"Content-Type: {kind}", *lines, body=body)


def read(data, heads=()):
    reader = Reader(heads)
    reader.take(data)
    return reader


GOOD = {
    "text": good(), "empty": answer("200 OK", "Content-Length: 0"), "204": answer("204 No Content"),
    "304": answer("304 Not Modified", 'ETag: "x"'), "refusal": refusal(),
    "upgrade": good("x", "Upgrade: websocket", "Connection: upgrade"),
}
BROKEN = {
    "bare LF": good().replace(b"\r\nContent-Type", b"\nContent-Type"),
    "bare LF throughout": good().replace(b"\r\n", b"\n"),
    "bare CR": good("x", "X: a\rb"),
    "version 1.0": answer("200 OK", "Content-Length: 0", version="HTTP/1.0"),
    "status of two digits": answer("20 OK", "Content-Length: 0"),
    "no space behind the status": answer("200", "Content-Length: 0"),
    "line without colon": good("x", "X"),
    "empty name": good("x", ": y"),
    "space before colon": good("x", "X : y"),
    "folded line": good("x", "X: y\r\n z"),
    "control octet": good("x", "X: \x01"),
    "high octet": good("x", "X: \xe9"),
    "no length": answer("200 OK", "Content-Type: text/plain", body="x"),
    "two lengths": good("hello", "Content-Length: 5"),
    "length with sign": answer("200 OK", "Content-Length: +5", body="hello"),
    "length with leading zero": answer("200 OK", "Content-Length: 05", body="hello"),
    "both framings": good("0\r\n\r\n", "Transfer-Encoding: chunked"),
    "length of 204": answer("204 No Content", "Content-Length: 0"),
    "no Date": answer("200 OK", "Content-Length: 0", date=None),
    "two dates": answer("200 OK", DATE, "Content-Length: 0"),
    "old form of date": answer("200 OK", "Content-Length: 0",
                               date="Date: Sunday, 06-Nov-94 08:49:37 GMT"),
    "wrong time": answer("200 OK", "Content-Length: 0", date="Date: Sun, 06 Nov 1994 08:49:37 GMT"),
    "wrong day": answer("200 OK", "Content-Length: 0", date="Date: Mon, 06 Nov 1994 08:49:37 GMT"),
    "two types": good("x", "Content-Type: text/plain"),
    "no type": answer("200 OK", "Content-Length: 1", body="x"),
    "close and keep-alive": good("x", "Connection: close, keep-alive"),
    "Upgrade without Connection": good("x", "Upgrade: websocket"),
    "405 without Allow": refusal("405 Method Not Allowed", PROBLEM.replace("404", "405").replace(
        "no_such_route", "method_not_allowed")),
    "201 without Location": answer("201 Created", "Content-Length: 0"),
    "304 without tag": answer("304 Not Modified"),
    "refusal as text": refusal(kind="text/plain"),
    "refusal with another status": refusal("400 Bad Request"),
    "refusal with an unknown code": refusal(body=PROBLEM.replace("no_such_route", "nosuch")),
    "refusal without members": refusal(body="{}"),
    "102": answer("102 Processing", date=None) + good(),
    "100 with fields": answer("100 Continue", "X: y", date=None) + good(),
}


@pytest.mark.parametrize("name", GOOD)
def test_Reader_OfAGoodAnswer_GivesIt(name):
    for size in (1, 7, 10_000):
        reader = Reader()
        for at in range(0, len(GOOD[name]), size):
            reader.take(GOOD[name][at : at + size])
        assert len(reader.answers) == 1 and reader.rest == b""


@pytest.mark.parametrize("name", BROKEN)
def test_Reader_OfABrokenAnswer_SaysSo(name):
    with pytest.raises(Broken):
        read(BROKEN[name])


def test_Reader_OfSeveralAnswers_TakesThemApart():
    hundred = answer("100 Continue", date=None)
    reader = read(good() + hundred + answer("204 No Content") + good("abc"))
    assert [(each.status, each.body, each.interim) for each in reader.answers] == [
        (200, b"hello", 0), (204, b"", 1), (200, b"abc", 0)]


def test_Reader_OfHead_TakesNoBody():
    reader = read(answer("200 OK", "Content-Length: 5", "Content-Type: text/plain"), [True])
    assert len(reader.answers) == 1
    with pytest.raises(Broken):  # its body would be the next answer
        read(good("HTTP/1.1 5\r\n\r\n"), [True])


def judged(expected, data, stayed=True, then=Then.OPEN):
    judge(case("x", b"", expected, then, "x", "x"), read(data).answers, stayed)


def test_Judge_WhereAllIsAsExpected_IsContent():
    judged(ok("hello"), good())
    judged(ok("hello"), good("hello", "Connection: close"), stayed=False, then=Then.CLOSED)
    judged(ok("hello"), good(), then=Then.STATED)


@pytest.mark.parametrize("expected,data,stayed,then", [
    (ok("hello"), good() + good(), True, Then.OPEN),
    ([ok("hello")] * 2, good(), True, Then.OPEN),
    (Expected((404,)), good(), True, Then.OPEN),
    (Expected((404,), code=("bad_request",)), refusal(), True, Then.OPEN),
    (ok("other"), good(), True, Then.OPEN),
    (ok("hello", interim=(1,)), good(), True, Then.OPEN),
    (ok("hello", fields=(("x", "y"),)), good(), True, Then.OPEN),
    (ok("hello", absent=("content-type",)), good(), True, Then.OPEN),
    (ok("hello"), good(), True, Then.CLOSED),
    (ok("hello"), good(), False, Then.STATED),
    (ok("hello"), good("hello", "Connection: close"), True, Then.STATED),
    (ok("hello"), good("hello", "Connection: close"), False, Then.OPEN),
    ([ok("hello")] * 2, good("hello", "Connection: close") + good(), True, Then.OPEN),
], ids=range(13))
def test_Judge_WhereSomethingDiffers_SaysSo(expected, data, stayed, then):
    with pytest.raises(Broken):
        judged(expected, data, stayed, then)


def test_Answer_OfAnotherLength_IsFound():
    reply = read(good()).answers[0]
    check_answer(reply, ok("hello", length=5))
    with pytest.raises(Broken):
        check_answer(reply, ok("hello", length=4))
