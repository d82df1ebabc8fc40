"""Debian's Prometheus as a child process, with the repository's own configuration and other
targets."""
import ctypes
import json
import math
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import yaml

from support.harness import PR_SET_PDEATHSIG, SLACK, eventually

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "grafana" / "prometheus"
# Often enough that every state of a short run is seen; a scrape has as long before it counts as
# failed.
SCRAPE_SECONDS = max(1, round(SLACK / 2))
RATE_SECONDS = 5 * SCRAPE_SECONDS


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configuration(targets):
    """The shipped prometheus.yml, scraped and evaluated faster; `targets` by job, others are
    added."""
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"] |= {"scrape_interval": f"{SCRAPE_SECONDS}s",
                         "scrape_timeout": f"{SCRAPE_SECONDS}s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(FOLDER / name) for name in config["rule_files"]]
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    for name, addresses in targets.items():
        job = jobs.setdefault(name, {"job_name": name})
        job["static_configs"] = [{"targets": addresses}]
    config["scrape_configs"] = list(jobs.values())
    return config


class Prometheus:
    def __init__(self, folder, targets):
        (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration(targets)), encoding="utf-8")
        self.log = folder / "log"
        for _ in range(5):  # another program might take the port meanwhile
            self.port = free_port()
            if self._start(folder):
                return
        raise AssertionError(self.log.read_text())

    def _start(self, folder):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                 f"--web.listen-address=127.0.0.1:{self.port}", "--web.enable-remote-write-receiver",
                 "--log.level=warn"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=lambda: ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        return eventually(lambda: self._ready() or self.process.poll() is not None, 30) == "ready"

    def _ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5):
                return "ready"
        except OSError:
            return None

    def stop(self):
        self.process.kill()
        self.process.wait()

    def api(self, path, **parameters):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as reply:
                return json.load(reply)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{parameters}: {error.read().decode()}") from error

    def now(self, expression):
        """The expression's series now: labels (sorted pairs) to value."""
        found = self.api("query", query=expression)["result"]
        return {labels(each): float(each["value"][1]) for each in found}

    def over(self, expression, start, end):
        """The expression's series over a time: labels to the values that are numbers."""
        found = self.api("query_range", query=expression, start=start, end=end, step=SCRAPE_SECONDS)["result"]
        series = {labels(each): [float(value) for _, value in each["values"]] for each in found}
        return {name: numbers for name, values in series.items()
                if (numbers := [value for value in values if not math.isnan(value)])}


def labels(result):
    return tuple(sorted(result["metric"].items()))


def promtool(*arguments, **options):
    """Runs promtool, which must succeed; gives its output."""
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, check=False, text=True,
                          **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def metric_names(expression):
    """The metrics that an expression names."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", re.sub(r'"[^"]*"', '""', expression))
    return set(re.findall(r"\b(?:tickcast|process|k6)_\w+|\bup\b", bare))


MISSING = next((name for name in ("prometheus", "promtool") if shutil.which(name) is None), None)
