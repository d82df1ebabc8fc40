"""Who may push: the token, and listeners that others can reach."""
import pytest

from harness import Exited, Server, problem

TOKEN = "s3cret-Token.of~32/characters+=="
NDJSON = {"Content-Type": "application/x-ndjson"}
TICK = '{"s":"A","p":1}'


def push(server, headers=None):
    return server.request("POST", "/v1/ticks", TICK, {**NDJSON, **(headers or {})}, admin=True)


@pytest.fixture
def token_file(tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    return file


def test_Token_WhenGiven_IsAlwaysRequired(start, token_file):
    server = start("--feed", "push", "--push-token-file", token_file)
    for value in (None, "", "Bearer", "Bearer ", "Bearer x", "Bearer " + TOKEN + "x", "Bearer " + TOKEN[:-1],
                  "Basic " + TOKEN, TOKEN, "Bearer " + TOKEN.upper()):
        reply = push(server, {"Authorization": value})
        problem(reply, 401, "unauthorized")
        assert reply.headers["www-authenticate"].startswith("Bearer")
    assert server.quotes("A") == {}
    assert push(server, {"Authorization": "Bearer " + TOKEN}).status == 202
    assert push(server, {"Authorization": "bearer " + TOKEN}).status == 202  # RFC 9110, 11.1
    assert server.quotes("A")["A"]["n"] == 2


def test_Token_WhenGiven_HostIsNotCheckedButOriginIs(start, token_file):
    server = start("--feed", "push", "--push-token-file", token_file)
    right = {"Authorization": "Bearer " + TOKEN}
    assert push(server, {**right, "Host": "prices.example"}).status == 202
    problem(push(server, {**right, "Origin": "https://a.example"}), 403, "origin_not_allowed")
    problem(server.request("POST", "/v1/ticks", TICK, {**right, "Content-Type": "text/plain"}, admin=True),
            415, "unsupported_media_type")


def everywhere(*flags):
    server = Server("--feed", "push", *flags, listen=("--listen", "127.0.0.1:0", "--admin-listen", "0.0.0.0:0"))
    server.admin = ("127.0.0.1", server.admin[1])
    return server


def test_Push_OnANonLoopbackListener_IsOffWithoutAToken(token_file):
    server = everywhere()
    problem(push(server), 404, "no_such_route")
    assert server.get("/livez", admin=True).status == 200
    server.stop()
    server = everywhere("--push-token-file", token_file)
    problem(push(server), 401, "unauthorized")
    assert push(server, {"Authorization": "Bearer " + TOKEN}).status == 202
    server.stop()


def test_Token_IsNeverLogged(start, token_file):
    server = start("--feed", "push", "--push-token-file", token_file, "--log-level", "debug")
    push(server, {"Authorization": "Bearer " + TOKEN})
    push(server, {"Authorization": "Bearer wrong-" + TOKEN})
    server.terminate()
    assert TOKEN not in server.standard_output() + server.standard_error()


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_Start_WhenTheTokenFileIsNoUse_IsRefused(tmp_path, content):
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Exited) as refused:
        Server("--push-token-file", file)
    assert refused.value.args[0] == 2
    assert "push-token-file" in refused.value.args[1]
