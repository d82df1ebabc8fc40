"""Clients that keep to the contract: they stream, change, come back, and are displaced."""
import asyncio

from deeds import EventStream, Failed, WebSocketStream, deed
from streams import Ended


async def watch(stream, seconds):
    """Reads for that long."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while (left := until - loop.time()) > 0:
        try:
            async with asyncio.timeout(left):
                await stream.message()
        except TimeoutError:
            return
        except Ended as end:
            raise Failed(f"the server {end}") from end


@deed(8)
async def visit_by_websocket(client):
    stream = await client.stream(await client.session(), WebSocketStream)
    await watch(stream, client.random.uniform(0.2, 8))
    client.expect(await stream.leave(), 1000)


@deed(6)
async def visit_by_events(client):
    stream = await client.stream(await client.session(), EventStream)
    await watch(stream, client.random.uniform(0.2, 8))
    await stream.leave()


@deed(4)
async def change_by_messages(client):
    stream = await client.stream(await client.session(), WebSocketStream)
    for _ in range(client.random.randint(2, 8)):
        await stream.say("subscribe", tickers=client.tickers())
        await stream.until("subscribed")
        await stream.say("unsubscribe", tickers=client.tickers())
        await stream.until("subscribed")
        await stream.say("throttle", ms=client.random.choice([0, 0, 50, 300]))
        await stream.until("subscribed")
        await stream.say("subscribe", tickers=["no ticker"])
        await stream.until("error")
        await stream.say("ping", id=client.number)
        await stream.until("pong")
        await watch(stream, client.random.uniform(0.3, 1))
    client.expect(await stream.leave(3000), 3000)


@deed(3)
async def change_by_patch(client):
    session = await client.session(throttle=client.random.choice([0, 100]))
    stream = await client.stream(session)
    for _ in range(client.random.randint(1, 5)):
        change = {"add": client.tickers(), "remove": client.tickers()}
        await client.ask("PATCH", f"/v1/sessions/{session}", change, expect=200)
        await stream.until("subscribed")
        await watch(stream, client.random.uniform(0.1, 1))
    await stream.leave()


@deed(3)
async def be_deleted(client):
    session = await client.session()
    stream = await client.stream(session)
    await watch(stream, client.random.uniform(0, 1))
    await client.ask("DELETE", f"/v1/sessions/{session}", expect=204)
    client.expect(await stream.ended(), 4000)


@deed(4)
async def be_taken_over(client):
    session = await client.session()
    stream = await client.stream(session)
    for _ in range(client.random.randint(1, 3)):
        successor = await client.stream(session)
        client.expect(await stream.ended(), 4001)
        stream = successor
        await watch(stream, client.random.uniform(0, 1))
    await stream.leave()


@deed(3)
async def come_back(client):
    """By RST or by its close, and back to the same session within the time that it has."""
    session = await client.session()
    for _ in range(client.random.randint(2, 4)):
        stream = await client.stream(session)
        await watch(stream, client.random.uniform(0, 1))
        if client.random.random() < 0.5:
            stream.wire.reset()
        else:
            await stream.leave()
        await asyncio.sleep(client.random.uniform(0, 1))
    await client.ask("DELETE", f"/v1/sessions/{session}", expect=204)


@deed(2)
async def come_back_displaced(client):
    """An event source that another has displaced gets 204 when it comes back by its id."""
    session = await client.session()
    first = await client.stream(session, EventStream)
    second = await client.stream(session)
    client.expect(await first.ended(), 4001)
    headers = {"Accept": "text/event-stream", "Last-Event-ID": first.id}
    await client.ask("GET", f"/v1/stream/{session}", expect=204, **headers)
    await second.leave()
