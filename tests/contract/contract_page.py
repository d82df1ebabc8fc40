"""The tables and lists of docs/CONTRACT.md as values: the second opinion on the server's tables.

Tests have no lists of their own beside it: what must agree with the contract is compared
with these.
"""
import collections
import re

from contract_coverage import ROOT, statements

PAGE = (ROOT / "docs/CONTRACT.md").read_text(encoding="utf-8")
STATEMENTS = statements()

Family = collections.namedtuple("Family", "kind labels")


def rows(prefix):
    """The cells of each row of this section's table, without the id."""
    found = re.findall(rf"^\| `{prefix}-\d+` \| (.*) \|$", PAGE, re.M)
    return [row.split(" | ") for row in found]


# Settings.
def settings():
    """Each setting without its dashes, with its default and what it sets."""
    return {name.strip("`-"): (default, meaning) for name, default, meaning in rows("SET")}


def limits():
    """The settings whose refusals are counted."""
    text = STATEMENTS["MET-23"]
    beginnings = tuple(re.findall(r"each `([\w-]+-)…`", text))
    named = set(re.findall(r"`([a-z-]+)`", text))
    return {name for name in settings() if name.startswith(beginnings) or name in named}


# How a stream ends.
LOST = 1006  # no close frame has it


def codes_in(text):
    """The close codes in a text, such as `1001, 1008 or 4000 to 4003`."""
    pairs = re.findall(r"\b(\d{4})\b(?: to (\d{4})\b)?", text)
    return {code for first, last in pairs for code in range(int(first), int(last or first) + 1)}


def close_codes():
    """Those of close frames."""
    return {int(code) for code, _ in rows("END")}


def client_rule():
    """What a client does after which codes, by the names of the server's table."""
    return {"returns": codes_in(STATEMENTS["CLI-1"]), "renews": codes_in(STATEMENTS["CLI-2"]),
            "stays_away": codes_in(STATEMENTS["CLI-3"])}


def goodbyes():
    """The code of the goodbye before a close with the code; other codes have no goodbye."""
    return {int(code): said for said, code in re.findall(r"`(\w+)` \((\d{4})\)", STATEMENTS["MSG-18"])}


# Metrics.
def families():
    """Each family with its kind, and its labels with their values: None where another statement has
    them."""
    found = {}
    for cell, meaning in rows("MET"):
        name, labels = re.fullmatch(r"`(\w+)(?:\{(.*)\})?`", cell).groups()
        kind = "counter" if name.endswith("_total") else (
            "histogram" if meaning.startswith("histogram") else "gauge")
        found[name] = Family(kind, {label: values.split(r"\|") if values else None for label, values in
                                    re.findall(r'(\w+)(?:="([^"]*)")?', labels or "")})
    return found


def label_values(family, label):
    return families()[family].labels[label]


def feeds():
    return label_values("tickcast_ticks_ingested_total", "feed")


def counted_closes():
    """The values of the label `code` of tickcast_stream_closes_total."""
    return codes_in(STATEMENTS["MET-21"])


# Errors.
def errors():
    """The HTTP status of each code."""
    return {code.strip("`"): int(status) for status, code, _ in rows("ERR")}
