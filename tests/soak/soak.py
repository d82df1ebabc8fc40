"""The soak: the built server on real sockets, for MINUTES of churn, trouble and pushes, plain and
with TLS side by side, and what was left of it. scripts/soak.sh builds and runs this.

    soak.py MINUTES [--seed N] [--out FOLDER] [--users N] [--deeds N] [--ticks N] [--only plain|tls]
    soak.py MINUTES --seed N --again FILE --out FOLDER    the report once more, of what was recorded

Exit status: 0 every verdict held, 1 one did not."""
import argparse
import asyncio
import contextlib
import json
import pathlib
import random
import resource
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent),
                str(pathlib.Path(__file__).resolve().parents[1] / "e2e")]

import books  # noqa: E402
import deeds  # noqa: E402
import ending  # noqa: E402
import report  # noqa: E402
import sampling  # noqa: E402
import steady  # noqa: E402
import troubles  # noqa: E402
import verdicts  # noqa: E402
from churn import Churn, do_deed  # noqa: E402
from pushing import Pusher  # noqa: E402
from world import DRAIN, World  # noqa: E402

SHARES = {"plain": 1.0, "tls": 0.4}  # of the load that the options say
CYCLE = 60.0  # s, of troubles; shorter in a short run, so that each comes twice
BOOKS_EVERY = 600.0  # s


class Soak:
    """One server, from its first client to its end; `share` is its share of the load."""

    def __init__(self, world, options, share):
        self.world, self.seconds = world, options.minutes * 60
        self.users = max(4, round(options.users * share))
        self.steady = steady.Steady(world, self.users, self.seconds + 3600, world.random.randrange(1 << 30))
        self.pusher = Pusher(world, options.ticks)
        self.churn = Churn(world, options.deeds * share)
        self.helpers = []
        self.record = {"users": self.users, "windows": [], "samples": [], "steady_began": -steady.RAMP,
                       "kinds": [*deeds.DEEDS, *troubles.TROUBLES]}

    async def run(self):
        """Gives its record."""
        world = self.world
        with contextlib.closing(await world.admin()) as wire:
            await world.scrape(wire)
            self.record |= {"descriptors": world.descriptors(), "threads": world.threads()}
        try:
            await self.steady.start()
            self._help(self.pusher.run())
            self._help(sampling.sample_always(world, self.record["samples"]))
            await asyncio.sleep(steady.RAMP)
            world.began = time.monotonic()
            self.record["began"] = time.time()
            await self._churn()
            self.record["steady"] = await self.steady.end()
            await self._stop_helpers()
            await self._end()
        except (OSError, EOFError, AssertionError):
            # Without its server nothing goes on: what it said is the report.
            print(f"{world.name}: end: FAILED: ended before its time with {world.server.process.poll()}: {world.faults[:5]}\n"
                  f"{world.server.standard_error()[-4000:]}", flush=True)
            raise
        finally:
            await self._stop_helpers()
            self.steady.kill()
            world.server.process.kill()
            world.server.process.wait()
        return self.record | {"done": dict(world.done), "excused": dict(world.excused), "faults": world.faults,
                              "trouble": world.trouble, "pushed": self.pusher.pushed,
                              "log": world.server.standard_error()}

    def _help(self, coroutine):
        self.helpers.append(asyncio.create_task(coroutine))
        return self.helpers[-1]

    async def _stop_helpers(self):
        for helper in self.helpers:
            helper.cancel()
        for result in await asyncio.gather(*self.helpers, return_exceptions=True):
            if isinstance(result, Exception):
                self.world.fault("the soak itself", repr(result))
        self.helpers.clear()

    async def _churn(self):
        cycle = min(CYCLE, (self.seconds - 3) / 2)
        plan = troubles.schedule(self.world.random, cycle, self.seconds)
        troubling = self._help(troubles.make_troubles(self.world, plan))
        half = BOOKS_EVERY / 2
        for at in range(int(half), int(self.seconds - half) + 1, int(BOOKS_EVERY)):
            await self.churn.until(at)
            await self._make_books()
        await self.churn.until(self.seconds)
        async with self.world.calm:  # a trouble that has begun ends
            troubling.cancel()
        await self.churn.all_ended()
        await self._do_what_is_missing()
        await self._make_books()
        self.record["held_back"] = self.churn.held_back

    async def _make_books(self):
        await self.churn.all_ended()
        async with self.world.calm:
            self.record["windows"].append(
                await books.make_books(self.world, self.pusher, self.users, steady.PER_USER))

    async def _do_what_is_missing(self):
        """In a short run a kind can have been drawn only within a trouble, or not at all."""
        world = self.world
        await troubles.make_troubles(world, [(0, name) for name in troubles.TROUBLES if not world.done[name]])
        for name in deeds.DEEDS:
            while not world.done[name] and not world.faults:
                await do_deed(world, self.churn.next_client(), name)

    async def _end(self):
        world, record = self.world, self.record
        families, record["descriptors_after"], record["threads_after"] = await ending.nobody_left(
            world, record["descriptors"])
        record["gauges"] = ending.gauges_of(families)
        record["sessions"] = ending.sessions_of(families)
        record["closes"] = {labels[0][1]: number for (_, labels), number in
                            families["tickcast_stream_closes_total"].samples.items()}
        await ending.give_back(world)
        record["end"] = await ending.drain(world)


def judge(record, minutes):
    samples, done, end = record["samples"], record["done"], record["end"]
    pauses = verdicts.logged_pauses(record["log"], record["began"])
    rows = steady.by_minute(record["steady"], record["steady_began"])
    allowed = {"paused": 10**6, "accept_failed": 10**6 if done.get("shortage") else 0,
               "max_connections_capped": 1, "tls_not_reloaded": done.get("reload_with_a_wrong_key", 0),
               "reload_refused": done.get("reload_with_broken_settings", 0)}
    return [
        verdicts.zero_gauges(record["gauges"]),
        verdicts.books(record["windows"]),
        verdicts.sessions(*record["sessions"]),
        verdicts.same_count("descriptors", record["descriptors"], record["descriptors_after"]),
        verdicts.same_count("threads", record["threads"], record["threads_after"]),
        verdicts.memory("resident memory", [(each["at"], each["resident_bytes"]) for each in samples], minutes),
        verdicts.memory("heap in use", [(each["at"], each["heap_bytes"]) for each in samples], minutes),
        verdicts.drift(rows, minutes),
        verdicts.steady(record["steady"]["faults"], record["steady"]["counts"]["ticks"]),
        verdicts.deeds(done, record["kinds"], record["faults"], record["excused"]),
        verdicts.log(record["log"], allowed),
        verdicts.end(end["status"], end["seconds"], DRAIN + 5, end["codes"], [woke - end["at"] for woke, _ in pauses]),
    ]


async def soak(options, folder):
    soaks = [Soak(World(name, options.seed, folder), options, SHARES[name]) for name in options.only]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each.run()) for each in soaks]
    return {each.world.name: task.result() for each, task in zip(soaks, tasks)}


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--out", default=None, help="a folder for soak.md, soak.json and the plots")
    parser.add_argument("--users", type=int, default=200, help="steady clients of the plain server")
    parser.add_argument("--deeds", type=float, default=8, help="deeds per second at the plain server")
    parser.add_argument("--ticks", type=int, default=100, help="ticks per second")
    parser.add_argument("--record", default=None, help="FILE for all that was recorded")
    parser.add_argument("--again", default=None, help="FILE of a --record: judge and report it, run nothing")
    parser.add_argument("--only", choices=["plain", "tls"], action="append", default=None)
    options = parser.parse_args(arguments)
    options.only = options.only or ["plain", "tls"]
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    return options


def main(arguments):
    options = parse(arguments)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    deeds.load_all()
    print(f"seed {options.seed}", flush=True)
    where = report.machine()
    if options.again:
        where, records = json.loads(pathlib.Path(options.again).read_text())
    else:
        with tempfile.TemporaryDirectory(prefix="tickcast-soak-") as folder:
            records = asyncio.run(soak(options, folder))
    if options.record:
        pathlib.Path(options.record).write_text(json.dumps([where, records]))
    for record in records.values():
        pauses = verdicts.logged_pauses(record["log"], record["began"])
        record["faults"], more = verdicts.excuse(record["faults"], pauses)
        record["excused"] |= more
    found = {name: judge(record, options.minutes) for name, record in records.items()}
    if options.out:
        report.write(options, where, records, found)
    for name, record in records.items():
        for at, what, text, _ in record["faults"][:20]:
            print(f"{name}: at {at} s {what}: {text}")
    failed = [each for of_one in found.values() for each in of_one if each.held is False]
    for name, of_one in found.items():
        for each in of_one:
            word = {True: "held", False: "FAILED", None: "not judged"}[each.held]
            print(f"{name}: {each.name}: {word}: {each.text}")
    print(f"{'FAILED' if failed else 'all held'}; seed {options.seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
