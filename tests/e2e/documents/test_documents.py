"""The documents themselves: well-formed, at one with each other, and held against answers that
bite."""
import copy
import json
import re

import jsonschema
import pytest

from support import contract
from support import documents
from support.documents import METHODS, PROBLEM, Untrue, asyncapi, check_close, check_message, check_reply, openapi
from support.harness import Reply
from support.requests_sent import UNREADABLE, RequestsSent

DRAFT = jsonschema.Draft202012Validator


def schemas(tree):
    """Every schema in a document."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name in ("schema", "payload"):
                yield value
            elif name == "schemas":
                yield from value.values()
            if name not in ("example", "examples"):
                yield from schemas(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from schemas(value)


# contract: DOC-1
@pytest.mark.parametrize("document", [openapi, asyncapi], ids=["openapi", "asyncapi"])
def test_Schemas_AreSchemas(document):
    found = list(schemas(document.tree))
    assert len(found) > 20
    for schema in found:
        DRAFT.check_schema(schema)


@pytest.mark.parametrize("document", [openapi, asyncapi], ids=["openapi", "asyncapi"])
def test_References_LeadSomewhereAndEachPartIsUsed(document):
    text = json.dumps(document.tree)
    references = set(re.findall(r'"\$ref": "(#/[^"]+)"', text))
    for reference in references:
        assert document.resolved({"$ref": reference}) is not None
    for kind, parts in document.tree["components"].items():
        for name in parts if kind != "securitySchemes" else ():
            assert f"#/components/{kind}/{name}" in references, f"{kind}/{name} is not used"


def described(tree):
    """Every schema that has an example beside it, with the example."""
    if isinstance(tree, dict):
        if "schema" in tree and "example" in tree:
            yield tree["schema"], tree["example"]
        if "payload" in tree and "examples" in tree:
            yield from ((tree["payload"], each["payload"]) for each in tree["examples"])
        for value in tree.values():
            yield from described(value)


@pytest.mark.parametrize("document, least", [(openapi, 10), (asyncapi, 12)], ids=["openapi", "asyncapi"])
def test_Examples_AreWhatTheirSchemasSay(document, least):
    found = list(described(document.tree))
    assert len(found) >= least
    for schema, example in found:
        document.check(schema, example, f"the example {example}")


def test_Examples_EveryMessageAndEveryRequestHasOne():
    assert all(message.get("examples") for message in asyncapi.tree["components"]["messages"].values())
    bodies = [media for item in openapi.tree["paths"].values() for method in METHODS
              for media in item.get(method, {}).get("requestBody", {}).get("content", {}).values()]
    assert len(bodies) >= 4 and all("example" in media for media in bodies)
    for line in openapi.tree["paths"]["/v1/ticks"]["post"]["requestBody"]["content"]["application/x-ndjson"]["example"].splitlines():
        openapi.check({"$ref": "#/components/schemas/NewTick"}, json.loads(line), line)


def test_OpenApi_HasWhatAnOpenApiDocumentNeeds():
    tree = openapi.tree
    assert re.fullmatch(r"3\.1\.\d", tree["openapi"])
    assert {"title", "version"} <= tree["info"].keys()
    identifiers = []
    for path, item in tree["paths"].items():
        assert path.startswith("/")
        named = {openapi.resolved(each)["name"] for each in item.get("parameters", ())
                 if openapi.resolved(each)["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))
        for method in METHODS:
            if method in item:
                operation = item[method]
                identifiers.append(operation["operationId"])
                assert operation["tags"] in (["public"], ["admin"], ["public", "admin"])
                for status, response in operation["responses"].items():
                    assert re.fullmatch(r"[1-5]\d\d", status)
                    assert openapi.resolved(response)["description"]
        assert ("head" in item) == ("get" in item), "HEAD where GET is"
    assert len(identifiers) == len(set(identifiers))


def test_AsyncApi_HasWhatAnAsyncApiDocumentNeeds():
    tree = asyncapi.tree
    assert tree["asyncapi"] == "2.6.0"
    assert {"title", "version"} <= tree["info"].keys()
    assert list(tree["channels"]) == ["/v1/stream/{session_id}"]
    assert documents.SERVER_MESSAGES.keys() == {
        "snapshot", "ticks", "heartbeat", "status", "subscribed", "error", "pong", "goodbye"}
    assert documents.CLIENT_MESSAGES.keys() == {"subscribe", "unsubscribe", "throttle", "ping"}


# contract: DOC-1
def test_Documents_AgreeWithEachOther():
    one, other = (document.tree["components"]["schemas"] for document in (openapi, asyncapi))
    for name in ("Tick", "Ticker", "Price", "Size", "Micros", "Throttle", "FeedState"):
        assert bare(one[name]) == bare(other[name]), name


def bare(schema):
    """Without the texts for people."""
    if isinstance(schema, dict):
        return {name: bare(value) for name, value in schema.items()
                if name not in ("description", "examples")}
    return schema


# contract: DOC-1
def test_Problems_EachCodeHasOneStatus():
    expected = {}
    for code, status in contract.errors().items():
        expected.setdefault(status, set()).add(code)
    found = {}
    for _, status, code in documents.all_replies():
        if code:
            found.setdefault(status, set()).add(code)
    elsewhere = openapi.tree["x-not-in-this-document"]
    anywhere = {404: elsewhere["another-path"], 405: elsewhere["another-method"], **elsewhere["any-request"]}
    for status, response in anywhere.items():
        content = openapi.resolved(response)["content"]
        found.setdefault(int(status), set()).update(openapi.codes(content[PROBLEM]["schema"]))
    assert found == expected


# It bites.
SESSION = {"session_id": "A" * 22, "tickers": ["AAPL"], "throttle_ms": 0, "state": "pending",
           "stream_url": "/v1/stream/" + "A" * 22, "expires_at": 1764000000123456}
TICK = {"s": "AAPL", "p": 189.34, "t": 1764000000123456, "n": 42}


def reply(status, body, kind="application/json", **headers):
    return Reply(status, {"content-type": kind, **headers}, json.dumps(body).encode())


def problem_reply(status, code, more=None, **headers):
    return reply(status, {"type": "urn:tickcast:problem:" + code, "title": "T", "status": status,
                          "detail": "d", "code": code, **(more or {})}, PROBLEM, **headers)


def test_CheckReply_TakesWhatIsTrue():
    check_reply(reply(200, SESSION), "GET", "/v1/sessions/" + "A" * 22, "public")
    check_reply(reply(200, {"quotes": [TICK]}), "GET", "/v1/quotes?tickers=AAPL", "public")
    check_reply(problem_reply(404, "no_such_session"), "GET", "/v1/sessions/x", "public")
    check_reply(problem_reply(404, "no_such_route"), "GET", "/nope", "public")
    check_reply(problem_reply(405, "method_not_allowed", allow="GET, HEAD"), "PUT", "/v1/tickers", "public")
    check_reply(problem_reply(400, "bad_request", connection="close"), None, None, "public")


@pytest.mark.parametrize("change", [
    {"more": 1}, {"tickers": None}, {"tickers": ["aapl"]}, {"tickers": ["AAPL", "AAPL"]}, {"throttle_ms": -1},
    {"throttle_ms": 60_001}, {"throttle_ms": "0"}, {"state": "gone"}, {"state": "streaming"},
    {"expires_at": 1.5}, {"session_id": "short"}, {"stream_url": "ws://x/v1/stream/" + "A" * 22},
    *({name: ...} for name in SESSION)], ids=str)
def test_CheckReply_RefusesAMutatedSession(change):
    session = {name: value for name, value in {**SESSION, **change}.items() if value is not ...}
    with pytest.raises(Untrue):
        check_reply(reply(200, session), "GET", "/v1/sessions/" + "A" * 22, "public")


# contract: DOC-1
@pytest.mark.parametrize("answer,method,target,listener", [
    (reply(200, SESSION), "POST", "/v1/sessions", "public"),  # not that status
    (reply(201, SESSION), "POST", "/v1/sessions", "public"),  # no Location
    (reply(201, SESSION, location="/elsewhere"), "POST", "/v1/sessions", "public"),
    (reply(200, SESSION, "text/plain"), "GET", "/v1/sessions/x", "public"),
    (reply(200, {"tickers": []}), "GET", "/v1/tickers", "admin"),
    (reply(204, SESSION), "DELETE", "/v1/sessions/x", "public"),  # a body
    (problem_reply(404, "no_such_route"), "GET", "/v1/sessions/x", "public"),
    (problem_reply(422, "empty_tickers"), "PATCH", "/v1/sessions/x", "public"),
    (problem_reply(400, "no_such_session"), "GET", "/v1/sessions/x", "public"),
    (problem_reply(400, "made_up"), None, None, "public"),
    (problem_reply(400, "bad_request"), None, None, "public"),  # no Connection: close
    (problem_reply(404, "no_such_session", {"more": 1}), "GET", "/v1/sessions/x", "public"),
    (problem_reply(404, "no_such_session", {"type": "urn:tickcast:problem:x"}), "GET", "/v1/sessions/x", "public"),
    (problem_reply(404, "no_such_session", {"status": 400}), "GET", "/v1/sessions/x", "public"),
    (problem_reply(405, "method_not_allowed"), "PUT", "/v1/tickers", "public"),  # no Allow
    # No Retry-After.
    (problem_reply(429, "rate_limited", {"limit": 5}), "GET", "/v1/tickers", "public"),
    (problem_reply(429, "too_many_sessions", {"limit": 5}, **{"retry-after": "1"}), "GET", "/v1/tickers", "public"),
    (problem_reply(503, "draining", **{"retry-after": "0"}), "POST", "/v1/sessions", "public"),
    (problem_reply(426, "upgrade_required"), "GET", "/v1/stream/x", "public"),
    (problem_reply(401, "unauthorized"), "POST", "/v1/ticks", "admin"),
    (problem_reply(401, "unauthorized"), "POST", "/v1/sessions", "public"),
    (problem_reply(500, "internal"), "PUT", "/nope", "public"),
], ids=range(22))
def test_CheckReply_RefusesWhatIsNotStated(answer, method, target, listener):
    with pytest.raises(Untrue):
        check_reply(answer, method, target, listener)


MESSAGES = [
    {"type": "snapshot", "session_id": "A" * 22, "epoch": "e", "feed": "live", "tickers": ["AAPL"], "quotes": [TICK]},
    {"type": "ticks", "ticks": [TICK]},
    {"type": "heartbeat", "t": 1, "feed": "live"},
    {"type": "status", "feed": "stale"},
    {"type": "subscribed", "tickers": [], "throttle_ms": 0},
    {"type": "error", "code": "unknown_op", "detail": "d"},
    {"type": "pong", "t": 1},
    {"type": "goodbye", "code": "draining", "detail": "d", "reconnect_in_ms": 5},
    {"type": "goodbye", "code": "deleted", "detail": "d"},
    {"type": "goodbye", "code": "flooding", "detail": "max-messages-per-second", "limit": 20},
    {"type": "goodbye", "code": "too_slow", "detail": "slow-client-seconds", "limit": 0.5, "reconnect_in_ms": 5},
]


# contract: DOC-1
@pytest.mark.parametrize("message", MESSAGES, ids=range(len(MESSAGES)))
def test_CheckMessage_TakesWhatIsTrueAndRefusesEachMutation(message):
    check_message(json.dumps(message))
    mutants = [{**message, "more": 1}]
    mutants += [{key: value for key, value in message.items() if key != name} for name in message]
    mutants += [{**message, name: value} for name in message for value in (None, {}, -1, ["a"])]
    for mutant in mutants:
        with pytest.raises(Untrue):
            check_message(json.dumps(mutant))


@pytest.mark.parametrize("change", [
    {"s": "aapl"}, {"s": "A" * 33}, {"n": 0}, {"n": 1.5}, {"t": "1"}, {"p": "189.34"}, {"z": -1}, {"x": -1},
    {"y": 1}, {"p": ...}, {"s": ...}, {"t": ...}, {"n": ...}], ids=str)
def test_CheckMessage_RefusesAMutatedTick(change):
    tick = {name: value for name, value in {**TICK, **change}.items() if value is not ...}
    with pytest.raises(Untrue):
        check_message(json.dumps({"type": "ticks", "ticks": [TICK, tick]}))


@pytest.mark.parametrize("more", [{"limit": 5}, {"reconnect_in_ms": 5}])
def test_CheckMessage_RefusesAGoodbyeWithWhatItsCodeHasNot(more):
    with pytest.raises(Untrue):
        check_message(json.dumps({"type": "goodbye", "code": "deleted", "detail": "d", **more}))


@pytest.mark.parametrize("code,said", [
    (1000, "draining"), (1001, None), (1001, "deleted"), (1002, "draining"), (1006, None), (1008, None),
    (4000, "taken_over"), (4004, None)])
def test_CheckClose_RefusesWhatDoesNotFit(code, said):
    with pytest.raises(Untrue):
        check_close(code, said and {"code": said})


def test_RequestsSent_FindsTheRequestOfEachAnswer():
    sent = RequestsSent()
    sent.add(b"POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /GET /b HTT")
    assert sent.next() == ("POST", "/a")
    sent.add(b"P/1.1\r\nHost: x\r\n\r\n")
    sent.add(b"PATCH /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nGET /d HTTP/1.0\r\n\r\n")
    assert [sent.next() for _ in range(3)] == [("GET", "/b"), ("PATCH", "/c"), ("GET", "/d")]
    sent.add(b"garbage\r\n\r\nGET /e HTTP/1.1\r\n\r\n")
    assert [sent.next() for _ in range(2)] == [UNREADABLE] * 2


@pytest.fixture(autouse=True)
def _nothing_of_this_was_seen():
    replies, messages = copy.copy(documents.seen_replies), copy.copy(documents.seen_messages)
    yield
    documents.seen_replies.intersection_update(replies)
    documents.seen_messages.intersection_update(messages)


@pytest.mark.parametrize("path", [path for path, place in openapi.tree["paths"].items() if "options" in place])
def test_Options_NeedNoQueryAndNameEachMethodThatIsStated(push, path):
    """A preflight has the query of the call that it is for, but its answer must not depend on the
    query."""
    place = openapi.tree["paths"][path]
    for given in place.get("parameters", []) + place["options"].get("parameters", []):
        parameter = openapi.resolved(given)
        assert parameter["in"] == "path" or not parameter.get("required"), parameter["name"]
    if path == documents.ANY_FILE:  # there is none without a page: test_static.py
        return
    for target in (path, path + "?tickers=,,", path + "?nothing=1"):
        reply = push.request("OPTIONS", target.replace("{id}", "A" * 22), headers={
            "Origin": "https://a.example", "Access-Control-Request-Method": "GET"})
        assert reply.status == 204, reply
        stated = {method.upper() for method in METHODS if method in place}
        for field in ("allow", "access-control-allow-methods"):
            assert set(reply.headers[field].split(", ")) == stated, (path, field)
