"""The measurements as Markdown and SVG: a table of ratios to the floors, and bars of the CPU per
delivered tick."""
import math
import os
import re
import subprocess
import textwrap

import verdict
from steady import median

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PAGE = os.path.join(ROOT, "docs", "PERFORMANCE.md")
PLOT = os.path.join(ROOT, "docs", "images", "floors.svg")
BEGIN, END = "<!-- begin of what scripts/bench.sh writes -->", "<!-- its end -->"
BACKENDS = ("send", "io_uring")
COLOURS = {"floor send": "#9aa7b5", "tickcast send": "#3d7ab8", "floor io_uring": "#c9b59a", "tickcast io_uring": "#c9722b"}


def middle(rounds, what):
    return median([each[what] for each in rounds])


def commit():
    found = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def machine(commits):
    """`commits`: at which one each load was measured; that of most is named first."""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        model = re.search(r"^model name\s*: (.*)$", info.read(), re.M)
    of_all = list(commits.values())
    most = max(of_all, key=of_all.count)
    others = "".join(f", of ({key}) {each}" for key, each in commits.items() if each != most)
    return (f"commit {most}{others}; {os.cpu_count()} processors ({model[1] if model else 'unknown'}), "
            f"Linux {os.uname().release.split('-')[0]}")


def table(loads, results):
    """A row a load and way of sending, and one for (e) between its two sides."""
    lines = ["| | load | by | busy: server, beside, generator | decides | ticks/s | per frame | p50 | p99 | floor in the kernel | holds |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    for load in loads:
        base, judged = verdict.sides(load.key)
        for backend in BACKENDS:
            found = results[load.key]
            ours, theirs = found[f"{judged} {backend}"], found[f"{base} {backend}"]
            what = verdict.compare(ours, theirs)
            busy = [middle(ours, "server_busy"), middle(theirs, "server_busy"), middle(ours, "generator_busy")]
            decides = {"none": f"{what['cpu_us_per_tick']:.2f} CPU per tick", "server": f"{what['frames_per_s']:.2f} frames/s"}
            system = f"{middle(theirs, 'server_system'):.0%}" if base == "floor" else ""
            lines.append(f"| {load.key} | {load.what} | {backend} | " + ", ".join(f"{each:.0%}" for each in busy)
                         + f" | {decides.get(what['full'], 'generator full: survival')} | "
                         + " | ".join(f"{what[each]:.2f}" for each in ("ticks_per_s", "ticks_per_frame", "p50_ms", "p99_ms"))
                         + f" | {system} | {verdict.of_load(load.key, what)} |")
    if "e5" in results and "e19" in results:
        for backend in BACKENDS:
            share = verdict.many_to_few(results, backend)
            lines.append(f"| e | 19,000 clients beside 5,000 | {backend} | | {share:.2f} CPU per tick | | | | | | "
                         f"{'ok' if share <= verdict.MANY_TO_FEW else '**missed**'} |")
    return "\n".join(lines)


def plot(loads, results):
    """Bars of the median CPU per tick, as shares of the epoll floor's."""
    loads = [load for load in loads if verdict.sides(load.key)[0] == "floor"]
    kinds, bar, gap, left, top, height = list(COLOURS), 16, 26, 46, 44, 180
    width = left + len(loads) * (len(kinds) * bar + gap) + 10
    shares = {(load.key, kind): middle(results[load.key][kind], "cpu_us_per_tick") / middle(results[load.key]["floor send"], "cpu_us_per_tick")
              for load in loads for kind in kinds}
    most = max(3, *(math.ceil(2 * share) for share in shares.values())) / 2 if shares else 1.5
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + top + 40}" font-family="sans-serif" font-size="11">',
             f'<rect width="{width}" height="{height + top + 40}" fill="#ffffff"/>',
             f'<text x="{left}" y="14" fill="#222">Server CPU per delivered tick, by the epoll floor\'s</text>']
    for i, kind in enumerate(kinds):
        parts.append(f'<rect x="{left + i * 120}" y="22" width="10" height="10" fill="{COLOURS[kind]}"/>'
                     f'<text x="{left + i * 120 + 14}" y="31" fill="#222">{kind}</text>')
    for step in (half / 2 for half in range(int(2 * most) + 1)):
        y = top + height * (1 - step / most)
        parts.append(f'<line x1="{left}" x2="{width - 10}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                     f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#222">{step}</text>')
    for at, load in enumerate(loads):
        x = left + gap / 2 + at * (len(kinds) * bar + gap)
        for i, kind in enumerate(kinds):
            share = shares[load.key, kind]
            parts.append(f'<rect x="{x + i * bar:.1f}" y="{top + height * (1 - share / most):.1f}" width="{bar - 2}" '
                         f'height="{height * share / most:.1f}" fill="{COLOURS[kind]}"><title>{load.key} {kind}: {share:.2f}</title></rect>')
        parts.append(f'<text x="{x + len(kinds) * bar / 2:.1f}" y="{top + height + 16}" text-anchor="middle" fill="#222">{load.key}</text>')
    return "\n".join(parts) + "\n</svg>\n"


def wrapped(text):
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


def write(loads, results, events, commits, rounds, hold):
    with open(PAGE, encoding="utf-8") as page:
        text = page.read()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    how = f"{machine(commits)}; medians of {rounds} rounds of {hold:g} s, turn by turn."
    body = (f"\n{wrapped(how)}\n\n{wrapped(verdict.IN_WORDS)}\n\n{table(loads, results)}\n\n"
            "![Server CPU per delivered tick, floors and tickcast](images/floors.svg)\n" + events + "\n")
    with open(PLOT, "w", encoding="utf-8") as out:
        out.write(plot(loads, results))
    with open(PAGE, "w", encoding="utf-8") as out:
        out.write(before + BEGIN + body + END + after)
