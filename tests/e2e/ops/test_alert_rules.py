"""The alert rules: their unit tests pass and miss none of them, and their figures are the
settings'."""
import re
import shutil

import pytest
import yaml

from support import metrics_text
from support import prometheus
from support.dashboards import OPERATIONS
from support.harness import run_to_end
from support.prometheus import FOLDER, promtool

RULES = [rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
         for rule in group["rules"]]
UNIT_TESTS = yaml.safe_load((FOLDER / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
needs_promtool = pytest.mark.skipif(prometheus.MISSING is not None, reason=f"{prometheus.MISSING} is not installed")


@needs_promtool
def test_Configuration_PassesPromtool():
    promtool("check", "config", FOLDER / "prometheus.yml")
    said = promtool("check", "rules", FOLDER / "alerts.yml")
    assert f"{len(RULES)} rules found" in said


@needs_promtool
def test_Rules_PassTheirUnitTests():
    assert "SUCCESS" in promtool("test", "rules", "alerts_test.yml", cwd=FOLDER)


# Changes that make each alert fire less or more often; the unit tests must notice.
CHANGES = [("== 0\n        for: 1m", "== 0\n        for: 2m"), ("== 0\n        for: 1m", "== 0\n        for: 30s"),
           ("up{job=\"tickcast\"} == 0", "up == 0"), (") > 15", ") >= 15"), (") > 15", ") > 60"),
           ("max by (job, instance) (tickcast_feed_last", "min by (job, instance) (tickcast_feed_last"),
           ("tickcast_feed_up == 0", "tickcast_feed_up == 1"), ("> 0.1\n", ">= 0.1\n"), ("> 0.1\n", "> 0.2\n"),
           ("== 1 unless tick", "== 0 unless tick"), (" unless tickcast_feed_last_tick_timestamp_seconds", ""),
           ('_up{feed="replay"} == 1', "_up == 1"),
           (">= 5", ">= 4"), (">= 5", "> 5"), ("> 0.05", ">= 0.05"), ("> 0.8\n", ">= 0.8\n"), ("> 0.8\n", "> 0.9\n"),
           ("> 80000", ">= 80000"), ("> 80000", "> 80001"),
           ('process_open_fds{job="tickcast"} > 8', "process_open_fds > 8"), ("> 160000", ">= 160000"), ("> 160000", "> 160001"),
           ("max-connections|max-sessions", "max-.*|max-sessions"), ("max-connections|max-sessions", "max-sessions"),
           ("[15m]) > 2", "[15m]) > 1"), ("[15m]) > 2", "[15m]) > 3"), ("for: 5m", "for: 4m"), ("for: 5m", "for: 6m"),
           ('{state="streaming"}', ""), ("[10m])) == 0\n        labels", "[10m])) >= 0\n        labels"),
           ("max_over_time(tickcast_connections[10m])", "tickcast_connections"),
           ("[5m]) > 5", "[5m]) > 3"), ("[5m]) > 5", "[5m]) > 30"), ("paused_seconds_total[5m]", "paused_seconds_total[15m]")]


@needs_promtool
@pytest.mark.parametrize("old,new", CHANGES, ids=lambda text: " ".join(text.split())[:30])
def test_UnitTests_WhenARuleIsChanged_Fail(tmp_path, old, new):
    rules = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
    assert old in rules
    (tmp_path / "alerts.yml").write_text(rules.replace(old, new, 1), encoding="utf-8")
    shutil.copy(FOLDER / "alerts_test.yml", tmp_path)
    with pytest.raises(AssertionError, match="FAILED"):
        promtool("test", "rules", "alerts_test.yml", cwd=tmp_path)


def test_UnitTests_HaveEachAlertBothSilentAndFiring():
    seen = {"silent": set(), "firing": set()}
    for test in UNIT_TESTS:
        for case in test["alert_rule_test"]:
            seen["firing" if case["exp_alerts"] else "silent"].add(case["alertname"])
    names = {rule["alert"] for rule in RULES}
    assert seen == {"silent": names, "firing": names}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_Rule_SaysHowBadItIsAndWhatToDo(rule):
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert set(rule["annotations"]) == {"summary", "description"}
    assert "{{ $labels.instance }}" in rule["annotations"]["summary"]
    assert rule["alert"] in OPERATIONS.read_text(encoding="utf-8")


def selected(expression):
    """Family, label and value of each selected metric of ours, the alternatives of a =~
    apart."""
    return {(family, label, value)
            for family, inside in re.findall(r"(tickcast_\w+)\{([^}]*)\}", expression)
            for label, values in re.findall(r'(\w+)=~?"([^"]*)"', inside) for value in values.split("|")}


def test_LabelValues_ThatTheRulesName_AreExposed(start, tmp_path):
    """A limit, a state or a feed that is called otherwise would never be found."""
    (tmp_path / "t.csv").write_text("ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\n1700000000000000000,A,1,1,2,1,,\n")
    server = start("--feed", f"replay:{tmp_path}/t.csv?start=1")
    exposed = {(name, label, value) for name, family in metrics_text.parse(
        server.get("/metrics", admin=True).body.decode()).items()
        for labels in family.label_sets() for label, value in dict(labels).items()}
    named = set().union(*(selected(rule["expr"]) for rule in RULES))
    assert {label for _, label, _ in named} == {"limit", "state", "feed"}
    assert named <= exposed, named - exposed
    # That one is no setting of ours.
    said = {rule["labels"].get("limit") for rule in RULES} - {None, "descriptors"}
    assert said and {("tickcast_limit_hits_total", "limit", limit) for limit in said} <= exposed


def test_Figures_AreThoseOfTheSettings():
    """Where a rule names a setting beside a figure, that is the default, or the said part of it."""
    help_text = " ".join(run_to_end("--help")[1].split())
    found = re.findall(r"> (\d+) # (?:([\d.]+) of )?--([\w-]+)", (FOLDER / "alerts.yml").read_text(encoding="utf-8"))
    assert {setting for _, _, setting in found} == {"stale-seconds", "max-connections", "max-sessions"}
    for figure, part, setting in found:
        default = re.search(rf"--{setting} VALUE [^(]*\([^)]*default (\d+)\)", help_text)
        assert default, setting
        assert float(figure) == float(part or 1) * float(default[1]), setting
