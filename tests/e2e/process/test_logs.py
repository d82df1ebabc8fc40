"""The log's lines while clients misbehave, and texts that it must not have."""
import json
import re

import pytest

from support.wsclient import CLOSE, TEXT, WebSocket
from support.harness import request_bytes

MEMBERS = ["time", "level", "logger", "msg"]
TEXT_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warn|error) \w+: \S.*")


def misbehave(server):
    """Everything wrong that a client can do; gives the IDs of the sessions that were made."""
    ids = [server.create("AAPL") for _ in range(9)]
    for session_id, (opcode, payload) in zip(ids, [
            (2, b"binary"), (TEXT, b"\xc3\x28"), (TEXT, b"x" * 20000), (3, b"reserved"),
            (TEXT, b"{no json"), (TEXT, b'{"op":"\\u0000\\n"}'), (CLOSE, b"\x03\xe8bye")]):
        with WebSocket(server, session_id) as opened:
            opened.snapshot()
            opened.send(opcode, payload)
            if payload[:1] != b"{":
                opened.closed()
    with WebSocket(server, ids[7]) as opened:
        opened.snapshot()
        opened.reset()
    with WebSocket(server, ids[8]) as old, WebSocket(server, ids[8]) as new:
        new.snapshot()
        assert old.closed() == 4001
    server.request("DELETE", "/v1/sessions/" + ids[8])
    for raw in (b"\x00\xff\n\n\r\n\r\n", b"GET /\xff\" HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET / HTTP/1.1\r\n\r\n", request_bytes("GET", "/v1/sessions/" + ids[0] + "%0a"),
                request_bytes("POST", "/v1/sessions", b"\xff{"),
                request_bytes("GET", "/x", headers={"X": "y" * 20000})):
        server.raw(raw)
    server.request("POST", "/v1/ticks", b'{"s":"\xff\n"}\n',
                   {"Content-Type": "application/x-ndjson"}, admin=True)
    return ids


def log_of_a_bad_day(start, log_format, tmp_path):
    replay = tmp_path / 'odd"\n.csv'
    replay.write_bytes(b"ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\n"
                       b"1700000000000000000,AAPL,1,1,1,1,1,1\n\xff\x00bad\n"
                       b"1700000000000000000,\xffTICK,1,1,1,1,1,1\n")
    server = start("--log-level", "debug", "--log-format", log_format, "--feed", "push",
                   "--feed", f"replay:{replay}")
    ids = misbehave(server)
    assert server.terminate() == 0
    log = server.standard_error()
    for code in (1003, 1007, 1009, 1002, 1000, 1006, 4001):
        assert f"code={code} " in log, code
    for session_id in ids:
        assert session_id[:6] in log, "a session that left no trace proves nothing"
        assert session_id not in log
    return log.splitlines()


# contract: SET-18
def test_Log_WhenJson_EveryLineIsAnObject(start, tmp_path):
    lines = [json.loads(line) for line in log_of_a_bad_day(start, "json", tmp_path)]
    for line in lines:
        assert list(line) == MEMBERS and all(isinstance(line[name], str) for name in MEMBERS)
        assert line["level"] in ("debug", "info", "warn", "error")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert sum("event=configuration " in line["msg"] for line in lines) == 1
    assert any('odd"\n.csv' in line["msg"] for line in lines)


# contract: SET-18
def test_Log_WhenText_EveryLineHasTimeLevelLoggerAndText(start, tmp_path):
    for line in log_of_a_bad_day(start, "text", tmp_path):
        assert TEXT_LINE.fullmatch(line), line


def test_Log_AtInfo_OrdinaryComingAndGoingAndTicksLeaveNoLine(start):
    server = start("--feed", "sim?tickers=20&rate=5000", "--log-level", "info")
    before = len(server.standard_error().splitlines())
    for _ in range(20):
        with WebSocket(server, server.create("AAPL")) as opened:
            opened.snapshot()
            opened.ticks()
    assert server.terminate() == 0
    after = server.standard_error().splitlines()[before:]
    assert not [line for line in after if "stream" in line or "AAPL" in line], after
    assert len(after) < 10, after


@pytest.mark.parametrize("count", [60])
def test_Log_WhenClientsMisbehaveAllTheTime_FewLinesAreWritten(start, count):
    server = start("--feed", "push", "--threads", "1")
    for _ in range(count):
        with WebSocket(server, server.create("AAPL")) as opened:
            opened.snapshot()
            opened.send(2, b"binary")
            assert opened.closed() == 1003
    assert server.terminate() == 0
    lines = [line for line in server.standard_error().splitlines() if "code=1003" in line]
    # Ten in ten seconds; a slow machine might take longer for all of them.
    assert 10 <= len(lines) <= 30, len(lines)


def test_Log_NeverHoldsAPushToken(start, tmp_path):
    server = start("--feed", "push", "--log-level", "debug")
    server.request("POST", "/v1/ticks", b"{}", {"Content-Type": "application/json",
                                                "Authorization": "Bearer VerySecretToken"},
                   admin=True)
    server.terminate()
    assert "VerySecretToken" not in server.standard_error()
