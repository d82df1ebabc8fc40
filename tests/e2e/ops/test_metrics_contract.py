"""Every family and label value from the start, closed sets, and counts that add up."""
import re
import shutil
import subprocess

import pytest

from support import contract
from support import documents
from support import metrics_text
from support.harness import OVER_TLS, ROOT, eventually, refused_start, run_to_end
from support.metrics_text import fates
from support.wsclient import PING, PONG, WebSocket

EDGES = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
         float("inf")]
FAMILIES = contract.families()
ROUTES = documents.routes()
# Not all label sets of these are there from the start, or they are not known beforehand.
LATER = {"tickcast_http_requests_total", "tickcast_feed_last_tick_timestamp_seconds", "tickcast_build_info"}


def sets(**values):
    """All combinations of the label values."""
    found = [{}]
    for name, each in values.items():
        found = [{**labels, name: value} for labels in found for value in each]
    return found


def label_sets_of(family, feeds):
    """The label sets that the contract wants of the family from the start, with these feeds."""
    known = {"feed": feeds, "route": ROUTES, "limit": contract.limits(),
             "code": map(str, contract.counted_closes())}
    return sets(**{label: known.get(label, values) for label, values in FAMILIES[family].labels.items()})


def scrape(server):
    return metrics_text.parse(server.get("/metrics", admin=True).body.decode())


def as_dicts(family):
    suffix = "_count" if family.type == "histogram" else ""
    return sorted(sorted(dict(labels).items()) for labels in family.label_sets(suffix))


# contract: MET-2 MET-6..32
@pytest.mark.parametrize("flags,feeds", [
    ((), ["push", "sim"]), (("--feed", "push"), ["push"]),
    (("--feed", "sim?tickers=2", "--feed", "replay"), ["push", "replay", "sim"])], ids=str)
def test_Families_AreThereFromTheStartWithAllLabelValues(start, tmp_path, flags, feeds):
    file = tmp_path / "t.csv"
    file.write_text("ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\n1700000000000000000,A,1,1,2,1,,\n")
    server = start(*(f"replay:{file}?start=1" if flag == "replay" else flag for flag in flags))
    families = scrape(server)
    for name, (kind, _) in FAMILIES.items():
        assert name in families, name
        assert families[name].type == kind, name
        if name not in LATER:
            wanted = sorted(sorted(each.items()) for each in label_sets_of(name, feeds))
            assert as_dicts(families[name]) == wanted, name
    (build,) = families["tickcast_build_info"].label_sets()
    labels = FAMILIES["tickcast_build_info"].labels
    assert dict(build).keys() == labels.keys()
    assert dict(build)["send_backend"] in labels["send_backend"]
    assert list(families["tickcast_build_info"].samples.values()) == [1]


# contract: MET-5
def test_Families_ThereAreNoOthers(start):
    """Each existing family is stated; a new family is a change of the contract."""
    server = start("--feed", "sim?tickers=2&rate=100")
    server.get("/v1/tickers")
    assert {name for name in scrape(server) if not name.startswith("process_")} == set(FAMILIES)


# contract: MET-11
def test_FeedLabels_AreTheKindsThatTheHelpAndARefusalName():
    forms = re.search(r"\(([^()]*)\) \(from", refused_start("--feed", "pigeon"))[1]
    forms = re.split(r", | or ", forms)
    assert [form.split(":")[0] for form in forms] == contract.feeds()
    _, output, _ = run_to_end("--help")
    helped = re.findall(r"^  ([a-z]\S*)\n      \S", output[output.index("\nFeeds"):], re.M)
    assert [form.split("?")[0] for form in helped] == forms
    readme = (ROOT / "README.md").read_text(encoding="utf-8").split("## Where prices come from")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(.*?)` \|", readme, re.M) == helped


# contract: MET-4
def test_Families_ProcessSetIsTheUsual(push):
    assert {"process_cpu_seconds_total", "process_open_fds", "process_max_fds",
            "process_virtual_memory_bytes", "process_resident_memory_bytes",
            "process_start_time_seconds"} <= scrape(push).keys()


# contract: MET-20 MET-36
def test_Histograms_HaveTheContractsEdges(push):
    push.get("/v1/tickers")
    families = scrape(push)
    assert [edge for edge, _ in metrics_text.edges(families["tickcast_delivery_latency_seconds"])] == EDGES
    durations = families["tickcast_http_request_duration_seconds"]
    for labels in durations.label_sets("_count"):
        assert [edge for edge, _ in metrics_text.edges(durations, labels)] == EDGES


# contract: MET-27 MET-28
def test_LoopLag_IsObserved(push):
    eventually(lambda: push.metric("tickcast_shard_loop_lag_seconds_count") > 0)
    eventually(lambda: push.metric("tickcast_control_loop_lag_seconds_count") > 0)


# contract: MET-26
def test_LastTick_IsAbsentBeforeTheFirst(start):
    server = start("--feed", "push")
    name = 'tickcast_feed_last_tick_timestamp_seconds{feed="push"}'
    assert name not in server.metrics()
    server.push({"s": "A", "p": 1})
    stamp = eventually(lambda: server.metrics().get(name))
    assert abs(stamp - server.quotes("A")["A"]["t"] / 1e6) < 1


# contract: MET-19 MET-37
def test_HttpRequests_LabelsAreTemplatesMethodsAndCodes(start):
    server = start("--feed", "push")
    session_id = server.create("A")
    server.get("/v1/sessions/" + session_id)
    server.request("HEAD", "/v1/tickers")
    server.request("BREW", "/v1/tickers", "")
    server.get("/secret/path")
    server.get("/")
    server.get("/v1/stream/" + session_id)
    server.request("DELETE", "/v1/sessions/" + session_id)
    server.push({"s": "A", "p": 1})
    family = scrape(server)["tickcast_http_requests_total"]
    found = {(d["route"], d["method"], d["code"]): value for (_, labels), value in family.samples.items()
             for d in [dict(labels)]}
    for key in (("/v1/sessions", "POST", "201"), ("/v1/sessions/{id}", "GET", "200"),
                ("/v1/sessions/{id}", "DELETE", "204"), ("/v1/tickers", "HEAD", "200"),
                ("/v1/tickers", "other", "405"), ("unknown", "GET", "404"), ("static", "GET", "200"),
                ("/v1/stream/{id}", "GET", "426"), ("/v1/ticks", "POST", "202")):
        assert found.get(key) == 1, (key, found)
    assert {route for route, _, _ in found} <= ROUTES


# contract: MET-3
def test_Labels_HoldNothingOfTheClients(push, stream):
    session_id = push.create("LABELTICKER")
    socket = stream(push, session_id)
    socket.snapshot()
    socket.say("SECRETOP")
    push.request("SECRETMETHOD", "/v1/tickers", "")
    push.get("/secretpath?secret=query", headers={"User-Agent": "secretagent"})
    text = push.get("/metrics", admin=True).body.decode()
    for word in ("LABELTICKER", session_id, "127.0.0.1", "secret", "SECRET"):
        assert word not in text, word


# contract: MET-1
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_Text_PassesPromtool(push):
    push.get("/v1/tickers")
    text = push.get("/metrics", admin=True).body
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# The fate of each tick: delivered + conflated + abandoned = ticks since the snapshot.
class RecordingSocket(WebSocket):
    """Notes how long each frame that it got was on the wire."""
    lengths = ()

    def receive_frame(self, timeout=5.0):
        opcode, payload = super().receive_frame(timeout)
        head = 2 if len(payload) < 126 else 4 if len(payload) < 65536 else 10
        self.lengths += (head + len(payload),)
        return opcode, payload


def opened(stream, server, *tickers, **members):
    socket = stream(server, server.create(*tickers, **members))
    socket.snapshot()
    return socket


# contract: DEL-3 MET-13 MET-33
def test_Fates_OneByOne_AllAreDelivered(start, stream):
    server = start("--feed", "push")
    server.push({"s": "A", "p": 1})  # before the snapshot: of no account
    socket = opened(stream, server, "A")
    for n in range(2, 12):
        server.push({"s": "A", "p": n}, {"s": "OTHER", "p": n})
        assert socket.ticks()[0]["n"] == n
    eventually(lambda: fates(server) == [10, 0, 0])
    values = server.metrics()
    assert values["tickcast_delivery_latency_seconds_count"] == 10
    assert values["tickcast_sent_bytes_total"] > 0
    assert values["tickcast_frames_sent_total"] >= 10


def throttle(server, session, milliseconds):
    reply = server.request("PATCH", f"/v1/sessions/{session}", {"throttle_ms": milliseconds})
    assert reply.status == 200, reply


# contract: MET-13
def test_Fates_WhileAFrameIsUnfinished_NoneOfItIsDelivered(start, stream):
    """Far more than the kernel takes for a client that does not read: begun is not delivered."""
    names = [f"LONGTICKER-{i:05}" for i in range(10_000)]
    server = start("--feed", "push", "--max-tickers-per-session", len(names),
                   "--max-body-bytes", 1 << 20)
    session = server.create(*names)
    socket = stream(server, session, receive_buffer=131_072)
    socket.snapshot()
    # So large a body is applied in slices: only a throttle makes one frame of it.
    throttle(server, session, 10_000)
    frames = server.metrics()["tickcast_frames_sent_total"]
    server.push(*({"s": name, "p": 12345.678, "b": 12345.678, "a": 12345.678} for name in names))
    assert server.metrics()["tickcast_frames_sent_total"] == frames
    throttle(server, session, 0)
    eventually(lambda: server.metric("tickcast_slow_clients") == 1)
    values = server.metrics()
    assert fates(server) == [0, 0, 0]
    assert values["tickcast_delivery_latency_seconds_count"] == 0
    assert values["tickcast_frames_sent_total"] == frames
    assert [tick["s"] for tick in socket.ticks()] == names
    eventually(lambda: fates(server) == [len(names), 0, 0])
    values = server.metrics()
    assert values["tickcast_delivery_latency_seconds_count"] == len(names)
    assert values["tickcast_frames_sent_total"] == frames + 2, "and the word of the new throttle"


# contract: MET-16 MET-17
@pytest.mark.skipif(OVER_TLS, reason="counts the bytes of frames, not those of records")
def test_Sent_FramesAndBytesAreThoseOnTheWire(start):
    """Short and long frames, text, pong and close, and nothing of HTTP."""
    server = start("--feed", "push")
    names = [f"T{i}" for i in range(20)]
    sent = lambda: [int(server.metrics()[f"tickcast_{what}_total"]) for what in ("frames_sent", "sent_bytes")]
    assert sent() == [0, 0]
    with RecordingSocket(server, server.create(*names)) as socket:
        socket.snapshot()
        server.push({"s": "T0", "p": 1})
        socket.ticks()
        server.push(*({"s": name, "p": 1} for name in names))
        while socket.ticks()[-1]["s"] != names[-1]:
            pass
        socket.say("ping", id="x")
        socket.message(type="pong")
        socket.send(PING, b"1234")
        assert socket.receive_frame() == (PONG, b"1234")
        socket.close()
        assert socket.closed() == 1000
        eventually(lambda: sent() == [len(socket.lengths), sum(socket.lengths)])
        assert len(socket.lengths) >= 6


# contract: MET-33
def test_Fates_TwoClients_EachTickCountsForEach(start, stream):
    server = start("--feed", "push")
    sockets = [opened(stream, server, "A") for _ in range(2)]
    server.push({"s": "A", "p": 1})
    for socket in sockets:
        socket.ticks()
    eventually(lambda: fates(server) == [2, 0, 0])


# contract: MET-14 MET-34
def test_Fates_ABodyOfOneTicker_IsConflated(start, stream):
    server = start("--feed", "push")
    socket = opened(stream, server, "A")
    server.push(*({"s": "A", "p": n} for n in range(1, 101)))
    frames = 0
    while True:
        frames += 1
        if socket.ticks()[0]["n"] == 100:
            break
    eventually(lambda: fates(server) == [frames, 100 - frames, 0])


# contract: MET-15
@pytest.mark.parametrize("leave", ["unsubscribe", "disconnect", "delete", "patch"])
def test_Fates_WhatIsHeldWhenTheClientLeaves_IsAbandonedOrConflated(start, stream, leave):
    server = start("--feed", "push")
    session_id = server.create("A", "B", throttle_ms=60_000)
    socket = stream(server, session_id)
    socket.snapshot()
    for n in range(1, 4):
        server.push({"s": "A", "p": n})
    assert socket.settled() == []
    if leave == "unsubscribe":
        socket.say("unsubscribe", tickers=["A"])
        socket.message(type="subscribed")
    elif leave == "patch":
        server.request("PATCH", "/v1/sessions/" + session_id, {"remove": ["A"]})
        socket.message(type="subscribed")
    elif leave == "disconnect":
        socket.reset()
    else:
        server.request("DELETE", "/v1/sessions/" + session_id)
        assert socket.closed() == 4000
    eventually(lambda: sum(fates(server)) == 3)
    delivered, conflated, abandoned = fates(server)
    assert (delivered, abandoned >= 1) == (0, True)
    assert conflated == 3 - abandoned
    assert server.metrics()["tickcast_delivery_latency_seconds_count"] == 0


# contract: MET-34
def test_Fates_AfterAResubscribe_CountFromTheNewSnapshot(start, stream):
    server = start("--feed", "push")
    socket = opened(stream, server, "A")
    server.push({"s": "A", "p": 1})
    socket.ticks()
    socket.say("unsubscribe", tickers=["A"])
    socket.message(type="subscribed")
    for n in range(2, 7):
        server.push({"s": "A", "p": n})  # nobody's
    socket.say("subscribe", tickers=["A"])
    assert socket.message(type="snapshot")["quotes"][0]["n"] == 6
    server.push({"s": "A", "p": 7})
    assert socket.ticks()[0]["n"] == 7
    eventually(lambda: fates(server) == [2, 0, 0])


# contract: MET-35
def test_Latency_LeavesOutThrottledStreams(start, stream):
    server = start("--feed", "push")
    socket = opened(stream, server, "A", throttle_ms=1)
    for n in range(1, 4):
        server.push({"s": "A", "p": n})
        while socket.ticks()[0]["n"] < n:
            pass
    eventually(lambda: sum(fates(server)) == 3)
    assert server.metrics()["tickcast_delivery_latency_seconds_count"] == 0
