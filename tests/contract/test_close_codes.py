"""The table of protocol/close_code.hpp, and each list of close codes elsewhere, against
docs/CONTRACT.md."""
import re

import pytest
import yaml

import contract_page
from contract_coverage import ROOT
from contract_page import LOST, STATEMENTS, client_rule, close_codes, codes_in, goodbyes

TABLE = (ROOT / "include/tickcast/protocol/close_code.hpp").read_text(encoding="utf-8")
NUMBERS = {name: int(number) for name, number in re.findall(r"^    (\w+) = (\d+),", TABLE, re.M)}
ROWS = {NUMBERS[name]: facts for name, facts in
        re.findall(r"CloseRow\{\s*\.value = CloseCode::(\w+)(.*?)(?=CloseRow\{|\n\};)", TABLE, re.S)}
# The contract says nothing of a client whose stream ended as it should.
ORDERLY = {1000}
# The session of such a stream is gone, or streams elsewhere, before the stream ends.
AFTER_THE_SESSION = {4000, 4001}


def of_table(pattern, default=None):
    """What the pattern finds in the row of each code; codes of which it finds nothing have the
    default, and are left out if there is none."""
    found = {code: (re.findall(pattern, facts, re.S) or [default])[0] for code, facts in ROWS.items()}
    return {code: fact for code, fact in found.items() if fact is not None}


def rule_of_table():
    then = of_table(r"ClientThen::(\w+)", "stays_away")
    return {rule: {code for code in then if then[code] == rule} for rule in set(then.values())}


def codes_of(path, pattern):
    """The codes in the text that `pattern` finds in the file."""
    (found,) = re.findall(pattern, (ROOT / path).read_text(encoding="utf-8"), re.S)
    return codes_in(found)


# The table.
# contract: END-11..17 END-19..22
def test_Table_HasARowForEachCode():
    assert len(NUMBERS) >= 13
    assert set(ROWS) == set(NUMBERS.values()) == close_codes() | {LOST}


# contract: CLI-1..3
def test_Table_HasTheClientsRule():
    rule = client_rule()
    assert rule_of_table() == rule | {"stays_away": rule["stays_away"] | ORDERLY}


# contract: MSG-18
def test_Table_HasTheGoodbyes():
    assert of_table(r'\.goodbye = \{\s*"(\w+)"') == goodbyes()


# contract: END-1
def test_Table_EndsTheSession_WhereItIsNotDetached():
    ends = set(of_table(r"\.ends_session = SessionEnd::(\w+)"))
    (without,) = re.findall(r"any end but (.*?) and expiry", STATEMENTS["END-1"])
    assert ends == codes_in(without) - AFTER_THE_SESSION


# The other statements.
# contract: MSG-8 MSG-20 MET-21
def test_Statements_OfCloseCodes_AgreeWithEachOther():
    assert codes_in(STATEMENTS["MSG-8"]) == set(goodbyes())
    assert codes_in(STATEMENTS["MSG-20"]) == set(goodbyes()) - client_rule()["stays_away"]
    assert contract_page.counted_closes() == close_codes() | {LOST}


# contract: DOC-1
def test_AsyncApi_HasTheSameCodesGoodbyesAndRule():
    tree = yaml.safe_load((ROOT / "docs/asyncapi.yaml").read_text(encoding="utf-8"))
    (channel,) = tree["channels"].values()
    assert set(channel["x-close-codes"]) == close_codes()
    schemas = [each["$ref"].rsplit("/", 1)[1] for each in tree["components"]["schemas"]["Goodbye"]["oneOf"]]
    for name in schemas:
        schema = tree["components"]["schemas"][name]
        said = schema["properties"]["code"]["enum"]
        assert {goodbyes()[code] for code in codes_in(schema["description"])} == set(said), name
    text = " ".join(tree["info"]["description"].split())
    (rule,) = re.findall(r"A client's rule: come back (.*?); make a new session (.*?); stay away (.*?\.) ", text)
    assert dict(zip(("returns", "renews", "stays_away"), map(codes_in, rule))) == client_rule()
    (said,) = re.findall(r"`goodbye` with the reason comes before a close with (.*?)\.", text)
    assert codes_in(said) == set(goodbyes())


# The clients.
RETURNS, RENEWS, STAYS_AWAY = (client_rule()[each] for each in ("returns", "renews", "stays_away"))


# contract: CLI-1..3
@pytest.mark.parametrize("path, pattern, stated", [
    ("web/client/src/rules.js", r"const stayAway = new Map\(\[(.*?)\]\);", STAYS_AWAY),
    ("web/client/src/rules.js", r"const renew = new Set\(\[(.*?)\]\);", RENEWS),
    ("web/client/src/rules.js", r"const goodbyeCodes = new Map\(\[(.*?)\]\);", set(goodbyes())),
    ("loadtest/lib/close_rule.js", r"const comeBack = \[(.*?)\];", RETURNS),
    ("loadtest/lib/close_rule.js", r"const renew = \[(.*?)\];", RENEWS),
    ("loadtest/lib/close_rule.js", r"const closeLabels = \[(.*?)\];", close_codes() | {LOST}),
    ("loadtest/generator/worker_steps.cpp", r"kStayAway\s=\s.*?\(\{(.*?)\}\);", STAYS_AWAY),
    ("loadtest/generator/worker_steps.cpp", r"kRenew\s=\s.*?\(\{(.*?)\}\);", RENEWS),
    ("docs/CLIENTS.md", r"STAY_AWAY = \{(.*?)\}", STAYS_AWAY),
    ("docs/CLIENTS.md", r"RENEW = \{(.*?)\}", RENEWS),
    ("docs/CLIENTS.md", r"close code\. With SSE the `goodbye` event's `code` (.*?); without", set(goodbyes())),
    ("docs/CLIENTS.md", r"Come back to the same ID on (.*?)\. Make", RETURNS),
    ("docs/CLIENTS.md", r"Make a\s+new session on (.*?)\.", RENEWS),
    ("docs/CLIENTS.md", r"Stay away on (.*?), and", STAYS_AWAY),
])
def test_Client_HasTheCodesOfTheRule(path, pattern, stated):
    assert codes_of(path, pattern) == stated


def test_Goodbyes_OfTheWebClientAndInWords_HaveTheirCodes():
    for path, pattern in (("web/client/src/rules.js", r"\['(\w+)', (\d{4})\]"),
                          ("docs/CLIENTS.md", r"`(\w+)`\s+(\d{4})\b")):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert {int(code): said for said, code in re.findall(pattern, text)} == goodbyes(), path
