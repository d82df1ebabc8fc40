"""tickcast-load against servers that break rules: it sees that, follows the contract's rule, and
ends."""
import signal
import threading
import time

import pytest

from support.fake_server import PING, FakeServer, metrics
from support.harness import OVER_TLS, SLACK, eventually, stand_still
from support.load_generator import CLEAN, NOT_CLEAN, Running, all_stream, load

pytestmark = pytest.mark.skipif(OVER_TLS, reason="over TLS it has tests of its own")


def run(server, users=1, **settings):
    """One short run against a fake, with the fake's tickers given."""
    return load(server, "spike", **{"users": users, "ramp_seconds": 0.1, "hold_seconds": 1.5, "drop_seconds": 0,
                                    "tickers": ",".join(server.tickers), **settings})


class NeverFin(FakeServer):
    """Says goodbye and closes, and keeps the connection: when a user of a second's patience is past
    that."""
    closed = answered = 0

    def stream(self, connection, session_id, number):
        self.snapshot(connection, session_id)
        time.sleep(1.2)
        connection.say(type="goodbye", code="draining", detail="d", reconnect_in_ms=3600000)
        connection.close(1001)  # fails where the client is gone
        with self.lock:
            self.closed += 1
        connection.socket.recv(65536)
        with self.lock:
            self.answered += 1
        connection.drain()


class NeverFinAfterGoodbye(FakeServer):
    """Answers the client's goodbye, and keeps the connection."""

    def stream(self, connection, session_id, number):
        super().stream(connection, session_id, number)
        connection.drain()


def test_WhenAServerClosesWithoutFin_TheRunEndsAndIsNotClean():
    with NeverFin() as server:
        status, report, said = run(server, users=5, hold_seconds=3, timeout_seconds=1, timeout=30)
    assert status == NOT_CLEAN, said
    assert report["counts"]["unexpected_closes_by_reason"] == {"1001 without FIN": 5}


def test_WhenInterruptedAndNoFinComes_TheRunEnds():
    with NeverFin() as server:
        with Running(server, "spike", users=3, ramp_seconds=0.1, tickers="AAA", timeout_seconds=1) as running:
            eventually(lambda: server.answered == 3)
            report = running.interrupt()
    assert report["counts"]["unexpected_closes_by_reason"] == {"1001 without FIN": 3}


def test_WhenAGoodbyeIsAnsweredWithoutFin_IsNotAnswered():
    with NeverFinAfterGoodbye() as server:
        status, report, _ = run(server, users=2, timeout_seconds=1, timeout=30)
    assert status == NOT_CLEAN
    assert report["counts"]["unanswered_goodbyes_by_reason"] == {"no FIN": 2}
    assert report["counts"]["left"] == 0


class OnlyPings(FakeServer):
    def stream(self, connection, session_id, number):
        self.snapshot(connection, session_id)
        connection.socket.settimeout(0.2)
        while True:
            connection.frame(PING)
            try:
                frame = connection.socket.recv(65536)
            except TimeoutError:
                continue
            if not frame or b"\x88\x82" in frame:  # beside pongs, perhaps
                return connection.close(1000)


def test_WhenOnlyPingsCome_AStreamIsSilent():
    with OnlyPings() as server:
        status, report, _ = run(server, users=2, hold_seconds=4, silent_seconds=1)
    assert status == NOT_CLEAN
    assert report["counts"]["frames"] > 20
    assert report["faults"] == ["2 silent streams"]


class ClosesOnce(FakeServer):
    """The first stream is closed with 1001 and a time to come back."""
    wait_ms = 1100

    def stream(self, connection, session_id, number):
        if number > 0:
            return super().stream(connection, session_id, number)
        self.snapshot(connection, session_id)
        connection.say(type="goodbye", code="draining", detail="d", reconnect_in_ms=self.wait_ms)
        connection.close(1001)
        return connection.socket.recv(65536)


# contract: CLI-1
def test_WhenAGoodbyeSaysWhen_TheUserComesBackThen():
    with ClosesOnce() as server:
        _, report, _ = run(server, hold_seconds=3)
        first, second = server.times_of(next(path for _, _, path in server.asked if "stream" in path))
    # Its own back-off would be at most half a second.
    assert second - first >= server.wait_ms / 1000 - 0.01
    assert report["counts"]["unexpected_closes_by_reason"] == {"1001": 1}
    assert report["counts"]["returned"] == 1
    # A return counts from when it was due.
    assert report["latencies"]["comeback"]["max_us"] < 1e6 * SLACK


class RefusesOnce(FakeServer):
    def create(self, connection, number, tickers):
        if number > 0:
            return super().create(connection, number, tickers)
        return connection.answer(503, "{}", Retry_After=1)


def test_WhenARefusalSaysWhen_TheUserTriesAgainThenAndIsWaitedForSinceTheFirst():
    with RefusesOnce() as server:
        _, report, _ = run(server, hold_seconds=3)
        first, second = server.times_of("/v1/sessions")
    assert second - first >= 0.99
    assert report["counts"]["failed_creations_by_reason"] == {"503": 1}
    for name in ("creation", "snapshot"):
        assert report["latencies"][name]["count"] == 1
        assert report["latencies"][name]["max_us"] > 990000, name


class RefusesTheFirstUpgrade(FakeServer):
    def refuse_upgrade(self, number):
        return (503, {"Retry_After": 1}) if number == 0 else None


def test_WhenAnUpgradeIsRefused_TheWaitIsOneForTheSnapshotAllTheSame():
    with RefusesTheFirstUpgrade() as server:
        _, report, _ = run(server, hold_seconds=3)
    assert report["counts"]["failed_streams_by_reason"] == {"503": 1}
    assert report["latencies"]["snapshot"]["count"] == 1
    assert report["latencies"]["snapshot"]["max_us"] > 990000
    assert report["counts"]["returned"] == report["latencies"]["comeback"]["count"] == 0


class Deletes(FakeServer):
    def stream(self, connection, session_id, number):
        self.snapshot(connection, session_id)
        connection.say(type="goodbye", code="deleted", detail="d")
        connection.close(4000)


# contract: CLI-3
def test_WhenAReturningUserIsTold4000_ItStaysAway():
    with Deletes() as server:
        _, report, _ = run(server, hold_seconds=3, returning_percent=100, stay_seconds=0.5, pause_seconds=0.1)
        asked = [path for _, _, path in server.asked if path.startswith(("/v1/stream/", "/v1/sessions"))]
    assert report["counts"]["unexpected_closes_by_reason"] == {"4000": 1}
    assert len(asked) == 2, asked


def test_WhenAUserAbortsAStreamThatTheServerClosed_TheServersCodeCounts():
    with NeverFin() as server:
        _, report, _ = run(server, users=5, hold_seconds=5, aborting_percent=100, stay_seconds=3, timeout_seconds=10,
                           timeout=60)
    assert server.closed > 3
    # One might have gone in that moment.
    assert report["counts"]["unexpected_closes_by_reason"]["1001 without FIN"] >= server.closed - 1


class Refuses(FakeServer):
    def create(self, connection, number, tickers):
        connection.answer(422, "{}")


def test_WhenARequestIsCalledWrong_ItIsNotMadeAgain():
    with Refuses() as server:
        _, report, _ = run(server, hold_seconds=3)
    assert report["counts"]["failed_creations_by_reason"] == {"422": 1}
    assert report["counts"]["new_attempts"] == 0


class CreatesLate(FakeServer):
    """The first session is made only after the drop has begun."""

    def __init__(self):
        self.go_on = threading.Event()
        super().__init__()

    def create(self, connection, number, tickers):
        if number == 0:
            self.go_on.wait(30)
        super().create(connection, number, tickers)

    def answer_once_some_left(self):
        """By then the drop has begun: no user leaves before."""
        eventually(lambda: sum(thread.is_alive() for thread in self.threads[1:]) == 1, timeout=20)
        self.go_on.set()


def test_WhenAUserIsStillComingAsTheDropBegins_IsNotClean():
    with CreatesLate() as server:
        def release():
            eventually(lambda: len(server.threads) == 1 + 3)
            server.answer_once_some_left()
        releasing = threading.Thread(target=release)
        releasing.start()
        status, report, _ = run(server, users=3, hold_seconds=2)
        releasing.join()
    assert status == NOT_CLEAN
    assert report["faults"] == ["1 users not streaming when the drop began"]
    assert report["counts"]["left"] == report["counts"]["streams"] == 3


class NeverCreates(FakeServer):
    def create(self, connection, number, tickers):
        connection.drain()


def test_WhenNothingIsAnswered_SuccessorsComeAllTheSame():
    with NeverCreates() as server:
        _, report, _ = run(server, hold_seconds=4, leaving_percent=100, stay_seconds=0.2, timeout_seconds=3)
    counts = report["counts"]
    assert counts["sessions_asked_for"] >= 10
    assert counts["failed_creations_by_reason"] == {"timed out": counts["sessions_asked_for"]}


def tick(n, s="AAA", t=None):
    return {"s": s, "p": 1, "t": t or int(time.time() * 1e6), "n": n}


def ticks(*some):
    return {"type": "ticks", "ticks": list(some)}


WRONG = {
    "a ticker twice in a frame": [ticks(tick(1, t=5), tick(2, t=6))],
    "n does not go up": [ticks(tick(2)), ticks(tick(2))],
    "t goes back": [ticks(tick(1, t=9)), ticks(tick(2, t=8))],
    "an error that answers nothing": [{"type": "error", "op": "x", "code": "unknown_op", "detail": "d"}],
    "a message without a type": [{"t": 1}],
    "a tick of a ticker that was not asked for": [ticks(tick(1, s="CCC"))],
    "a malformed ticks frame": [ticks()],
    "a second snapshot": [{"type": "snapshot", "tickers": [], "quotes": []}],
    "a goodbye with a wait that is no number": [{"type": "goodbye", "code": "draining", "reconnect_in_ms": "1"}],
}
OTHER_TICKERS = [["AAA"], ["AAA", "AAA"], ["AAA", "CCC"], ["AAA", "BBB", "CCC"]]
IGNORED = [{"type": "novelty", "ticks": 3}, {**ticks(tick(1), tick(1, s="BBB")), "more": 1}, ticks(tick(3))]


class SaysWrong(FakeServer):
    """Each session gets one wrong message; the last one only right messages or ones to be
    ignored."""
    tickers = ("AAA", "BBB")
    # Faults in the snapshot, and faults in the messages behind it.
    said = ([({}, messages) for messages in WRONG.values()] +
            [({"tickers": names}, []) for names in OTHER_TICKERS] +
            [({"epoch": ""}, []), ({}, IGNORED)])

    def stream(self, connection, session_id, number):
        changes, messages = self.said[int(session_id.removeprefix("session"))]
        self.snapshot(connection, session_id, **changes)
        for message in messages:
            connection.say(**message)
        connection.answer_goodbye()


def test_WhenAServerBreaksTheContract_EachRuleIsNamed():
    users = len(SaysWrong.said)
    with SaysWrong() as server:
        status, report, said = run(server, users=users)
    assert status == NOT_CLEAN
    found = [violation.partition(": ")[2] for violation in report["counts"]["violations"]]
    snapshots = {"a snapshot of other tickers than were asked for", "a snapshot without an epoch"}
    assert set(found) == snapshots | set(WRONG), said
    assert report["counts"]["broken_rules"] == len(found) >= users - 1
    # Unknown messages are ignored: that one user streamed, and left.
    assert report["counts"]["left"] == 1
    assert report["counts"]["unexpected_closes_by_reason"].keys() == {"1006 broke a rule"}


class NewEpoch(ClosesOnce):
    wait_ms = 100

    def snapshot(self, connection, session_id, **changes):
        count = len(self.times_of(f"/v1/stream/{session_id}"))
        super().snapshot(connection, session_id, epoch=f"e{count}", **changes)


def test_WhenASessionReturnsInAnotherEpoch_ARuleIsBroken():
    with NewEpoch() as server:
        _, report, _ = run(server)
    assert "a session in another epoch than before" in report["counts"]["violations"][0]


class FromTheFuture(FakeServer):
    def stream(self, connection, session_id, number):
        self.snapshot(connection, session_id)
        for n in range(1, 4):
            connection.say(**ticks(tick(n, t=int(time.time() * 1e6) + 3600000000 + n)))
        connection.answer_goodbye()


def test_WhenTicksComeFromTheFuture_ItIsWarnedOf():
    with FromTheFuture() as server:
        status, report, said = run(server)
    assert status == CLEAN, said
    assert report["counts"]["frames_from_the_future"] == 3
    assert any(warning.startswith("3 frames had ticks from over 5 ms in the future") for warning in report["warnings"])
    assert "WARNING: 3 frames" in said


class Gauges(FakeServer):
    """The generator's target and metrics in one: scrapes answered in turn, the last one forever."""

    def __init__(self, *scrapes):
        self.scrapes = scrapes
        super().__init__()

    @property
    def admin(self):
        return self.public

    def get(self, path, number):
        return self.scrapes[min(number, len(self.scrapes) - 1)]


def watched(*scrapes):
    with Gauges(*scrapes) as server:
        return run(server, metrics=f"http://127.0.0.1:{server.public[1]}", settle_seconds=2)


def test_WhenOneGaugeStaysAsAnotherFalls_TheServerIsNotBack():
    status, report, _ = watched((200, metrics(sessions=5)), (200, metrics(connections=3)))
    assert status == NOT_CLEAN
    assert report["faults"] == ["the server holds 0 sessions, 3 connections and 0 subscriptions after 2 s"]
    assert report["server"]["settled_after"] is None and not report["server"]["back_at_zero"]


def test_WhenTheServerWasNotAtZero_NoReportSaysThatItIsBackThere():
    status, report, said = watched((200, metrics(sessions=5)))
    assert status == CLEAN, said
    assert "WARNING: before the run the server was not at zero, but held 5 sessions" in said
    assert report["server"]["settled_after"] is not None and not report["server"]["back_at_zero"]
    assert "back at zero" not in said


def test_WhenAScrapeFails_ItIsWarnedOf():
    status, report, said = watched((200, metrics()), (200, metrics()), (500, "no"), (200, metrics()))
    assert status == CLEAN, said
    assert report["server"]["back_at_zero"] and report["server"]["failed_scrapes"] == 1
    assert "WARNING: 1 times the server's /metrics could not be read" in said


def test_WhenNobodyListens_ItSaysSo():
    with FakeServer() as gone:
        pass
    _, report, _ = run(gone)
    assert report["counts"]["failed_creations_by_reason"].keys() == {"Connection refused"}


class AnswersLate(FakeServer):
    def stream(self, connection, session_id, number):
        self.snapshot(connection, session_id)
        if connection.socket.recv(65536):
            time.sleep(0.5)
            connection.close(1000)


def test_WhenThePlanTakesAllOfMaxSeconds_GoodbyesMayFollow():
    with AnswersLate() as server:
        status, report, said = run(server, users=3, ramp_seconds=0.1, hold_seconds=1.5, max_seconds=1.6)
    assert status == CLEAN, said
    assert report["seconds"] > 2
    assert report["counts"]["cut_at_max_seconds"] == 0


def test_WhenHeldUpPastMaxSeconds_CutsWhoIsLeft(start):
    server = start()
    with Running(server, "spike", users=10, ramp_seconds=0.1, hold_seconds=5, drop_seconds=1,
                 max_seconds=6.1, timeout_seconds=1) as running:
        all_stream(server, 10)
        stand_still(running.process)
        stopped = time.monotonic()
        eventually(lambda: time.monotonic() > stopped + 7.2, timeout=20)
        running.process.send_signal(signal.SIGCONT)
        report = running.result()
    assert "it came to --max-seconds, and 10 users were cut" in report["faults"]
    assert report["counts"]["left"] == 0


def test_TickersNamedTwiceAndInLowerCase_AreOne(start):
    status, report, said = load(start(), "spike", users=5, ramp_seconds=0.1, hold_seconds=1.5, drop_seconds=0,
                                tickers="aapl,AAPL,msft", tickers_per_user=3)
    assert status == CLEAN, said
    assert report["counts"]["ticks"] > 0
