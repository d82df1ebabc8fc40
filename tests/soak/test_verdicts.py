"""Each verdict holds for a good run and fails for a bad one."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import verdicts  # noqa: E402

GOOD_GAUGES = [(family, "", 0) for family in verdicts.ZERO] + [(family, "", 7) for family in verdicts.NOT_ZERO]
WINDOW = {"at": 300, "pushed": 100, "delivered": 60, "conflated": 30, "abandoned": 10, "wrong": []}


def test_ZeroGauges_WhenAllAreZero_Holds():
    assert verdicts.zero_gauges(GOOD_GAUGES).held


@pytest.mark.parametrize("family", verdicts.ZERO)
def test_ZeroGauges_WhenOneIsLeft_NamesIt(family):
    found = verdicts.zero_gauges(GOOD_GAUGES + [(family, '{of="it"}', 1)])
    assert not found.held and family + '{of="it"} 1' in found.text


@pytest.mark.parametrize("family", verdicts.ZERO)
def test_ZeroGauges_WhenOneIsMissing_NamesIt(family):
    found = verdicts.zero_gauges([each for each in GOOD_GAUGES if each[0] != family])
    assert not found.held and f"{family} is missing" in found.text


def test_ZeroGauges_WhenOneIsInNoList_NamesIt():
    found = verdicts.zero_gauges(GOOD_GAUGES + [("tickcast_new", "", 0)])
    assert not found.held and "tickcast_new" in found.text


def test_Books_WhenEachTickHasItsFate_Hold():
    found = verdicts.books([WINDOW, WINDOW])
    assert found.held and "200 ticks" in found.text


@pytest.mark.parametrize("change", [
    {"delivered": 59}, {"conflated": 31}, {"abandoned": 0}, {"pushed": 101}, {"wrong": ["not the newest"]},
    {"pushed": 0, "delivered": 0, "conflated": 0, "abandoned": 0}], ids=str)
def test_Books_WhenOneWindowIsWrong_Fail(change):
    assert not verdicts.books([WINDOW, WINDOW | change]).held


def test_Books_WithoutAWindow_Fail():
    assert not verdicts.books([]).held


@pytest.mark.parametrize("created, ended, held", [(5, 5, True), (5, 4, False), (4, 5, False), (0, 0, False)])
def test_Sessions_HoldWhereAllEnded_AndThereWereSome(created, ended, held):
    assert verdicts.sessions(created, ended).held is held


@pytest.mark.parametrize("after, held", [(20, True), (21, False), (19, False)])
def test_SameCount_HoldsWhereItIsTheSame(after, held):
    assert verdicts.same_count("descriptors", 20, after).held is held


def steps(minutes, level):
    """A sample each 10 s; level(minute) in bytes."""
    return [(second, level(second // 60)) for second in range(0, minutes * 60, 10)]


@pytest.mark.parametrize("share, held", [(0, True), (0.04, True), (0.049, True), (0.06, False), (1, False), (-0.2, True)])
def test_Memory_WhenItGrewOverTheRun_HoldsUpToTheShare(share, held):
    samples = steps(30, lambda minute: 1e8 * (1 + (share if minute > 20 else 0)))
    assert verdicts.memory("memory", samples, 30).held is held


def test_Memory_WhenOnlyTheFirstTenMinutesGrow_Holds():
    assert verdicts.memory("memory", steps(30, lambda minute: 1e8 + 1e7 * min(minute, 9)), 30).held


def test_Memory_WhenASingleSampleIsHigh_Holds():
    samples = steps(30, lambda minute: 1e8)
    samples[-3] = (samples[-3][0], 9e8)
    assert verdicts.memory("memory", samples, 30).held


@pytest.mark.parametrize("minutes, held", [(11, None), (12, True)])
def test_Memory_OfAShortRun_IsNotJudged(minutes, held):
    assert verdicts.memory("memory", steps(minutes, lambda minute: 1e8), minutes).held is held


def latencies(minutes, level):
    return {minute: {"p50_ms": level(minute), "p99_ms": 4 * level(minute)} for minute in range(minutes)}


def later(times):
    return lambda minute: 2.0 * (times if minute >= 20 else 1)


@pytest.mark.parametrize("times, held", [(1, True), (1.25, True), (1.4, False), (10, False), (0.1, True)])
def test_Drift_WhenTheLastThirdIsLater_HoldsUpToTheTolerance(times, held):
    assert verdicts.drift(latencies(30, later(times)), 30).held is held


@pytest.mark.parametrize("figure", verdicts.DRIFT)
def test_Drift_WhenOneFigureAloneIsLater_Fails(figure):
    rows = latencies(30, lambda minute: 2.0)
    for minute in range(20, 30):
        rows[minute][figure] *= 4
    assert not verdicts.drift(rows, 30).held


def test_Drift_WhenAFewMinutesAreLater_Holds():
    assert verdicts.drift(latencies(30, lambda minute: 90.0 if minute in (21, 25, 28) else 2.0), 30).held


def test_Drift_WhenAThirdHasNoTicks_Fails():
    assert not verdicts.drift(latencies(20, lambda minute: 2.0), 30).held


@pytest.mark.parametrize("minutes, held", [(11, None), (12, True)])
def test_Drift_OfAShortRun_IsNotJudged(minutes, held):
    assert verdicts.drift(latencies(minutes, lambda minute: 2.0), minutes).held is held


INFO = "2026-01-31T12:00:00.000Z info app: event=tls_loaded not_after=…\n"
WARN = "2026-01-31T12:00:00.000Z warn app: event=paused seconds=1.0\n"
ERROR = "2026-01-31T12:00:00.000Z error net: event=accept_failed port=1\n"


@pytest.mark.parametrize("text, allowed, held", [
    ("", {}, True), (INFO, {}, True), (WARN, {"paused": 1}, True), (WARN, {}, False),
    (WARN * 2, {"paused": 1}, False), (ERROR, {"paused": 9}, False), (ERROR + WARN, {"paused": 1, "accept_failed": 1}, True),
    (INFO + "terminate called\n", {}, False), (ERROR.replace("event=accept_failed", "words"), {"accept_failed": 9}, False)])
def test_Log_HoldsWhereEachWarningAndErrorIsExpected(text, allowed, held):
    assert verdicts.log(text, allowed).held is held


@pytest.mark.parametrize("status, seconds, codes, held", [
    (0, 10, [1001], True), (0, 10.9, [1001, 1001], True), (0, 11.1, [1001], False), (1, 1, [1001], False),
    (None, 60, [1001], False), (-9, 1, [1001], False), (0, 1, [1001, None], False), (0, 1, [], False)])
def test_End_HoldsWhereItCameInTime_WithTheStatus_AndTheCodes(status, seconds, codes, held):
    assert verdicts.end(status, seconds, 10, codes).held is held


@pytest.mark.parametrize("faults, ticks, held", [
    (["it was interrupted"], 1, True), ([], 1, True), (["3 broken rules", "it was interrupted"], 1, False), ([], 0, False)])
def test_Steady_HoldsWhereNothingButTheInterruptIsAFault(faults, ticks, held):
    assert verdicts.steady(faults, ticks).held is held


@pytest.mark.parametrize("done, faults, excused, held", [
    ({"a": 3, "b": 1}, [], {}, True), ({"a": 3, "b": 1}, [], {"a (pause)": 2}, True),
    ({"a": 3}, [], {}, False), ({"a": 3, "b": 0}, [], {}, False),
    ({"a": 3, "b": 1}, [(1.0, "a", "400", 0.5)], {}, False), ({"a": 3, "b": 1}, [], {"a (pause)": 5}, False)])
def test_Deeds_HoldWhereEachKindWasDone_AndNoneFailedWithoutExcuse(done, faults, excused, held):
    assert verdicts.deeds(done, ["a", "b"], faults, excused).held is held


LOGGED = "2026-01-31T12:00:10.000Z warn app: event=paused seconds=3.000 left_out=0\n"
NOON = 1769860800.0


def test_LoggedPauses_AreThoseOfTheLog():
    assert verdicts.logged_pauses(INFO + LOGGED + ERROR, NOON) == [(10.0, 3.0)]


@pytest.mark.parametrize("woke, held", [([], False), ([-2], False), ([3], False), ([7.5], True)])
def test_End_AfterAPauseWithinIt_HasFiveSecondsMore(woke, held):
    assert verdicts.end(0, 12.5, 10, [1001], woke).held is held


def test_ExcusedSpans_OfPausesThatFollowEachOther_AddUp():
    ends = [end - verdicts.TROUBLE_SLACK for _, end in verdicts.excused_spans([(10, 3), (12, 1.5), (20, 0.2)])]
    assert ends == [13, 12 + 3 - 0.5 + 1.5, 21]


@pytest.mark.parametrize("began, at, stands", [(1, 6, True), (1, 8, False), (9, 9, False), (14, 20, False), (16, 20, True)])
def test_Excuse_HoldsForWhatMeetsAPause(began, at, stands):
    fault = (at, "it", "TimeoutError", began)
    left, excused = verdicts.excuse([fault], verdicts.logged_pauses(LOGGED, NOON))
    assert (left, sum(excused.values())) == (([fault], 0) if stands else ([], 1))


def test_Excuse_DoesNotHoldForABrokenPromise():
    fault = (9, "it", "broken: n 4 after 5", None)
    assert verdicts.excuse([fault], [(100, 100)]) == ([fault], {})
