"""What happens to the whole server: a pause of the process, no descriptors, a reload, a large push.
One at a time per server; each is a function, and how often it comes in a cycle. See
docs/internals/soak.md."""
import asyncio
import contextlib
import hashlib
import os
import pathlib
import resource
import signal
import ssl

from support.harness import request_bytes

from pushing import tick
from wire import Wire
from world import BIG

TROUBLES = {}


def trouble(times):
    """So many times per cycle."""
    def add(function):
        TROUBLES[function.__name__] = (times, function)
        return function
    return add


def schedule(random, cycle, until):
    """(seconds, name) of each trouble: every cycle has the same ones, at times that are drawn. The
    first seconds have none, so that there are clients by then."""
    found = []
    begin = 3.0
    while begin + cycle <= until:
        for name, (times, _) in TROUBLES.items():
            found += [(begin + random.random() * cycle * 0.9, name) for _ in range(times)]
        begin += cycle
    return sorted(found)


async def make_troubles(world, plan):
    for at, name in plan:
        await asyncio.sleep(max(0.0, at - world.seconds()))
        async with world.calm:
            try:
                await TROUBLES[name][1](world)
                world.done[name] += 1
            except (OSError, EOFError, TimeoutError, AssertionError) as error:
                world.fault(name, f"{type(error).__name__}: {error}")


@trouble(1)
async def pause(world):
    """SIGSTOP, some seconds, SIGCONT."""
    with world.troubled("pause"):
        world.stopped.set()
        os.kill(world.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(world.random.uniform(0.5, 4))
        finally:
            os.kill(world.pid, signal.SIGCONT)
            world.stopped.clear()


@trouble(1)
async def shortage(world):
    """Its limit of descriptors is lowered for some seconds, and clients take what is left."""
    before = resource.prlimit(world.pid, resource.RLIMIT_NOFILE)
    wires = []
    with world.troubled("shortage"):
        resource.prlimit(world.pid, resource.RLIMIT_NOFILE,
                         (world.descriptors() + world.random.randint(0, 10), before[1]))
        try:
            for _ in range(30):
                wires.append(await world.wire(secure=False))
            await asyncio.sleep(world.random.uniform(1, 4))
        finally:
            resource.prlimit(world.pid, resource.RLIMIT_NOFILE, before)
            for number, wire in enumerate(wires):
                if number % 2:
                    wire.reset()
                else:
                    wire.close()


@trouble(2)
async def reload(world):
    """SIGHUP with another log level, or with a file of settings that is broken. With TLS a new
    certificate too, or (as if between two copies) one with a wrong key: new connections then get
    the new one, or still the old one."""
    level = world.random.choice(["info", "info", "debug", "warn", None])
    world.write_settings(f'log-level = "{level}"' if level else "log-level =")
    world.done["reload_with_broken_settings"] += level is None
    if world.secure:
        await _reload_certificate(world)
    else:
        os.kill(world.pid, signal.SIGHUP)


async def _reload_certificate(world):
    number = world.random.randrange(len(world.certificates))
    wrong = world.random.random() < 0.25
    old = await served_certificate(world)
    key = world.certificates[(number + 1) % len(world.certificates)][1] if wrong else None
    world.install_certificate(number, key)
    os.kill(world.pid, signal.SIGHUP)
    wanted = old if wrong else fingerprint(pathlib.Path(world.certificates[number][0]).read_text())
    await asyncio.sleep(0.3)  # where it is to stay the same there is nothing to wait for
    async with asyncio.timeout(20):
        while await served_certificate(world) != wanted:
            await asyncio.sleep(0.1)
    world.done["reload_with_a_wrong_key"] += wrong


def fingerprint(pem):
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


async def served_certificate(world):
    wire = await world.wire()
    with contextlib.closing(wire):
        return hashlib.sha256(wire.tls.getpeercert(binary_form=True)).hexdigest()


@trouble(3)
async def large_push(world):
    """Hundreds to thousands of ticks in one body, of tickers that nobody watches."""
    names = world.random.sample(BIG, world.random.choice([200, 1000, 5000]))
    ticks = [tick(name, number) for number, name in enumerate(names * world.random.randint(1, 5))]
    wire = await Wire.open(world.server.admin)
    with contextlib.closing(wire):
        await world.push(wire, ticks)


@trouble(1)
async def refused_push(world):
    """A large body with a wrong last line, and one whose client leaves within it."""
    ticks = [tick(name, 1) for name in BIG[:1000]] + ['{"s":"?"}']
    wire = await Wire.open(world.server.admin)
    with contextlib.closing(wire):
        try:
            await world.push(wire, ticks)
        except AssertionError:
            pass
        else:
            raise AssertionError("a wrong line was taken in")
    wire = await Wire.open(world.server.admin)
    body = request_bytes("POST", "/v1/ticks", "\n".join(ticks[:-1]), {"Content-Type": "application/x-ndjson"})
    await wire.send(body[:len(body) // 2])
    wire.reset()
