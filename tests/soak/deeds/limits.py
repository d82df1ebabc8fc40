"""Clients that use a limit up, from an address of their own. What an address may have, it may have
again as soon as it has given it back."""
from support.harness import request_bytes

from deeds import Failed, deed
from world import CONNECTIONS_PER_ADDRESS, REQUESTS_PER_ADDRESS, SESSIONS_PER_ADDRESS


def own_address(client):
    return f"127.{client.random.randint(40, 99)}.{client.random.randint(0, 255)}.{client.number % 250 + 1}"


@deed(0.4)
async def take_all_connections(client, address=None):
    client.source = address or own_address(client)
    wires = [await client.wire() for _ in range(CONNECTIONS_PER_ADDRESS + 5)]
    statuses = [(await client.ask("GET", "/v1/tickers", wire=wire)).status for wire in wires]
    client.expect(sorted(set(statuses)), [200, 429])
    client.expect(statuses.count(200), CONNECTIONS_PER_ADDRESS)


@deed(0.4)
async def take_all_sessions(client, address=None):
    client.source = address or own_address(client)
    wire = await client.wire()
    for _ in range(SESSIONS_PER_ADDRESS):
        await client.session("AAPL", wire=wire)
    await client.ask("POST", "/v1/sessions", {"tickers": ["AAPL"]}, wire, expect=429)


@deed(0.4)
async def ask_too_often(client):
    """Until it is refused: after a pause it has the pause's worth too, up to a minute's."""
    client.source = own_address(client)
    wire = await client.wire()
    statuses = []
    while 429 not in statuses and len(statuses) < 80 * REQUESTS_PER_ADDRESS:
        await wire.send(request_bytes("GET", "/v1/quotes?tickers=AAPL") * REQUESTS_PER_ADDRESS)
        statuses += [(await wire.reply()).status for _ in range(REQUESTS_PER_ADDRESS)]
    if set(statuses) != {200, 429} or statuses.count(200) < REQUESTS_PER_ADDRESS:
        raise Failed(f"{statuses.count(200)} of {len(statuses)} requests were served")
