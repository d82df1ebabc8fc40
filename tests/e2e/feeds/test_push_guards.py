"""Which clients can push ticks: the token, and listeners that others reach."""
import pytest

from support.harness import problem, run_to_end

TICK = '{"s":"GUARD","p":1}'
NDJSON = {"Content-Type": "application/x-ndjson"}
TOKEN = "a-token.of+visible/ascii~="


def push(server, headers=None):
    return server.request("POST", "/v1/ticks", TICK, {**NDJSON, **(headers or {})}, admin=True)


def bearer(token, scheme="Bearer "):
    return {"Authorization": scheme + token}


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(f"\n  {TOKEN} \n\n")
    return path


@pytest.fixture
def guarded(start, token_file):
    return start("--feed", "push", "--push-token-file", token_file)


# contract: SET-38
def test_Token_WhenShown_IsEnough(guarded):
    assert push(guarded, bearer(TOKEN)).status == 202
    assert push(guarded, bearer(TOKEN, "bearer  ")).status == 202
    assert guarded.quotes("GUARD")["GUARD"]["n"] == 2


# contract: SET-38 PSH-13 ERR-13
@pytest.mark.parametrize("headers", [
    {}, bearer(""), bearer(TOKEN[:-1]), bearer(TOKEN + "x"), bearer(TOKEN[:-1] + "X"),
    bearer("X" + TOKEN[1:]), bearer(TOKEN.upper()), bearer(TOKEN, "Basic "), bearer(TOKEN, ""),
    bearer(TOKEN + " " + TOKEN), bearer(f'"{TOKEN}"'),
    {**bearer(TOKEN), "authorization": "Bearer " + TOKEN}], ids=range(12))
def test_Token_WhenMissingOrWrong_Gives401(guarded, headers):
    reply = push(guarded, headers)
    problem(reply, 401, "unauthorized")
    assert reply.headers["www-authenticate"] == "Bearer"
    assert guarded.quotes("GUARD") == {}


def test_Token_WhenWrongAndMuchIsSent_SaysSoBeforeTheBody(guarded):
    reply = guarded.request("POST", "/v1/ticks", None, {
        **NDJSON, "Content-Length": "1000000", "Expect": "100-continue"}, admin=True)
    problem(reply, 401, "unauthorized")


# contract: PSH-14
def test_Token_MakesAnyHostGoodButNoOrigin(guarded):
    assert push(guarded, {**bearer(TOKEN), "Host": "feeder.example:1"}).status == 202
    problem(push(guarded, {**bearer(TOKEN), "Origin": "http://localhost"}), 403,
            "origin_not_allowed")
    problem(push(guarded, {**bearer(TOKEN), "Content-Type": "text/plain"}), 415,
            "unsupported_media_type")


def test_Token_IsForPushesOnly(guarded):
    for path in ("/metrics", "/livez", "/readyz"):
        assert guarded.get(path, admin=True).status == 200


def test_Token_IsNeverSaid(start, token_file):
    server = start("--feed", "push", "--push-token-file", token_file, "--log-level", "debug")
    push(server, bearer(TOKEN))
    push(server, bearer("another-secret"))
    assert server.terminate() == 0
    said = server.standard_output() + server.standard_error()
    assert str(token_file) in said, "the configuration names the file"
    assert TOKEN not in said and "another-secret" not in said


# contract: SET-5
@pytest.mark.parametrize("content, why", [
    (b"", "holds no token"), (b" \r\n\t\n", "holds no token"), (b"two words", "more than one word"),
    (b"caf\xc3\xa9", "more than one word"), (b"a\x00b", "more than one word"),
    (b"x" * 513, "longer than 512"), (b" " * 600, "holds no token")])
def test_Token_WhenTheFileIsNoGood_ExitsWith2AndOneLine(tmp_path, content, why):
    path = tmp_path / "bad"
    path.write_bytes(content)
    status, _, error = run_to_end("--push-token-file", path)
    assert status == 2
    assert error.count("\n") == 1
    for word in ("--push-token-file", str(path), why, "the command line"):
        assert word in error, error


@pytest.mark.parametrize("size", [1, 511, 512])
def test_Token_UpToItsLimit_IsTaken(start, tmp_path, size):
    path = tmp_path / "long"
    path.write_text("t" * size)
    server = start("--feed", "push", "--push-token-file", path)
    assert push(server, bearer("t" * size)).status == 202


def test_Token_WhenTheFileIsMissingOrADirectory_ExitsWith2(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        status, _, error = run_to_end("--push-token-file", path)
        assert status == 2
        assert error.count("\n") == 1 and "cannot be read" in error and str(path) in error


EVERYWHERE = ("--listen", "127.0.0.1:0", "--admin-listen", "0.0.0.0:0")


# contract: PSH-12
def test_Elsewhere_WithoutAToken_ThereIsNoPush(start):
    server = start("--feed", "push", listen=EVERYWHERE)
    problem(push(server), 404, "no_such_route")
    problem(push(server, bearer(TOKEN)), 404, "no_such_route")
    assert server.get("/livez", admin=True).status == 200


# contract: PSH-12
def test_Elsewhere_WithAToken_ThereIs(start, token_file):
    server = start("--feed", "push", "--push-token-file", token_file, listen=EVERYWHERE)
    assert push(server, {**bearer(TOKEN), "Host": "10.0.0.1:8081"}).status == 202
    problem(push(server, {"Host": "localhost"}), 401, "unauthorized")
