"""Each list of close codes written by hand, against the table of protocol/close_code.hpp."""
import pathlib
import re

from support import documents
from support.metrics_text import CLOSES

ROOT = pathlib.Path(__file__).resolve().parents[3]
TABLE = (ROOT / "include/tickcast/protocol/close_code.hpp").read_text(encoding="utf-8")
NUMBERS = {name: int(number) for name, number in re.findall(r"^    (\w+) = (\d+),", TABLE, re.M)}
ROWS = {NUMBERS[name]: facts for name, facts in
        re.findall(r"CloseRow\{\s*\.value = CloseCode::(\w+)(.*?)(?=CloseRow\{|\n\};)", TABLE, re.S)}
NEVER_SENT = {1006}
# The contract says nothing of a client whose stream ended as it should.
ORDERLY = {1000}


def after(then):
    """The codes after which the client has to do that."""
    return {code for code, facts in ROWS.items()
            if (re.findall(r"ClientThen::(\w+)", facts) or ["stays_away"]) == [then]}


def numbers_in(path, pattern):
    """The codes in the text that `pattern` finds in the file."""
    text = (ROOT / path).read_text(encoding="utf-8")
    (found,) = re.findall(pattern, text, re.S)
    return {int(number) for number in re.findall(r"\b\d{4}\b", found)}


def test_CloseCodes_TheTableHasARowForEachCode():
    assert len(NUMBERS) >= 13
    assert set(ROWS) == set(NUMBERS.values())
    assert after("stays_away") | after("returns") | after("renews") == set(ROWS)


def test_CloseCodes_OfAsyncApi_AreThoseOfTheTable():
    assert set(documents.CLOSE_CODES) == set(ROWS) - NEVER_SENT


def test_CloseCodes_Goodbyes_AreThoseOfTheTable():
    said = {code: reason for code, facts in ROWS.items()
            for reason in re.findall(r'\.goodbye = \{"(\w+)"', facts)}
    assert documents.GOODBYES == said


def test_CloseCodes_OfTheMetrics_AreThoseOfTheTable():
    assert sorted(map(int, CLOSES)) == sorted(ROWS)


def test_CloseCodes_OfTheWebClient_FollowTheTable():
    rules = "web/client/src/rules.js"
    assert numbers_in(rules, r"const stayAway = new Map\(\[(.*?)\]\);") == after("stays_away") - ORDERLY
    assert numbers_in(rules, r"const renewCode = (\d+);") == after("renews")
    assert numbers_in(rules, r"const goodbyeCodes = new Map\(\[(.*?)\]\);") == set(documents.GOODBYES)


def test_CloseCodes_OfTheK6Scripts_FollowTheTable():
    rule = "loadtest/lib/close_rule.js"
    assert numbers_in(rule, r"const comeBack = \[(.*?)\];") == after("returns")
    assert numbers_in(rule, r"const renew = \[(.*?)\];") == after("renews")
    assert numbers_in(rule, r"const closeLabels = \[(.*?)\];") == set(ROWS)


def test_CloseCodes_OfTheLoadGenerator_FollowTheTable():
    steps = "loadtest/generator/worker_steps.cpp"
    assert numbers_in(steps, r"kStayAway\{(.*?)\};") == after("stays_away") - ORDERLY
    assert numbers_in(steps, r"kSessionTooOld = (\d+);") == after("renews")
