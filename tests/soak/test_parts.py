"""The parts of the soak that can be shown to work without a server."""
import pathlib
import random
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

import deeds  # noqa: E402
import plot  # noqa: E402
import steady  # noqa: E402
import streams  # noqa: E402
import troubles  # noqa: E402
import verdicts  # noqa: E402

SNAPSHOT = {"type": "snapshot", "session_id": "it", "tickers": ["A", "B"], "quotes": [{"s": "A", "n": 5}]}


def ticks(*pairs):
    return {"type": "ticks", "ticks": [{"s": name, "n": n} for name, n in pairs]}


def checked(*messages):
    check = streams.TickCheck("it")
    for message in messages:
        check.note(message)
    return check


def test_TickCheck_OfARightStream_CountsTicksAndGaps():
    check = checked(SNAPSHOT, ticks(("A", 6), ("B", 1)), ticks(("A", 9)))
    assert (check.received, check.gaps, check.newest) == (3, 2, {"A": 9, "B": 1})


@pytest.mark.parametrize("messages", [
    [ticks(("A", 6))], [SNAPSHOT | {"session_id": "another"}], [SNAPSHOT, ticks(("A", 5))],
    [SNAPSHOT, ticks(("A", 7)), ticks(("A", 6))], [SNAPSHOT, ticks(("C", 1))],
    [SNAPSHOT, {"type": "subscribed", "tickers": ["B"]}, ticks(("A", 6))]], ids=str)
def test_TickCheck_OfAWrongStream_SaysThatItIsBroken(messages):
    with pytest.raises(streams.Broken):
        checked(*messages)


def test_Schedule_OfTheSameSeed_IsTheSame():
    first, again, other = (troubles.schedule(random.Random(seed), 60, 600) for seed in (1, 1, 2))
    assert first == again != other


def test_Schedule_EachCycle_HasEachTrouble_SoOftenAsItSays():
    plan = troubles.schedule(random.Random(3), 60, 600)
    for cycle in range(9):
        names = [name for at, name in plan if 3 + cycle * 60 <= at < 63 + cycle * 60]
        assert sorted(names) == sorted(name for name, (times, _) in troubles.TROUBLES.items() for _ in range(times))


def test_Schedule_OfHalfAMinute_HasEachTroubleTwice():
    plan = troubles.schedule(random.Random(3), (36 - 3) / 2, 36)
    assert {name for _, name in plan} == set(troubles.TROUBLES)
    assert len(plan) == 2 * sum(times for times, _ in troubles.TROUBLES.values())


def test_Deeds_HaveAWeight_AndSayWhatTheyAre():
    deeds.load_all()
    assert len(deeds.DEEDS) > 20
    assert all(weight > 0 for weight, _ in deeds.DEEDS.values())


def test_ByMinute_TakesMediansOfSeconds_AndLeavesOutThoseWithoutTicks():
    rows = [{"at": at, "ticks": 10, "streaming": 1, "quote_p50_us": 1000 + at, "quote_p99_us": 5000, "own_waiting": 0}
            for at in range(3, 123)]
    rows[5]["quote_p99_us"] = 90000
    rows.append({"at": 124, "ticks": 0, "streaming": 1, "quote_p50_us": 0, "quote_p99_us": 0, "own_waiting": 0})
    found = steady.by_minute({"over_time": rows}, -3)
    assert {minute: row["ticks"] for minute, row in found.items()} == {0: 600, 1: 600}
    assert (found[0]["p99_ms"], found[0]["worst_ms"], found[1]["p50_ms"]) == (5, 90, 1.0925)


def test_Plot_KeepsEveryPointInItsPanel():
    text = plot.panel("it", {"a": [(0, 0), (5, 7), (10, 3)]}, 10, 0, 0)
    points = text.split('points="')[1].split('"')[0].split()
    assert all(0 <= float(x) <= plot.WIDTH and 0 <= float(y) <= plot.HEIGHT
               for x, y in (point.split(",") for point in points))


def test_Lists_OfGauges_HaveNoneTwice():
    assert not set(verdicts.ZERO) & set(verdicts.NOT_ZERO)
