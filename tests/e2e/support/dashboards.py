"""The dashboards as Grafana reads them: panels, their expressions, and these with the variables
filled in."""
import json
import pathlib
import re

from support.prometheus import RATE_SECONDS

ROOT = pathlib.Path(__file__).resolve().parents[3]
GRAFANA = ROOT / "grafana"
OPERATIONS = ROOT / "docs" / "OPERATIONS.md"  # explains each panel and alert
FILES = ("overview.json", "load-test.json")


def read(file):
    return json.loads((GRAFANA / "dashboards" / file).read_text(encoding="utf-8"))


def panels(file):
    """All panels but the headings of rows."""
    return [panel for panel in read(file)["panels"] if panel["type"] != "row"]


def expressions(panel):
    return [target["expr"] for target in panel["targets"]]


def first_row(file):
    return [panel for panel in panels(file) if panel["gridPos"]["y"] == 0]


def filled_in(expression, instance=None):
    """As Grafana would send it: of one instance (its name escaped for a regular expression), or of
    all."""
    escaped = ".*" if instance is None else re.escape(instance).replace("\\", "\\\\")
    for name, value in (("$job", "tickcast"), ("$instance", escaped), ("$__rate_interval", f"{RATE_SECONDS}s")):
        expression = expression.replace(name, value)
    assert "$" not in expression, f"an unknown variable: {expression}"
    return expression
