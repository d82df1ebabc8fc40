"""What a server holds, over time."""
import asyncio
import contextlib

from world import value

EVERY = 3.0  # s
STATES = ("pending", "streaming", "detached")


async def sample(world, wire):
    families = await world.scrape(wire)
    found = {
        "at": round(world.seconds(), 2), "resident_bytes": world.resident_bytes(),
        "heap_bytes": await world.heap_bytes(), "descriptors": world.descriptors(),
        "threads": world.threads(), "cpu_seconds": world.cpu_seconds(),
        "streams": value(families, "tickcast_connections"),
        "subscriptions": value(families, "tickcast_subscriptions"),
        "slow_clients": value(families, "tickcast_slow_clients"),
        "pauses": value(families, "tickcast_pauses_total"),
        "paused_seconds": value(families, "tickcast_paused_seconds_total"),
        "deeds": sum(world.done.values()),
    }
    for fate in ("delivered", "conflated", "abandoned"):
        found[fate] = value(families, f"tickcast_ticks_{fate}_total")
    for state in STATES:
        found[f"sessions_{state}"] = value(families, "tickcast_sessions", state=state)
    return found


async def sample_always(world, samples):
    while True:
        try:
            with contextlib.closing(await world.admin()) as wire:
                while True:
                    if not world.stopped.is_set():
                        samples.append(await sample(world, wire))
                    await asyncio.sleep(EVERY)
        except (OSError, EOFError, AssertionError) as error:
            world.fault("sampling", repr(error))
            await asyncio.sleep(EVERY)
