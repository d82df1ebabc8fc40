"""What a soak is judged by. Pure functions of what was recorded, so that each can be shown to fail.

Each gives a Verdict: `held` is true or false, or None where the run was too short to say."""
import collections
import dataclasses
import datetime
import re
import statistics

# Gauges that are 0 once the clients have left and the time of their sessions is over.
ZERO = ("tickcast_sessions", "tickcast_connections", "tickcast_subscriptions", "tickcast_slow_clients",
        "tickcast_feed_subscriptions")
# The others, and why they are not. A gauge that is in neither list fails the verdict.
NOT_ZERO = {
    "tickcast_feed_up": "1 while the feed has neither ended nor lost its source",
    "tickcast_feed_last_tick_timestamp_seconds": "a time: when the last tick was taken in",
    "tickcast_build_info": "always 1, its labels are the build",
    "process_resident_memory_bytes": "judged by the verdict on memory",
    "process_virtual_memory_bytes": "address space, which is no use of memory",
    "process_open_fds": "judged by the verdict on descriptors",
    "process_max_fds": "the limit of descriptors",
    "process_start_time_seconds": "a time: when the process began",
}
MEMORY_FROM, MEMORY_SHARE = 10, 0.05  # minutes; of what it was then
DRIFT_LEAST = 12  # minutes
# Of the middle of the minutes; the rest is what a machine with other work on it does by itself.
DRIFT = {"p50_ms": (1.25, 0.1), "p99_ms": (1.5, 1.0)}  # times, and ms more
TROUBLE_SLACK = 2.0  # s behind a trouble, in which a client may still fail
AFTER_WAKING = 5.0  # s
END_SLACK = 1.0  # s, of the clock that looks on
LINE = re.compile(r"\S+Z (debug|info|warn|error) \w+: (?:event=(\w+))?")


@dataclasses.dataclass
class Verdict:
    name: str
    held: bool | None
    text: str


def zero_gauges(gauges):
    """`gauges`: (family, labels, value) of each series, at the end."""
    left = [f"{family}{labels} {number:g}" for family, labels, number in gauges if family in ZERO and number != 0]
    unknown = sorted({family for family, _, _ in gauges if family not in ZERO and family not in NOT_ZERO})
    absent = [family for family in ZERO if family not in {name for name, _, _ in gauges}]
    wrong = left + [f"{family} is in no list" for family in unknown] + [f"{family} is missing" for family in absent]
    series = sum(1 for family, _, _ in gauges if family in ZERO)
    return Verdict("gauges", not wrong, "; ".join(wrong) or f"{series} series of {len(ZERO)} families are 0")


def books(windows):
    wrong = [f"at {window['at']:.0f} s: {text}" for window in windows for text in window["wrong"]]
    pushed = of_all = 0
    for window in windows:
        if window["wrong"]:
            continue
        fates = window["delivered"] + window["conflated"] + window["abandoned"]
        if window["pushed"] == 0:
            wrong.append(f"at {window['at']:.0f} s: nothing was pushed")
        if fates != window["pushed"]:
            wrong.append(f"at {window['at']:.0f} s: {window['pushed']} ticks of streams, {fates} fates")
        pushed, of_all = pushed + window["pushed"], of_all + 1
    if not windows:
        wrong.append("no books were made")
    return Verdict("books", not wrong, "; ".join(wrong) or f"{of_all} windows, {pushed} ticks, each with its fate")


def sessions(created, ended):
    return Verdict("sessions", created == ended and created > 0, f"{created:.0f} created, {ended:.0f} ended")


def same_count(name, before, after):
    return Verdict(name, before == after, f"{before} at the start, {after} at the end")


def memory(name, samples, minutes):
    """`samples`: (seconds, bytes) while the clients churned. Medians of a minute each: of the one
    after the first ten, and of the last one."""
    if minutes < MEMORY_FROM + 2:
        return Verdict(name, None, f"needs {MEMORY_FROM + 2} minutes")

    def median_of(minute):
        return statistics.median(number for at, number in samples if minute <= at / 60 < minute + 1)
    before, after = median_of(MEMORY_FROM), median_of(minutes - 1)
    grown = after / before - 1
    return Verdict(name, grown <= MEMORY_SHARE,
                   f"{before / 1e6:.2f} MB after {MEMORY_FROM} minutes, {after / 1e6:.2f} MB at the end: "
                   f"{grown:+.1%} ({MEMORY_SHARE:.0%} are allowed)")


def drift(rows, minutes):
    """`rows`: the figures of each minute by its number. The median of the last third's minutes
    beside that of the second third's. Minutes with pauses and shortages count on both sides."""
    if minutes < DRIFT_LEAST:
        return Verdict("latency drift", None, f"needs {DRIFT_LEAST} minutes")
    words, held = [], True
    for figure, (times, more) in DRIFT.items():
        second = [row[figure] for minute, row in rows.items() if minutes / 3 <= minute < minutes * 2 / 3]
        last = [row[figure] for minute, row in rows.items() if minutes * 2 / 3 <= minute < minutes]
        if len(second) < minutes / 6 or len(last) < minutes / 6:
            return Verdict("latency drift", False, f"{len(second)} and {len(last)} minutes with ticks in a third")
        before, after = statistics.median(second), statistics.median(last)
        limit = before * times + more
        held = held and after <= limit
        words.append(f"{figure[:3]} {before:.2f} → {after:.2f} ms (at most {limit:.2f})")
    return Verdict("latency drift", held, ", ".join(words))


def log(text, allowed):
    """`allowed`: how many lines of level warn or error each event may have."""
    found, wrong = {}, []
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            wrong.append(line)
        elif match[1] in ("warn", "error"):
            found[match[2]] = found.get(match[2], 0) + 1
            if found[match[2]] == allowed.get(match[2], 0) + 1:
                wrong.append(line)
    counts = ", ".join(f"{event} {count}" for event, count in sorted(found.items(), key=str))
    return Verdict("log", not wrong, f"not expected: {wrong[:5]}" if wrong else f"expected lines alone: {counts or 'none'}")


def end(status, seconds, most, codes, woke=()):
    """`codes`: with which code each client of the drain that read was closed. `woke`: when the
    process woke from pauses, in seconds since the signal; then it has 5 s more (SIG-9)."""
    wrong = []
    most = max([most, *(waking + AFTER_WAKING for waking in woke if waking > 0)])
    if status != 0:
        wrong.append(f"status {status}")
    if seconds > most + END_SLACK:
        wrong.append(f"{seconds:.1f} s, {most:.1f} s are allowed")
    if not codes or set(codes) != {1001}:
        wrong.append(f"the clients' codes: {sorted(set(map(str, codes)))}")
    return Verdict("end", not wrong, "; ".join(wrong) or f"status 0 after {seconds:.1f} s, {len(codes)} streams got 1001")


def steady(faults, ticks):
    real = [fault for fault in faults if "interrupted" not in fault]
    return Verdict("steady clients", not real and ticks > 0, "; ".join(real) or f"clean, {ticks} ticks")


def logged_pauses(text, began):
    """(waking, length) of each pause that the server logged, in seconds since `began`, a Unix
    time."""
    found = re.findall(r"^(\S+) warn app: event=paused seconds=([\d.]+)", text, re.M)
    return [(datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp() - began, float(length))
            for stamp, length in found]


def excused_spans(pauses):
    """(begin, end) for each pause. For as long again as it took, and 1 s at least, what comes may
    have waited, and is no flood; a pause within 1 s of the last one adds to it (decision 16)."""
    spans, waited, last = [], 0.0, float("-inf")
    for woke, length in pauses:
        ran = woke - length - last
        waited = max(waited - ran, 0) + length if ran < 1 else length
        last = woke
        spans.append((woke - length, woke + max(waited, 1) + TROUBLE_SLACK))
    return spans


def excuse(faults, pauses):
    """Those that stand, and how many of each kind a pause excuses."""
    spans = excused_spans(pauses)

    def met(fault):
        at, _, _, began = fault
        return began is not None and any(begin <= at and began <= end for begin, end in spans)
    excused = collections.Counter(f"{fault[1]} (pause of the machine)" for fault in faults if met(fault))
    return [fault for fault in faults if not met(fault)], excused


def deeds(done, expected, faults, excused):
    """Each kind was done, and none failed but in trouble."""
    missing = sorted(set(expected) - {name for name, count in done.items() if count})
    wrong = [f"never done: {', '.join(missing)}"] if missing else []
    wrong += [f"{len(faults)} failed, such as at {at} s {name}: {text}" for at, name, text, _ in faults[:1]]
    total = sum(done.values())
    if sum(excused.values()) > total:
        wrong.append(f"{sum(excused.values())} failed in trouble, more than the {total} done")
    return Verdict("deeds", not wrong, "; ".join(wrong)
                   or f"{total} done, of each of {len(set(expected))} kinds; {sum(excused.values())} failed in trouble")
