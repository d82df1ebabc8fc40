"""The cases themselves: their number, their ids, their table, and what they take UTF-8 to be."""
import collections
import itertools
import re

import pytest

from .cases import CASES
from .table import README, whole
from .utf8_cases import INVALID, UNFINISHED, VALID

LEAST = 300


def test_Cases_AreEnough_AndHaveIdsOfTheirOwn():
    assert len(CASES) >= LEAST
    assert [name for name, count in collections.Counter(case.id for case in CASES).items() if count > 1] == []


def test_Cases_AllDiffer():
    alike = collections.defaultdict(list)
    for case in CASES:
        alike[case.steps].append(case.id)
    assert [ids for ids in alike.values() if len(ids) > 1] == []


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.id)
def test_Case_HasAReason_AndExpectsSomething(case):
    assert re.match(r"(RFC \d+ section )?\d+(\.\d+)*\b|[A-Z]{3}-\d+", case.why), case.why
    assert case.stays_open() or not case.steps[-1].sent


def test_Table_IsUpToDate():
    assert README.read_text(encoding="utf-8") == whole(), "run tests/conformance/websocket/make_table.py"


def refuses(data):
    """Whether these bytes can't become UTF-8, whatever follows, as another decoder judges."""
    for rest in itertools.chain.from_iterable(itertools.product(b"\x80\x8f\x90\x9f\xa0\xbf", repeat=n) for n in range(4)):
        try:
            (data + bytes(rest)).decode("utf-8")
            return False
        except UnicodeDecodeError:
            pass
    return True


@pytest.mark.parametrize("name, good, wrong, rest", INVALID, ids=lambda value: str(value))
def test_Invalid_IsWrongWithThatByte_AndNotBefore(name, good, wrong, rest):
    assert len(wrong) == 1
    assert not refuses(good)
    assert refuses(good + wrong)


@pytest.mark.parametrize("part", UNFINISHED)
def test_Unfinished_CanGoOn_ButNotEnd(part):
    data = bytes.fromhex(part)
    assert not refuses(data)
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")


def test_Valid_HasBothEndsOfEachRowOfTheGrammar():
    """RFC 3629 section 4."""
    ends = (0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x3FFFF, 0x40000,
            0xFFFFF, 0x100000, 0x10FFFF)
    assert set(ends) <= set(VALID)
