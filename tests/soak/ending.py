"""The end of a soak: all have left, what is left; then a drain with streams open."""
import asyncio
import contextlib
import signal

from deeds import DEEDS, Client, EventStream, WebSocketStream
from verdicts import ZERO
from world import ADDRESSES, CHURNED, value

PATIENCE = 60  # s: over the sessions' time, the silence of peers and what lingers


def gauges_of(families):
    return [(name, "{" + ",".join(f'{key}="{text}"' for key, text in labels) + "}" if labels else "", number)
            for name, family in sorted(families.items()) if family.type == "gauge"
            for (_, labels), number in family.samples.items()]


async def nobody_left(world, descriptors):
    """Once every gauge that must be 0 is, and the descriptors are as many as before; or what is
    left after a time. Gives families, descriptors, threads."""
    wire = await world.admin()
    with contextlib.closing(wire):
        for _ in range(PATIENCE * 2):
            families = await world.scrape(wire)
            left = [number for name, _, number in gauges_of(families) if name in ZERO and number]
            if not left and world.descriptors() == descriptors:
                break
            await asyncio.sleep(0.5)
        return families, world.descriptors(), world.threads()


async def give_back(world):
    """Addresses that the clients came from may have again all that they may have."""
    for number, address in enumerate(ADDRESSES[:6]):
        for name in ("take_all_connections", "take_all_sessions"):
            client = Client(world, number)
            try:
                await DEEDS[name][1](client, address)
            except Exception as error:  # whatever it is, the quota is not what it should be
                world.fault(f"{name} again", f"{type(error).__name__}: {error}")
            finally:
                client.close()


async def drain(world):
    """SIGTERM with streams open, some of which do not read: its record."""
    client = Client(world, 0)
    client.source = "127.1.1.1"  # the others' sessions might still be there
    try:
        reading = [await client.stream(await client.session(), kind)
                   for kind in [WebSocketStream, EventStream] * 10]
        for _ in range(4):
            await client.stream(await client.session(*CHURNED), receive_buffer=2304)
        await client.session()
        silent = await client.wire()
        await silent.send(b"GET /v1/")
        ends = [asyncio.create_task(stream.ended()) for stream in reading]
        found = {"at": world.seconds()}
        world.server.process.send_signal(signal.SIGTERM)
        while world.server.running() and world.seconds() < found["at"] + PATIENCE:
            await asyncio.sleep(0.02)
        found |= {"seconds": world.seconds() - found["at"], "status": world.server.process.poll()}
        codes = await asyncio.gather(*ends, return_exceptions=True)
        return found | {"codes": [code if isinstance(code, int) else repr(code) for code in codes]}
    finally:
        client.close()


def sessions_of(families):
    return (value(families, "tickcast_sessions_created_total"), value(families, "tickcast_sessions_ended_total"))
