"""Clients that take little, or nothing for a time."""
import asyncio

from deeds import EventStream, WebSocketStream, deed
from world import CHURNED, SLOW, STEADY

SMALL = 2304  # bytes of a receive buffer: about the least that Linux grants


@deed(3)
async def stop_for_a_while(client):
    """It reads nothing for some seconds, then all that waits, and goes."""
    session = await client.session(*CHURNED, *STEADY)
    stream = await client.stream(session, receive_buffer=SMALL)
    await asyncio.sleep(client.random.uniform(1, 4))
    await client.ask("PATCH", f"/v1/sessions/{session}", {"throttle_ms": 0}, expect=200)
    await stream.until("subscribed")
    await stream.leave()


@deed(2)
async def read_in_drops(client):
    stream = await client.stream(await client.session(*CHURNED, *STEADY), receive_buffer=SMALL)
    for _ in range(client.random.randint(10, 40)):
        if not await stream.wire.receive(size=client.random.randint(50, 2000)):
            break
        await asyncio.sleep(0.1)
    stream.wire.reset()


@deed(2)
async def never_read(client):
    """It is too slow in the end: 4003 where it reads on at last, or a reset. Where all that came so
    far fits into the buffers it is not slow, and goes by itself."""
    stream = await client.stream(await client.session(*CHURNED, *STEADY), WebSocketStream, receive_buffer=SMALL)
    await asyncio.sleep(SLOW + client.random.uniform(2, 8))
    try:
        async with asyncio.timeout(5):
            client.expect(await stream.ended(), 4003, None)
    except TimeoutError:
        stream.wire.reset()


@deed(2)
async def throttled(client):
    kind = client.random.choice([WebSocketStream, EventStream])
    stream = await client.stream(await client.session(throttle=client.random.choice([100, 1000, 60000])), kind)
    await asyncio.sleep(client.random.uniform(1, 5))
    await stream.leave()
