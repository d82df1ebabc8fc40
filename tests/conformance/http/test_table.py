"""The cases as a whole, and the table of them."""
import collections
import re

import pytest

from .case import CHUNKED, SESSION, SMUGGLED, STATEMENTS, STATUS_OF, Then, chunks, post
from .cases import ALL, SUBJECTS
from .table import COMMAND, PAGE, page, shortened

LEAST = 200
SOURCE = re.compile(r"RFC (9110|9112|9113|3986|6585|8259) [\w.]+(, [\w.]+)*|[A-Z]{3}-\d+")


def test_Cases_AreEnough_AndEachHasAnIdOfItsOwn():
    assert len(ALL) >= LEAST
    counts = collections.Counter(case.id for case in ALL)
    assert [id for id, times in counts.items() if times > 1] == []
    assert all(re.fullmatch(r"[a-z0-9.-]+", id) for id in counts)


def test_Cases_AreDistinct_ByBytesOrByListener():
    counts = collections.Counter((case.sent, listener) for case in ALL for listener in case.listeners)
    assert [key for key, times in counts.items() if times > 1] == []


def test_Cases_OfEverySubject_AreThere():
    assert [subject for subject, cases in SUBJECTS.items() if not cases] == []


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_Case_SaysWhyAndWhere(case):
    assert case.why and case.source
    assert all(SOURCE.fullmatch(source) for source in case.source.split("; ")), case.source
    assert case.answers or case.then is Then.CLOSED
    for expected in case.answers:
        assert {STATUS_OF[code] for code in expected.code} <= set(expected.statuses)


def test_Sources_AreStatementsOfTheContract_ThatTheTestsName():
    """`contract:` above the tests has the statements by which a case expects what it does."""
    cited = {word for case in ALL for word in re.findall(r"[A-Z]{3}-\d+", case.source)}
    named = {word for path in PAGE.parent.glob("test_*.py")
             for line in re.findall(r"^# contract: (.*)$", path.read_text(encoding="utf-8"), re.M)
             for word in line.split()}
    assert cited <= set(STATEMENTS)
    assert cited <= named


def test_Table_IsThatOfTheCases():
    assert PAGE.read_text(encoding="utf-8") == page(), f"run {COMMAND}"


def test_Table_WhereBytesRepeat_SaysHowOften():
    assert shortened(b"a" * 30 + b"\r\n") == r"{a}*30\r\n"
    assert shortened(b"X: y\r\n" * 2000) == r"{X: y\r\n}*2000"
    assert shortened(b"00" + SMUGGLED + b"|") == "00⟨hidden⟩|"
    assert shortened(b"a\xff\"'") == "a\\xff\"'"


def test_Builders_GiveTheBytesOfHttp():
    assert post(CHUNKED, body=chunks(SESSION)) == (
        b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        b'11\r\n{"tickers":["A"]}\r\n0\r\n\r\n')
