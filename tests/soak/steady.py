"""The measured clients: users of tickcast-load that stay from the first second to the last, and
whose every tick is timed. It is a process of its own, so that the deeds do not disturb its
clock."""
import asyncio
import json
import os
import signal
import statistics

from support.load_generator import GENERATOR

from world import STEADY

PER_USER = 5
RAMP = 3


class Steady:
    def __init__(self, world, users, seconds, seed):
        self.world, self.users, self.seconds, self.seed = world, users, seconds, seed
        self.process, self.file = None, world.folder / "steady.json"

    async def start(self):
        host, port = self.world.server.public
        scheme = "https" if self.world.secure else "http"
        flags = {"target": f"{scheme}://{host}:{port}", "users": self.users, "ramp-seconds": RAMP,
                 "hold-seconds": self.seconds, "drop-seconds": 2, "tickers": ",".join(STEADY),
                 "tickers-per-user": PER_USER, "timeout-seconds": 60, "silent-seconds": 60,
                 "max-seconds": self.seconds + 60, "seed": self.seed, "json": self.file}
        if self.world.secure:
            flags["ca"] = self.world.folder / "all.pem"
        arguments = [word for name, value in flags.items() for word in (f"--{name}", str(value))]
        self.process = await asyncio.create_subprocess_exec(
            GENERATOR, "capacity", *arguments, "--quiet", stdin=asyncio.subprocess.DEVNULL,
            stdout=open(self.world.folder / "steady.txt", "wb"), stderr=asyncio.subprocess.STDOUT,
            env={name: value for name, value in os.environ.items() if not name.startswith("TICKCAST_")})

    async def end(self):
        """All leave; its report."""
        self.process.send_signal(signal.SIGINT)
        await self.process.wait()
        return json.loads(self.file.read_text())

    def kill(self):
        if self.process and self.process.returncode is None:
            self.process.kill()


def by_minute(report, began, minute=60):
    """Of each minute since the world began: median of its seconds' p50 and of their p99, and the
    worst p99, in ms. Seconds without ticks are left out."""
    minutes = {}
    for row in report["over_time"]:
        if row["ticks"] and row["streaming"]:
            minutes.setdefault(int((row["at"] + began) // minute), []).append(row)
    return {number: {"p50_ms": statistics.median(row["quote_p50_us"] for row in rows) / 1000,
                     "p99_ms": statistics.median(row["quote_p99_us"] for row in rows) / 1000,
                     "worst_ms": max(row["quote_p99_us"] for row in rows) / 1000,
                     "ticks": sum(row["ticks"] for row in rows),
                     "waiting": statistics.mean(row["own_waiting"] for row in rows)}
            for number, rows in minutes.items()}
