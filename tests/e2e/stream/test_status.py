"""The feed's state on a stream: status, heartbeat, snapshot and /readyz say the same."""
from support.harness import eventually


# contract: FED-3 FED-4 MSG-4 MSG-13
def test_Status_IsSaidOnceAChangeAndHeartbeatsAgree(start, stream):
    server = start("--feed", "push", "--stale-seconds", "0.7", "--heartbeat-seconds", "0.2")
    session_id = server.create("A")
    socket = stream(server, session_id)
    feed = socket.snapshot()["feed"]
    assert feed == "live"
    changes, beats = [], {"live": 0, "stale": 0}
    while len(changes) < 4:
        message = socket.message(3)
        if message["type"] == "status":
            assert message["feed"] != feed, "a status without a change"
            feed = message["feed"]
            changes.append(feed)
        elif message["type"] == "heartbeat":
            assert message["feed"] == feed
            beats[feed] += 1
            if feed == "stale" and beats["stale"] % 3 == 0:
                server.push({"s": "B", "p": 1})  # of any ticker, if nobody's
    assert changes == ["stale", "live", "stale", "live"]
    assert beats["live"] >= 2 and beats["stale"] >= 4


# contract: HLT-5 MSG-13
def test_Status_SnapshotsAndReadinessAgree(start, stream):
    server = start("--feed", "push", "--stale-seconds", "0.3", "--heartbeat-seconds", "30")
    ready = eventually(lambda: (lambda reply: reply if reply.json()["feed"] == "stale" else None)(
        server.get("/readyz", admin=True)))
    assert (ready.status, ready.json()["ready"]) == (200, True)
    session_id = server.create("A")

    def stale_stream():  # each shard hears of it at its own next coarse tick
        opened = stream(server, session_id)
        return opened if opened.snapshot()["feed"] == "stale" else None
    socket = eventually(stale_stream)
    socket.say("subscribe", tickers=["B"])
    assert socket.message(type="snapshot")["feed"] == "stale"
    server.push({"s": "A", "p": 1})
    assert socket.message(3, "status")["feed"] == "live"
    assert server.get("/readyz", admin=True).json()["feed"] == "live"


# contract: API-14
def test_Status_DoesNotWaitForTheThrottle(start, stream):
    server = start("--feed", "push", "--stale-seconds", "0.3")
    socket = stream(server, server.create("A", throttle_ms=60_000))
    socket.snapshot()
    assert socket.message(3)["feed"] == "stale"
    server.push({"s": "A", "p": 1})
    assert socket.message(3) == {"type": "status", "feed": "live"}
