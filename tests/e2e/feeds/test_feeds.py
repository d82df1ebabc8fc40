"""Replay files and their options, junk in them, and the simulator."""
import gzip
import time

import pytest

from support.harness import SLACK, eventually

HEADER = "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\n"
START = 1_723_161_257_001_024_765


def write(path, rows, header=HEADER):
    data = (header.encode() + b"".join(row if isinstance(row, bytes) else row.encode() for row in rows))
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return f"replay:{path}"


def row(i, ticker="AAA", at=None):
    return f"{START + i * 1000 if at is None else at},{ticker},{i}.50000000,{i},{i + 1},0.1,,\n"


def last_quote(server, ticker, n):
    """The quote once it has had n ticks."""
    return eventually(lambda: (lambda quote: quote if quote and quote["n"] >= n else None)(
        server.quotes(ticker).get(ticker)), 10)


# contract: FED-5 RPL-2 RPL-3 RPL-7 TIC-2 MET-24
@pytest.mark.parametrize("name", ["ticks.csv", "ticks.csv.gz"])
def test_Replay_PlainAndGzip_EndWithTheLastRow(start, tmp_path, name):
    rows = [row(i) for i in range(1, 101)] + [f"{START + 200_999},AAA,,,,,-7.25000000,3\n"]
    server = start("--feed", write(tmp_path / name, rows) + "?speed=0&loop=false")
    quote = last_quote(server, "AAA", 101)
    expected = {"s": "AAA", "p": -7.25, "b": 100.5, "a": 101, "z": 3, "bz": 100, "az": 0.1,
                "x": (START + 200_999) // 1000, "n": 101}
    assert {name: quote[name] for name in expected} == expected
    assert eventually(lambda: server.get("/readyz", admin=True).json()["feed"] == "stale")
    assert eventually(lambda: server.metrics()['tickcast_feed_up{feed="replay"}'] == 0)


# contract: RPL-8
def test_Replay_KnowsItsTickersBeforeTheyTick(start, tmp_path):
    rows = [row(1), row(2, "LATE", START + 10**15)]
    server = start("--feed", write(tmp_path / "f.csv", rows))
    assert server.get("/v1/tickers").json()["tickers"] == ["AAA", "LATE"]
    server.create("LATE")
    assert server.request("POST", "/v1/sessions", {"tickers": ["NONE"]}).status == 422


JUNK = [
    b"", b"\n", b"\r\n", b",,,,,,,\n", b"junk\n", b"1,2\n",
    b"%d,AAA,1,2,3,4,5,6,7\n" % START,
    b"soon,AAA,1,1,1,1,,\n", b"-5,AAA,1,1,1,1,,\n", b"1e18,AAA,1,1,1,1,,\n",
    b"99999999999999999999999,AAA,1,1,1,1,,\n",
    b"%d,A B,1,1,1,1,,\n" % START, b"%d,,1,1,1,1,,\n" % START,
    b"%d,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,1,1,1,1,,\n" % START,
    b"%d,AAA,one,1,1,1,,\n" % START, b"%d,AAA,NaN,1,1,1,,\n" % START,
    b"%d,AAA,1,-1,1,1,,\n" % START, b"%d,AAA,1.123456789,1,1,1,,\n" % START,
    b"%d,AAA,92233720369,1,1,1,,\n" % START, b"%d,AAA,--1,1,1,1,,\n" % START,
    b"%d,AAA,,,,,,\n" % START,
    b"\xff\xfe\x00\x01,\x00,\x00\n", b"%d,A\x00A,1,1,1,1,,\n" % START,
    b"x" * 1_000_000 + b"\n", b"," * 100_000 + b"\n", b'"quoted,' + b"\n",
]


# contract: RPL-9 MET-11 MET-12
@pytest.mark.parametrize("name", ["junk.csv", "junk.csv.gz"])
def test_Replay_WhenJunkRows_EveryGoodRowArrives(start, tmp_path, name):
    rows = []
    for i, junk in enumerate(JUNK):
        rows += [row(i + 1), junk]
    rows.append(row(len(JUNK) + 1).rstrip("\n"))  # and no newline at the end
    server = start("--feed", write(tmp_path / name, rows) + "?speed=0&loop=false")
    quote = last_quote(server, "AAA", len(JUNK) + 1)
    eventually(lambda: server.get("/readyz", admin=True).json()["feed"] == "stale")
    quote = server.quotes("AAA")["AAA"]
    assert (quote["n"], quote["b"]) == (len(JUNK) + 1, len(JUNK) + 1.5)
    assert server.get("/v1/tickers").json()["tickers"] == ["AAA"]
    values = server.metrics()
    assert values['tickcast_ticks_ingested_total{feed="replay"}'] == len(JUNK) + 1
    rejected = {reason: values[f'tickcast_ticks_rejected_total{{feed="replay",reason="{reason}"}}']
                for reason in ("syntax", "ticker", "range")}
    assert all(rejected.values()), rejected
    assert len(JUNK) - 4 <= sum(rejected.values()) <= len(JUNK)


def test_Replay_WhenLinesEndInCrLf_IsRead(start, tmp_path):
    rows = [row(i).replace("\n", "\r\n") for i in (1, 2, 3)]
    server = start("--feed", write(tmp_path / "f.csv", rows, HEADER.replace("\n", "\r\n")) +
                   "?speed=0&loop=false")
    assert last_quote(server, "AAA", 3)["b"] == 3.5


@pytest.mark.parametrize("spoil", [lambda data: data[:-200], lambda data: data[:-8] + b"\0" * 8,
                                   lambda data: data[:-100] + b"\xff" * 100], ids=range(3))
def test_Replay_WhenTheGzipIsDamaged_TheServerStays(start, tmp_path, spoil):
    path = tmp_path / "f.csv.gz"
    write(path, [row(i) for i in range(1, 20_001)])
    path.write_bytes(spoil(path.read_bytes()))
    server = start("--feed", f"replay:{path}?speed=0&loop=false")
    last_quote(server, "AAA", 15_000)
    eventually(lambda: server.get("/readyz", admin=True).json()["feed"] == "stale")
    assert server.running()


# contract: RPL-7 TIC-8
def test_Replay_WhenLooping_GoesOnAndTimesGoBackButNAndTDoNot(start, stream, tmp_path):
    rows = [row(i, at=START + i * 1_000_000) for i in range(10)]
    server = start("--feed", write(tmp_path / "f.csv", rows) + "?start=1")
    socket = stream(server, server.create("AAA"))
    assert socket.snapshot()["quotes"] == []
    n, t, x, went_back = 0, 0, 0, False
    while n < 60:
        for tick in socket.ticks():
            assert tick["n"] > n and tick["t"] >= t
            went_back |= tick["x"] < x
            n, t, x = tick["n"], tick["t"], tick["x"]
    assert went_back
    assert server.get("/readyz", admin=True).json()["feed"] == "live"


# contract: RPL-4
@pytest.mark.parametrize("speed,least,most", [("", 0.95, 2.5), ("&speed=1", 0.95, 2.5),
                                              ("&speed=4", 0.22, 1.0), ("&speed=0.5", 1.9, 3.5),
                                              ("&speed=0", 0, 0.6)])
def test_Replay_IsPacedByTheFilesTimes(start, stream, tmp_path, speed, least, most):
    rows = [row(1, at=START), row(2, at=START + 500_000_000), row(3, at=START + 1_000_000_000)]
    server = start("--feed", write(tmp_path / "f.csv", rows) + "?loop=false&start=1" + speed)
    socket = stream(server, server.create("AAA"))
    socket.snapshot()
    first, tick = None, {"n": 0}
    while tick["n"] < 3:
        tick = socket.ticks(10)[-1]
        first = first or tick["t"]
    took = (tick["t"] - first) / 1e6
    assert least <= took <= most * SLACK, took


# contract: FED-9 RPL-6
def test_Replay_WhenStartIsN_WaitsForNStreamsAndIsLiveMeanwhile(start, stream, tmp_path):
    rows = [row(i) for i in range(1, 101)]
    server = start("--feed", write(tmp_path / "f.csv", rows) + "?speed=0&loop=false&start=3",
                   "--stale-seconds", "0.3")
    sockets = []
    for _ in range(2):
        sockets.append(stream(server, server.create("AAA")))
        sockets[-1].snapshot()
    server.create("AAA")  # a session that does not stream does not count
    time.sleep(0.8)
    assert server.metric("tickcast_ticks_ingested_total") == 0
    assert server.get("/readyz", admin=True).json()["feed"] == "live"
    sockets.append(stream(server, server.create("AAA")))
    for socket in sockets:
        n = 0
        while n < 100:
            n = socket.message(type="ticks")["ticks"][-1]["n"]


# contract: SIM-5
def test_Sim_IsTheSameForTheSameSeed(start, stream):
    def record(seed):
        server = start("--feed", f"sim?tickers=2&rate=200&seed={seed}")
        socket = stream(server, server.create("AAPL"))
        socket.snapshot()
        found = {}
        while len(found) < 50:
            for tick in socket.ticks():
                found[tick["n"]] = [tick.get(name) for name in ("p", "b", "a", "z", "bz", "az")]
        return found

    def agree(one, other):
        both = one.keys() & other.keys()
        assert len(both) >= 10, "the recordings do not overlap"
        return [one[n] for n in both] == [other[n] for n in both]
    first = record(1)
    assert agree(first, record(1))
    assert not agree(first, record(2))


# contract: SIM-3 SIM-6
def test_Sim_TickersAndRateAreAsAsked(start):
    server = start("--feed", "sim?tickers=20000&rate=1000&burst=10")
    tickers = server.get("/v1/tickers").json()["tickers"]
    assert len(tickers) == 20_000
    assert {"AAPL", "MSFT", "SYM0001"} <= set(tickers)
    assert any(len(ticker) == len("SYM10000") for ticker in tickers if ticker.startswith("SYM"))
    before, began = server.metric("tickcast_ticks_ingested_total"), time.monotonic()
    time.sleep(1.5)
    rate = ((server.metric("tickcast_ticks_ingested_total") - before) /
            (time.monotonic() - began))
    assert 900 <= rate <= 1100, rate


# contract: FED-1 FED-7
def test_Feeds_WhenTwo_BothTickAndEitherKeepsItLive(start, tmp_path):
    rows = [row(i) for i in range(1, 11)]
    server = start("--feed", write(tmp_path / "f.csv", rows) + "?speed=0&loop=false",
                   "--feed", "sim?tickers=2&rate=50")
    last_quote(server, "AAA", 10)
    last_quote(server, "AAPL", 1)
    time.sleep(0.3)
    assert server.get("/readyz", admin=True).json()["feed"] == "live"


# contract: FED-5 FED-7
@pytest.mark.parametrize("second,state", [("&loop=false", "stale"), ("", "live")])
def test_Feeds_WhenTwoReplays_AreStaleOnlyOnceBothEnded(start, tmp_path, second, state):
    """Ended long before --stale-seconds: each feed's own state counts, not the last tick."""
    server = start("--feed", write(tmp_path / "a.csv", [row(1)]) + "?speed=0&loop=false",
                   "--feed", write(tmp_path / "b.csv", [row(1, "BBB")]) + "?speed=0" + second)
    last_quote(server, "AAA", 1)
    last_quote(server, "BBB", 1)
    feed = lambda: server.get("/readyz", admin=True).json()["feed"]
    if state == "stale":
        assert eventually(lambda: feed() == "stale")
    else:
        last_quote(server, "BBB", 20)
        for _ in range(10):
            assert feed() == "live"
            time.sleep(0.05)


# contract: RPL-9
def test_Replay_WhenRowsAreBad_TheLogSaysSoButNotOfEach(start, tmp_path):
    rows = [row(i) if i % 2 else "junk\n" for i in range(1, 20_001)]
    server = start("--feed", write(tmp_path / "f.csv", rows) + "?speed=0&loop=false")
    eventually(lambda: server.metric("tickcast_ticks_ingested_total") == 10_000)

    def said():
        lines = (server.standard_output() + server.standard_error()).splitlines()
        return [line for line in lines if "row" in line and "f.csv" in line]
    assert 1 <= len(eventually(said)) <= 50


# contract: FED-10
def test_Feeds_WhenPushIsNotConfigured_CountsFromItsFirstTick(start, tmp_path):
    server = start("--feed", write(tmp_path / "f.csv", [row(1)]) + "?speed=0&loop=false")
    eventually(lambda: server.get("/readyz", admin=True).json()["feed"] == "stale")
    server.push({"s": "AAA", "p": 1})
    eventually(lambda: server.get("/readyz", admin=True).json()["feed"] == "live")
