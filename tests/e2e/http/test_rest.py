"""The REST calls and their refusals, from outside."""
import re
import time

import pytest

from support.harness import problem, request_bytes
from support.wsclient import handshake

UNKNOWN_ID = "A" * 22


def create(server, body, headers=None):
    return server.request("POST", "/v1/sessions", body, headers)


# contract: SET-39 VAL-12 API-1 API-2 API-9
def test_Create_WhenWellFormed_Gives201AndTheSession(sim):
    before = time.time()
    reply = create(sim, {"tickers": ["MSFT", "AAPL"], "throttle_ms": 250})
    assert reply.status == 201
    assert reply.headers["content-type"].split(";")[0] == "application/json"
    session = reply.json()
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", session["session_id"])
    assert reply.headers["location"] == "/v1/sessions/" + session["session_id"]
    assert session["tickers"] == ["MSFT", "AAPL"]
    assert session["throttle_ms"] == 250
    assert session["state"] == "pending"
    assert session["stream_url"] == "/v1/stream/" + session["session_id"]
    assert before + 28 < session["expires_at"] / 1e6 < time.time() + 32
    assert sim.get("/v1/sessions/" + session["session_id"]).json() == session


# contract: VAL-2 API-11
def test_Create_WhenLowerCaseAndDuplicates_FoldsAndCollapsesInOrder(sim):
    session = create(sim, {"tickers": ["msft", "AAPL", "MSFT", "aapl", "Sym0001"]}).json()
    assert session["tickers"] == ["MSFT", "AAPL", "SYM0001"]
    assert session["throttle_ms"] == 0


# contract: API-15
def test_Create_Ids_AreAllDifferent(sim):
    assert len({sim.create("AAPL") for _ in range(100)}) == 100


# contract: API-10
@pytest.mark.parametrize("content_type", [
    None, "application/json", "application/json; charset=utf-8", "Application/JSON;x=y"])
def test_Create_WhenJsonContentType_IsAccepted(sim, content_type):
    assert create(sim, {"tickers": ["AAPL"]}, {"Content-Type": content_type}).status == 201


# contract: ERR-21
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded",
                                          "application/jsonp"])
def test_Create_WhenOtherContentType_Gives415(sim, content_type):
    problem(create(sim, {"tickers": ["AAPL"]}, {"Content-Type": content_type}),
            415, "unsupported_media_type")


# contract: ERR-8
@pytest.mark.parametrize("body", [
    "", "{", '{"tickers":["AAPL"]', '{"tickers":["AAPL"]}x', "NaN", '{"tickers":[NaN]}',
    "{'tickers':[]}", '{"tickers":["AAPL",]}', b'{"tickers":["\xff"]}', '{"tickers":["\\ud800"]}',
    "[" * 60_000, '{"a":' * 10_000, '"' + "x" * 60_000, "\ufeff{", '{"tickers":["A\x00"]}',
], ids=range(15))
def test_Create_WhenNoJson_GivesInvalidJson(sim, body):
    problem(create(sim, body), 400, "invalid_json")


# contract: ERR-3 ERR-9
@pytest.mark.parametrize("body", [
    "[]", "1", '"AAPL"', "null", "true", '{"tickers":null}', '{"tickers":"AAPL"}',
    '{"tickers":{"a":1}}', '{"tickers":[1]}', '{"tickers":["AAPL",null]}', '{"tickers":[["AAPL"]]}',
    '{"tickers":["AAPL"],"throttle_ms":null}', '{"tickers":["AAPL"],"throttle_ms":"5"}',
    '{"tickers":["AAPL"],"throttle_ms":true}'])
def test_Create_WhenWrongType_GivesInvalidType(sim, body):
    problem(create(sim, body), 400, "invalid_type")


# contract: API-19 ERR-4 ERR-25
@pytest.mark.parametrize("body", ["{}", '{"tickers":[]}', '{"throttle_ms":5}'])
def test_Create_WhenNoTickers_GivesEmptyTickers(sim, body):
    problem(create(sim, body), 422, "empty_tickers")


# contract: ERR-10
def test_Create_WhenUnknownField_NamesIt(sim):
    members = problem(create(sim, {"tickers": ["AAPL"], "thottle_ms": 5}), 400, "unknown_field")
    assert "thottle_ms" in members["detail"]


# contract: API-12
@pytest.mark.parametrize("throttle", [0, 1, 59_999, 60_000])
def test_Create_WhenThrottleInRange_IsAccepted(sim, throttle):
    reply = create(sim, {"tickers": ["AAPL"], "throttle_ms": throttle})
    assert reply.status == 201 and reply.json()["throttle_ms"] == throttle


# contract: API-12 ERR-11
@pytest.mark.parametrize("throttle", ["-1", "60001", "1.5", "1e99", "1e400", "9" * 400])
def test_Create_WhenThrottleOutOfRange_GivesBadThrottle(sim, throttle):
    problem(create(sim, '{"tickers":["AAPL"],"throttle_ms":%s}' % throttle), 400, "bad_throttle")


# contract: VAL-1 ERR-2 ERR-23
@pytest.mark.parametrize("ticker", ["", "A B", "A" * 33, "É", "A*", "A%", "A\n", "A\"", "A,B"])
def test_Create_WhenIllFormedTicker_GivesInvalidTicker(sim, ticker):
    members = problem(create(sim, {"tickers": ["AAPL", ticker]}), 422, "invalid_ticker")
    assert members["tickers"] == [ticker]


# contract: VAL-4 API-18 ERR-22
@pytest.mark.parametrize("ticker", ["A" * 32, "A.-^=/:_&+#@9", "NOSUCH"])
def test_Create_WhenUnknownTicker_GivesUnknownTickerAndMakesNothing(sim, ticker):
    before = sim.metric("tickcast_sessions_created_total")
    members = problem(create(sim, {"tickers": ["AAPL", ticker]}), 422, "unknown_ticker")
    assert members["tickers"] == [ticker]
    assert sim.metric("tickcast_sessions_created_total") == before


# contract: VAL-1 VAL-5
@pytest.mark.parametrize("ticker", ["A", "A" * 32, "A.-^=/:_&+#@9"])
def test_Create_WhenFeedIsPush_AnyWellFormedTickerIsAccepted(push, ticker):
    assert create(push, {"tickers": [ticker]}).json()["tickers"] == [ticker]


# contract: ERR-16
def test_Get_WhenNoSuchSession_Gives404(sim):
    for session_id in (UNKNOWN_ID, "short", "A" * 23, "*" * 22):
        problem(sim.get("/v1/sessions/" + session_id), 404, "no_such_session")


# contract: API-17
def test_Get_DoesNotProlong(sim):
    target = "/v1/sessions/" + sim.create("AAPL")
    first = sim.get(target).json()["expires_at"]
    time.sleep(0.02)
    assert sim.get(target).json()["expires_at"] == first


# contract: API-4
def test_Delete_WhenThere_Gives204ThenItIsGone(sim):
    target = "/v1/sessions/" + sim.create("AAPL")
    reply = sim.request("DELETE", target)
    assert (reply.status, reply.body) == (204, b"")
    problem(sim.get(target), 404, "no_such_session")
    problem(sim.request("DELETE", target), 404, "no_such_session")


# contract: ERR-17
@pytest.mark.parametrize("target", ["/nope", "/v1", "/v1/sessions/a/b", "/v2/tickers",
                                    "/v1/tickers/", "/%00", "/v1/../v1/tickers"])
def test_Route_WhenUnknown_Gives404(sim, target):
    problem(sim.get(target), 404, "no_such_route")


# contract: ERR-18
@pytest.mark.parametrize("method,target,allowed", [
    ("PUT", "/v1/sessions", {"POST"}), ("GET", "/v1/sessions", {"POST"}),
    ("POST", "/v1/tickers", {"GET", "HEAD"}), ("DELETE", "/v1/quotes", {"GET", "HEAD"}),
    ("POST", "/v1/sessions/" + UNKNOWN_ID, {"GET", "DELETE"}),
    ("POST", "/v1/stream/" + UNKNOWN_ID, {"GET"})])
def test_Route_WhenWrongMethod_Gives405WithAllow(sim, method, target, allowed):
    reply = sim.request(method, target, "")
    problem(reply, 405, "method_not_allowed")
    assert allowed <= {name.strip() for name in reply.headers["allow"].split(",")}
    assert method not in reply.headers["allow"]


# contract: ERR-27
def test_Stream_WhenAskedWithoutUpgrade_Gives426(sim):
    reply = sim.get("/v1/stream/" + sim.create("AAPL"))
    problem(reply, 426, "upgrade_required")
    assert reply.headers["upgrade"].lower() == "websocket"


# contract: STR-3
def test_Stream_WhenNoSuchSession_Gives404BeforeTheUpgrade(sim):
    problem(sim.raw(handshake(UNKNOWN_ID)), 404, "no_such_session")


# contract: ERR-7
@pytest.mark.parametrize("changes", [
    {"Sec_WebSocket_Version": None}, {"Sec_WebSocket_Key": None},
    {"Sec_WebSocket_Key": "dGVzdA=="}, {"Sec_WebSocket_Key": "not base64 at all!!!!!!!"},
    {"Host": None}], ids=str)
def test_Stream_WhenMalformedHandshake_Gives400AndCloses(sim, changes):
    session_id = sim.create("AAPL")
    with sim.connect() as connection:
        connection.send(handshake(session_id, **changes))
        problem(connection.receive(), 400, "bad_request")
        assert connection.at_end()
    assert sim.get("/v1/sessions/" + session_id).json()["state"] == "pending"


def test_Stream_WhenOtherWebSocketVersion_Gives426WithOurs(sim):
    """RFC 6455, 4.4."""
    reply = sim.raw(handshake(sim.create("AAPL"), Sec_WebSocket_Version="12"))
    problem(reply, 426, "upgrade_required")
    assert reply.headers["sec-websocket-version"] == "13"


# contract: API-5 API-28
def test_Tickers_AreSortedAndHoldTheUniverse(sim):
    tickers = sim.get("/v1/tickers").json()["tickers"]
    assert tickers == sorted(tickers)
    assert len(tickers) == 500
    assert {"AAPL", "MSFT", "SYM0001"} <= set(tickers)


# contract: API-6 ERR-5
def test_Quotes_WhenAsked_GivesTheNewestOfThoseThatHaveOne(push):
    push.push({"s": "QA", "p": 1}, {"s": "QA", "p": 2}, {"s": "QB", "b": 3})
    quotes = push.get("/v1/quotes?tickers=qb,QNONE,QA").json()["quotes"]
    assert [(quote["s"], quote["n"]) for quote in quotes] == [("QB", 1), ("QA", 2)]
    assert quotes[1]["p"] == 2 and "b" not in quotes[1]


def test_Quotes_WhenPercentEncoded_IsDecoded(push):
    push.push({"s": "^Q/=:", "p": 1})
    assert list(push.quotes("%5EQ%2F%3D%3A")) == ["^Q/=:"]


# contract: API-6 ERR-5
@pytest.mark.parametrize("count,status", [(1, 200), (399, 200), (400, 200), (401, 400)])
def test_Quotes_AtTheLimitOf400(sim, count, status):
    target = "/v1/quotes?tickers=" + ",".join(f"T{i}" for i in range(count))
    reply = sim.get(target)
    assert reply.status == status, reply
    if status != 200:
        problem(reply, 400, "bad_query")


# contract: ERR-5 ERR-12
@pytest.mark.parametrize("query", ["", "?", "?tickers=", "?ticker=AAPL"])
def test_Quotes_WhenNoTickers_GivesBadQuery(sim, query):
    problem(sim.get("/v1/quotes" + query), 400, "bad_query")


# contract: ERR-5
@pytest.mark.parametrize("value", ["AAPL,", "A%20B", "A" * 33, "%C3%89"])
def test_Quotes_WhenIllFormed_GivesInvalidTicker(sim, value):
    problem(sim.get("/v1/quotes?tickers=" + value), 422, "invalid_ticker")


# contract: REQ-2
def test_Head_WhereGetIs_GivesTheSameHeadersWithoutBody(sim):
    with sim.connect() as connection:
        connection.send(request_bytes("HEAD", "/v1/tickers"))
        head = connection.receive(head_only=True)
        connection.send(request_bytes("GET", "/v1/tickers"))
        get = connection.receive()
    assert head.status == get.status == 200
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.body))


# contract: REQ-1
def test_KeepAlive_OneConnectionAnswersManyRequests(sim):
    with sim.connect() as connection:
        for _ in range(20):
            connection.send(request_bytes("GET", "/v1/tickers"))
            assert connection.receive().status == 200


# contract: REQ-1
def test_Pipelining_AnswersComeInOrder(sim):
    with sim.connect() as connection:
        connection.send(b"".join([
            request_bytes("GET", "/v1/tickers"),
            request_bytes("POST", "/v1/sessions", {"tickers": ["AAPL"]}),
            request_bytes("GET", "/nope"),
            request_bytes("GET", "/v1/quotes?tickers=AAPL")]))
        assert [connection.receive().status for _ in range(4)] == [200, 201, 404, 200]


@pytest.mark.parametrize("request_text", [
    b"GET /v1/tickers HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET /v1/tickers HTTP/1.0\r\n\r\n"])
def test_Connection_WhenToBeClosed_IsClosedAfterTheAnswer(sim, request_text):
    with sim.connect() as connection:
        connection.send(request_text)
        assert connection.receive().status == 200
        assert connection.at_end()


def test_Create_WhenChunked_IsRead(sim):
    body = b'{"tickers":["AAPL"]}'
    head = b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert sim.raw(head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)).status == 201


def test_Create_WhenSentByteByByte_IsRead(sim):
    with sim.connect() as connection:
        for byte in request_bytes("POST", "/v1/sessions", {"tickers": ["AAPL"]}):
            connection.send(bytes([byte]))
        assert connection.receive().status == 201


# contract: API-23
def test_Cors_WhenCrossOrigin_IsAllowed(sim):
    reply = sim.get("/v1/tickers", headers={"Origin": "https://example.org"})
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] in ("*", "https://example.org")
    preflight = sim.request("OPTIONS", "/v1/sessions", headers={
        "Origin": "https://example.org", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type"})
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-origin"] in ("*", "https://example.org")
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()


def test_Root_SaysWhereToLook(sim):
    assert sim.get("/").status == 200


# contract: RUN-3 HLT-1 HLT-4
def test_Admin_HealthAndReadiness(sim):
    assert sim.get("/livez", admin=True).status == 200
    assert sim.get("/healthz", admin=True).status == 200
    ready = sim.get("/readyz", admin=True)
    assert ready.status == 200
    assert ready.json()["ready"] is True and ready.json()["feed"] == "live"


# contract: HLT-1
def test_Admin_LivenessIsGivenFromTheFirstMoment(start):
    for _ in range(40):  # it is a race
        server = start("--feed", "push")
        assert server.get("/livez", admin=True).status == 200
        server.terminate()


# contract: RUN-1 RUN-3
def test_Public_HasNoAdminRoutes(sim):
    problem(sim.get("/metrics"), 404, "no_such_route")
    problem(sim.request("POST", "/v1/ticks", "{}", {"Content-Type": "application/json"}),
            404, "no_such_route")
