"""tickcast-load against the real server: its report matches the server's figures, and it keeps its
bounds."""
import html.parser
import os
import re
import signal
import subprocess
import time
import xml.etree.ElementTree

import pytest

from support import descriptors
from support.harness import OVER_TLS, SLACK, eventually, stand_still
from support.load_generator import (CLEAN, GENERATOR, NOT_CLEAN, USERS, WRONG, Running, all_stream, command,
                                    load, metrics_of)

pytestmark = pytest.mark.skipif(OVER_TLS, reason="over TLS it has tests of its own")


def refused(*arguments):
    done = subprocess.run([GENERATOR, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=30 * SLACK, check=False, text=True)
    assert done.returncode == WRONG, (done.returncode, done.stderr)
    assert done.stderr.count("\n") == 1 and done.stdout == "", done.stderr
    return done.stderr


class Page(html.parser.HTMLParser):
    """The files that an HTML file would load, and its plots."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.loads = [], []
        self.feed(text)
        self.plots = [xml.etree.ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", text, re.S)]

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href", "srcset", "data", "action")]


def titles(page):
    return [plot.find("{http://www.w3.org/2000/svg}text").text for plot in page.plots]


def test_Spike_OfSomeHundred_IsCleanAndTheServersCountsAgree(start, tmp_path):
    # One connection and one session an address: every user comes from an address of its own.
    server = start("--feed", "sim?tickers=50&rate=500", "--detached-seconds", "1",
                   "--max-connections-per-address", 1, "--max-sessions-per-address", 1)
    page, plots = tmp_path / "report.html", tmp_path / "plots"
    status, report, said = load(server, "spike", users=USERS, ramp_seconds=1, hold_seconds=4, drop_seconds=1,
                                metrics=metrics_of(server), html=page, svg=plots)
    assert status == CLEAN, said
    assert report["clean"] and report["faults"] == [], report["faults"]
    counts = report["counts"]
    assert counts["sessions_asked_for"] == counts["sessions_created"] == counts["streams"] == USERS
    assert counts["left"] == report["most_streaming"] == USERS
    for trouble in ("failed_creations", "failed_streams", "unexpected_closes", "unanswered_goodbyes",
                    "silent_streams", "new_attempts", "aborted"):
        assert counts[trouble] == 0, trouble
    assert server.metric("tickcast_sessions_created_total") == USERS
    assert server.metrics()['tickcast_stream_closes_total{code="1000"}'] == USERS
    check_figures(report, server)
    check_report_files(page, plots, said)


def check_figures(report, server):
    counts, latencies = report["counts"], report["latencies"]
    delivered = server.metric("tickcast_ticks_delivered_total")
    assert 0 < counts["ticks"] <= delivered
    assert latencies["quote"]["count"] == counts["ticks"]
    for name in ("creation", "handshake", "snapshot"):
        assert latencies[name]["count"] == USERS, name
    for name, latency in latencies.items():
        assert sum(count for _, count in latency["buckets"]) == latency["count"], name
        if latency["count"]:
            quantiles = [latency[f"{q}_us"] for q in ("p50", "p90", "p95", "p99", "p99.9", "p99.99", "max")]
            assert quantiles == sorted(quantiles) and quantiles[0] > 0, name
    assert latencies["creation"]["p50_us"] < latencies["snapshot"]["p50_us"]
    seconds = report["over_time"]
    assert [row["at"] for row in seconds] == list(range(1, len(seconds) + 1))
    for name in ("ticks", "conflated", "bytes", "begun"):
        whole = counts["sessions_asked_for"] if name == "begun" else counts[name]
        assert sum(row[name] for row in seconds) == whole, name
    assert max(row["streaming"] for row in seconds) == USERS
    assert seconds[-1]["open"] == seconds[-1]["streaming"] == 0
    assert report["own_cost"]["cpu_seconds"] > 0 and latencies["own_lag"]["count"] > 100
    last = report["server"]["over_time"][-1]
    assert last["sessions"] == last["connections"] == last["subscriptions"] == 0
    assert report["server"]["settled_after"] is not None


def check_report_files(page, plots, said):
    text = page.read_text(encoding="utf-8")
    seen = Page(text)
    assert "script" not in seen.tags and seen.loads == []
    assert not re.search(r"@import|url\(", text)
    assert "prefers-color-scheme" in text
    wanted = {"Latency distribution", "Connections", "Ticks per second", "Conflation", "Quote latency over time",
              "What the server holds", "Processors in use"}
    assert wanted <= set(titles(seen))
    for plot in seen.plots:
        lines = [path for path in plot.iter("{http://www.w3.org/2000/svg}path")
                 if path.get("class", "").startswith("line") and path.get("d").count("L") > 1]
        assert lines or "Begun" in titles(seen)[seen.plots.index(plot)], "an empty plot"
    files = {path.name for path in plots.iterdir()}
    assert {"latency-distribution.svg", "connections.svg", "ticks.svg", "conflation.svg"} <= files
    for path in plots.iterdir():
        xml.etree.ElementTree.parse(path)
    assert "users streaming" in said and "clean: " in said


def test_Churn_HasAllKindsAndLeavesNothing(start):
    server = start("--feed", "sim?tickers=50&rate=500", "--pending-seconds", "10", "--detached-seconds", "10")
    status, report, said = load(server, "churn", users=150, ramp_seconds=1, hold_seconds=6, drop_seconds=1,
                                slow_percent=10, aborting_percent=30, returning_percent=20, leaving_percent=20,
                                stay_seconds=1, pause_seconds=0.2, threads=2, metrics=metrics_of(server))
    assert status == CLEAN, said
    counts = report["counts"]
    assert counts["sessions_created"] > 150
    assert counts["left"] > 0 and counts["aborted"] > 0 and counts["vanished"] > 0
    assert counts["returned"] == report["latencies"]["comeback"]["count"] > 0
    assert report["latencies"]["quote_slow"]["count"] > 0
    assert server.metric("tickcast_sessions") == 0
    assert server.metrics()['tickcast_stream_closes_total{code="1006"}'] > 0


def test_WhenAllAreCutInTheEnd_TheServerSawOneResetEach(start):
    server = start("--feed", "sim?tickers=50&rate=500", "--detached-seconds", "0.5")
    status, report, said = load(server, "spike", users=30, ramp_seconds=0.1, hold_seconds=2, drop_seconds=0.2,
                                drop_by_reset=True, metrics=metrics_of(server))
    assert status == 0, said
    assert (report["counts"]["aborted"], report["counts"]["left"]) == (30, 0)
    assert server.metrics()['tickcast_stream_closes_total{code="1006"}'] == 30


def test_WhenTheServerRefuses_EveryFailureIsCountedByReason(start):
    server = start("--max-sessions", 20)
    status, report, said = load(server, "spike", users=30, ramp_seconds=0.1, hold_seconds=3, drop_seconds=0)
    assert status == NOT_CLEAN
    counts = report["counts"]
    assert counts["streams"] == report["most_streaming"] == 20
    assert counts["failed_creations_by_reason"] == {"503": counts["failed_creations"]}
    assert counts["failed_creations"] == counts["sessions_asked_for"] - 20 == counts["new_attempts"] + 10
    assert counts["not_streaming_when_the_drop_began"] > 0
    assert "failed creations (503: " in said and "not clean" in said


def test_WhenTheServerEndsMidway_TheClosesAreUnexpected(start):
    server = start("--drain-seconds", "0.2")
    with Running(server, "spike", users=50, ramp_seconds=0.1) as running:
        all_stream(server, 50)
        assert server.terminate() == 0
        report = running.interrupt()
    assert report["counts"]["unexpected_closes_by_reason"] == {"1001": 50}
    assert "it was interrupted" in report["faults"]


def test_WhenInterrupted_UsersSayGoodbyeAndTheReportIsMade(start):
    server = start()
    with Running(server, "spike", users=40, ramp_seconds=0.1, slow_percent=50) as running:
        all_stream(server, 40)
        report = running.interrupt(signal.SIGTERM)
    assert report["faults"] == ["it was interrupted"]
    assert report["counts"]["left"] == 40
    assert server.metrics()['tickcast_stream_closes_total{code="1000"}'] == 40


def test_WhenStreamsGoSilent_TheyAreCounted(start):
    # Pings are no sign of a feed.
    server = start("--feed", "push", "--heartbeat-seconds", "3600", "--ping-seconds", "0.3")
    server.push({"s": "QUIET", "p": 1})
    status, report, _ = load(server, "spike", users=25, ramp_seconds=0.1, hold_seconds=5, tickers="QUIET",
                             silent_seconds=2)
    assert status == NOT_CLEAN
    assert report["counts"]["silent_streams"] == 25
    assert report["faults"] == ["25 silent streams"]


def test_EachUser_HasTickersOfItsOwn(start):
    """1,000 users of 20 out of 10,000 watch 8,649 of them on average, and 6,412 if only half had
    their own."""
    users, of = 1000, 10_000
    server = start("--feed", f"sim?tickers={of}&rate=100", "--detached-seconds", "1")
    with Running(server, "spike", users=users, ramp_seconds=2, tickers_per_user=20) as load_of_all:
        all_stream(server, users)
        watched = server.metrics()['tickcast_feed_subscriptions{feed="sim"}']
        assert server.metrics()["tickcast_subscriptions"] == users * 20
        load_of_all.interrupt()
    assert 8_400 < watched < 8_900


def test_Sessions_AreBounded(start):
    server = start()
    status, report, _ = load(server, "churn", users=20, ramp_seconds=0.1, hold_seconds=4, stay_seconds=0.2,
                             leaving_percent=100, aborting_percent=0, returning_percent=0, max_sessions=40)
    assert status == NOT_CLEAN
    assert report["counts"]["sessions_asked_for"] == 40 == server.metric("tickcast_sessions_created_total")
    assert report["counts"]["not_arrived"] > 0


def test_WhenTheServerStops_NoUserWaitsPastItsPatience(start):
    server = start()
    with Running(server, "spike", users=20, ramp_seconds=0.1, timeout_seconds=20, silent_seconds=3600) as running:
        all_stream(server, 20)
        stand_still(server.process)
        report = running.interrupt()
        server.process.send_signal(signal.SIGCONT)
    assert report["counts"]["unanswered_goodbyes_by_reason"] == {"timed out": 20}
    assert report["counts"]["left"] == 0


@pytest.mark.parametrize("arguments,named", [
    (["--target", "http://192.0.2.1:8080"], "--allow-remote"),
    (["--target", "http://0.0.0.0:8080"], "--allow-remote"),
    (["--metrics", "http://192.0.2.1:8081"], "--allow-remote"),
    (["--target", "https://127.0.0.1:8080", "--ca", "/nonexistent.pem"], "--ca: \"/nonexistent.pem\""),
    (["--target", "https://127.0.0.1:8080", "--ca", os.path.abspath(__file__)], "--ca"),
    (["--ca", "/nonexistent.pem"], "--ca: neither --target nor --metrics"),
    (["--users", "0"], "--users"),
    (["--users", "100001"], "--users"),
    (["--users", "20", "--max-sessions", "19"], "--max-sessions"),
    (["--max-seconds", "31"], "--max-seconds"),
    (["--tickers", "AAPL,M SFT"], "M SFT"),
    (["--nope"], "nope"),
    (["stampede"], "stampede"),
    (["--json", "/nonexistent/report.json"], "/nonexistent/report.json"),
])
def test_WhenASettingIsWrong_SaysSoInOneLineAndLoadsNothing(arguments, named):
    assert named in refused(*arguments)


def test_ScenarioOfAFile_IsRun(start, tmp_path):
    server = start()
    file = tmp_path / "mine.toml"
    file.write_text("scenario = 'churn'\nusers = 15\nramp-seconds = 0.1\nhold-seconds = 2\ndrop-seconds = 0\n"
                    "leaving-percent = 0\naborting-percent = 0\nreturning-percent = 0\n", encoding="utf-8")
    status, report, said = load(server, "churn", file=file, users=12)
    assert status == CLEAN, said
    assert report["settings"]["scenario"] == "churn" and report["settings"]["hold-seconds"] == 2
    assert report["counts"]["streams"] == 12


def streams(server):
    return server.metric("tickcast_connections")


@pytest.mark.parametrize("blocked", ["standard output", "the terminal"])
def test_Interrupts_WhenNobodyReads_TheFirstEndsTheRunAndTheSecondAll(start, blocked):
    """A stopped terminal must not hold the run by the progress of each second; the report can
    wait."""
    server = start("--threads", 1, "--feed", "sim?tickers=20&rate=100")
    make = descriptors.full_pipe if blocked == "standard output" else descriptors.stopped_terminal
    writer, reader = make(None)
    outputs = {"stdout": writer, "stderr": subprocess.DEVNULL}
    if blocked == "the terminal":
        outputs = {"stdout": subprocess.DEVNULL, "stderr": writer}
    running = subprocess.Popen(command(server, "spike", users=2, hold_seconds=3600),
                               stdin=subprocess.DEVNULL, **outputs)
    try:
        eventually(lambda: streams(server) == 2, 20)
        time.sleep(2.5)  # seconds of which it says something
        running.send_signal(signal.SIGINT)
        eventually(lambda: streams(server) == 0, 20)
        time.sleep(0.2)
        assert running.poll() is None, "the report waits for its reader"
        running.send_signal(signal.SIGINT)
        assert running.wait(10 * SLACK) == NOT_CLEAN
    finally:
        running.kill()
        os.close(writer)
        os.close(reader)
