#!/usr/bin/python3
"""The state after a replay of this CSV, as JSON: each ticker's rows and last merged quote.

Independent of the server on purpose: the csv, gzip and decimal modules and nothing else.
Numbers are strings in the contract's form (exact, without trailing zeros).
"""
import csv
import decimal
import gzip
import json
import sys

COLUMNS = {"bid": "b", "bid_size": "bz", "ask": "a", "ask_size": "az", "last": "p", "last_size": "z"}


def shortest(text):
    value = decimal.Decimal(text)
    return "0" if value == 0 else format(value.normalize(), "f")


def main(path):
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path, encoding="ascii")
    tickers = {}
    rows = first = last = 0
    with opened as lines:
        for row in csv.DictReader(lines):
            rows += 1
            last = int(row["ts_ns"])
            first = first or last
            ticker = tickers.setdefault(row["ticker"], {"rows": 0, "quote": {}})
            ticker["rows"] += 1
            ticker["quote"]["x"] = last // 1000
            for column, member in COLUMNS.items():
                if row[column]:
                    ticker["quote"][member] = row[column]
    for name, ticker in tickers.items():
        quote = {m: v if m == "x" else shortest(v) for m, v in ticker["quote"].items()}
        ticker["quote"] = {m: str(v) for m, v in quote.items()}
        ticker["quote"]["s"] = '"' + name + '"'
    json.dump({"rows": rows, "first_ns": first, "last_ns": last, "tickers": tickers}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
