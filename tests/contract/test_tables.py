"""The tables of docs/CONTRACT.md agree with the other documents and with the list of metrics."""
import re

import pytest
import yaml

import contract_page
from contract_coverage import ROOT
from contract_page import families, rows


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def document(name):
    return yaml.safe_load(text_of(f"docs/{name}"))


def members(tree, name):
    """Each value that `name` has anywhere in the tree."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if key == name:
            yield value
        if isinstance(value, (dict, list)):
            yield from members(value, name)


def test_Settings_AreThoseOfTheReadme():
    readme = re.findall(r"^\| (`--[\w-]+`) \| (.*?) \|", text_of("README.md"), re.M)
    assert [(name, default) for name, default, _ in rows("SET")] == readme


# contract: SET-12..50
def test_Settings_EachRowOfTheTable_HasTheMemberOfItsName():
    members = re.findall(r'Setting\{"([\w-]+)",.*?&S::(\w+)', text_of("src/config/setting_table.cpp"), re.S)
    assert [name for name, _ in members] == list(contract_page.settings())
    for name, member in members:
        assert member in (name.replace("-", "_"), name.replace("-", "_") + "s"), name


# contract: DOC-1
def test_ErrorCodes_AreThoseOfOpenApi():
    stated = {(code, place["status"].get("const"))
              for place in members(document("openapi.yaml"), "properties")
              for code in place.get("code", {}).get("enum", [])}
    assert set(contract_page.errors().items()) == stated


# contract: ERR-7..35 MSG-17
def test_ErrorCodes_AreThoseOfTheTable():
    header = text_of("include/tickcast/protocol/error.hpp")
    table = re.findall(r'ErrorRow\{\s*ErrorCode::\w+,\s*"(\w+)",\s*(\d+),', header)
    assert {code: int(status) for code, status in table} == contract_page.errors() | {"unknown_op": 400}


# contract: DOC-1
def test_CloseCodes_AreThoseOfAsyncApi():
    (stated,) = members(document("asyncapi.yaml"), "x-close-codes")
    assert [int(code) for code, _ in rows("END")] == sorted(stated)


# contract: DOC-1
def test_Messages_AreThoseOfAsyncApi():
    (channel,) = document("asyncapi.yaml")["channels"].values()
    for prefix, member, way in (("MSG", "type", "subscribe"), ("OPS", "op", "publish")):
        stated = [each["$ref"].rsplit("/", 1)[1] for each in channel[way]["message"]["oneOf"]]
        ours = [re.match(rf'`{{"{member}":"(\w+)"', text)[1] for text, _ in rows(prefix)]
        assert sorted(ours) == sorted(stated), prefix


# contract: MET-5..32
def test_MetricFamilies_AreThoseThatAreMade():
    made = {name for path in (ROOT / "src/metrics").rglob("*.cpp")
            for name in re.findall(r'"(tickcast_\w+)"', path.read_text(encoding="utf-8"))}
    assert families().keys() == made


# contract: MET-7 MET-10 MET-12 MET-23 API-7
@pytest.mark.parametrize("table, stated", [
    ("protocol/limit.hpp:LimitRow", contract_page.limits()),
    ("protocol/session_state.hpp:SessionStateRow", families()["tickcast_sessions"].labels["state"]),
    ("protocol/session_state.hpp:SessionEndRow", families()["tickcast_sessions_ended_total"].labels["reason"]),
    ("protocol/stream_transport.hpp:TransportRow", families()["tickcast_connections"].labels["transport"]),
    ("metrics/reject_reason.hpp:RejectReasonRow", families()["tickcast_ticks_rejected_total"].labels["reason"]),
], ids=lambda each: each if isinstance(each, str) else "")
def test_Labels_OfATable_AreThoseStated(table, stated):
    header, row = table.split(":")
    names = re.findall(rf'{row}\{{\s*\w+::\w+,\s*"([^"]+)"', text_of(f"include/tickcast/{header}"))
    assert len(names) >= 2
    assert sorted(names) == sorted(stated)


# contract: MET-11
def test_FeedLabels_AreThoseOfTheRegistry():
    names = re.findall(r'FeedRow\{\s*\.name = "([\w-]+)"', text_of("src/feed/registry/feed_registry.cpp"))
    assert names == contract_page.feeds()


# contract: API-6
@pytest.mark.parametrize("path, pattern", [
    ("src/api/ticker_routes.hpp", r"kMaxQuotes = (\d+);"),
    ("web/client/src/session_api.js", r"mostTickers = (\d+);")])
def test_TickersOfOneRequestForQuotes_AreAsManyAsStated(path, pattern):
    (stated,) = re.findall(r"of 1 to (\d+) tickers", contract_page.STATEMENTS["API-6"])
    assert re.findall(pattern, text_of(path)) == [stated]
