"""Deeds that begin at drawn times, and what becomes of each."""
import asyncio

import deeds
from streams import Broken, Ended, Failed

MOST_AT_ONCE = 150  # deeds
DEED_SECONDS = 60  # that one may take, with the trouble on its way


async def do_deed(world, client, name):
    began = world.seconds()
    try:
        async with asyncio.timeout(DEED_SECONDS):
            await deeds.DEEDS[name][1](client)
        world.done[name] += 1
    except Broken as error:
        world.fault(name, f"broken: {error}")
    except (Failed, Ended, OSError, EOFError, TimeoutError) as error:
        if (what := world.was_troubled(began)) is None:
            world.fault(name, f"{type(error).__name__}: {error}; begun at {began:.1f} s", began)
        else:
            world.excused[f"{name} ({what})"] += 1
    finally:
        client.close()


class Churn:
    """Deeds that begin at drawn times, `rate` per second."""

    def __init__(self, world, rate):
        self.world, self.rate, self.tasks, self.number = world, rate, set(), 0
        self.held_back = 0

    async def until(self, end):
        names = list(deeds.DEEDS)
        weights = [deeds.DEEDS[name][0] for name in names]
        # Each kind once, then as the weights have it.
        first = self.world.random.sample(names, len(names)) if self.number == 0 else []
        while self.world.seconds() < end:
            await asyncio.sleep(self.world.random.expovariate(self.rate))
            if len(self.tasks) >= MOST_AT_ONCE:
                self.held_back += 1
                continue
            client = self.next_client()
            name = first.pop() if first else client.random.choices(names, weights)[0]
            task = asyncio.create_task(do_deed(self.world, client, name))
            self.tasks.add(task)
            task.add_done_callback(self._ended)

    def next_client(self):
        self.number += 1
        return deeds.Client(self.world, self.number)

    def _ended(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.world.fault("the soak itself", repr(task.exception()))

    async def all_ended(self):
        while self.tasks:
            await asyncio.wait(self.tasks)
