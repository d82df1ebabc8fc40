"""When the comparison with the floor complains."""
import pytest

from fan_out_ratio import LOADS, wrong
import bench
import verdict


def found(cpu, ticks=1000, clean=True, busy=0.5):
    """Three rounds, compared; the floor takes 2 us a tick and delivers 1,000/s."""
    floor = {"cpu_us_per_tick": 2, "ticks_per_s": 1000, "clean": True, "server_busy": 0.4, "generator_busy": 0.4, "server_system": 1,
             "frames_per_s": 1000, "ticks_per_frame": 1, "p50_ms": 1, "p99_ms": 1}
    ours = [{**floor, "cpu_us_per_tick": each, "ticks_per_s": ticks, "clean": clean, "server_busy": busy} for each in cpu]
    return verdict.compare(ours, [floor] * 3)


@pytest.mark.parametrize("cpu", [[3.19] * 3, [3.2] * 3, [1, 3.2, 9]])
def test_Wrong_WhenTheMedianIsUpToTheLimit_IsNothing(cpu):
    assert wrong(found(cpu)) is None


@pytest.mark.parametrize("cpu", [[3.21] * 3, [1, 3.21, 9]])
def test_Wrong_WhenTheMedianIsAboveTheLimit_SaysBoth(cpu):
    assert wrong(found(cpu)).startswith("1.6") and "at most 1.6" in wrong(found(cpu))


@pytest.mark.parametrize("ticks, allowed", [(949, False), (950, True), (1000, True)])
def test_Wrong_WhenLessIsDelivered_CheapTicksCountForNothing(ticks, allowed):
    assert (wrong(found([1] * 3, ticks)) is None) is allowed


def test_Wrong_WhenStreamsWereCut_SaysSo():
    assert "cut" in wrong(found([1] * 3, clean=False))


@pytest.mark.parametrize("busy, counts", [(0.89, True), (0.9, False), (1, False)])
def test_Wrong_WhenAProcessorIsFull_CpuDoesNotCount(busy, counts):
    assert (wrong(found([9] * 3, busy=busy)) is not None) is counts


def test_Loads_AreThoseOfTheBench():
    assert set(LOADS) <= {load.key for load in bench.SCENARIOS}
