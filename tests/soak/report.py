"""A soak's report: soak.md for people, soak.svg beside it, soak.json for machines."""
import json
import os
import pathlib
import re
import statistics
import subprocess
import textwrap

import plot
import steady
from verdicts import NOT_ZERO, ZERO
from world import SETTINGS

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS = {True: "held", False: "**failed**", None: "not judged"}
LEVELS = ("resident_bytes", "heap_bytes", "descriptors", "threads", "streams", "sessions_pending",
          "sessions_streaming", "sessions_detached", "subscriptions", "slow_clients")
COUNTS = ("cpu_seconds", "delivered", "conflated", "abandoned", "pauses", "paused_seconds", "deeds")


def machine():
    """The machine, and the last commit that changed the server."""
    commit = subprocess.run(["git", "-C", ROOT, "log", "-1", "--format=%h", "--", "src", "include", "cmake"],
                            capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(errors="replace"), re.M)
    return {"commit": commit, "processors": os.cpu_count(), "model": model[1] if model else "unknown",
            "linux": os.uname().release.split("-")[0]}


def minutes_of(record, minutes):
    """A row per minute: medians of what it held, and what happened in it."""
    quotes = steady.by_minute(record["steady"], record["steady_began"])
    rows = []
    for minute in range(int(minutes + 0.999)):
        inside = [each for each in record["samples"] if minute <= each["at"] / 60 < minute + 1]
        if len(inside) < 2:
            continue
        row = {"minute": minute} | {name: statistics.median(each[name] for each in inside) for name in LEVELS}
        row |= {name: round(inside[-1][name] - inside[0][name], 3) for name in COUNTS}
        row |= {name: round(number, 3) for name, number in quotes.get(minute, {}).items()}
        rows.append(row)
    return rows


def panels(rows_of):
    def lines(figure, scale=1.0):
        return {name: [(row["minute"] + 0.5, row[figure] * scale) for row in rows if figure in row]
                for name, rows in rows_of.items()}
    titles = [("Resident memory, MB", "resident_bytes", 1e-6), ("Heap in use, MB", "heap_bytes", 1e-6),
              ("Descriptors", "descriptors", 1), ("Threads", "threads", 1),
              ("Streams", "streams", 1), ("Sessions without a stream: detached", "sessions_detached", 1),
              ("Latency of the steady clients, p50, ms", "p50_ms", 1), ("p99, ms", "p99_ms", 1),
              ("Deeds per minute", "deeds", 1), ("Paused, s per minute", "paused_seconds", 1)]
    return [(title, lines(figure, scale)) for title, figure, scale in titles]


def table(heads, rows):
    return "\n".join(["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
                     + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"


def verdict_table(found):
    return table(["server", "verdict", "", "figures"],
                 [(name, each.name, WORDS[each.held], each.text.replace("|", "/"))
                  for name, of_one in found.items() for each in of_one])


def done_table(records):
    names = sorted({name for record in records.values() for name in record["done"]})
    return table(["what", *records], [(f"`{name}`", *(record["done"].get(name, 0) for record in records.values()))
                                      for name in names])


def excused_table(records):
    names = sorted({name for record in records.values() for name in record["excused"]})
    return table(["what, and in which trouble", *records],
                 [(name, *(record["excused"].get(name, 0) for record in records.values())) for name in names])


def gauge_table(records):
    series = {}
    for server, record in records.items():
        for family, labels, number in record["gauges"]:
            series.setdefault((family, labels), {})[server] = f"{number:.10g}"
    return table(["gauge", *records, "must be 0, or why not"],
                 [(f"`{family}{labels}`".replace("|", "/"), *(values.get(server, "") for server in records),
                   "0" if family in ZERO else NOT_ZERO.get(family, "in no list"))
                  for (family, labels), values in series.items()])


def books_table(records):
    return table(["server", "at, s", "ticks of streams", "delivered", "conflated", "abandoned", "wrong"],
                 [(server, window["at"], window["pushed"], *(window.get(fate, "") for fate in
                                                             ("delivered", "conflated", "abandoned")),
                   "; ".join(window["wrong"]))
                  for server, record in records.items() for window in record["windows"]])


def minute_table(rows):
    def mean(figure):
        return lambda row: f"{row[figure]:.0f}"
    columns = {"minute": lambda row: row["minute"], "resident, MB": lambda row: f"{row['resident_bytes'] / 1e6:.2f}",
               "heap, MB": lambda row: f"{row['heap_bytes'] / 1e6:.2f}", "descriptors": mean("descriptors"),
               "threads": mean("threads"),
               "sessions": lambda row: f"{sum(row[f'sessions_{state}'] for state in ('pending', 'streaming', 'detached')):.0f}",
               "streams": mean("streams"), "deeds": mean("deeds"), "pauses": mean("pauses"),
               "paused, s": lambda row: f"{row['paused_seconds']:.1f}", "CPU, s": lambda row: f"{row['cpu_seconds']:.1f}",
               "p50, ms": lambda row: f"{row.get('p50_ms', float('nan')):.2f}",
               "p99, ms": lambda row: f"{row.get('p99_ms', float('nan')):.2f}",
               "worst second's p99, ms": lambda row: f"{row.get('worst_ms', float('nan')):.1f}",
               "generator waited": lambda row: f"{row.get('waiting', float('nan')):.0%}"}
    return table(list(columns), [[column(row) for column in columns.values()] for row in rows])


def markdown(options, records, found, rows_of, where):
    failed = [f"{name}: {each.name}" for name, of_one in found.items() for each in of_one if each.held is False]
    users = ", ".join(f"{record['users']} ({name})" for name, record in records.items())
    settings = ", ".join(f"`--{name} {value}`" for name, value in SETTINGS.items())
    parts = [f"""# A soak of {options.minutes:g} minutes

Written by `scripts/soak.sh {options.minutes:g} --seed {options.seed} --users {options.users}
--deeds {options.deeds:g} --ticks {options.ticks}`; [how it is made](../internals/soak.md).

- machine: {where['processors']} processors ({where['model']}), Linux {where['linux']}
- server of commit {where['commit']}; seed {options.seed}
- servers: {' and '.join(records)}, side by side
- steady clients: {users}; they are timed
- ticks pushed: {', '.join(f"{record['pushed']} ({name})" for name, record in records.items())}

**{'Failed: ' + ', '.join(failed) if failed else 'Every verdict held.'}**
""", "## Verdicts\n", verdict_table(found), "## Over time\n", "![What the servers held](soak.svg)\n",
        """Levels are medians of a minute's samples, one each 3 s. A minute's p50 is the median of its
seconds' p50 of the time from a tick's `t` to its arrival at a steady client, and p99 the median of
its seconds' p99. "Generator waited" is the share of time for which the generator, a process beside
the servers, waited for a processor: the machine's other work.
"""]
    for name, rows in rows_of.items():
        parts += [f"### {name}\n", minute_table(rows)]
    parts += ["## The books\n", "Each window: nothing else is pushed, and no client comes or goes but its own.\n",
              books_table(records), "## What was done\n", done_table(records)]
    if any(record["excused"] for record in records.values()):
        parts += ["Failed within a trouble or 2 s behind it, so not judged:\n", excused_table(records)]
    faults = [(name, *fault[:3]) for name, record in records.items() for fault in record["faults"]]
    if faults:
        parts += ["Failed without an excuse:\n", table(["server", "at, s", "what", "how"],
                                                       [[str(word).replace("|", "/") for word in row] for row in faults[:50]])]
    parts += ["## Gauges at the end\n", "The clients have left, and the time of their sessions is over.\n",
              gauge_table(records), "Closes by code: " + "; ".join(
                  f"{name}: " + ", ".join(f"{code} {count:.0f}" for code, count in record["closes"].items() if count)
                  for name, record in records.items()) + ".\n",
              f"Settings of both servers: {settings}.\n"]
    return wrapped("\n".join(parts))


def wrapped(text):
    """Lines of running text at 100 columns; tables as they are."""
    lines = []
    for line in text.splitlines():
        lines += [line] if len(line) <= 100 or line.startswith("|") else textwrap.wrap(
            line, 100, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def write(options, where, records, found):
    folder = pathlib.Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    rows_of = {name: minutes_of(record, options.minutes) for name, record in records.items()}
    (folder / "soak.svg").write_text(plot.page(panels(rows_of), options.minutes))
    (folder / "soak.md").write_text(markdown(options, records, found, rows_of, where))
    everything = {"machine": where, "seed": options.seed, "minutes": options.minutes, "servers": {
        name: {"verdicts": [vars(each) for each in found[name]], "over_time": rows_of[name],
               "done": record["done"], "excused": record["excused"], "faults": record["faults"],
               "windows": record["windows"], "gauges": record["gauges"], "closes": record["closes"],
               "latency": {key: number for key, number in record["steady"]["latencies"]["quote"].items()
                           if key != "buckets"},
               "steady": record["steady"]["counts"], "pushed": record["pushed"]}
        for name, record in records.items()}}
    (folder / "soak.json").write_text(json.dumps(everything, indent=1) + "\n")
