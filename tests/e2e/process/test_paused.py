"""Time in which the process did not run counts against no client: one long SIGSTOP of several
servers at once, looked at from all sides, and short ones that add up. And clients at fault while it
ran are cut all the same."""
import contextlib
import re
import signal
import socket
import ssl
import threading
import time
import types

import pytest

from support import tls
from support.harness import SLACK, Server, eventually, request_bytes, stand_still
from support.sseclient import EventSource
from support.wsclient import BINARY, CLOSE, PING, PONG, WebSocket

LIMIT = 3.0  # s; of silence, of slowness, for a request, pending and detached
PAUSE = 7.0  # s; also longer than the five that a close, a drain's end and a stuck shard get
LIMITS = ("--ping-seconds", "0.5", "--peer-timeout-seconds", LIMIT, "--slow-client-seconds", LIMIT,
          "--pending-seconds", LIMIT, "--detached-seconds", LIMIT, "--request-timeout-seconds", LIMIT)
WIDE = [f"WIDE{i}" for i in range(64)]


def send(server, number):
    server.process.send_signal(number)


def status(server, session_id):
    return server.get("/v1/sessions/" + session_id).status


def opened(kind, server, *tickers, **options):
    session_id = server.create(*tickers)
    stream = kind(server, session_id, **options)
    stream.session_id = session_id
    stream.snapshot()
    return stream


def detached(server, ticker):
    stream = opened(WebSocket, server, ticker)
    stream.close()
    stream.closed()
    eventually(lambda: server.get("/v1/sessions/" + stream.session_id).json()["state"] == "detached")
    return stream.session_id


def stalled(server):
    """A client that reads no more, and for which something waits."""
    stream = opened(WebSocket, server, *WIDE, receive_buffer=4096)
    stream.answer_pings = False
    fill(server)
    return stream


def fill(server):
    before, since = -1, time.monotonic()
    # A shard might be late with its bytes.
    while before < len(WIDE) or time.monotonic() - since < 0.3 * SLACK:
        if (now := server.metric("tickcast_ticks_delivered_total")) != before:
            before, since = now, time.monotonic()
        server.push(*({"s": name, "p": before} for name in WIDE))


def half_sent(server):
    connection = server.connect()
    whole = request_bytes("POST", "/v1/sessions", {"tickers": ["HALF"]})
    connection.send(whole[:-3])
    connection.rest = whole[-3:]
    return connection


def unanswered(server):
    """A stream of which the server's close was read and not answered."""
    stream = opened(WebSocket, server, "UNAN")
    stream.send(BINARY, b"x")
    while stream.receive_frame()[0] != CLOSE:
        pass
    return stream


def set_up_main(server):
    main = types.SimpleNamespace(server=server)
    main.silent = opened(WebSocket, server, "SIL")  # really: from now on
    main.stalled, main.stalled_on = stalled(server), stalled(server)
    main.talker = opened(WebSocket, server, "TALK")
    main.quiet = opened(WebSocket, server, "TALK")
    main.events = opened(EventSource, server, "TALK")
    main.chatty, main.flooding = opened(WebSocket, server, "CHAT"), opened(WebSocket, server, "CHAT")
    main.unanswered, main.unanswered_on = unanswered(server), unanswered(server)
    main.detached, main.detached_on = detached(server, "DET"), detached(server, "DET")
    main.half, main.half_on = half_sent(server), half_sent(server)
    main.pending, main.pending_on = server.create("PEN"), server.create("PEN")
    main.livez = server.connect(admin=True)
    return main


def while_it_stands(main):
    """The clients' messages meanwhile: they wait in the server's sockets."""
    main.livez.send(request_bytes("GET", "/livez"))
    for _ in range(int(PAUSE * 20)):  # as many as it may, without the burst
        main.chatty.say("ping")
    flood = b"".join(main.flooding.frame(PING) for _ in range(int(PAUSE * 20) + 40 + 200))
    main.flooding.send_raw(flood)


def new_clients(made):
    """Each asks once, over a connection that is taken only when the server has woken; a stream says
    more at once."""
    server, waiting = made.limited_new, types.SimpleNamespace()
    waiting.asking = [server.connect(source="127.0.0.2") for _ in range(int(PAUSE * 5))]
    for connection in waiting.asking:
        connection.send(request_bytes("GET", "/v1/tickers"))
    waiting.pings = int(PAUSE * 5) + 10  # and its burst
    pings = b"".join(WebSocket.frame(None, PING) for _ in range(waiting.pings))

    def stream():
        waiting.stream = WebSocket(server, made.new_session, after=pings)
    waiting.thread = threading.Thread(target=stream)
    waiting.thread.start()
    return waiting


def pump(main, seconds):
    """Both live on: one sends pings all the time, the other answers those of the server, which come
    or do not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for stream in (main.talker, main.stalled_on):
            with contextlib.suppress(OSError):
                stream.send(PING)
        for stream in (main.talker, main.quiet):
            with contextlib.suppress(TimeoutError):
                while True:
                    opcode, payload = stream.receive_frame(0.05 / SLACK)
                    if opcode == PING:
                        stream.send(PONG, payload)


def attempt(look):
    """The result, or the fault: each test judges its own."""
    try:
        return look()
    except (AssertionError, EOFError, OSError) as error:
        return error


def finish_half(connection):
    connection.send(connection.rest)
    return connection.receive().status


def answer_at_last(stream):
    stream.send(CLOSE, b"\x03\xeb")
    return stream.http.at_end()


def answer_late(stream):
    """The code of a drained stream's close; fails if the answer comes to a socket that was
    reset."""
    while stream.receive_frame()[0] != CLOSE:
        pass
    time.sleep(0.5)
    stream.send(CLOSE, b"\x03\xe9")
    assert stream.socket.recv(1) == b""
    return stream.close_code


def read_on(stream):
    """The goodbye among all that there is."""
    stream.socket.settimeout(5 * SLACK)
    with contextlib.suppress(TimeoutError):
        while True:
            stream.receive_frame(0.3 / SLACK)
    return stream.goodbye


def look_at_main(main):
    """At once after it woke: what has a deadline is still there; half of it is then as it has to
    be."""
    server, seen = main.server, types.SimpleNamespace()
    seen.sessions = attempt(lambda: [status(server, main.pending), status(server, main.detached)])
    seen.half = attempt(lambda: finish_half(main.half))
    seen.unanswered = attempt(lambda: answer_at_last(main.unanswered))
    seen.livez = attempt(lambda: main.livez.receive().status)
    seen.pongs = attempt(lambda: [main.chatty.message(type="pong")["type"] for _ in range(int(PAUSE * 20))])
    seen.flood = attempt(main.flooding.closed)
    seen.pumped = attempt(lambda: pump(main, 0.5))
    seen.goodbye = attempt(lambda: read_on(main.stalled))
    seen.metrics = server.metrics()
    return seen


def repeatedly(server, found):
    """Five pauses of half a second, with a fifth of one between them: more in all than a pending
    session has."""
    found.session_id = server.create("AAPL")
    for _ in range(5):
        stand_still(server.process)
        time.sleep(0.5)
        send(server, signal.SIGCONT)
        time.sleep(0.1)
    found.status = status(server, found.session_id)


@pytest.fixture(scope="module")
def world():
    """Everything that needs the long pause, beside each other."""
    made = types.SimpleNamespace()
    servers = []

    def start(*flags, **options):
        servers.append(Server(*flags, **options))
        return servers[-1]
    try:
        made.main_server = start("--feed", "push", *LIMITS, "--max-messages-per-second", 20, "--threads", 2)
        made.tls_server = start("--feed", "push", "--request-timeout-seconds", LIMIT, over_tls=True)
        made.limited = start("--feed", "push", "--max-requests-per-second-per-address", 5)
        made.limited_new = start("--feed", "push", "--max-requests-per-second-per-address", 5,
                                 "--max-messages-per-second", 5)
        made.fed = start("--feed", "push", "--stale-seconds", LIMIT)
        made.aging = start("--feed", "push", "--max-session-age-seconds", 5)
        made.draining = start("--feed", "push", "--drain-seconds", 1)
        made.often = start("--feed", "push", "--pending-seconds", LIMIT)
        run(made)
        yield made
    finally:
        for server in servers:
            with contextlib.suppress(ProcessLookupError):
                send(server, signal.SIGCONT)
            server.stop()


def run(made):
    made.asking = made.limited.connect()
    made.watching = opened(WebSocket, made.fed, "FED")
    made.old = opened(WebSocket, made.aging, "AGE")
    made.leaving = [opened(WebSocket, made.draining, "DRN"), opened(EventSource, made.draining, "DRN")]
    made.main = set_up_main(made.main_server)
    # As late as possible: from here on they have the LIMIT alone until the servers stand still.
    made.shaken = half_shaken(made.tls_server)
    made.new_session = made.limited_new.create("NEW")
    made.fed.push({"s": "FED", "p": 1})
    assert made.watching.ticks()
    stopped = [made.main_server, made.tls_server, made.limited, made.limited_new, made.fed, made.aging, made.draining]
    send(made.draining, signal.SIGTERM)
    eventually(lambda: made.draining.get("/readyz", admin=True).status == 503)
    stand_still(*(server.process for server in stopped))
    began = time.monotonic()
    while_it_stands(made.main)
    for _ in range(int(PAUSE * 5)):
        made.asking.send(request_bytes("GET", "/v1/tickers"))
    made.new = new_clients(made)
    made.repeated = types.SimpleNamespace()
    others = threading.Thread(target=repeatedly, args=(made.often, made.repeated))
    others.start()
    while (left := began + PAUSE - time.monotonic()) > 0:
        for stream in (made.main.talker, made.main.stalled_on, made.old):
            stream.send(PING)
        time.sleep(min(left, 0.5))
    others.join()
    for server in stopped:
        send(server, signal.SIGCONT)
    time.sleep(0.15)  # a feed's own moment
    made.fed.push({"s": "FED", "p": 2})
    made.main_seen = look_at_main(made.main)
    made.hello = attempt(made.shaken.finish)
    made.old_closed = attempt(made.old.closed)
    made.drained = [attempt(lambda: answer_late(made.leaving[0])), attempt(made.leaving[1].closed)]


def half_shaken(server):
    """A TLS client of which a part of the hello is on its way."""
    hello, answer = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = tls.context().wrap_bio(answer, hello, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    first = hello.read()
    raw = socket.create_connection(server.public, 10 * SLACK)
    raw.sendall(first[:-5])

    def finish():
        raw.sendall(first[-5:])
        return raw.recv(1)
    return types.SimpleNamespace(finish=finish)


# contract: PAU-1 PAU-3
def test_WebSocket_WhoSentPingsAllTheTimeOrAnswersThem_IsNotSilent(world):
    main = world.main
    assert world.main_seen.pumped is None
    pump(main, LIMIT + 0.5)  # and stays
    main.server.push({"s": "TALK", "p": 77})
    for stream in (main.talker, main.quiet):
        assert stream.ticks()[0]["p"] == 77


# contract: PAU-1
def test_Events_LiveOn(world):
    world.main_server.push({"s": "TALK", "p": 78})
    assert world.main.events.ticks()[-1]["s"] == "TALK"


# contract: PAU-2
def test_Sessions_PendingAndDetached_AreThere(world):
    assert world.main_seen.sessions == [200, 200]


# contract: PAU-1
def test_Request_ThatWasHalfSent_IsAnswered(world):
    assert world.main_seen.half == 201


# contract: PAU-1
def test_Close_ThatWasUnanswered_IsAnsweredAndAnOrderlyEnd(world):
    assert world.main_seen.unanswered is True
    # Not a RST, which at_end takes too: it was answered in time.
    assert world.main_seen.metrics['tickcast_stream_closes_total{code="1003"}'] == 1


# contract: PAU-1
def test_SlowClient_ThatReadsOn_HasNoGoodbye(world):
    assert world.main_seen.goodbye is None


def test_Livez_AskedMeanwhile_Is200(world):
    assert world.main_seen.livez == 200


# contract: PAU-1
def test_Messages_ThatWaited_AreNoFlood(world):
    assert world.main_seen.pongs == ["pong"] * int(PAUSE * 20)


# contract: PAU-1
def test_Messages_MoreThanCouldHaveComeInTime_AreAFlood(world):
    assert world.main_seen.flood == 1008


# contract: PAU-1
def test_Requests_ThatWaited_AreNotTooMany(world):
    assert [world.asking.receive().status for _ in range(int(PAUSE * 5))] == [200] * int(PAUSE * 5)


# contract: PAU-1
def test_Requests_ThatWaitedInNewConnections_AreNotTooMany(world):
    assert [connection.receive().status for connection in world.new.asking] == [200] * len(world.new.asking)


# contract: PAU-1
def test_Messages_ThatWaitedBehindTheirHandshake_AreNoFlood(world):
    world.new.thread.join()
    for _ in range(world.new.pings):
        while world.new.stream.receive_frame()[0] != PONG:
            pass


# contract: PAU-1
def test_TlsHandshake_ThatWasHalfWay_GoesOn(world):
    assert world.hello == b"\x16"  # the server's


# contract: PAU-3
def test_Feed_ThatTicksAgain_WasNotStale(world):
    assert world.watching.message()["type"] == "ticks", "a status that it was stale"


# contract: PAU-4
def test_Age_GoesByTheClock(world):
    assert world.old_closed == 4002


# contract: PAU-1
def test_Drain_WhenItStoodStillPastItsEnd_NobodyIsCut(world):
    assert world.drained == [1001, 1001]
    assert world.draining.process.wait(10 * SLACK) == 0


# contract: PAU-2
def test_Pauses_ThatAreShort_AddUp(world):
    assert world.repeated.status == 200
    eventually(lambda: status(world.often, world.repeated.session_id) == 404, LIMIT + 5)


# contract: MET-31 MET-32
def test_Pause_IsCountedAndLogged(world):
    assert world.main_seen.metrics["tickcast_pauses_total"] >= 1
    assert PAUSE - 0.5 < world.main_seen.metrics["tickcast_paused_seconds_total"] < PAUSE + 5 * SLACK
    found = re.findall(r"event=paused seconds=(\d+\.\d+)", world.main_server.standard_error())
    # A busy machine makes short ones of its own.
    assert PAUSE - 0.5 < max(map(float, found)) < PAUSE + 5 * SLACK


# contract: PAU-5
def test_AtFault_WhileItRan_IsCutAllTheSame(world):
    """The same limits, of those that went on as they were: in their time, counted from where they
    stood."""
    main, server = world.main, world.main_server
    eventually(lambda: status(server, main.pending_on) == 404, LIMIT + 2)
    eventually(lambda: status(server, main.detached_on) == 404, LIMIT + 2)
    assert main.half_on.receive().status == 408
    with pytest.raises(ConnectionResetError):
        while True:
            main.silent.receive_frame(LIMIT + 2)
    with pytest.raises(ConnectionResetError):
        main.unanswered_on.receive_frame(5 + 2)
    eventually(lambda: server.metrics()['tickcast_stream_closes_total{code="4003"}'] >= 1, LIMIT + 6)
