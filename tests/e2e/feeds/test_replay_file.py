"""A replay's reports on its file: its kind, its bad rows, its waits, and its changes."""
import bz2
import gzip
import io
import lzma
import os
import re
import signal
import tarfile
import time
import zipfile

import pytest

from support.harness import SLACK, eventually, run_to_end, stand_still

COLUMNS = "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size"
HEADER = COLUMNS + "\n"
START_S = 1_735_689_600


def at(seconds=0.0):
    return str(START_S * 1_000_000_000 + round(seconds * 1_000_000_000))


def row(seconds=0.0, ticker="AAA", last="5"):
    return f"{at(seconds)},{ticker},,,,,{last},\n"


GOOD = (HEADER + row()).encode()


def zipped(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("day.csv", data)
    return out.getvalue()


def tarred(data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("day.csv")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def in_unit(column, factor):
    return f"{column}{HEADER[5:]}" + "".join(f"{(START_S + i) * factor},AAA,,,,,5,\n" for i in range(9))


REFUSED = {
    "zip": (zipped(GOOD), "zip archive"),
    "zip in gzip": (gzip.compress(zipped(GOOD)), "gzip holds a zip archive"),
    "tar": (tarred(GOOD), "tar archive"),
    "tar.gz": (gzip.compress(tarred(GOOD)), "gzip holds a tar archive"),
    "gzip twice": (gzip.compress(gzip.compress(GOOD)), "gzip once more"),
    "bzip2": (bz2.compress(GOOD), "bzip2"),
    "xz": (lzma.compress(GOOD), "xz"),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x00" + GOOD, "zstd"),
    "UTF-16 with a mark": (GOOD.decode().encode("utf-16"), "UTF-16"),
    "UTF-16 LE": (GOOD.decode().encode("utf-16-le"), "UTF-16"),
    "UTF-16 BE": (GOOD.decode().encode("utf-16-be"), "UTF-16"),
    "empty": (b"", "it is empty"),
    "empty in gzip": (gzip.compress(b""), "empty file"),
    "blank": (b"\n\r\n \n", "only blank lines"),
    "gzip cut in its header": (gzip.compress(GOOD)[:15], "gzip data end too early"),
    "a page": (b"<!DOCTYPE html>\n<title>404</title>", "HTML"),
    "no header": (row().encode(), "the first line is '" + at()),
    "junk": (b'\x01"\xffx\n' + GOOD, r"the first line is '\x01\"\xffx'"),
    "separated by semicolons": (GOOD.replace(b",", b";"), "separated by ';'"),
    "a column missing": (GOOD.replace(b"ask_size", b"ask_sz"), "lacks the column ask_size"),
    "no time": (GOOD.replace(b"ts_ns", b"time"), "lacks the column ts_ns (or ts_us, ts_ms, ts_s)"),
    "a column twice": (b"bid," + GOOD, "column bid is there twice"),
    "two times": (b"ts_s," + GOOD, "two columns of times, ts_s and ts_ns"),
    "microseconds": (in_unit("ts_ns", 10**6).encode(), "is 1970-01-21: are these microseconds? then call the column ts_us"),
    "milliseconds": (in_unit("ts_ns", 10**3).encode(), "are these milliseconds?"),
    "seconds": (in_unit("ts_us", 1).encode(), "are these seconds?"),
    "nanoseconds": (in_unit("ts_s", 10**9).encode(), "are these nanoseconds? then call the column ts_ns"),
    "in gzip": (gzip.compress(in_unit("ts_ns", 10**6).encode()), "are these microseconds?"),
    "times of no unit": ((HEADER + "7,AAA,,,,,5,\n").encode(), "between 1990 and 2100"),
}


def refused(file, options=""):
    status, output, error = run_to_end("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                                       "--feed", f"replay:{file}{options}")
    assert (status, output) == (2, ""), (status, error)
    assert len(error.splitlines()) == 1 and error.startswith("tickcast: --feed: "), error
    return error


# contract: RPL-15 RPL-19
@pytest.mark.parametrize("name", REFUSED)
def test_Start_WhenTheFileIsNotOurs_Exits2AndSaysWhatItIs(tmp_path, name):
    data, words = REFUSED[name]
    (tmp_path / "day.csv").write_bytes(data)
    error = refused(tmp_path / "day.csv")
    assert words in error and len(error) < 600, error


# contract: RPL-19
def test_Start_WhenTheFileIsNoFile_Exits2AndSaysWhatItIs(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "a pipe, not a regular file" in refused(tmp_path / "pipe")
    assert "a directory, not a regular file" in refused(tmp_path)
    assert "a device, not a regular file" in refused("/dev/null")
    assert "maxgap='-1' is not seconds" in refused(tmp_path, "?maxgap=-1")


def in_quotes(text):
    return "\n".join(",".join(f'"{field}"' for field in line.split(",")) for line in text.splitlines())


ROWS = row(0.5) + f"{at(1.25)},AAA,1.5,2,1.75,3,,\n"
ACCEPTED = {
    "with a mark": "\ufeff" + HEADER + ROWS,
    "all quoted": "\ufeff" + in_quotes(HEADER + ROWS),
    "blanks and CRLF": (HEADER + ROWS).replace(",", " ,\t").replace("\n", "\r\n"),
    "blank lines, no last newline": "\n" + HEADER + "\n" + ROWS.replace("\n", "\n\n").rstrip(),
    "empty fields behind": (HEADER + ROWS).replace("\n", ",,\n"),
    "capitals": HEADER.upper() + ROWS,
    "another order and more columns":
        'note,last,last_size,venue,ask_size,ask,bid,bid_size,TICKER,"ts_us"\n'
        f'"a ""b"", c\nd",5,,X,,,,,AAA,{(START_S * 2 + 1) * 500_000}\n'
        f',,,,3,1.75,1.5,2,aaa,{(START_S * 4 + 5) * 250_000}\n',
    "milliseconds": f"ts_ms{HEADER[5:]}{START_S}500,AAA,,,,,5,\n{START_S + 1}250.0,AAA,1.5,2,1.75,3,,\n",
    "seconds with decimals": f"ts_s{HEADER[5:]}{START_S}.5,AAA,,,,,5,\n{START_S + 1}.25,AAA,1.5,2,1.75,3,,\n",
}


# contract: RPL-10 RPL-14
@pytest.mark.parametrize("name", ACCEPTED)
def test_Replay_WhenTheFileIsNearlyOurs_IsPlayed(start, tmp_path, name):
    (tmp_path / "day.csv").write_bytes(ACCEPTED[name].encode())
    server = start("--feed", f"replay:{tmp_path}/day.csv?speed=0&loop=false")
    quote = eventually(lambda: (lambda found: found if found and found["n"] == 2 else None)(
        server.quotes("AAA").get("AAA")))
    expected = {"p": 5, "b": 1.5, "bz": 2, "a": 1.75, "az": 3, "x": START_S * 1_000_000 + 1_250_000}
    assert {member: quote[member] for member in expected} == expected


def said(server, *words):
    return [line for line in server.standard_error().splitlines() if all(word in line for word in words)]


# contract: RPL-20
def test_Replay_WhenRowsAreBad_TheFirstOfEachReasonIsLoggedAndAllAreCounted(start, tmp_path):
    bad = [row(last="NaN"), row(ticker="A B"), row(last="0.30000000000000004"), row(last='"'), "x\n",
           row(400 * 86_400), row(last="1e999"), row(ticker=""), row(ticker="BBB"), row(ticker="CCC")]
    (tmp_path / "day.csv").write_text(HEADER + row() + "".join(bad) + row())
    server = start("--feed", f"replay:{tmp_path}/day.csv?speed=0&loop=false", "--max-known-tickers", 1)
    counts = eventually(lambda: said(server, "event=replay_bad_rows"))
    rows = said(server, "event=replay_bad_row ")
    where = [re.search(r"line=(\d+) reason=(\w+)", line).groups() for line in rows]
    assert where == [("3", "syntax"), ("4", "ticker"), ("5", "range"), ("11", "limit")], rows
    assert 'column=last what="not a number" found="NaN"' in rows[0]
    assert 'found="A B"' in rows[1] and 'found="0.30000000000000004"' in rows[2]
    assert len(counts) == 1
    assert "bad_rows=10 first_line=3 syntax=3 ticker=2 range=3 limit=2 left_out=6" in counts[0]
    rejected = {reason: server.metrics()[f'tickcast_ticks_rejected_total{{feed="replay",reason="{reason}"}}']
                for reason in ("syntax", "ticker", "range", "limit")}
    assert rejected == {"syntax": 3, "ticker": 2, "range": 3, "limit": 2}
    assert server.metrics()['tickcast_ticks_ingested_total{feed="replay"}'] == 2


# contract: RPL-20
def test_Replay_WhenABadRowHoldsAnything_ItsLineIsOneAndBounded(start, tmp_path):
    (tmp_path / "day.csv").write_bytes(GOOD + b'\x1b[31m"\\\xff\x00\x07' + b"x" * 5_000 + b"\n")
    server = start("--feed", f"replay:{tmp_path}/day.csv?speed=0&loop=false")
    (line,) = eventually(lambda: said(server, "event=replay_bad_row "))
    assert line.endswith('..."') and len(line) < 500 and line.isascii() and line.isprintable()
    assert r'found="\x1b[31m\"' in line.replace("\\\\x", "\\x")


# contract: RPL-20
def test_Replay_WhenItLoops_CountsAreNotLoggedForEachPass(start, tmp_path):
    (tmp_path / "day.csv").write_text(HEADER + row() + "junk\n")
    server = start("--feed", f"replay:{tmp_path}/day.csv?speed=0")
    eventually(lambda: server.metrics()['tickcast_ticks_rejected_total{feed="replay",reason="syntax"}'] > 50)
    assert len(said(server, "event=replay_bad_row ")) == 1
    assert len(said(server, "event=replay_bad_rows")) == 1
    assert server.terminate() == 0
    rows = [int(count) for line in said(server, "event=replay_bad_rows")
            for count in re.findall(r" bad_rows=(\d+)", line)]
    assert len(rows) == 2 and rows[1] > 10, "the rest is counted at the end"


# contract: RPL-17
@pytest.mark.parametrize("gap,options,seconds", [(61, "", "61"), (59, "", None), (130, "&speed=2", "65"),
                                                 (110, "&speed=2", None), (365 * 86_400, "", "31536000"),
                                                 (365 * 86_400, "&maxgap=70", "70"), (90, "&maxgap=50", None)])
def test_Replay_BeforeALongWait_SaysHowLongAndForWhichLine(start, tmp_path, gap, options, seconds):
    (tmp_path / "day.csv").write_text(HEADER + row() + "\n" + row(gap, "BBB"))
    server = start("--feed", f"replay:{tmp_path}/day.csv?loop=false{options}")
    eventually(lambda: "AAA" in server.quotes("AAA"))
    if seconds is None:
        time.sleep(0.2)
        assert not said(server, "event=replay_waits")
        return
    (line,) = eventually(lambda: said(server, "event=replay_waits"))
    assert " warn feed: " in line and f"line=4 seconds={seconds} " in line, line


# contract: RPL-18
def test_Replay_WhenWaitsAreCut_AllRowsComeAtOnceAndThePaceIsKept(start, tmp_path):
    rows = row(0) + row(300 * 86_400, last="6") + row(1, last="7") + row(1.5, last="8") + row(9e6, last="9")
    (tmp_path / "day.csv").write_text(HEADER + rows)
    server = start("--feed", f"replay:{tmp_path}/day.csv?loop=false&maxgap=0.3")
    began = time.monotonic()
    eventually(lambda: server.quotes("AAA").get("AAA", {}).get("p") == 9)
    assert 0.6 <= time.monotonic() - began + 0.3 <= 4 * SLACK


# contract: RPL-16
@pytest.mark.parametrize("far", [400 * 86_400, -400 * 86_400, -START_S])
def test_Replay_WhenTheFirstTimeAloneIsWrong_ItAloneIsLeftOut(start, tmp_path, far):
    rows = row(far, last="1") + "".join(row(i / 100, last=str(i + 2)) for i in range(20))
    (tmp_path / "day.csv").write_text(HEADER + rows)
    server = start("--feed", f"replay:{tmp_path}/day.csv?loop=false")
    eventually(lambda: server.quotes("AAA").get("AAA", {}).get("p") == 21)
    (line,) = said(server, "event=replay_bad_row ")
    assert "line=2 reason=range" in line
    assert server.metrics()['tickcast_ticks_ingested_total{feed="replay"}'] == 20


def test_Replay_WhenTheProcessWasStopped_GoesOnWhereItStood(start, tmp_path):
    (tmp_path / "day.csv").write_text(HEADER + "".join(row(i / 20, last=str(i)) for i in range(400)))
    server = start("--feed", f"replay:{tmp_path}/day.csv?loop=false")
    played = lambda: server.quotes("AAA").get("AAA", {}).get("n", 0)
    eventually(lambda: played() >= 5)
    before = played()
    stand_still(server.process)
    time.sleep(3)
    server.process.send_signal(signal.SIGCONT)
    began = time.monotonic()
    after = played()
    # A row each 50 ms: 60 were due while it stood still.
    assert after - before <= 20 + (time.monotonic() - began) * 20, (before, after)
    eventually(lambda: played() > after)
    assert eventually(lambda: said(server, "event=replay_put_off"))


def up(server):
    return server.metrics()['tickcast_feed_up{feed="replay"}']


# contract: RPL-21
def test_Replay_WhenAnotherFileTakesItsName_PlaysThatAndIsNeverDown(start, tmp_path):
    file = tmp_path / "day.csv"
    file.write_text(HEADER + row(last="5"))
    server = start("--feed", f"replay:{file}")
    eventually(lambda: server.quotes("AAA").get("AAA", {}).get("n", 0) >= 2)
    new = tmp_path / "new.csv"
    new.write_bytes(gzip.compress(f"ts_s{HEADER[5:]}{START_S},NEW,,,,,7,\n".encode()))
    new.rename(file)

    def there():
        assert up(server) == 1
        return server.quotes("AAA", "NEW").get("NEW", {}).get("p") == 7
    eventually(there)
    assert "NEW" in server.get("/v1/tickers").json()["tickers"]
    n = server.quotes("AAA")["AAA"]["n"]
    eventually(lambda: server.quotes("NEW")["NEW"]["n"] > 3)
    assert server.quotes("AAA")["AAA"]["n"] == n
    assert len(said(server, "event=replay_read_again")) == 1


# contract: FED-6 RPL-21 MET-24
def test_Replay_WhenItsFileIsNoGoodForAWhile_IsDownThenUpAgain(start, tmp_path):
    file = tmp_path / "day.csv"
    file.write_text(HEADER + row())
    server = start("--feed", f"replay:{file}")
    eventually(lambda: server.quotes("AAA").get("AAA", {}).get("n", 0) >= 2)
    file.write_text("")
    eventually(lambda: up(server) == 0)
    assert server.get("/readyz", admin=True).json()["feed"] == "stale"
    (line,) = eventually(lambda: said(server, "event=replay_unreadable"))
    assert 'error="it is empty" retry_seconds=10' in line
    time.sleep(0.3)
    file.write_text(HEADER + row(1, last="8"))
    eventually(lambda: up(server) == 1 and server.quotes("AAA")["AAA"]["p"] == 8, 12)
    assert server.get("/readyz", admin=True).json()["feed"] == "live"
    assert len(said(server, "event=replay_unreadable")) == 1, "logged once"
    assert said(server, "event=replay_read_again")
