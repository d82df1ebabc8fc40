"""The goals, and whether they hold: of a load beside its floor, of TLS, shards, many clients, and
events."""
from steady import median

FULL = 0.9  # of a processor, which then limits the output: CPU per tick says little
GOAL, REQUIRED = 1.15, 1.3
A_FRAME, LATER, MANY_TO_FEW = 1.1, 1.25, 1.2
TICKS, TICKS_WHERE_FULL = 0.03, 0.02
REQUIRED_OF = {"none": ("a", "d"), "server": ("b",)}
RESET_SECONDS = 2  # one for the resets, the rest to write its report and end
IN_KERNEL = 0.85  # of a floor's CPU, or it is none

IN_WORDS = (f"Each ratio compares a load with what stands beside it: a floor that sends the same way; for (j) tickcast's own "
            f"plain streams; for (k) its own single shard. Where neither processor is {FULL:.0%} busy, CPU per tick decides: at most {GOAL} "
            f"is the goal, {REQUIRED} is required of (a) and (d). Where the server's processor is full, frames/s decide: at least 1/{GOAL}; "
            f"of (b) 1/{REQUIRED} is required. Where the generator's processor is full, the run must only be clean. A load must also have "
            f"delivered ticks within {TICKS:.0%} ({TICKS_WHERE_FULL:.0%} where the server is full), ticks per frame within {A_FRAME} times "
            f"(where it is not), p50 and p99 at most {LATER} times, and a clean run: no client silent, cut or refused. **ok**: all of it; "
            f"*required*: all but the goal itself; **missed** names what does not hold. (j) has no goal. "
            f"A floor is one if at least {IN_KERNEL:.0%} of its CPU time is the kernel's.")


def sides(key):
    """The side to compare with, and the side that is judged."""
    return {"j": ("plain", "TLS"), "ka": ("1 shard", "2 shards"), "kd": ("1 shard", "2 shards")}.get(key, ("floor", "tickcast"))


def compare(ours, theirs):
    """The judged one's figures over the other's, in each round; the medians. Which processor was
    full, of either."""
    found = {what: median([a[what] / max(b[what], 1e-9) for a, b in zip(ours, theirs)])
             for what in ("cpu_us_per_tick", "ticks_per_s", "frames_per_s", "ticks_per_frame", "p50_ms", "p99_ms")}
    full = [name for name, what in (("generator", "generator_busy"), ("server", "server_busy"))
            if any(median([each[what] for each in rounds]) >= FULL for rounds in (ours, theirs))]
    found["full"] = full[0] if full else "none"
    found["clean"] = all(each["clean"] for each in ours)
    # The kernel counts both in steps of 10 ms: all rounds together, or chance would decide.
    found["floor_in_kernel"] = sum(each["server_system"] for each in theirs) / len(theirs)
    return found


def of_load(key, what):
    """`ok`, `required` or `missed: …`, as Markdown."""
    missed = [] if what["clean"] else ["not clean"]
    cost = 1.0
    if what["full"] != "generator":
        where_full = what["full"] == "server"
        cost = 1 / max(what["frames_per_s"], 1e-9) if where_full else what["cpu_us_per_tick"]
        if abs(what["ticks_per_s"] - 1) > (TICKS_WHERE_FULL if where_full else TICKS):
            missed.append("ticks/s")
        if not where_full and not 1 / A_FRAME <= what["ticks_per_frame"] <= A_FRAME:
            missed.append("ticks per frame")
        missed += [name for name in ("p50", "p99") if what[name + "_ms"] > LATER]
    if sides(key)[0] == "floor" and what["floor_in_kernel"] < IN_KERNEL:
        missed.append("the floor is none")
    if key == "j":
        return "no goal" if what["clean"] else "**missed**: not clean"
    limit = REQUIRED if key in REQUIRED_OF.get(what["full"], ()) else GOAL
    if cost > limit:
        missed.insert(0, "frames/s" if what["full"] == "server" else "CPU per tick")
    if missed:
        return "**missed**: " + ", ".join(missed)
    return "ok" if cost <= GOAL else "*required*"


def many_to_few(results, backend):
    """CPU per delivered tick with 19,000 clients over that with 5,000, round by round."""
    pairs = zip(results["e19"][f"tickcast {backend}"], results["e5"][f"tickcast {backend}"])
    return median([many["cpu_us_per_tick"] / few["cpu_us_per_tick"] for many, few in pairs])


def of_events(rounds):
    """(key, what, figure, whether it holds, goal) of the spikes and the resets.

    Ratios are the medians of the rounds' own. That of two p99 is of the medians of all rounds'
    seconds, of which those meanwhile all have a part of the event in them: in (i) a second's p99 is
    its slowest tick, and what else the machine does makes one of five seconds slow, before as
    meanwhile.
    """
    def left(when, what):  # a leak is no noise: the worst of the rounds
        return max(0, *(cut[when][what] - cut["before"][what] for _, _, cut in rounds))

    def middle(figure):
        return median([figure(*each) for each in rounds])

    def p99(when, event):
        return median([p99 for each in rounds for p99 in event(*each)[f"p99s_{when}_ms"]])

    spike = middle(lambda calm, loaded, _: loaded["snapshot_p95_ms"] / calm["snapshot_p95_ms"])
    spike_ms = middle(lambda _, loaded, __: loaded["snapshot_p95_ms"])
    beside = p99("meanwhile", lambda _, loaded, __: loaded) / p99("before", lambda _, loaded, __: loaded)
    heap = middle(lambda _, __, cut: cut["heap_after"] / cut["heap_before"])
    a_client = middle(lambda _, __, cut: cut["heap_a_client"])
    staying, alone = (p99("meanwhile", lambda _, __, cut: cut) / p99(when, lambda _, __, cut: cut) for when in ("before", "alone"))
    seconds = max(cut["seconds_of_resets"] for _, _, cut in rounds)
    gone = [left("after_2_s", what) for what in ("connections", "subscriptions", "descriptors")]
    sessions = left("after_4_s", "sessions")
    clean = all(loaded["clean"] and cut["clean"] for _, loaded, cut in rounds)
    return [
        ("h", "1,500 sessions at once beside (b): p95 to the snapshot, by that beside as many clients with one tick per second",
         f"{spike:.2f} ({spike_ms:.0f} ms)", spike <= 5, "5"),
        ("h", "the 5,000 clients' p99 meanwhile, by that before", f"{beside:.2f}", beside <= 2, "2"),
        ("i", "18,000 of 19,000 reset: seconds until their generator had ended", f"{seconds:.1f}", seconds <= RESET_SECONDS, f"{RESET_SECONDS:g}"),
        ("i", "connections, subscriptions, descriptors too many 2 s after the last RST",
         ", ".join(f"{each:.0f}" for each in gone), not any(gone), "0, 0, 0"),
        ("i", "sessions too many 2 s later", f"{sessions:.0f}", sessions == 0, "0"),
        ("i", "heap in use then, by that before they came", f"{heap:.2f}", heap <= 1.1, "1.1"),
        ("i", "heap per streaming client while they were there", f"{a_client:.0f} bytes", a_client <= 4096, "4,096"),
        ("i", "the 1,000's p99 in the seconds of the resets, by that in the seconds before (and before the 18,000 came)",
         f"{staying:.2f} ({alone:.2f})", staying <= 2, "2"),
        ("h, i", "the running clients' runs are clean", "yes" if clean else "no", clean, "yes"),
    ]
