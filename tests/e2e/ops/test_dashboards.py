"""Every panel of every dashboard shows data: a real Prometheus, a real server, a short load."""
import os
import re
import shutil
import subprocess
import sys
import time

import pytest
import yaml

from support import dashboards
from support import k6_stand_in
from support import prometheus
from support import short_load
from support.dashboards import FILES, GRAFANA, OPERATIONS, expressions, filled_in, first_row, panels
from support.harness import SLACK, Server, eventually
from support.prometheus import Prometheus, metric_names, promtool

pytestmark = pytest.mark.skipif(prometheus.MISSING is not None, reason=f"{prometheus.MISSING} is not installed")
K6 = shutil.which("k6")
# They are set once and stay so while the server runs.
CONSTANT = {"up", "tickcast_build_info", "process_max_fds"}
# At 0 where a program reads the log; test_standard_streams.py moves it.
CONSTANT |= {"tickcast_log_dropped_total"}
# What a good run of k6 itself does not move (the stand-in does): what must not happen is at 0, all
# users are made before the start, and of a trend the worst series' quantile since the start, which
# its first sample may stay.
ZERO_IN_A_GOOD_RUN = re.compile(r"k6_unexpected_closes_|k6_silent_streams_|expected_response=\"false\"")
MAY_REST_IN_A_GOOD_RUN = re.compile(r"k6_vus_max|k6_\w+_(med|p99)\b")


def all_expressions(wanted):
    """Pairs of place (file, panel) and expression, of those for which `wanted` is true."""
    return [pytest.param(expression, id=f"{file}:{panel['title']}:{index}")
            for file in FILES for panel in panels(file) for index, expression in enumerate(expressions(panel))
            if wanted(expression)]


def of_k6(expression):
    return any(name.startswith("k6_") for name in metric_names(expression))


def run_k6(seen_by):
    """The real thing, with the settings of docker-compose.yml but for the addresses, against a
    server of its own (the short load's has a replay that waits for its first stream). So many ticks
    that some are conflated."""
    server = Server("--threads", 1, "--feed", "sim?tickers=20&rate=1000", over_tls=False)
    settings = k6_stand_in.environment() | {
        "BASE_URL": "http://%s:%d" % server.public, "ADMIN_URL": "", "VUS": "10", "RAMP": "5s", "HOLD": "15s",
        "THROTTLE_MS": "100", "SLACK": str(SLACK),
        "K6_PROMETHEUS_RW_SERVER_URL": f"http://127.0.0.1:{seen_by.port}/api/v1/write",
        "K6_PROMETHEUS_RW_PUSH_INTERVAL": "1s"}
    try:
        subprocess.run([K6, "run", "--quiet", "-o", "experimental-prometheus-rw", "loadtest/smoke.js"],
                       cwd=k6_stand_in.ROOT, env={**os.environ, **settings}, timeout=180 * SLACK, check=True)
    finally:
        server.stop()


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """The load when it has passed: Prometheus can be asked for its figures."""
    folder = tmp_path_factory.mktemp("prometheus")
    server, leaving, k6 = short_load.lasting(folder), short_load.ending(), k6_stand_in.StandIn()
    admins = ["%s:%d" % each.admin for each in (server, leaving)]
    watching = Prometheus(folder, {"tickcast": admins} | ({} if K6 else {"k6": [k6.address]}))
    try:
        yield short_load.ShortLoad(watching, server, leaving)
    finally:
        watching.stop()
        k6.stop()
        server.stop()
        leaving.stop()


@pytest.fixture(scope="module")
def k6_over(load):
    """Asks an expression of the time when there was k6 (after the short load) or its stand-in
    (during it)."""
    start, end = load.start, load.end
    if K6:
        start = time.time()
        run_k6(load.prometheus)
        end = time.time()
    return lambda expression: load.prometheus.over(filled_in(expression), start, end)


def values_of(load, expression, instance=None):
    return load.prometheus.over(filled_in(expression, instance), load.start, load.end)


def expression_of(file, title):
    """The first expression of the panel with this title."""
    (found,) = [each for each in panels(file) if each["title"] == title]
    return expressions(found)[0]


def largest(load, title, label):
    found = values_of(load, expression_of("overview.json", title))
    return {dict(labels)[label]: max(values) for labels, values in found.items()}


# The files.
def test_Files_AreWhatTheScriptMakes():
    sys.path.insert(0, str(GRAFANA))
    try:
        from make_dashboards import made
    finally:
        sys.path.remove(str(GRAFANA))
    texts = made()
    assert set(texts) == {file.name for file in (GRAFANA / "dashboards").iterdir()} == set(FILES)
    for name, text in texts.items():
        assert (GRAFANA / "dashboards" / name).read_text(encoding="utf-8") == text, "run make_dashboards.py"


@pytest.mark.parametrize("file", FILES)
def test_Panels_AreWellFormed(file):
    found = panels(file)
    assert len({each["id"] for each in dashboards.read(file)["panels"]}) == len(dashboards.read(file)["panels"])
    assert len({each["title"] for each in found}) == len(found)
    taken = set()
    for each in found:
        assert len(each["description"]) > 20, each["title"]
        at = each["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken and at["x"] + at["w"] <= 24, each["title"]
        taken |= cells
        for expression in expressions(each):
            assert "vector(" not in expression and "absent(" not in expression, expression
        if each["type"] == "stat":  # over a time the last figure of a server that died would stay
            assert all(target["instant"] for target in each["targets"]) or (
                each["options"]["reduceOptions"]["calcs"] == ["max"]), each["title"]


def test_Panels_AreAllExplainedInOperations():
    text = OPERATIONS.read_text(encoding="utf-8")
    explained = {name.strip() for row in re.findall(r"^\| ([^|]*) \|", text, re.M)
                 for name in re.sub(r"\(and its heat map\)", ", Delivery latency heat map", row).split(",")}
    for each in (each for file in FILES for each in panels(file)):
        assert each["title"] in explained, each["title"]


def test_Variables_AreJobAndInstance():
    for file in FILES:
        found = {each["name"]: each for each in dashboards.read(file)["templating"]["list"]}
        assert list(found) == ["job", "instance"]
        assert found["instance"]["includeAll"] and found["instance"]["allValue"] == ".*"
        for expression in (each for panel in panels(file) for each in expressions(panel)):
            for name in metric_names(expression):
                if not name.startswith("k6_"):  # k6 has neither
                    assert f'{name}{{job="$job",instance=~"$instance"' in expression, expression


def test_DataSource_IsTheOneThatIsProvisioned():
    provisioned = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())
    (source,) = provisioned["datasources"]
    config = yaml.safe_load((GRAFANA / "prometheus/prometheus.yml").read_text())
    # README: 10 s at most.
    assert source["jsonData"]["timeInterval"] == config["global"]["scrape_interval"] == "5s"
    for file in FILES:
        for each in panels(file):
            named = [each["datasource"], *(target["datasource"] for target in each["targets"])]
            assert all(name == {"type": source["type"], "uid": source["uid"]} for name in named), each["title"]


def test_FirstRow_IsWhatMustReturnToZero():
    assert [each["title"] for each in first_row("overview.json")] == [
        "Sessions by state", "Connections", "Subscriptions"]


# The data.
def check_moves(expression, found):
    assert found, f"no data: {expression}"
    if not metric_names(expression) <= CONSTANT:
        assert any(len(set(values)) > 1 for values in found.values()), f"never moves: {expression} {found}"


@pytest.mark.parametrize("expression", all_expressions(lambda each: not of_k6(each)))
def test_Expression_OfTheServer_HasDataThatMoves(load, expression):
    for instance in (None, load.instance):
        check_moves(expression, values_of(load, expression, instance))


@pytest.mark.parametrize("expression", all_expressions(of_k6))
def test_Expression_OfK6_HasDataThatMoves(k6_over, expression):
    found = k6_over(expression)
    if K6 and ZERO_IN_A_GOOD_RUN.search(expression):
        assert set().union(*found.values()) == {0}, expression
    elif K6 and MAY_REST_IN_A_GOOD_RUN.search(expression):
        assert found and all(min(values) >= 0 for values in found.values()), expression
    else:
        check_moves(expression, found)


@pytest.mark.parametrize("missing", ["k6_streams_closed_total", "k6_unexpected_closes_total", "k6_silent_streams_total",
                                     "k6_ticks_conflated_total", 'k6_http_reqs_total{expected_response="false"}'])
def test_Expression_OfWhatK6HasNotCountedYet_IsZero(k6_over, missing):
    """Before a counter's first count k6 sends nothing of it."""
    found = [each for panel in panels("load-test.json") for each in expressions(panel) if missing in each]
    assert found
    users = k6_over("sum(k6_vus)")
    opened = k6_over("sum(k6_streams_opened_total)")
    zeros = {labels: [0.0] * len(values) for labels, values in users.items()}
    assert zeros and opened
    for expression in found:
        without = expression.replace(missing, "k6_not_counted_yet_total")
        # Open streams are those opened, if none was closed; all the rest is nothing.
        assert k6_over(without) == (opened if "streams_opened" in expression else zeros), expression


@pytest.mark.skipif(K6 is not None, reason="k6 is here, and nothing fails in a good run of it")
def test_FailedRequests_AreTheShareOfThoseNotAnsweredAsExpected(k6_over):
    """The stand-in's: n // 3 of 2 n + n // 3 at the n-th scrape."""
    (values,) = k6_over(expression_of("load-test.json", "Failed requests")).values()
    assert min(values) < 0.1 < max(values) < 0.143  # 1/7 is never passed


@pytest.mark.parametrize("expression", [
    pytest.param(expression, id=panel["title"])
    for panel in first_row("overview.json") for expression in expressions(panel)])
def test_FirstRow_ReturnsToExactlyZero(load, expression):
    during = values_of(load, expression)
    assert max(max(values) for values in during.values()) >= 1
    assert all(min(values) >= 0 for values in during.values()), during

    def back():
        now = load.prometheus.now(filled_in(expression))
        return now and set(now) == set(during) and set(now.values()) == {0.0}
    eventually(back)


@pytest.mark.parametrize("file", FILES)
def test_Variables_OfferTheJobAndItsInstances(load, file):
    """By the API that Grafana asks for a label_values(SELECTOR, LABEL)."""
    offered = {}
    for each in dashboards.read(file)["templating"]["list"]:
        query = each["query"]["query"]
        assert query == each["definition"]
        selector, label = re.fullmatch(r"label_values\((.+), (\w+)\)", query).groups()
        offered[each["name"]] = load.prometheus.api(
            f"label/{label}/values", **{"match[]": filled_in(selector), "start": load.start, "end": load.end})
    assert offered.keys() == {"job", "instance"}
    assert offered["job"] == ["tickcast"]
    assert set(offered["instance"]) == {"%s:%d" % each.admin for each in (load.server, load.leaving)}


# The kinds: that not one line of a panel moves but all that can.
def test_Closes_OfEveryKindButOursAlone_WereSeen(load):
    found = largest(load, "Closes by code", "code")
    assert found.pop("1011") == 0  # a defect of ours only
    assert len(found) == 12 and all(value > 0 for value in found.values()), found


def test_SessionsEnded_ForEveryReason_WereSeen(load):
    found = largest(load, "Sessions ended", "reason")
    assert len(found) == 5 and all(value > 0 for value in found.values()), found


def test_Limits_ThoseHit_WereSeen(load):
    found = largest(load, "Limits hit", "limit")
    assert {limit for limit, value in found.items() if value > 0} >= {
        "max-tickers-per-session", "max-messages-per-second", "max-message-bytes", "slow-client-seconds",
        "max-session-age-seconds"}


def test_SlowClients_RoseAndFell(load):
    (values,) = values_of(load, expression_of("overview.json", "Slow clients")).values()
    assert max(values) == 1 and values[-1] == 0


def test_Feeds_TheOneThatEnded_IsDownAndAges(load):
    up = values_of(load, expression_of("overview.json", "Feed up"), load.instance)
    states = {dict(labels)["feed"]: values for labels, values in up.items()}
    assert states["replay"][0] == 1 and states["replay"][-1] == 0
    assert set(states["sim"]) == {1}
    ages = values_of(load, expression_of("overview.json", "Age of the newest tick"), load.instance)
    newest = {dict(labels)["feed"]: values[-1] for labels, values in ages.items()}
    assert newest.keys() == {"sim", "replay", "push"}
    assert newest["replay"] > newest["sim"]


def test_HeatMap_HasAllBuckets(load):
    found = values_of(load, expression_of("overview.json", "Delivery latency heat map"))
    assert len(found) == 16
    assert sum(max(values) for values in found.values()) > 0


# The names.
def exposed(load):
    """Every name that the server exposes, histograms with their three suffixes."""
    text = load.server.get("/metrics", admin=True).body.decode()
    return {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}


def alert_rules():
    groups = yaml.safe_load((GRAFANA / "prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_Metrics_EachThatIsNamed_IsExposed(load):
    named = set().union(*(metric_names(each) for file in FILES for panel in panels(file)
                          for each in expressions(panel)))
    named |= set().union(*(metric_names(rule["expr"]) for rule in alert_rules()))
    of_the_server = {name for name in named if not name.startswith("k6_")} - {"up"}
    assert len(of_the_server) > 25
    assert of_the_server <= exposed(load)


def test_Metrics_EachOfK6ThatIsNamed_Exists():
    named = {name for panel in panels("load-test.json") for each in expressions(panel)
             for name in metric_names(each) if name.startswith("k6_")}
    assert len(named) > 10
    assert named <= set(k6_stand_in.all_metrics())


def test_MetricNames_AreFoundInAnExpression():
    assert metric_names('sum by (le) (rate(tickcast_x_bucket{a="process_y",le="up"}[5m])) / up > k6_z') == {
        "tickcast_x_bucket", "up", "k6_z"}


def test_Metrics_AfterTheLoad_PassPromtool(load):
    promtool("check", "metrics", input=load.server.get("/metrics", admin=True).body.decode())


def test_Rules_AreAllEvaluatedWithoutError(load):
    groups = load.prometheus.api("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["name"] for rule in rules} == {rule["alert"] for rule in alert_rules()}
    assert {rule["health"] for rule in rules} == {"ok"}, rules


def test_Alert_ForTheServerThatWasDrained_IsOnItsWay(load):
    def pending():
        rules = [rule for group in load.prometheus.api("rules")["groups"] for rule in group["rules"]]
        alerts = {rule["name"]: {alert["labels"]["instance"] for alert in rule["alerts"]} for rule in rules}
        return alerts["TickcastTargetDown"] == {"%s:%d" % load.leaving.admin}
    eventually(pending, 10)
