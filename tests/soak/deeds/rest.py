"""Sessions without a stream, and clients that poll."""
import asyncio
import json

from support.harness import request_bytes

from deeds import deed
from world import CHURNED


@deed(4)
async def make_and_delete(client):
    wire = await client.wire()
    session = await client.session(wire=wire)
    await client.ask("DELETE", f"/v1/sessions/{session}", wire=wire, expect=204)
    await client.ask("GET", f"/v1/sessions/{session}", wire=wire, expect=404)


@deed(3)
async def make_patch_and_delete(client):
    wire = await client.wire()
    session = await client.session(wire=wire)
    for _ in range(client.random.randint(1, 4)):
        change = {"add": client.tickers(), "remove": client.tickers(), "throttle_ms": client.random.randrange(500)}
        await client.ask("PATCH", f"/v1/sessions/{session}", change, wire, expect=200)
    await client.ask("GET", f"/v1/sessions/{session}", wire=wire, expect=200)
    await client.ask("DELETE", f"/v1/sessions/{session}", wire=wire, expect=204)


@deed(3)
async def leave_to_expire(client):
    await client.session()


@deed(2)
async def be_refused(client):
    wire = await client.wire()
    await client.ask("POST", "/v1/sessions", {"tickers": []}, wire, expect=422)
    await client.ask("POST", "/v1/sessions", "{no json", wire, expect=400)
    await client.ask("POST", "/v1/sessions", {"tickers": CHURNED, "throttle_ms": -1}, wire, expect=400)
    await client.ask("GET", "/v1/nothing", wire=wire, expect=404)
    await client.ask("PUT", "/v1/tickers", wire=wire, expect=405)


@deed(3)
async def poll(client):
    wire = await client.wire()
    names = client.random.sample(CHURNED, 20)
    newest = dict.fromkeys(names, 0)
    for _ in range(client.random.randint(3, 10)):
        reply = await client.ask("GET", "/v1/quotes?tickers=" + ",".join(names), wire=wire, expect=200)
        for quote in json.loads(reply.body)["quotes"]:
            client.expect(quote["n"] >= newest[quote["s"]], True)
            newest[quote["s"]] = quote["n"]
        await asyncio.sleep(client.random.uniform(0.1, 0.8))


@deed(2)
async def pipeline(client):
    wire = await client.wire()
    requests = [("GET", "/v1/tickers"), ("HEAD", "/v1/tickers"), ("GET", "/readyz"), ("GET", "/livez")]
    drawn = client.random.choices(requests, k=12)
    await wire.send(b"".join(request_bytes(*each) for each in drawn))
    for method, _ in drawn:
        client.expect((await wire.reply(head_only=method == "HEAD")).status, 200)
