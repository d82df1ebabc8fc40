#!/usr/bin/python3
"""Writes market data with the properties of the real capture, for where that is not at hand.

Two kinds of rows (quotes without a last, trades without bid and ask), up to 8 decimals with
trailing zeros, ties in time, bursts; sorted by time. The same rows every time (a fixed seed).
"""
import argparse
import gzip
import random

HEADER = "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\n"
START_NS = 1_723_161_257_001_024_765
SPAN_NS = 343_000_000_000
# ticker, price and its step in units of 10^-decimals, decimals of prices, decimals of sizes
TICKERS = [
    ("BTCUSDT", 6_182_400_000_000, 1_000_000, 8, 8),
    ("ETHUSDT", 268_280_000_000, 1_000_000, 8, 8),
    ("BTCUSDT.UM", 6_180_000, 10, 2, 3),
    ("ETHUSDT.UM", 268_162, 1, 2, 3),
    ("BTCUSD_PERP", 618_047, 1, 1, 0),
    ("ETHUSD_PERP", 268_201, 1, 2, 0),
]
WEIGHTS = [30, 24, 20, 14, 7, 5]


def fixed(units, decimals):
    if decimals == 0:
        return str(units)
    digits = str(units).rjust(decimals + 1, "0")
    return digits[:-decimals] + "." + digits[-decimals:]


def times(rng, rows):
    """Steady traffic, and a fifth of all rows in 60 bursts of a tenth of a second; a third are
    ties."""
    bursts = [rng.randrange(SPAN_NS) for _ in range(60)]
    stamps = []
    while len(stamps) < rows:
        if rng.random() < 0.2:
            at = rng.choice(bursts) + rng.randrange(100_000_000)
        else:
            at = rng.randrange(SPAN_NS)
        stamps.append(at)
        while rng.random() < 0.33 and len(stamps) < rows:
            stamps.append(at)
    return sorted(stamps)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file", help="a name that ends in .gz is compressed")
    parser.add_argument("--rows", type=int, default=260_000)
    options = parser.parse_args()
    rng = random.Random(20240808)
    prices = {name: price for name, price, *_ in TICKERS}
    opened = gzip.open(options.file, "wt", 6) if options.file.endswith(".gz") else open(options.file, "w")
    with opened as out:
        out.write(HEADER)
        for at in times(rng, options.rows):
            name, _, step, decimals, size_decimals = rng.choices(TICKERS, WEIGHTS)[0]
            size = fixed(rng.randrange(1, 10 ** (size_decimals + 2)), size_decimals)
            if rng.random() < 0.21:
                price = fixed(prices[name] + rng.choice((0, step)), decimals)
                out.write(f"{START_NS + at},{name},,,,,{price},{size}\n")
                continue
            if rng.random() < 0.06:
                prices[name] += step * rng.randint(-5, 5)
            other = fixed(rng.randrange(1, 10 ** (size_decimals + 2)), size_decimals)
            bid, ask = fixed(prices[name], decimals), fixed(prices[name] + step, decimals)
            out.write(f"{START_NS + at},{name},{bid},{size},{ask},{other},,\n")


if __name__ == "__main__":
    main()
