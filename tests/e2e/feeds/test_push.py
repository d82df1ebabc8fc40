"""Ticks pushed in over HTTP: the guards, the codes, all or nothing."""
import pytest

from support.harness import problem

NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}


def post(server, body, headers=NDJSON):
    return server.request("POST", "/v1/ticks", body, headers, admin=True)


# contract: PSH-5
@pytest.mark.parametrize("headers,body", [
    (NDJSON, ""), (JSON, ""), (JSON, "[]"), (JSON, " [ ] "), (NDJSON, "\n\n"), (NDJSON, "\r\n")])
def test_Push_WhenEmpty_AcceptsNone(push, headers, body):
    reply = post(push, body, headers)
    assert (reply.status, reply.json()) == (202, {"accepted": 0})


@pytest.mark.parametrize("headers", [
    {"Content-Type": "application/json; charset=utf-8"}, {"Content-Type": "Application/Json"}])
def test_Push_WhenContentTypeHasParameters_IsAccepted(push, headers):
    assert post(push, '[{"s":"CT","p":1}]', headers).status == 202


# contract: PSH-9
@pytest.mark.parametrize("headers", [
    {}, {"Content-Type": "text/plain"}, {"Content-Type": ""},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "multipart/form-data; boundary=x"}], ids=str)
def test_Push_WhenOtherContentType_Gives415(push, headers):
    problem(post(push, '{"s":"G415","p":1}', headers), 415, "unsupported_media_type")
    assert push.quotes("G415") == {}


# contract: PSH-10
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost"])
def test_Push_WhenOrigin_Gives403(push, origin):
    problem(post(push, '{"s":"G403","p":1}', {**NDJSON, "Origin": origin}),
            403, "origin_not_allowed")
    assert push.quotes("G403") == {}


# contract: PSH-11 ERR-15
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "1.2.3.4:80",
                                  "127.0.0.1.evil.example"])
def test_Push_WhenForeignHost_Gives403(push, host):
    problem(post(push, '{"s":"H403","p":1}', {**NDJSON, "Host": host}), 403, "host_not_allowed")
    assert push.quotes("H403") == {}


# contract: PSH-11
@pytest.mark.parametrize("host", ["localhost", "localhost:1", "LOCALHOST:9", "127.0.0.1:8081",
                                  "127.9.8.7", "[::1]", "[::1]:8081"])
def test_Push_WhenLocalHost_IsAccepted(push, host):
    assert post(push, '{"s":"HOK","p":1}', {**NDJSON, "Host": host}).status == 202


def test_Push_WhenGot_Gives405(push):
    reply = push.get("/v1/ticks", admin=True)
    problem(reply, 405, "method_not_allowed")
    assert "POST" in reply.headers["allow"]


BAD = [
    ("{", 400, "invalid_json"),
    ('{"s":"A","p":NaN}', 400, "invalid_json"),
    ('{"s":"A","p":Infinity}', 400, "invalid_json"),
    ('{"s":"A","p":01}', 400, "invalid_json"),
    ('{"s":"A","p":+1}', 400, "invalid_json"),
    ('{"s":"A","p":1.}', 400, "invalid_json"),
    ('{"s":"A","p":.5}', 400, "invalid_json"),
    ('{"s":"A","p":0x10}', 400, "invalid_json"),
    ('{"s":"A","p":1}}', 400, "invalid_json"),
    ('{"s":"\\ud800","p":1}', 400, "invalid_json"),
    ('{"p":1}', 400, "invalid_type"),
    ('{"s":null,"p":1}', 400, "invalid_type"),
    ('{"s":1,"p":1}', 400, "invalid_type"),
    ('{"s":"A","p":"1"}', 400, "invalid_type"),
    ('{"s":"A","p":null}', 400, "invalid_type"),
    ('{"s":"A","p":true}', 400, "invalid_type"),
    ('{"s":"A","p":[1]}', 400, "invalid_type"),
    ('{"s":"A","p":1,"x":"now"}', 400, "invalid_type"),
    ('{"s":"A","p":1,"y":1}', 400, "unknown_field"),
    ("1", 400, "invalid_type"),
    ("null", 400, "invalid_type"),
    ('{"s":"","p":1}', 422, "invalid_ticker"),
    ('{"s":"A B","p":1}', 422, "invalid_ticker"),
    ('{"s":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","p":1}', 422, "invalid_ticker"),
    ('{"s":"A","p":1.123456789}', 422, "out_of_range"),
    ('{"s":"A","p":1e-9}', 422, "out_of_range"),
    ('{"s":"A","p":92233720368.54775808}', 422, "out_of_range"),
    ('{"s":"A","p":-92233720368.54775808}', 422, "out_of_range"),
    ('{"s":"A","p":1e400}', 422, "out_of_range"),
    ('{"s":"A","p":1e-400}', 422, "out_of_range"),
    ('{"s":"A","p":1e99999999999999999999}', 422, "out_of_range"),
    ('{"s":"A","p":%s}' % ("9" * 5000), 422, "out_of_range"),
    ('{"s":"A","z":-1}', 422, "out_of_range"),
    ('{"s":"A","bz":-0.00000001}', 422, "out_of_range"),
    ('{"s":"A","az":-1e5}', 422, "out_of_range"),
    ('{"s":"A","p":1,"x":1764000000}', 422, "out_of_range"),
    ('{"s":"A","p":1,"x":0}', 422, "out_of_range"),
]


# contract: PSH-6 PSH-7 VAL-7 VAL-10 ERR-26
@pytest.mark.parametrize("bad,status,code", BAD, ids=lambda value: str(value)[:30])
def test_Push_WhenALineIsBad_NamesItAndAppliesNothing(push, bad, status, code):
    good = '{"s":"ALLORNONE","p":1}'
    members = problem(post(push, f"{good}\n\n{bad}\n{good}"), status, code)
    assert members["line"] == 3
    if bad.count("{") == bad.count("}"):
        members = problem(post(push, f"[{good},{bad},{good}]", JSON), status, code)
        assert members["line"] == 2
    assert push.quotes("ALLORNONE") == {}


# contract: PSH-15
@pytest.mark.parametrize("time,unit", [(1764000000, "seconds"), (1764000000123, "milliseconds"),
                                       (1764000000123456789, "nanoseconds")])
def test_Push_WhenSourceTimeIsOfAnotherUnit_SaysWhich(push, time, unit):
    members = problem(post(push, '{"s":"UNIT","p":1,"x":%d}' % time), 422, "out_of_range")
    assert members["detail"].endswith(f"it looks like {unit}") and members["line"] == 1
    assert push.quotes("UNIT") == {}


# contract: VAL-13
def test_Push_WhenSourceTimeIsWrittenWithExponent_IsTaken(push):
    push.push('{"s":"XEXP","p":1,"x":1.764000000123456e15}')
    assert push.quotes("XEXP")["XEXP"]["x"] == 1764000000123456


# contract: PSH-4
@pytest.mark.parametrize("bad", ['{"s":"A"}', '{"s":"A","x":5}', "{}"])
def test_Push_WhenNothingButTickerAndTime_IsRefused(push, bad):
    reply = post(push, bad)
    assert reply.status in (400, 422), reply
    assert reply.json()["line"] == 1


@pytest.mark.parametrize("body,headers", [
    (b'{"s":"A\xff","p":1}', NDJSON), (b"\xef\xbb\xbf{}", NDJSON), (b'{"s":"A","p":1}\x00', NDJSON),
    (b"[" * 1_000_000, JSON), (b'[{"s":' * 100_000, JSON), (b'{"a":' * 500_000, NDJSON),
    (b'[{"s":"A","p":1}', JSON), (b'[{"s":"A","p":1}]x', JSON), (b'[{"s":"A","p":1},]', JSON),
    (b'"' + b"a" * 1_000_000 + b'"', JSON), (b'{"s":"A","p":1}', JSON), (b"[1", JSON),
    (b'[{"s":"A","p":1}]', NDJSON), (b'{"s":"A","p":1} {"s":"A","p":1}', NDJSON),
    (b'{"s":"A","p":' + b"1" * 1_000_000 + b"}", NDJSON), (b"\x1f\x8b\x08\x00" * 100, NDJSON),
], ids=range(16))
def test_Push_WhenJunk_IsRefusedAndTheServerStays(push, body, headers):
    reply = post(push, body, headers)
    assert reply.status in (400, 422), reply
    problem(reply, reply.status, reply.json()["code"])
    ticker = "AFTERJUNK"
    before = push.quotes(ticker).get(ticker, {"n": 0})["n"]
    push.push({"s": ticker, "p": 1})
    assert push.quotes(ticker)[ticker]["n"] == before + 1


# contract: VAL-6 VAL-8
@pytest.mark.parametrize("sent,text", [
    ("1", "1"), ("1.50", "1.5"), ("-0.00000001", "-0.00000001"), ("1e3", "1000"), ("1E+3", "1000"),
    ("125e-2", "1.25"), ("1.10000000000000", "1.1"), ("0", "0"), ("-0", "0"), ("-0.0", "0"),
    ("0e999999999", "0"), ("100", "100"), ("92233720368.54775807", "92233720368.54775807"),
    ("-92233720368.54775807", "-92233720368.54775807"), ("0.1", "0.1"),
    ("9007199254740993e-6", "9007199254.740993"), ("12345678901.23456789", "12345678901.23456789"),
])
def test_Push_Numbers_AreExactAndShortest(push, sent, text):
    push.push('{"s":"NUM","p":%s}' % sent)
    body = push.get("/v1/quotes?tickers=NUM").body.decode()
    assert f'"p":{text},' in body, body


# contract: VAL-2
def test_Push_WhenLowerCase_FoldsToUpper(push):
    push.push({"s": "low.er", "p": 1})
    assert list(push.quotes("LOW.ER")) == ["LOW.ER"]


# contract: PSH-2 API-28
def test_Push_MakesItsTickersKnown_BesideAnotherFeed(start):
    server = start("--feed", "sim?tickers=3&rate=1")
    refused = server.request("POST", "/v1/sessions", {"tickers": ["PUSHED"]})
    problem(refused, 422, "unknown_ticker")
    server.push({"s": "PUSHED", "p": 1})
    assert "PUSHED" in server.get("/v1/tickers").json()["tickers"]
    server.create("PUSHED")


# contract: MET-12
def test_Push_WhenRejected_IsCounted(push):
    def rejected(reason):
        return push.metrics()[f'tickcast_ticks_rejected_total{{feed="push",reason="{reason}"}}']
    before = rejected("range")
    post(push, '{"s":"A","p":1e99}')
    assert rejected("range") == before + 1
