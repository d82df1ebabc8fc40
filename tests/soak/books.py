"""The books, to the tick: nothing churns, nothing is pushed but what this pushes, and then each
tick of each stream must be delivered, conflated or abandoned, and the newest must be where it is
read.

Every ticker that a stream here watches is pushed equally often in a round. So a round with k ticks
of each adds k × tickcast_subscriptions, whoever the streams are."""
import asyncio
import json
import os
import signal

from deeds import Client, EventStream, WebSocketStream
from streams import Ended, Failed
from pushing import nothing_pushed, tick
from world import CHURNED, STEADY, value

FATES = ("delivered", "conflated", "abandoned")
NAMES = STEADY + CHURNED
KINDS = [WebSocketStream, EventStream]
QUIET = 0.4  # s without a change of any fate
PATIENCE = 40


class NotQuiet(Exception):
    pass


async def until(check, what, patience=PATIENCE):
    try:
        async with asyncio.timeout(patience):
            while not await check():
                await asyncio.sleep(0.1)
    except TimeoutError as error:
        raise NotQuiet(what) from error


async def settled(world, wire):
    """The families once the fates stand still."""
    async with asyncio.timeout(PATIENCE):
        before = None
        while True:
            families = await world.scrape(wire)
            fates = [value(families, f"tickcast_ticks_{fate}_total") for fate in FATES]
            if fates == before:
                return families
            before = fates
            await asyncio.sleep(QUIET)


class Reader:
    """Reads a stream to the end, in a task."""

    def __init__(self, stream):
        self.stream, self.task = stream, asyncio.create_task(stream.ended(patience=3600))

    async def stop(self):
        """What was wrong."""
        self.task.cancel()
        (result,) = await asyncio.gather(self.task, return_exceptions=True)
        return [repr(result)] if isinstance(result, Exception) else []

    def newest(self, name):
        return self.stream.check.newest.get(name)


async def make_books(world, pusher, steady_users, per_user):
    """One window: what was pushed, what became of it, and what did not agree. The caller holds
    world.calm, and no deed is under way."""
    found = {"at": round(world.seconds(), 1), "pushed": 0, "wrong": []}
    client = Client(world, world.random.randrange(1 << 60))
    window = None
    try:
        async with nothing_pushed(pusher):
            window = Window(world, client, found, await world.admin(), steady_users * per_user)
            client.wires.append(window.admin)
            await window.only_these_stream(steady_users)
            await window.run()
    except (NotQuiet, Failed, Ended, OSError, EOFError) as error:
        found["wrong"].append(f"{type(error).__name__}: {error}")
    finally:
        for reader in window.readers if window else []:
            found["wrong"] += await reader.stop()
        client.close()
    return found


class Window:
    """`admin` is its connection to the admin listener; `subscriptions`, how many there must be now,
    begins with those of the steady clients. What is not as it should be goes into found["wrong"].
    """

    def __init__(self, world, client, found, admin, subscriptions):
        self.world, self.client, self.found, self.admin = world, client, found, admin
        self.subscriptions = subscriptions
        self.readers = []
        self.reading = {}  # session and tickers of each reader whose stream goes on
        self.still = []  # streams that nobody reads

    async def run(self):
        await self._open()
        before = await self._fates()
        for _ in range(3):
            await self._round()
        await self._check_newest()
        await self._change()
        for _ in range(2):
            await self._round()
        await self._check_newest()
        await self._pause_and_cut()
        await self._round()
        await self._check_newest()
        after = await self._fates()
        self.found |= {fate: after[fate] - before[fate] for fate in FATES}

    async def only_these_stream(self, users):
        async def none_more():
            self.found["streams"] = value(await self.world.scrape(self.admin), "tickcast_connections")
            return self.found["streams"] == users
        await until(none_more, f"not only the {users} steady streams")

    async def _open(self):
        """Six readers, one with a throttle, four streams that nobody reads."""
        for number in range(6):
            names = self.client.random.sample(NAMES, 20)
            await self._read(await self.client.session(*names), names, KINDS[number % 2])
        await self._read(await self.client.session(*NAMES[:20], throttle=200), NAMES[:20])
        for kind in KINDS * 2:
            session = await self.client.session(*NAMES)
            self.still.append(await self.client.stream(session, kind, receive_buffer=2304))
        self.subscriptions += 7 * 20 + len(self.still) * len(NAMES)

    async def _read(self, session, names, kind=None):
        reader = Reader(await self.client.stream(session, kind))
        self.readers.append(reader)
        self.reading[reader] = (session, names)

    async def _fates(self):
        families = await settled(self.world, self.admin)
        return {fate: int(value(families, f"tickcast_ticks_{fate}_total")) for fate in FATES}

    async def _round(self):
        """Pushes each ticker some times, all in one body, or one body after another."""
        families = await self.world.scrape(self.admin)
        gauge = int(value(families, "tickcast_subscriptions"))
        if gauge != self.subscriptions:
            self.found["wrong"].append(f"tickcast_subscriptions is {gauge}, not {self.subscriptions}")
        times = self.client.random.randint(1, 5)
        ticks = [tick(name, number) for number in range(times) for name in NAMES]
        one_body = self.client.random.random() < 0.5
        for body in [ticks] if one_body else [ticks[i::times] for i in range(times)]:
            await self.world.push(self.admin, body)
        self.found["pushed"] += times * gauge
        await settled(self.world, self.admin)

    async def _change(self):
        """A stream is deleted, one reset, one taken over, one loses tickers, and one that nobody
        reads is cut."""
        client, (deleted, reset, taken, changed, *_) = self.client, self.readers
        await client.ask("DELETE", f"/v1/sessions/{self.reading[deleted][0]}", expect=204)
        client.expect(await deleted.task, 4000)
        self.found["wrong"] += await reset.stop()
        reset.stream.wire.reset()
        await self._read(*self.reading[taken])
        client.expect(await taken.task, 4001)
        session, names = self.reading[changed]
        await client.ask("PATCH", f"/v1/sessions/{session}", {"remove": names[:5]}, expect=200)
        self.reading[changed] = (session, names[5:])
        for reader in (deleted, reset, taken):
            del self.reading[reader]
        self.still.pop().wire.reset()
        self.subscriptions -= 20 + 20 + 5 + len(NAMES)
        await self._until_subscriptions()

    async def _pause_and_cut(self):
        """The others that nobody reads are cut, just as the process was paused."""
        os.kill(self.world.pid, signal.SIGSTOP)
        await asyncio.sleep(0.5)
        os.kill(self.world.pid, signal.SIGCONT)
        for stream in self.still:
            stream.wire.reset()
        self.subscriptions -= len(self.still) * len(NAMES)
        await self._until_subscriptions()

    async def _until_subscriptions(self):
        async def as_many():
            return value(await self.world.scrape(self.admin), "tickcast_subscriptions") == self.subscriptions
        await until(as_many, f"not {self.subscriptions} subscriptions")

    async def _check_newest(self):
        """Each reader has the newest tick of each of its tickers."""
        reply = await self.client.ask("GET", "/v1/quotes?tickers=" + ",".join(NAMES), expect=200)
        quotes = {quote["s"]: quote["n"] for quote in json.loads(reply.body)["quotes"]}

        def lacking():
            return [(name, reader.newest(name), quotes[name]) for reader, (_, names) in self.reading.items()
                    for name in names if reader.newest(name) != quotes[name]]

        async def all_have():
            return not lacking()
        try:
            await until(all_have, "a reader without the newest", patience=10)
        except NotQuiet:
            self.found["wrong"].append(f"not the newest (ticker, has, newest): {lacking()[:5]}")
