"""The process: start, flags, exit statuses, signals, metrics."""
import signal
import socket
import threading
import time

import pytest

from support import tls
from support.harness import OVER_TLS, SLACK, Exited, Server, eventually, problem, request_bytes, run_to_end
from support.wsclient import WebSocket


# contract: HLT-7
def test_Help_OfReadyNeedsFeed_SaysThatNoFeedCanBeDisconnected():
    status, output, _ = run_to_end("--help")
    assert status == 0
    text = " ".join(output.split())
    assert "a disconnected feed makes /readyz 503; no feed can be disconnected yet" in text


# contract: RUN-4 SET-5
@pytest.mark.parametrize("flags,named", [
    (["--nope"], "nope"),
    (["--nope", "5"], "nope"),
    (["--threads", "x"], "threads"),
    (["--threads", "-1"], "threads"),
    (["--threads"], "threads"),
    (["--listen", "nonsense"], "listen"),
    (["--listen", "127.0.0.1:99999"], "listen"),
    (["--admin-listen", "127.0.0.1"], "admin-listen"),
    (["--pending-seconds", "-1"], "pending-seconds"),
    (["--pending-seconds", "soon"], "pending-seconds"),
    (["--heartbeat-seconds", "nan"], "heartbeat-seconds"),
    (["--stale-seconds", "1e999"], "stale-seconds"),
    (["--max-body-bytes", "1.5"], "max-body-bytes"),
    (["--max-body-bytes", "99999999999999999999999"], "max-body-bytes"),
    (["--max-tickers-per-session", "many"], "max-tickers-per-session"),
    (["--feed", "carrier-pigeon"], "feed"),
    (["--feed", "sim?rate=fast"], "feed"),
    (["--feed", "sim?colour=red"], "feed"),
    (["--feed", "replay:x.csv?speed=-1"], "feed"),
    (["--feed", "replay:"], "feed"),
    (["stray"], "stray"),
], ids=str)
def test_Start_WhenASettingIsWrong_ExitsWith2AndOneLine(flags, named):
    status, output, error = run_to_end("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                                       *flags)
    assert status == 2, (status, error)
    assert output == ""
    assert len(error.strip().splitlines()) == 1, error
    assert named in error
    if len(flags) > 1 and named != "nope":
        assert flags[1] in error, "the value is not named"


# contract: RUN-4 RUN-8
@pytest.mark.parametrize("which", ["--listen", "--admin-listen"])
def test_Start_WhenThePortIsInUse_ExitsWith1(which):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        other = "--admin-listen" if which == "--listen" else "--listen"
        status, _, error = run_to_end(which, f"127.0.0.1:{taken.getsockname()[1]}",
                                      other, "127.0.0.1:0")
    assert status == 1
    assert error.strip()


# contract: RUN-8
def test_Start_WhenAnotherServerHasThePort_ExitsWith1(push):
    status, _, _ = run_to_end("--listen", f"127.0.0.1:{push.public[1]}",
                              "--admin-listen", "127.0.0.1:0")
    assert status == 1
    assert push.get("/v1/tickers").status == 200


def test_Start_WhenTheReplayFileIsMissing_Exits(tmp_path):
    status, _, error = run_to_end("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                                  "--feed", f"replay:{tmp_path}/none.csv")
    assert status == 2
    assert "none.csv" in error


# contract: RUN-1 RUN-10
def test_Start_SaysWhereToLook(push):
    said = push.standard_output().splitlines()
    public, admin = (f"http{'s' * OVER_TLS}://127.0.0.1:{push.public[1]}",
                     f"http://127.0.0.1:{push.admin[1]}")
    assert said[:2] == ["public " + public, "admin " + admin]
    for line in ("api " + public + "/v1/sessions", "metrics " + admin + "/metrics", "feed push", "shards 2"):
        assert line in said, line


# contract: RUN-4
def test_Start_WhenThereAreNotEnoughDescriptors_ExitsWith1AndOneLine():
    status, output, error = run_to_end("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                                       "--threads", 64, descriptors=(40, 40))
    assert (status, output) == (1, "")
    assert error.startswith("tickcast: cannot start: ") and len(error.splitlines()) == 1, error


# contract: SET-5
@pytest.mark.parametrize("feeds", [("sim", "pigeon"), ("replay:{}", "replay:/nowhere/none.csv")])
def test_Start_WhenOnlyTheLastFeedIsWrong_OneLineSaysSo(tmp_path, feeds):
    file = tmp_path / "t.csv"
    file.write_text("ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\n1700000000000000000,A,1,1,2,1,,\n")
    certificate, key = tls.make_certificate(tmp_path)
    flags = [part for feed in feeds for part in ("--feed", feed.format(file))]
    status, output, error = run_to_end("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                                       "--tls-cert", certificate, "--tls-key", key, *flags)
    assert (status, output) == (2, "")
    assert error.startswith("tickcast: --feed: ") and len(error.splitlines()) == 1, error


# contract: RUN-4 END-12 SIG-1 SIG-10
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("threads", [1, 3])
def test_Signal_ClosesStreamsWith1001AndExits0(start, stream, number, threads):
    server = start("--feed", "sim?tickers=20&rate=1000", "--threads", threads, "--drain-seconds", 1)
    tickers = server.get("/v1/tickers").json()["tickers"]
    sockets = [stream(server, server.create(*tickers)) for _ in range(12)]
    for opened in sockets:
        opened.snapshot()
    server.create("AAPL")  # a pending session must not hold it
    idle = server.connect()  # nor an idle connection
    codes = [None] * len(sockets)

    def read(i):
        codes[i] = sockets[i].closed(15)
    readers = [threading.Thread(target=read, args=(i,)) for i in range(len(sockets))]
    for reader in readers:
        reader.start()
    began = time.monotonic()
    assert server.terminate(number, 12) == 0
    for reader in readers:
        reader.join()
    assert codes == [1001] * len(sockets)
    assert time.monotonic() - began < 12
    idle.socket.close()


# contract: SIG-8
def test_Sigterm_WhenNobodyIsThere_EndsAtOnce(start):
    server = start("--feed", "push")
    began = time.monotonic()
    assert server.terminate(signal.SIGTERM, 5) == 0
    assert time.monotonic() - began < 3


# contract: SIG-9
def test_Sigterm_WhenAClientReadsNothing_EndsAllTheSame(start, stream):
    server = start("--feed", "sim?tickers=64&rate=20000&burst=64", "--drain-seconds", 1)
    tickers = server.get("/v1/tickers").json()["tickers"]
    for _ in range(3):
        stream(server, server.create(*tickers), receive_buffer=4096)
    time.sleep(1)
    assert server.terminate(signal.SIGTERM, 8) == 0


# contract: HLT-3 SIG-1
def test_Sigterm_WhenStreamsAreStillOpen_IsNotReady(start, stream):
    server = start("--feed", "push", "--drain-seconds", 1)
    silent = stream(server, server.create("AAPL"))  # does not answer the close: up to 5 s remain
    silent.snapshot()
    server.process.send_signal(signal.SIGTERM)
    eventually(lambda: server.get("/readyz", admin=True).status == 503, 3)
    assert server.get("/readyz", admin=True).json()["ready"] is False
    assert silent.closed(12) == 1001
    assert server.process.wait(12) == 0


def test_Start_AfterAnEnd_TheSamePortIsFreeAgain():
    first = Server("--feed", "push")
    with WebSocket(first, first.create("AAPL")) as opened:
        opened.snapshot()
        first.process.kill()
        first.process.wait()
    second = Server("--feed", "push", listen=(
        "--listen", f"127.0.0.1:{first.public[1]}", "--admin-listen", f"127.0.0.1:{first.admin[1]}"))
    assert second.get("/v1/tickers").status == 200
    second.stop()


def test_Server_WhenItCannotStart_RaisesInTheHarness():
    with pytest.raises(Exited):
        Server("--nope")


FAMILIES = """tickcast_sessions tickcast_connections tickcast_subscriptions
tickcast_sessions_created_total tickcast_sessions_ended_total tickcast_ticks_ingested_total
tickcast_ticks_rejected_total tickcast_ticks_delivered_total tickcast_ticks_conflated_total
tickcast_ticks_abandoned_total tickcast_frames_sent_total tickcast_sent_bytes_total
tickcast_delivery_latency_seconds_count tickcast_delivery_latency_seconds_sum
tickcast_delivery_latency_seconds_bucket tickcast_stream_closes_total tickcast_feed_up
tickcast_feed_subscriptions tickcast_build_info process_resident_memory_bytes
process_open_fds process_cpu_seconds_total process_start_time_seconds""".split()


# contract: MET-1
def test_Metrics_FamiliesAreThereFromTheStart(start):
    server = start("--feed", "sim?tickers=5&rate=1")
    names = {name.split("{")[0] for name in server.metrics()}
    assert set(FAMILIES) <= names, set(FAMILIES) - names
    reply = server.get("/metrics", admin=True)
    assert "version=0.0.4" in reply.headers["content-type"]


# contract: MET-6..11 MET-13 MET-18 MET-21 MET-24 MET-25
def test_Metrics_CountWhatHappened(start, stream):
    server = start("--feed", "push", "--threads", "2")
    session_id = server.create("AAPL", "MSFT")
    values = server.metrics()
    assert values['tickcast_sessions{state="pending"}'] == 1
    assert values["tickcast_sessions_created_total"] == 1
    opened = stream(server, session_id)
    opened.snapshot()
    values = server.metrics()
    assert values['tickcast_sessions{state="streaming"}'] == 1
    assert values['tickcast_sessions{state="pending"}'] == 0
    assert values['tickcast_connections{transport="websocket"}'] == 1
    assert values["tickcast_subscriptions"] == 2
    assert server.metric("tickcast_feed_subscriptions") == 2
    for i in range(1, 6):
        server.push({"s": "AAPL", "p": i})
        opened.ticks()
    server.push({"s": "OTHER", "p": 1})
    eventually(lambda: server.metric("tickcast_ticks_delivered_total") == 5)
    values = server.metrics()
    assert values['tickcast_ticks_ingested_total{feed="push"}'] == 6
    assert values["tickcast_delivery_latency_seconds_count"] == 5
    assert 0 < values["tickcast_delivery_latency_seconds_sum"] < 5
    assert values['tickcast_feed_up{feed="push"}'] == 1
    server.request("DELETE", "/v1/sessions/" + session_id)
    assert opened.closed() == 4000
    eventually(lambda: server.metric("tickcast_subscriptions") == 0)
    values = server.metrics()
    assert values['tickcast_sessions_ended_total{reason="deleted"}'] == 1
    assert values['tickcast_stream_closes_total{code="4000"}'] == 1


# contract: MET-3
def test_Metrics_HoldNoTickerSessionOrAddress(start, stream):
    server = start("--feed", "push")
    session_id = server.create("SECRETTICKER")
    stream(server, session_id).snapshot()
    server.push({"s": "SECRETTICKER", "p": 1})
    server.get("/secretpath")
    text = server.get("/metrics", admin=True).body.decode()
    for word in ("SECRETTICKER", session_id, "127.0.0.1", "secretpath"):
        assert word not in text


# contract: RUN-1 RUN-3
def test_Admin_WhenRouteIsUnknown_Gives404(push):
    problem(push.get("/nope", admin=True), 404, "no_such_route")


def closes(server):
    """Closes counted so far, by code, those that are not zero."""
    prefix = 'tickcast_stream_closes_total{code="'
    return {int(name[len(prefix):-2]): value for name, value in server.metrics().items()
            if name.startswith(prefix) and value}


# contract: END-9 MET-38
@pytest.mark.parametrize("code", [1000, 1001, 1002, 1009, 1014, 4003])
def test_Metrics_WhenTheClientBeginsTheClose_ItCountsAs1000WhateverItsCode(start, stream, code):
    server = start("--feed", "sim?tickers=3&rate=2000")
    opened = stream(server, server.create("AAPL"))
    opened.snapshot()
    opened.close(code)
    assert opened.closed() == code  # the echo
    eventually(lambda: closes(server) == {1000: 1})


# contract: END-8 MET-21
@pytest.mark.parametrize("code, opcode, payload", [(1002, 3, b"x"), (1003, 2, b"x"), (1007, 1, b"\xc3\x28"),
                                                   (1009, 1, b"x" * 20000), (1002, 8, b"\x13\x88"),
                                                   (1007, 8, b"\x03\xe8\xff")])
def test_Metrics_WhenTheServerRefusesAMessage_ItsCodeIsCounted(start, stream, code, opcode,
                                                              payload):
    server = start("--feed", "sim?tickers=3&rate=100")
    opened = stream(server, server.create("AAPL"))
    opened.snapshot()
    opened.send(opcode, payload)
    assert opened.closed() == code
    eventually(lambda: closes(server) == {code: 1})


# contract: MET-39
def test_Metrics_WhenTheClientIsGoneWithoutAWord_ItCountsAs1006(start, stream):
    server = start("--feed", "sim?tickers=3&rate=100")
    opened = stream(server, server.create("AAPL"))
    opened.snapshot()
    opened.reset()
    eventually(lambda: closes(server) == {1006: 1})


def test_Sigterm_WhenARequestIsHalfSent_ItStillGetsItsAnswer(start):
    server = start("--feed", "sim?tickers=3&rate=1")
    whole = request_bytes("POST", "/v1/sessions", body=b'{"tickers":["AAPL"]}')
    with server.connect() as connection:
        connection.send(whole[:-5])
        time.sleep(0.1)  # on its way
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: server.get("/readyz", admin=True).status == 503)
        connection.send(whole[-5:])
        problem(connection.receive(), 503, "draining")
    assert server.process.wait(10) == 0


# contract: SIG-9
def test_Sigterm_WhenAnAdminRequestNeverEnds_ItEndsAllTheSame(start):
    server = start("--feed", "sim?tickers=3&rate=1")
    with server.connect(admin=True) as connection:
        whole = request_bytes("POST", "/v1/ticks", body=b'{"s":"A","p":1}',
                              headers={"Content-Type": "application/x-ndjson"})
        connection.send(whole[:-5])
        time.sleep(0.1)
        began = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - began < 5 * SLACK
