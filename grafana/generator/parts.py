"""Building blocks of the dashboards: series selected by the variables, panels, rows of panels.

This file has what all panels have in common; overview.py and load_test.py have the panels."""

DATA_SOURCE = {"type": "prometheus", "uid": "tickcast-prometheus"}  # provisioning/datasources
WIDTH = 24  # columns of Grafana's grid
CHOSEN = 'job="$job",instance=~"$instance"'


def series(name, *matchers):
    """A family of the server, narrowed to the chosen job and instances."""
    return f"{name}{{{','.join((CHOSEN, *matchers))}}}"


def rate(name, *matchers):
    return f"rate({series(name, *matchers)}[$__rate_interval])"


def total(name, *matchers):
    return f"sum({series(name, *matchers)})"


def total_rate(name, *matchers):
    return f"sum({rate(name, *matchers)})"


def a_minute(by, name, *matchers):
    """Rare events: 1 per minute can be read, 0.0167 per second can't."""
    return f"60 * sum by ({by}) ({rate(name, *matchers)})"


def quantile(share, histogram, *matchers):
    return f"histogram_quantile({share}, sum by (le) ({rate(histogram + '_bucket', *matchers)}))"


def quantiles(histogram, *matchers, of=((0.5, "p50"), (0.99, "p99"), (0.999, "p99.9")), prefix=""):
    return [(quantile(share, histogram, *matchers), prefix + name) for share, name in of]


class Panel:
    """One panel; `queries` are pairs of expression and legend, `meaning` is the text of the (i)."""

    def __init__(self, kind, title, meaning, queries, unit="short", *, width=8, height=8,
                 custom=None, options=None, defaults=None, overrides=(), query_format="time_series",
                 instant=False):
        self.kind, self.title, self.meaning = kind, title, meaning
        self.queries, self.unit, self.width, self.height = list(queries), unit, width, height
        self.custom, self.options, self.defaults = custom or {}, options or {}, defaults or {}
        self.overrides = list(overrides)
        self.query_format, self.instant = query_format, instant

    def _targets(self):
        return [{"refId": chr(ord("A") + index), "datasource": DATA_SOURCE, "editorMode": "code",
                 "expr": expression, "legendFormat": legend, "format": self.query_format,
                 "instant": self.instant, "range": not self.instant}
                for index, (expression, legend) in enumerate(self.queries)]

    def json(self, number, x, y):
        return {
            "id": number, "type": self.kind, "title": self.title, "description": self.meaning,
            "datasource": DATA_SOURCE, "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "targets": self._targets(), "options": self.options,
            "fieldConfig": {"defaults": {"unit": self.unit, **self.defaults, "custom": self.custom},
                            "overrides": self.overrides},
        }


def thresholds(*steps):
    """Pairs of colour and lower edge, the first without one."""
    return {"thresholds": {"mode": "absolute", "steps": [
        {"color": color, "value": value} for color, value in steps]}}


def graph(title, meaning, queries, unit="short", *, stacked=False, red_from=None, **more):
    """Lines over time; with `red_from` the area above is shaded red."""
    custom = {"lineWidth": 1, "fillOpacity": 30 if stacked else 10, "showPoints": "never",
              "spanNulls": False, "stacking": {"mode": "normal" if stacked else "none"}}
    defaults = {"min": 0, "color": {"mode": "palette-classic"}}
    if red_from is not None:
        custom["thresholdsStyle"] = {"mode": "line+area"}
        defaults |= thresholds(("transparent", None), ("red", red_from))
    options = {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    return Panel("timeseries", title, meaning, queries, unit, custom=custom, options=options,
                 defaults=defaults, **more)


def figure(title, meaning, queries, unit="short", *, color=None, mappings=None, highest=False, **more):
    """The value now, in large: an instant query, since over a time the last figure of a dead server
    would stay. With `highest` that of the time shown, and its course behind it: for events that are
    bad once they happen."""
    options = {"reduceOptions": {"calcs": ["max" if highest else "lastNotNull"], "values": False},
               "graphMode": "area" if highest else "none",
               "colorMode": "value", "textMode": "value_and_name", "justifyMode": "center"}
    defaults = color or thresholds(("blue", None))
    if mappings:
        defaults = {**defaults, "mappings": mappings}
    return Panel("stat", title, meaning, queries, unit, options=options, defaults=defaults,
                 instant=not highest, **more)


def heat_map(title, meaning, histogram, **more):
    """How many observations fell into each bucket of a histogram in seconds."""
    query = f"sum by (le) (increase({series(histogram + '_bucket')}[$__rate_interval]))"
    options = {"calculate": False, "cellGap": 1, "yAxis": {"unit": "s"}, "showValue": "never",
               "color": {"mode": "scheme", "scheme": "Oranges", "scale": "exponential",
                         "exponent": 0.5, "steps": 64},
               "rowsFrame": {"layout": "auto"}, "tooltip": {"mode": "single", "yHistogram": True},
               "legend": {"show": True}}
    return Panel("heatmap", title, meaning, [(query, "{{le}}")], "short", options=options,
                 query_format="heatmap", **more)


def states(title, meaning, queries, mappings, **more):
    """Coloured bars of a state over time."""
    options = {"showValue": "auto", "mergeValues": True, "rowHeight": 0.8,
               "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}}
    return Panel("state-timeline", title, meaning, queries, "short", options=options,
                 custom={"fillOpacity": 80}, defaults={"mappings": mappings}, **more)


def table(title, meaning, queries, **more):
    return Panel("table", title, meaning, queries, query_format="table", instant=True, **more)


def value_names(names):
    """{value: (text, colour)} as Grafana's mappings."""
    return [{"type": "value", "options": {
        str(value): {"text": text, "color": color, "index": index}
        for index, (value, (text, color)) in enumerate(names.items())}}]


def _variable(name, label, query, several):
    chosen = {"text": "All", "value": "$__all"} if several else {"text": "tickcast", "value": "tickcast"}
    return {"type": "query", "name": name, "label": label, "datasource": DATA_SOURCE,
            "definition": query, "query": {"query": query, "refId": name}, "refresh": 2, "sort": 1,
            "multi": several, "includeAll": several, "allValue": ".*" if several else None,
            "current": chosen, "hide": 0}


VARIABLES = [_variable("job", "Job", "label_values(tickcast_build_info, job)", several=False),
             _variable("instance", "Instance",
                       'label_values(tickcast_build_info{job="$job"}, instance)', several=True)]


def _row(number, title, y):
    return {"id": number, "type": "row", "title": title, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}}


def dashboard(uid, title, meaning, rows):
    """`rows` are pairs of heading (None for none) and panels, which flow from left to right."""
    panels, y = [], 0
    for heading, members in rows:
        if heading:
            panels.append(_row(len(panels) + 1, heading, y))
            y += 1
        x = height = 0
        for panel in members:
            if x + panel.width > WIDTH:
                x, y, height = 0, y + height, 0
            panels.append(panel.json(len(panels) + 1, x, y))
            x, height = x + panel.width, max(height, panel.height)
        y += height
    return {"uid": uid, "title": title, "description": meaning, "tags": ["tickcast"],
            "schemaVersion": 39, "version": 1, "editable": True, "graphTooltip": 1,
            "time": {"from": "now-15m", "to": "now"}, "refresh": "5s", "timezone": "",
            "templating": {"list": VARIABLES}, "annotations": {"list": []},
            "links": [{"type": "dashboards", "tags": ["tickcast"], "title": "Tickcast",
                       "asDropdown": False, "includeVars": True, "keepTime": True}],
            "panels": panels}
