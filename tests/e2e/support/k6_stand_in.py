"""An exporter of k6's metrics, named as k6's remote-write output names them, for where there is no
k6.

The rules (grafana.com/docs/k6, "Prometheus remote write", metrics mapping): a counter is
k6_NAME_total, a gauge k6_NAME, a rate k6_NAME_rate, a trend one gauge k6_NAME_STAT for each of
K6_PROMETHEUS_RW_TREND_STATS, p(99.9) as p999. What k6 has by itself: "Built-in metrics" there. Our
scripts' own are read from them. The labels are k6's "System tags": each http_ metric has those of
its request and of its answer."""
import functools
import http.server
import itertools
import pathlib
import re
import threading

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "loadtest"
BUILT_IN = {
    "Counter": "data_received data_sent dropped_iterations http_reqs iterations "
               "ws_msgs_received ws_msgs_sent ws_sessions".split(),
    "Gauge": "vus vus_max".split(),
    "Rate": "checks http_req_failed".split(),
    "Trend": "http_req_blocked http_req_connecting http_req_duration http_req_receiving http_req_sending "
             "http_req_tls_handshaking http_req_waiting iteration_duration ws_connecting ws_ping "
             "ws_session_duration".split(),
}
NEW = re.compile(r"new (Counter|Gauge|Rate|Trend)\(\s*['\"](\w+)['\"]")


def environment():
    """The variables that docker-compose.yml gives to k6."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return dict(entry.split("=", 1) for entry in compose["services"]["k6"]["environment"] if "=" in entry)


def scripts_own():
    """Kind and name of the metrics that the scripts make."""
    found = set()
    for file in SCRIPTS.rglob("*.js"):
        if "node_modules" not in file.parts:
            found |= set(NEW.findall(file.read_text(encoding="utf-8")))
    return found


def exported(kind, name):
    """The names under which Prometheus has a metric of k6's."""
    if kind == "Trend":
        stats = environment()["K6_PROMETHEUS_RW_TREND_STATS"].split(",")
        return [f"k6_{name}_{re.sub('[().]', '', stat)}" for stat in stats]
    return [f"k6_{name}{dict(Counter='_total', Gauge='', Rate='_rate')[kind]}"]


@functools.lru_cache(maxsize=None)
def all_metrics():
    """Name in Prometheus to k6's kind."""
    built_in = {(kind, name) for kind, names in BUILT_IN.items() for name in names}
    return {exported_as: kind for kind, name in built_in | scripts_own() for exported_as in exported(kind, name)}


def answer(method, path, status, expected):
    return {"scenario": "users", "name": f"{method} {path}", "method": method, "status": status,
            "expected_response": "true" if expected else "false"}


ANSWERS = [answer("GET", "/v1/tickers", 200, True), answer("POST", "/v1/sessions", 201, True),
           answer("POST", "/v1/sessions", 503, False)]


def label_sets(name):
    if name.startswith("k6_http_"):
        return ANSWERS
    return [{}] if name.startswith("k6_vus") else [{"scenario": "users"}]


def value_of(kind, pace, count, labels):
    if labels.get("expected_response") == "false":
        # Fails come in bursts; a rate's series are of one kind of answer each, so never anything
        # but 0 or 1.
        return {"Counter": pace * (count // 3), "Rate": 1}.get(kind, 0.5)
    return {"Counter": pace * count, "Gauge": count % 50, "Rate": 0, "Trend": (1 + count % 9) / 1000}[kind]


def page(count):
    """The metrics at the count-th scrape: counters rise, each at a pace of its own, the rest
    moves."""
    lines = []
    for pace, (name, kind) in enumerate(sorted(all_metrics().items()), 1):
        for labels in label_sets(name):
            inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
            lines.append(f"{name}{{{inside}}} {value_of(kind, pace, count, labels)}\n")
    return "".join(lines)


class StandIn:
    """Serves them on a free port of the loopback."""

    def __init__(self):
        counter = itertools.count()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = page(next(counter)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = "127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
