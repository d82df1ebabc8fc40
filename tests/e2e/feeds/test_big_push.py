"""While large bodies are pushed all other clients are served: counted, not timed, by the answers
between a body's last byte and its answer."""
import json
import select
import signal
import time

import pytest

from support.harness import eventually, request_bytes

NDJSON = {"Content-Type": "application/x-ndjson"}
ARRAY = {"Content-Type": "application/json"}
MOST = 8 * 1024 * 1024  # --push-body-max
TURNS = 400  # of the control loop, which reads 64 KiB in each: enough for all of four bodies


def ticks(size, tickers):
    """Lines of so many bytes at most, over that many tickers; the prices count."""
    template = '{"s":"BIG%d","p":%d,"b":1.25,"a":1.5,"z":100}\n'
    count = (size - 2) // len(template % (200_000, 200_000))
    return [template % (number % tickers, number) for number in range(count)]


def as_array(lines):
    return "[" + ",".join(lines) + "]"


class Push:
    """A body of which the server waits for the last byte."""

    def __init__(self, server, body, headers=NDJSON):
        self.connection = server.connect(admin=True)
        whole = request_bytes("POST", "/v1/ticks", body, headers)
        self.connection.send(whole[:-1])
        self.last = whole[-1:]

    def end(self):
        self.connection.send(self.last)

    def is_answered(self):
        return bool(select.select([self.connection.socket], [], [], 0)[0])

    def answer(self):
        self.connection.socket.settimeout(60)
        return self.connection.receive()


class Others:
    """Calls of all kinds, on connections of their own, one after the other."""

    def __init__(self, server):
        self.public, self.admin = server.connect(), server.connect(admin=True)
        self.number = 0

    def ask(self, connection, method, target, body=None, headers=None):
        connection.send(request_bytes(method, target, body, headers))
        return connection.receive()

    def turn(self):
        assert self.ask(self.admin, "GET", "/readyz").status == 200

    def round(self):
        """Gives the quotes that are seen of the body's first ticker."""
        self.turn()
        assert self.ask(self.admin, "GET", "/metrics").status == 200
        self.number += 1
        small = '{"s":"SMALL","p":%d}' % self.number
        assert self.ask(self.admin, "POST", "/v1/ticks", small, NDJSON).status == 202
        reply = self.ask(self.public, "GET", "/v1/quotes?tickers=SMALL,BIG0")
        quotes = {quote["s"]: quote for quote in reply.json()["quotes"]}
        assert quotes["SMALL"]["p"] == self.number
        session = self.ask(self.public, "POST", "/v1/sessions", json.dumps({"tickers": ["AAPL"]}))
        assert session.status == 201
        assert self.ask(self.public, "DELETE", session.headers["location"]).status == 204
        return quotes.get("BIG0")


def rounds_during(server, bodies, headers=NDJSON):
    """The observations of each round between the last bytes and the first answer, and the
    answers."""
    others = Others(server)
    pushes = [Push(server, body, headers) for body in bodies]
    for _ in range(TURNS):
        others.turn()
    for each in pushes:
        each.end()
    seen = []
    while not any(each.is_answered() for each in pushes):
        seen.append(others.round())
    return seen, [each.answer() for each in pushes]


LINES = ticks(MOST, 5000)
NEW = ticks(MOST, 200_000)


@pytest.fixture
def server(start):
    return start("--threads", "2", "--feed", "sim?tickers=2&rate=500", "--feed", "push",
                 "--max-known-tickers", "10000")


# contract: PSH-16
@pytest.mark.parametrize("body,headers", [("".join(LINES), NDJSON), (as_array(LINES), ARRAY)],
                         ids=["lines", "array"])
def test_BigPush_WhenAccepted_OthersAreServedAndItsTicksAreInOrder(server, stream, body, headers):
    watch = stream(server, server.create("BIG1", "AAPL"))
    watch.snapshot()
    seen, (reply,) = rounds_during(server, [body], headers)
    assert len(seen) >= 5
    assert (reply.status, reply.json()) == (202, {"accepted": len(LINES)})
    prices = [quote["p"] for quote in seen if quote]
    assert prices == sorted(prices)
    last = server.quotes("BIG0")["BIG0"]
    own = range(0, len(LINES), 5000)
    assert (last["p"], last["n"]) == (own[-1], len(own))
    # The stream saw them in their order, and the simulator's in between.
    expected = range(1, len(LINES), 5000)[-1]
    kinds, prices = [], []
    while not prices or prices[-1] != expected:
        for tick in watch.ticks():
            kinds.append(tick["s"])
            if tick["s"] == "BIG1":
                prices.append(tick["p"])
    assert prices == sorted(prices)
    assert kinds.count("AAPL") >= 5


# contract: PSH-7 PSH-16
@pytest.mark.parametrize("lines,status,code", [
    (LINES[:-1] + ['{"s":"BIG0","p":"1"}'], 400, "invalid_type"),
    (NEW, 422, "too_many_tickers")], ids=["bad last line", "no room"])
def test_BigPush_WhenRefused_OthersAreServedAndNothingIsEverApplied(server, lines, status, code):
    seen, (reply,) = rounds_during(server, ["".join(lines)])
    assert len(seen) >= 5
    assert not any(seen)
    assert (reply.status, reply.json()["code"]) == (status, code)
    assert not any(name.startswith("BIG") for name in server.get("/v1/tickers").json()["tickers"])
    assert server.quotes("BIG0") == {}


# contract: PSH-16
def test_BigPush_WhenFourComeAtOnce_OthersAreServedAndEachIsAnswered(server):
    bodies = ["".join(ticks(size, tickers)) for size, tickers in
              [(MOST // 2, 5000), (MOST // 2, 50), (MOST // 4, 5), (MOST // 2, 200_000)]]
    seen, replies = rounds_during(server, bodies)
    assert len(seen) >= 5
    assert [reply.status for reply in replies] == [202, 202, 202, 422]
    accepted = sum(reply.json()["accepted"] for reply in replies[:3])
    assert accepted == sum(body.count("\n") for body in bodies[:3])


# contract: PSH-7
def test_BigPush_WhenItsClientLeaves_IsAppliedAllTheSame(server):
    push = Push(server, "".join(LINES))
    push.end()
    push.connection.socket.close()
    count = len(range(0, len(LINES), 5000))
    eventually(lambda: server.quotes("BIG0").get("BIG0", {}).get("n") == count, 30)


# contract: PSH-7
@pytest.mark.parametrize("pause", [0, 0.05, 0.2])
def test_BigPush_WhenTheServerEnds_IsAnswered(start, pause):
    server = start("--feed", "push", "--drain-seconds", "0")
    push = Push(server, "".join(LINES))
    push.end()
    time.sleep(pause)
    server.process.send_signal(signal.SIGTERM)
    reply = push.answer()
    assert reply.status in (202, 503), reply
    if reply.status == 503:
        assert reply.json()["code"] == "draining"
    assert server.process.wait(30) == 0
