"""Clients that break the rules of TCP, TLS, HTTP or WebSocket, or just their promise."""
import asyncio
import contextlib
import json
import ssl
import struct

from support.harness import request_bytes
from support.wsclient import BINARY, CONTINUATION, TEXT, handshake

from deeds import EventStream, WebSocketStream, deed
from deeds.visits import watch
from streams import frame
from world import BODY, MESSAGE, PEER_TIMEOUT, REQUEST_TIMEOUT


def go(client, wire):
    if client.random.random() < 0.5:
        wire.reset()
    else:
        wire.close()


@deed(4)
async def reset_a_stream(client):
    stream = await client.stream(await client.session())
    await watch(stream, client.random.uniform(0, 3))
    stream.wire.reset()


@deed(3)
async def reset_a_handshake(client):
    session = await client.session()
    wire = await client.wire()
    request = handshake(session)
    await wire.send(request[:client.random.randint(1, len(request))])
    await asyncio.sleep(client.random.choice([0, 0, 0.01, 0.1]))
    wire.reset()


@deed(2)
async def half_a_handshake(client):
    """It never ends its request: 408, or a silent close."""
    wire = await client.wire()
    request = handshake(await client.session())
    await wire.send(request[:client.random.randint(1, len(request) - 4)])
    found = await wire.until_end(patience=REQUEST_TIMEOUT + 30)
    client.expect(found[:12], b"HTTP/1.1 408", b"")


@deed(2)
async def say_nothing(client):
    wire = await client.wire(secure=client.random.random() < 0.5)
    await asyncio.sleep(client.random.uniform(1, 10))
    wire.close()


@deed(2)
async def half_close(client):
    """FIN to a stream that goes on: a WebSocket ends by it, an event stream may go on."""
    stream = await client.stream(await client.session())
    stream.wire.half_close()
    await asyncio.sleep(client.random.uniform(0.1, 3))
    stream.wire.close()


@deed(2)
async def never_answer(client):
    """No pong: reset after the silence that is allowed."""
    stream = await client.stream(await client.session(), WebSocketStream)
    await stream.wire.until_end(patience=PEER_TIMEOUT + 30)


@deed(4)
async def send_garbage_frames(client):
    stream = await client.stream(await client.session(), WebSocketStream)
    await stream.wire.send(client.random.choice([
        client.random.randbytes(client.random.randint(1, 4000)),
        frame(TEXT, b"\xff\xfe"), frame(BINARY, b"x"), frame(CONTINUATION, b"x"), frame(3, b"x"),
        frame(TEXT, "{}", rsv=4), frame(TEXT, "{}", mask=False), frame(9, b"x" * 200),
        frame(8, struct.pack("!H", 999)), frame(TEXT, b"x" * (MESSAGE + 1)),
        frame(TEXT, b"", length=(127, struct.pack("!Q", 1 << 62)))]))
    if client.random.random() < 0.5:
        stream.wire.half_close()
    await asyncio.sleep(client.random.uniform(0, 1))
    stream.wire.reset()


@deed(2)
async def break_a_rule(client):
    """Each fault of a client has its code."""
    sent, code = client.random.choice([
        (frame(TEXT, b"\xff\xfe"), 1007), (frame(BINARY, b"x"), 1003), (frame(3, b"x"), 1002),
        (frame(TEXT, "{}", mask=False), 1002), (frame(TEXT, b"x" * (MESSAGE + 1)), 1009)])
    stream = await client.stream(await client.session(), WebSocketStream)
    await stream.wire.send(sent)
    client.expect(await stream.ended(), code)


@deed(1)
async def flood(client):
    """Again and again: messages that waited while the process stood still are no flood."""
    stream = await client.stream(await client.session(), WebSocketStream)
    code = None
    with contextlib.suppress(ConnectionError):
        for _ in range(20):
            await stream.wire.send(frame(TEXT, json.dumps({"op": "ping"})) * 60)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    code = await stream.ended()
                    break
    client.expect(code, 1008, None)


@deed(2)
async def send_a_huge_body(client):
    wire = await client.wire()
    head = request_bytes("POST", "/v1/sessions", None, {"Content-Length": str(50 * BODY)})
    await wire.send(head)
    try:
        for _ in range(client.random.randint(1, 8)):
            await wire.send(b"x" * BODY)
    except ConnectionError:
        return
    client.expect((await wire.reply()).status, 413)
    go(client, wire)


@deed(2)
async def leave_within_a_body(client):
    wire = await client.wire()
    await wire.send(request_bytes("POST", "/v1/sessions", None, {"Content-Length": "5000"}) + b"{" * 100)
    await asyncio.sleep(client.random.choice([0, 0.05, 1]))
    go(client, wire)


@deed(2)
async def send_garbage_for_a_request(client):
    """On a TLS listener it is garbage for the handshake."""
    wire = await client.wire(secure=False)
    try:
        await wire.send(client.random.randbytes(client.random.randint(1, 30000)))
        wire.half_close()
        await wire.until_end(patience=REQUEST_TIMEOUT + 30)
    except ConnectionError:
        pass


@deed(2)
async def half_a_tls_handshake(client):
    """On a plain listener it is garbage for a request."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        hello.do_handshake()
    wire = await client.wire(secure=False)
    said = outgoing.read()
    await wire.send(said[:client.random.randint(1, len(said))])
    with contextlib.suppress(TimeoutError, ConnectionError):
        await wire.receive(patience=client.random.choice([0.1, 1, REQUEST_TIMEOUT + 30]))
    go(client, wire)


@deed(1)
async def talk_behind_events(client):
    stream = await client.stream(await client.session(), EventStream)
    await stream.wire.send(b"x" * (MESSAGE + 1000))
    client.expect(await stream.ended(), 1008, None)


@deed(2)
async def ask_and_leave(client):
    """The answers find nobody."""
    wire = await client.wire()
    await wire.send(request_bytes("GET", "/v1/tickers") * client.random.randint(1, 30))
    go(client, wire)
