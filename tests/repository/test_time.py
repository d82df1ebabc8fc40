"""The server has its time from one place, which the tests' clocks stand in for."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
READS = re.compile(r"_clock::now\(|gettimeofday|\btime\((?:nullptr|NULL|0)\)")


def test_ClocksOfTheSystem_AreReadInOneFile():
    files = [path for folder in ("include", "src") for path in (ROOT / folder).rglob("*.?pp")]
    readers = {str(path.relative_to(ROOT)) for path in files if READS.search(path.read_text(encoding="utf-8"))}
    assert readers == {"include/tickcast/base/clock.hpp"}
