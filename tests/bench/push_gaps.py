#!/usr/bin/env python3
"""The cost of large pushes for others: the largest gaps of a stream and the slowest calls, with and
without them.

    push_gaps.py [--bin tickcast] [--rounds 5] [--seconds 3] [--only valid,four]

scripts/bench_push.sh builds and calls this. Each round measures a quiet server, then the same one
while a body is pushed again and again; what is shown are the medians of the rounds, the quiet ones
beside them, and their difference. Stream, callers and pushers are processes of their own: none
waits for another's interpreter.
"""
import argparse
import base64
import http.client
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import time

import contestant

BODY = 8 * 1024 * 1024
CALLS = [("GET", "public", "/v1/quotes?tickers=AAPL,MSFT"), ("POST", "public", "/v1/sessions"),
         ("GET", "public", "/v1/tickers"), ("GET", "admin", "/readyz"), ("GET", "admin", "/metrics"),
         ("POST", "admin", "/v1/ticks")]
SMALL = '{"s":"SMALL","p":1}'
PAUSE = 0.002  # between two calls of a kind


def lines(size, tickers):
    line = '{"s":"B%d","p":%d,"b":1.25,"a":1.5,"z":100}\n'
    count = size // len(line % (200_000, 200_000))
    return [line % (number % tickers, number) for number in range(count)]


def scenarios():
    """Name: the bodies pushed at once (content type, body), and the status of the answer."""
    ndjson, array = "application/x-ndjson", "application/json"
    valid, many = lines(BODY, 5_000), lines(BODY, 10**9)
    bad = "".join(valid[:-1]) + "x\n"
    new = "".join('{"s":"N%d","p":1}\n' % number for number in range(200_000))
    return {
        "valid": ("8 MiB, lines", [(ndjson, "".join(valid))], 202),
        "array": ("8 MiB, an array", [(array, f"[{','.join(valid)}]")], 202),
        "bad": ("8 MiB, the last line bad", [(ndjson, bad)], 400),
        "named": (f"8 MiB, {len(many):,} new tickers taken", [(ndjson, "".join(many))], 202),
        "refused": ("200,000 new tickers, refused", [(ndjson, new)], 422),
        "four": ("four of 8 MiB at once", [(ndjson, "".join(valid))] * 4, 202),
    }


class Server:
    def __init__(self, binary, room):
        flags = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--threads", "1",
                 "--feed", "sim?rate=2000", "--feed", "push", "--max-known-tickers", str(room),
                 "--max-sessions", "1000000", "--pending-seconds", "1", "--log-level", "error"]
        self.process = subprocess.Popen([binary, *flags], stdout=subprocess.PIPE, text=True)
        lines_of_start = [self.process.stdout.readline() for _ in range(2)]
        ports = [int(line.rsplit(":", 1)[1]) for line in lines_of_start]
        self.ports = dict(zip(("public", "admin"), ports))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def call(self, method, listener, target, body=None, kind=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[listener], timeout=60)
        connection.request(method, target, body, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        return answer.status, answer.read()


def watch(server, seconds, out):
    """The largest gap between two arrivals of a stream of 64 of the simulator's tickers."""
    tickers = json.loads(server.call("GET", "public", "/v1/tickers")[1])["tickers"]
    tickers = [name for name in tickers if name[0].isalpha()][:64]
    session = json.loads(server.call("POST", "public", "/v1/sessions", json.dumps({"tickers": tickers}))[1])
    stream = socket.create_connection(("127.0.0.1", server.ports["public"]))
    key = base64.b64encode(os.urandom(16)).decode()
    stream.sendall((f"GET {session['stream_url']} HTTP/1.1\r\nHost: a\r\n"
                    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
    stream.recv(65536)
    begun = last = time.monotonic()
    largest = 0.0
    while last - begun < seconds:
        stream.recv(1 << 18)
        now = time.monotonic()
        largest, last = max(largest, now - last), now
    out.put(("stream", largest * 1000))


def ask(server, call, seconds, out):
    """The slowest of the calls of one kind, each on the same connection."""
    method, listener, target = call
    connection = http.client.HTTPConnection("127.0.0.1", server.ports[listener], timeout=60)
    body = {"/v1/sessions": '{"tickers":["AAPL"]}', "/v1/ticks": SMALL}.get(target)
    headers = {"Content-Type": "application/x-ndjson"} if target == "/v1/ticks" else {}
    slowest, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.monotonic()
        connection.request(method, target, body, headers)
        connection.getresponse().read()
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(PAUSE)
    out.put((f"{method} {target.split('?')[0]}", slowest * 1000))


def push(server, kind, body, status, seconds, out):
    """Again and again; a body is begun only where there is time for it."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        answer = server.call("POST", "admin", "/v1/ticks", body, kind)
        assert answer[0] == status, answer
        count += 1
    out.put(("pushes", count))


def measure(server, seconds, bodies=(), status=202):
    """{what: ms} of one run."""
    out = multiprocessing.Queue()
    jobs = [(watch, (server, seconds, out))]
    jobs += [(ask, (server, call, seconds, out)) for call in CALLS]
    jobs += [(push, (server, *body, status, seconds, out)) for body in bodies]
    processes = [multiprocessing.Process(target=work, args=arguments) for work, arguments in jobs]
    for process in processes:
        process.start()
    found = [out.get(timeout=seconds + 120) for _ in processes]
    for process in processes:
        process.join()
    return dict(found)


def compare(binary, rounds, seconds, bodies, status):
    quiet, busy = [], []
    room = 1_000 if status == 422 else 1_000_000
    for _ in range(rounds):
        with Server(binary, room) as server:
            server.call("POST", "admin", "/v1/ticks", SMALL, "application/x-ndjson")
            measure(server, 1)  # a server's first stream waits for objects that are made once
            quiet.append(measure(server, seconds))
            busy.append(measure(server, seconds, bodies, status))
    return ({key: statistics.median(each[key] for each in runs) for key in runs[0]}
            for runs in (quiet, busy))


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--bin", default=contestant.TICKCAST)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--only", default="",
                         help="these bodies alone, by comma: valid, array, bad, named, refused, four")
    chosen = options.parse_args()
    only = chosen.only.split(",") if chosen.only else []
    print("| pushed | what waits | longest without, ms | with, ms | more, ms | ratio |")
    print("|---|---|---|---|---|---|", flush=True)
    for key, (name, bodies, status) in scenarios().items():
        if only and key not in only:
            continue
        quiet, busy = compare(chosen.bin, chosen.rounds, chosen.seconds, bodies, status)
        for what in sorted(quiet):
            without, ms = quiet[what], busy[what]
            print(f"| {name} | {what} | {without:.1f} | {ms:.1f} | {ms - without:+.1f} | "
                  f"{ms / without:.2f} |", flush=True)


if __name__ == "__main__":
    main()
