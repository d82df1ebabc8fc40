"""The steady ticks of a server: some per turn, round the tickers, over the admin listener."""
import asyncio
import contextlib
import time

from world import CHURNED, STEADY

TURN = 0.1  # s


class Pusher:
    """`rate` ticks per second. Stands still while `paused` is set; never catches up."""

    def __init__(self, world, rate):
        self.world, self.rate = world, rate
        self.paused = asyncio.Event()
        self.between = asyncio.Lock()  # held for a turn: with it, no push is under way
        self.pushed = 0

    async def run(self):
        # Each steady ticker as often as each other one, in turns that have both.
        names = [name for pair in zip(STEADY, CHURNED) for name in pair]
        count = max(1, round(self.rate * TURN))
        at = 0
        while True:
            try:
                with contextlib.closing(await self.world.admin()) as wire:
                    while True:
                        began = time.monotonic()
                        if not self.paused.is_set():
                            async with self.between:
                                ticks = [tick(names[(at + i) % len(names)], at + i) for i in range(count)]
                                await self.world.push(wire, ticks)
                            at += count
                            self.pushed += count
                        await asyncio.sleep(max(0.001, began + TURN - time.monotonic()))
            except (OSError, EOFError, AssertionError) as error:
                self.world.fault("steady pushes", repr(error))
                await asyncio.sleep(1)


def tick(name, number):
    return f'{{"s":"{name}","p":{100 + number % 50}.{number % 100:02},"z":{number % 90 + 1}}}'


@contextlib.asynccontextmanager
async def nothing_pushed(pusher):
    pusher.paused.set()
    async with pusher.between:
        pass
    try:
        yield
    finally:
        pusher.paused.clear()
