"""The tables of docs/CONTRACT.md agree with the other documents and with the list of metrics."""
import re

import yaml

from contract_coverage import ROOT

PAGE = (ROOT / "docs/CONTRACT.md").read_text(encoding="utf-8")


def rows(prefix):
    """The cells of each row of this section's table, without the id."""
    found = re.findall(rf"^\| `{prefix}-\d+` \| (.*) \|$", PAGE, re.M)
    return [row.split(" | ") for row in found]


def document(name):
    return yaml.safe_load((ROOT / "docs" / name).read_text(encoding="utf-8"))


def members(tree, name):
    """Each value that `name` has anywhere in the tree."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if key == name:
            yield value
        if isinstance(value, (dict, list)):
            yield from members(value, name)


def test_Settings_AreThoseOfTheReadme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    readme = re.findall(r"^\| (`--[\w-]+`) \| (.*?) \|", text, re.M)
    assert [(name, default) for name, default, _ in rows("SET")] == readme


# contract: DOC-1
def test_ErrorCodes_AreThoseOfOpenApi():
    stated = {(code, place["status"].get("const"))
              for place in members(document("openapi.yaml"), "properties")
              for code in place.get("code", {}).get("enum", [])}
    assert {(code.strip("`"), int(status)) for status, code, _ in rows("ERR")} == stated


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
    assert {re.match(r"`(\w+)", name)[1] for name, _ in rows("MET")} == made
