"""What was measured, as Markdown and SVG: a table of ratios to the floors, and bars of the CPU a delivered tick takes."""
import os
import re
import subprocess

from steady import median

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PAGE = os.path.join(ROOT, "docs", "PERFORMANCE.md")
PLOT = os.path.join(ROOT, "docs", "images", "floors.svg")
BEGIN, END = "<!-- begin of what scripts/bench.sh writes -->", "<!-- its end -->"
BACKENDS = ("send", "io_uring")
FULL = 0.9  # of a processor: from there on it decides what comes out, and CPU a tick says little
COLOURS = {"floor send": "#9aa7b5", "tickcast send": "#3d7ab8", "floor io_uring": "#c9b59a", "tickcast io_uring": "#c9722b"}


def middle(rounds, what):
    return median([each[what] for each in rounds])


def ratio(found, backend, what):
    """tickcast's over its floor's, in each round; the median."""
    pairs = zip(found[f"tickcast {backend}"], found[f"floor {backend}"])
    return median([ours[what] / max(theirs[what], 1e-9) for ours, theirs in pairs])


def state_of(found, backend):
    """Which processors were full, of any of the two."""
    full = [name for name, what in (("server", "server_busy"), ("generator", "generator_busy"))
            if any(middle(found[f"{kind} {backend}"], what) >= FULL for kind in ("floor", "tickcast"))]
    return " and ".join(full) or "none"


def machine():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        model = re.search(r"^model name\s*: (.*)$", info.read(), re.M)
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            check=False).stdout.strip()
    return f"commit {commit or 'unknown'}, {os.cpu_count()} processors ({model[1] if model else 'unknown'}), Linux {os.uname().release}"


def table(loads, results):
    lines = ["| | load | way | busy: server, floor, generator | full | CPU a tick | ticks/s | frames/s | ticks a frame | p50 | p99 |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    for load in loads:
        for backend in BACKENDS:
            found = results[load.key]
            busy = [middle(found[f"tickcast {backend}"], "server_busy"), middle(found[f"floor {backend}"], "server_busy"),
                    middle(found[f"tickcast {backend}"], "generator_busy")]
            lines.append(f"| {load.key} | {load.what} | {backend} | " + ", ".join(f"{each:.0%}" for each in busy)
                         + f" | {state_of(found, backend)} | " + " | ".join(
                             f"{ratio(found, backend, what):.2f}" for what in
                             ("cpu_us_per_tick", "ticks_per_s", "frames_per_s", "ticks_per_frame", "p50_ms", "p99_ms")) + " |")
    return "\n".join(lines)


def plot(loads, results):
    """Bars of the median CPU a tick, as shares of the epoll floor's."""
    kinds, bar, gap, left, top, height = list(COLOURS), 16, 26, 46, 44, 180
    width = left + len(loads) * (len(kinds) * bar + gap) + 10
    most = 1.5
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + top + 40}" font-family="sans-serif" font-size="11">',
             f'<rect width="{width}" height="{height + top + 40}" fill="#ffffff"/>',
             f'<text x="{left}" y="14" fill="#222">Server CPU a delivered tick, by the epoll floor\'s</text>']
    for i, kind in enumerate(kinds):
        parts.append(f'<rect x="{left + i * 120}" y="22" width="10" height="10" fill="{COLOURS[kind]}"/>'
                     f'<text x="{left + i * 120 + 14}" y="31" fill="#222">{kind}</text>')
    for step in (0, 0.5, 1, 1.5):
        y = top + height * (1 - step / most)
        parts.append(f'<line x1="{left}" x2="{width - 10}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                     f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#222">{step}</text>')
    for at, load in enumerate(loads):
        x = left + gap / 2 + at * (len(kinds) * bar + gap)
        base = middle(results[load.key]["floor send"], "cpu_us_per_tick")
        for i, kind in enumerate(kinds):
            share = min(middle(results[load.key][kind], "cpu_us_per_tick") / base, most)
            parts.append(f'<rect x="{x + i * bar:.1f}" y="{top + height * (1 - share / most):.1f}" width="{bar - 2}" '
                         f'height="{height * share / most:.1f}" fill="{COLOURS[kind]}"><title>{load.key} {kind}: {share:.2f}</title></rect>')
        parts.append(f'<text x="{x + len(kinds) * bar / 2:.1f}" y="{top + height + 16}" text-anchor="middle" fill="#222">{load.key}</text>')
    return "\n".join(parts) + "\n</svg>\n"


def write(loads, results, events, rounds, hold):
    with open(PAGE, encoding="utf-8") as page:
        text = page.read()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    body = (f"\n{machine()}; medians of {rounds} rounds of {hold:g} s, turn by turn.\n\n{table(loads, results)}\n\n"
            "![Server CPU a delivered tick, floors and tickcast](images/floors.svg)\n" + events + "\n")
    with open(PLOT, "w", encoding="utf-8") as out:
        out.write(plot(loads, results))
    with open(PAGE, "w", encoding="utf-8") as out:
        out.write(before + BEGIN + body + END + after)
