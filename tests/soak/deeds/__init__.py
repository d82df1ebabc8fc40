"""What clients do to the server: a function each, with a weight. See docs/internals/soak.md."""
import dataclasses
import importlib
import json
import random

from support.harness import request_bytes

from streams import Broken, EventStream, Failed, WebSocketStream
from world import ADDRESSES, CHURNED, STEADY

DEEDS = {}


def deed(weight):
    """Of all deeds that begin, this one's share is its weight over the sum of all."""
    def add(function):
        assert function.__name__ not in DEEDS
        DEEDS[function.__name__] = (weight, function)
        return function
    return add


def load_all():
    for name in ("rest", "visits", "slow", "rude", "limits"):
        importlib.import_module(f"deeds.{name}")


@dataclasses.dataclass
class Client:
    """The client of one deed: its own random numbers, its address, its wires."""
    world: object
    number: int
    wires: list = dataclasses.field(default_factory=list)

    def __post_init__(self):
        self.random = random.Random(f"{self.world.seed}/{self.world.name}/{self.number}")
        self.source = self.random.choice(ADDRESSES)

    def close(self):
        for wire in self.wires:
            wire.close()

    async def wire(self, **options):
        made = await self.world.wire(**{"source": self.source, **options})
        self.wires.append(made)
        return made

    def tickers(self, most=8):
        """Of those that are pushed, mostly, of another feed, and one that nobody has ever seen."""
        names = self.random.sample(CHURNED + STEADY, self.random.randint(2, most))
        other = "AAPL" if self.world.name == "plain" else f"REC{self.random.randrange(20):02}"
        extra = [other, f"UNKNOWN{self.random.randrange(10**6)}"]
        return names + self.random.sample(extra, self.random.randint(0, 2))

    async def ask(self, method, target, body=None, wire=None, expect=None, **headers):
        own = wire or await self.wire()
        await own.send(request_bytes(method, target, body, headers))
        reply = await own.reply(head_only=method == "HEAD")
        if expect is not None and reply.status != expect:
            raise Failed(f"{method} {target.split('/')[:3]}: {reply.status} instead of {expect}: {reply.body[:200]}")
        if wire is None:
            own.close()
        return reply

    async def session(self, *tickers, wire=None, throttle=0):
        body = {"tickers": list(tickers or self.tickers()), "throttle_ms": throttle}
        return json.loads((await self.ask("POST", "/v1/sessions", body, wire, expect=201)).body)["session_id"]

    async def stream(self, session, kind=None, snapshot=True, **options):
        """A stream of this kind, or of one that is drawn; behind its snapshot."""
        kind = kind or self.random.choice([WebSocketStream, EventStream])
        more = {"last_event_id": options.pop("last_event_id")} if "last_event_id" in options else {}
        opened = await kind.open(await self.wire(**options), session, **more)
        if snapshot:
            message = await opened.message()
            if message["type"] != "snapshot":
                raise Failed(f"a stream began with {message}")
        return opened

    def expect(self, found, *wanted):
        if found not in wanted:
            raise Failed(f"{found} instead of {' or '.join(map(str, wanted))}")


__all__ = ["Broken", "Client", "DEEDS", "EventStream", "Failed", "WebSocketStream", "deed", "load_all"]
