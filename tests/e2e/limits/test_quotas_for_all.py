"""Quotas of the whole process: below, at, above, and freed again; and the warning where no address
has one."""
import pytest

from support.harness import Server, eventually, hits, problem


def create(server):
    return server.request("POST", "/v1/sessions", {"tickers": ["A"]})


# contract: SET-27 ERR-6 ERR-29 ERR-34 LIM-4 LIM-5 MET-23
@pytest.mark.parametrize("flag,status,code", [("max-sessions", 503, "at_capacity"),
                                              ("max-sessions-per-address", 429, "too_many_sessions")])
def test_Sessions_OnePastTheLimitIsRefusedUntilOneEnds(start, stream, flag, status, code):
    server = start("--feed", "push", "--" + flag, 3, "--detached-seconds", 0.3)
    sessions = [create(server).json()["session_id"] for _ in range(3)]
    assert hits(server, flag) == 0
    refused = create(server)
    assert problem(refused, status, code)["limit"] == 3
    assert int(refused.headers["retry-after"]) >= 1
    assert hits(server, flag) == 1
    assert server.metric("tickcast_sessions") == 3
    server.request("DELETE", "/v1/sessions/" + sessions[0])  # deleted
    sessions.append(create(server).json()["session_id"])
    assert create(server).status == status
    socket = stream(server, sessions[1])
    socket.snapshot()
    assert create(server).status == status, "a session that streams counts too"
    socket.reset()
    eventually(lambda: create(server).status == 201, 3)  # expired
    assert create(server).status == status


# contract: SET-32 API-28 LIM-7 LIM-8 MET-12
def test_KnownTickers_CountsThoseSubscribedToWhileTheyAre(start):
    server = start("--feed", "push", "--max-known-tickers", 3)
    server.push({"s": "A", "p": 1})
    session_id = server.create("B", "C")
    over = server.request("POST", "/v1/sessions", {"tickers": ["A", "D"]})
    assert problem(over, 422, "too_many_tickers")["limit"] == 3
    assert hits(server, "max-known-tickers") == 1
    pushed = server.request("POST", "/v1/ticks", '[{"s":"A","p":2},{"s":"E","p":1}]',
                            {"Content-Type": "application/json"}, admin=True)
    assert problem(pushed, 422, "too_many_tickers")["limit"] == 3
    assert hits(server, "max-known-tickers") == 2
    assert server.quotes("A")["A"]["n"] == 1, "nothing of that body is applied"
    assert server.metrics()['tickcast_ticks_rejected_total{feed="push",reason="limit"}'] >= 1
    server.create("A", "B")  # known ones are no more
    server.request("DELETE", "/v1/sessions/" + session_id)
    eventually(lambda: server.request("POST", "/v1/sessions", {"tickers": ["D"]}).status == 201)
    assert server.get("/v1/tickers").json()["tickers"] == ["A"]


# contract: RUN-13
@pytest.mark.parametrize("flag", ["max-sessions-per-address", "max-connections-per-address",
                                  "max-requests-per-second-per-address"])
def test_Start_OnAllAddressesWithoutAnyLimitPerAddress_WarnsOnce(flag):
    listen = ("--listen", "0.0.0.0:0", "--admin-listen", "127.0.0.1:0")
    for flags, expected in (((), 1), (("--" + flag, 5), 0)):
        server = Server("--feed", "push", *flags, listen=listen)
        server.public = ("127.0.0.1", server.public[1])
        assert server.get("/v1/tickers").status == 200
        server.terminate()
        said = [line for line in server.standard_error().splitlines() if "per-address" in line
                and "warn" in line.lower()]
        assert len(said) == expected, server.standard_error()
        server.stop()
