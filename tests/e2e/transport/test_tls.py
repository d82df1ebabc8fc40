"""TLS, spoken by real clients: curl, openssl s_client, the websockets library, and one that
stalls."""
import asyncio
import atexit
import functools
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time

import pytest
import websockets

from support import tls
from support.harness import SLACK, HttpSocket, eventually, request_bytes, run_to_end, shared
from support.wsclient import PING, PONG, handshake

WIDE = [f"T{i}" for i in range(64)]


@pytest.fixture(scope="module")
def secure():
    yield from shared("--threads", "2", "--feed", "push", "--stale-seconds", 3600, over_tls=True)


def curl(server, *options, target="/v1/tickers", certificate=None):
    """Status, body and standard error of a GET."""
    done = subprocess.run(
        ["curl", "-sSv", "--cacert", certificate or tls.shared_certificate()[0],
         "-w", "\n%{http_code}", *options, f"https://localhost:{server.public[1]}{target}",
         "--resolve", f"localhost:{server.public[1]}:127.0.0.1"],
        capture_output=True, timeout=20 * SLACK, check=False)
    body, status = done.stdout.decode().rsplit("\n", 1)
    return int(status), body, done.stderr.decode()


def s_client(server, *options, typed=b"", port=None):
    """openssl s_client, given this on its terminal: all it said."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port or server.public[1]}",
         "-CAfile", tls.shared_certificate()[0], *options],
        input=typed, capture_output=True, timeout=20 * SLACK, check=False)
    return (done.stdout + done.stderr).decode("utf-8", "replace")


# Protocols.

# contract: RUN-11
@pytest.mark.parametrize("options,version", [
    (["--tlsv1.2", "--tls-max", "1.2"], "TLSv1.2"), (["--tlsv1.3"], "TLSv1.3")])
def test_Tls_WithCurl_IsServedAndVerified(secure, options, version):
    status, body, said = curl(secure, *options)
    assert status == 200 and "tickers" in json.loads(body)
    assert f"SSL connection using {version}" in said
    assert "SSL certificate verify ok" in said
    assert "ALPN: server accepted http/1.1" in said  # of the h2 and http/1.1 that it offers


@pytest.mark.parametrize("most", ["1.0", "1.1"])
def test_Tls_WhenTheClientSpeaksOnlyAnOldVersion_IsRefusedByAnAlert(secure, most):
    status, _, said = curl(secure, "--tls-max", most, "--tlsv1.0", "--ciphers", "DEFAULT@SECLEVEL=0")
    assert status == 0
    assert "alert protocol version" in said


@pytest.mark.parametrize("cipher", ["AES128-SHA256", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"])
def test_Tls_WhenTheClientHasOnlyWeakCiphers_IsRefused(secure, cipher):
    """No key exchange without forward secrecy, no CBC."""
    assert "handshake failure" in s_client(secure, "-tls1_2", "-cipher", cipher)


@pytest.mark.parametrize("options,expected", [
    (["-alpn", "http/1.1"], "ALPN protocol: http/1.1"),
    (["-alpn", "h2,http/1.1"], "ALPN protocol: http/1.1"),
    (["-alpn", "h2"], "no application protocol"),
    ([], "No ALPN negotiated")])
def test_Tls_Alpn_IsHttp11OrNothing(secure, options, expected):
    assert expected in s_client(secure, *options)


def test_Tls_Sessions_AreResumedByTickets(secure):
    said = s_client(secure, "-tls1_2", "-reconnect")
    assert len(re.findall(r"^Reused, ", said, re.M)) == 5, said


def test_Tls_Renegotiation_IsRefused(secure):
    said = s_client(secure, "-tls1_2", typed=b"R\n")
    assert "RENEGOTIATING" in said and "no renegotiation" in said


def ask_with_key_update(server, first, command, second, enough):
    """Types two texts into s_client, with a key update between; gives all it printed."""
    client = subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.public[1]}", "-tls1_3", "-crlf"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = []
    reader = threading.Thread(
        target=lambda: said.extend(iter(lambda: client.stdout.read1(65536), b"")))
    reader.start()
    try:
        # A command is one only where it is read alone: the text before it must have been sent.
        for typed, answer in ((first, b"HTTP/1.1 "), (command, b"KEYUPDATE"), (second, b"")):
            client.stdin.write(typed)
            client.stdin.flush()
            eventually(lambda answer=answer: answer in b"".join(said))
        eventually(lambda: enough(b"".join(said)))
    finally:
        client.kill()
        client.wait()
        reader.join()
    return b"".join(said)


@pytest.mark.parametrize("command", [b"K\n", b"k\n"])
def test_Tls_WhenTheClientUpdatesItsKeys_TheConnectionGoesOn(secure, command):
    """`K` also asks for ours, which then go out with the next answer."""
    request = b"GET /v1/quotes?tickers=KEYS HTTP/1.1\nHost: localhost\n\n"
    said = ask_with_key_update(secure, request, command, request,
                               lambda said: said.count(b"200 OK") == 2)
    assert b"KEYUPDATE" in said and b"alert" not in said


def test_Tls_WhenTheClientUpdatesItsKeysOnAStream_TicksGoOn(secure):
    secure.push({"s": "KEYST", "p": 1})
    request = handshake(secure.create("KEYST")).replace(b"\r\n", b"\n")
    # A push after the update makes the answer that is waited for.
    timer = threading.Timer(0.5 * SLACK, lambda: secure.push({"s": "KEYST", "p": 77.25}))
    timer.start()
    try:
        said = ask_with_key_update(secure, request, b"K\n", b"", lambda said: b"77.25" in said)
    finally:
        timer.join()
    assert b'"type":"snapshot"' in said and b'"type":"ticks"' in said


# Clients that speak something else, or nothing.

# contract: RUN-11
def test_Tls_WhenSpokenToInPlainHttp_JustEnds(secure):
    plain = HttpSocket(tuple(secure.public))
    plain.send(request_bytes("GET", "/v1/tickers"))
    assert plain.at_end()
    assert curl(secure)[0] == 200


def test_Plain_WhenSpokenToByTls_Gives400(start):
    server = start("--feed", "push", over_tls=False)
    assert "wrong version number" in s_client(server) + s_client(server, "-tls1_2")
    assert server.get("/v1/tickers").status == 200


@pytest.mark.parametrize("begin", [b"", b"\x16\x03\x01\x02\x00\x01"], ids=["nothing", "half a hello"])
def test_Handshake_WhenNotEndedInTime_IsCutAndCountsAsNoRequest(start, begin):
    server = start("--feed", "push", "--request-timeout-seconds", "0.5", over_tls=True)
    before = {name for name in server.metrics() if name.startswith("tickcast_http_requests_total")}
    began = time.monotonic()
    stalled = HttpSocket(tuple(server.public))
    stalled.send(begin)
    assert stalled.at_end()
    assert 0.45 <= time.monotonic() - began <= 2 * SLACK
    after = {name for name in server.metrics() if name.startswith("tickcast_http_requests_total")}
    assert {name for name in after - before if "metrics" not in name} == set()


def test_Handshake_WhenItTrickles_TheDeadlineStays(start):
    server = start("--feed", "push", "--request-timeout-seconds", "0.6", over_tls=True)
    began = time.monotonic()
    slow = HttpSocket(tuple(server.public))
    slow.socket.settimeout(0.05)
    hello = b"\x16\x03\x01\x02\x00" + b"\x01" * 400
    with pytest.raises((BrokenPipeError, ConnectionResetError, EOFError)):
        for at in range(len(hello)):
            slow.socket.sendall(hello[at:at + 1])
            try:
                slow._fill()
            except TimeoutError:
                pass
    assert 0.5 <= time.monotonic() - began <= 3 * SLACK


def test_Handshake_WhenManyFail_NothingStaysOpen(start):
    server = start("--feed", "push", over_tls=True)
    before = server.metrics()["process_open_fds"]
    for i in range(60):
        with socket.create_connection(server.public) as client:
            client.sendall((b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05", b"")[i % 3])
    eventually(lambda: server.metrics()["process_open_fds"] <= before)
    assert server.get("/v1/tickers").status == 200


def test_Handshake_WhenTheServerDrains_DoesNotHoldIt(start):
    server = start("--feed", "push", "--drain-seconds", "0.2", over_tls=True)
    with socket.create_connection(server.public):
        eventually(lambda: server.get("/v1/tickers").status == 200)
        began = time.monotonic()
        assert server.terminate(signal.SIGTERM, 8) == 0
        assert time.monotonic() - began < 4 * SLACK


def test_Request_WhenItStallsBehindTheHandshake_Gets408(start):
    server = start("--feed", "push", "--request-timeout-seconds", "0.5", over_tls=True)
    with server.connect() as connection:
        connection.send(b"GET /v1/tickers HT")
        assert connection.receive().status == 408
        assert connection.at_end()  # with close_notify, or this raises


# Streams.

def test_Stream_WithTheWebsocketsLibrary_IsVerified(secure):
    async def watch():
        session_id = secure.create("WSS")
        url, options = secure.library_address(session_id)
        with pytest.raises(ssl.SSLCertVerificationError):
            await websockets.connect(url)
        async with websockets.connect(url, **options) as opened:
            assert json.loads(await asyncio.wait_for(opened.recv(), 5))["type"] == "snapshot"
            for n in range(1, 51):
                secure.push({"s": "WSS", "p": n})
                message = json.loads(await asyncio.wait_for(opened.recv(), 5))
                assert [(tick["n"], tick["p"]) for tick in message["ticks"]] == [(n, n)]
        assert opened.close_code == 1000
    asyncio.run(watch())


@pytest.mark.parametrize("pieces", [1, 3])
def test_Stream_WhenFramesComeRightBehindTheUpgrade_TheyAreRead(secure, pieces):
    """In the request's record, and in records of their own in the same segment."""
    ping = bytes([0x80 | PING, 0x80 | 2, 0, 0, 0, 0])
    said = handshake(secure.create("BEHIND")) + ping + b"hi" + ping + b"ho"
    client = HttpSocket(secure.public)
    step = len(said) // pieces + 1
    for at in range(0, len(said), step):
        client.socket.tls.write(said[at:at + step])
    client.socket._flush()
    client.sent.add(said)
    assert client.receive().status == 101
    wanted = bytes([0x80 | PONG, 2]) + b"hi" + bytes([0x80 | PONG, 2]) + b"ho"
    while not all(pong in client.buffer for pong in (wanted[:4], wanted[4:])):
        client._fill()
    assert client.buffer.index(wanted[:4]) < client.buffer.index(wanted[4:])


# contract: DEL-4 DEL-5
def test_Stream_WhenTheClientStopsReading_MemoryIsBoundedAndTheNewestComesInTheEnd(start, stream):
    server = start("--feed", "push", "--slow-client-seconds", "60", over_tls=True)
    slow = stream(server, server.create(*WIDE), receive_buffer=4096)
    witness = stream(server, server.create(*WIDE[:1]))
    slow.snapshot()
    witness.snapshot()
    rounds, delivered, memory = 0, [-1], []
    # 2 MB a time: until the kernel has no more room, and then several times more.
    while len(memory) < 6:
        for _ in range(400):
            rounds += 1
            server.push(*({"s": name, "p": rounds} for name in WIDE))
        while witness.ticks()[-1]["p"] != rounds:
            pass
        # What the witness got aside, it is at rest.
        delivered.append(server.metric("tickcast_ticks_delivered_total") - rounds)
        if delivered[-1] <= delivered[-2]:
            memory.append(server.metrics()["process_resident_memory_bytes"])
        assert rounds < 20_000
    assert memory[-1] - memory[0] < 1 << 20, memory
    newest, frames = {}, 0
    while set(newest.values()) != {rounds} or len(newest) < len(WIDE):
        ticks = slow.ticks()
        assert len({tick["s"] for tick in ticks}) == len(ticks)
        for tick in ticks:
            assert tick["p"] > newest.get(tick["s"], 0)
            assert tick["n"] == tick["p"]
            newest[tick["s"]] = tick["p"]
        frames += 1
    assert frames < rounds
    # Every tick is accounted for.
    eventually(lambda: sum(
        server.metric(f"tickcast_ticks_{fate}_total")
        for fate in ("delivered", "conflated", "abandoned")) == rounds * (len(WIDE) + 1))


# contract: DEL-6
def test_Stream_WhenNoByteIsTaken_Gets4003(start, stream):
    server = start("--feed", "sim?tickers=64&rate=20000&burst=64", "--slow-client-seconds", "1",
                   over_tls=True)
    tickers = server.get("/v1/tickers").json()["tickers"]
    stalled = stream(server, server.create(*tickers), receive_buffer=4096)
    stalled.snapshot()
    eventually(lambda: server.metric("tickcast_slow_clients") == 1, 15)
    eventually(lambda: server.metrics()[
        'tickcast_limit_hits_total{limit="slow-client-seconds"}'] == 1, 15)
    assert stalled.closed(10) == 4003


def test_Stream_WhenReadSlowly_ProgressIsSeenAndItStays(start, stream):
    """The clock of the slow-client rule runs by bytes that the kernel took, not by whole frames."""
    server = start("--feed", "sim?tickers=2000&rate=20000&burst=2000", "--slow-client-seconds",
                   "1.5", "--max-tickers-per-session", "2000", over_tls=True)
    tickers = server.get("/v1/tickers").json()["tickers"]
    slow = stream(server, server.create(*tickers), receive_buffer=4096)
    slow.snapshot()
    slow_seen, until = 0, time.monotonic() + 8
    while time.monotonic() < until:  # 80 KB/s: a frame of 200 KB takes longer than is allowed
        slow.socket.incoming.write(slow.socket.plain.recv(4096))
        time.sleep(0.05)
        slow_seen = max(slow_seen, server.metric("tickcast_slow_clients"))
    assert slow_seen == 1
    assert server.metrics()['tickcast_stream_closes_total{code="4003"}'] == 0
    assert server.metric("tickcast_connections") == 1
    assert slow.ticks()


# contract: END-1
def test_Stream_WhenTheClientResets_ItsSessionIsDetached(secure, stream):
    session_id = secure.create("RESET")
    opened = stream(secure, session_id)
    opened.snapshot()
    opened.reset()
    eventually(lambda: secure.get("/v1/sessions/" + session_id).json()["state"] == "detached")
    assert stream(secure, session_id).snapshot()["tickers"] == ["RESET"]


def test_Stream_WhenARecordIsForged_IsCut(secure, stream):
    session_id = secure.create("FORGED")
    opened = stream(secure, session_id)
    opened.snapshot()
    opened.socket.plain.sendall(b"\x17\x03\x03\x00\x20" + os.urandom(32))
    with pytest.raises((ssl.SSLError, ConnectionResetError)) as cut:
        while opened.receive():
            pass
    if isinstance(cut.value, ssl.SSLError):
        assert "BAD_RECORD_MAC" in str(cut.value) or "EOF" in str(cut.value)
    eventually(lambda: secure.get("/v1/sessions/" + session_id).json()["state"] == "detached")


def test_Drain_ClosesAllWith1001AndCloseNotify(start, stream):
    server = start("--feed", "sim?tickers=20&rate=2000", "--threads", "2", "--drain-seconds", "1",
                   over_tls=True)
    tickers = server.get("/v1/tickers").json()["tickers"]
    opened = [stream(server, server.create(*tickers)) for _ in range(30)]
    codes = [None] * len(opened)

    def read(i):
        codes[i] = opened[i].closed(15)  # an end without close_notify raises

    readers = [threading.Thread(target=read, args=(i,)) for i in range(len(opened))]
    for reader in readers:
        reader.start()
    assert server.terminate(signal.SIGTERM, 12) == 0
    for reader in readers:
        reader.join()
    assert codes == [1001] * len(opened)


# Answers.

def test_Answer_WhenLargeAndReadSlowly_ComesWhole(start):
    server = start("--feed", "sim?tickers=40000&rate=10", over_tls=True)
    expected = server.get("/v1/tickers").body
    assert len(expected) > 400_000
    with server.connect() as connection:
        # 8 MB together, twice the kernel's limit, so that the server has to wait.
        connection.send(request_bytes("GET", "/v1/tickers") * 20)
        time.sleep(0.3)
        for _ in range(20):
            assert connection.receive().body == expected


def test_Connection_WhenToBeClosed_EndsWithCloseNotify(secure):
    with secure.connect() as connection:
        connection.send(request_bytes("GET", "/v1/tickers", headers={"Connection": "close"}))
        assert connection.receive().status == 200
        assert connection.at_end()


def test_Connection_WhenTheClientSendsCloseNotify_Ends(secure):
    with secure.connect() as connection:
        connection.send(request_bytes("GET", "/v1/tickers"))
        assert connection.receive().status == 200
        connection.socket.close_notify()
        while connection.socket.plain.recv(65536):  # to its end, or the timeout fails this
            pass


# Certificates.

def unverified():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def certificate_of(server):
    """The certificate that a new connection gets (DER)."""
    opened = tls.connect(server.public, tls_context=unverified())
    shown = opened.tls.getpeercert(binary_form=True)
    opened.close()
    return shown


def der(file):
    with open(file, encoding="ascii") as text:
        return ssl.PEM_cert_to_DER_cert(text.read())


@pytest.fixture
def files(tmp_path):
    """Certificate and key of a server's own, to be replaced."""
    copies = str(tmp_path / "live.pem"), str(tmp_path / "live.key")
    for source, copy in zip(tls.shared_certificate(), copies):
        shutil.copy(source, copy)
    return copies


def start_with(start, files, *flags):
    return start("--feed", "push", "--tls-cert", files[0], "--tls-key", files[1], *flags,
                 over_tls=False)


# contract: SIG-12
def test_Hangup_NewConnectionsGetTheNewCertificateAndStreamsGoOn(start, stream, files, tmp_path):
    server = start_with(start, files)
    old, new = tls.shared_certificate(), tls.make_certificate(tmp_path, "new")
    session_id = server.create("HUP")
    opened, idle = stream(server, session_id), server.connect()
    opened.snapshot()
    assert certificate_of(server) == der(old[0])
    for source, copy in zip(new, files):
        shutil.copy(source, copy)
    assert certificate_of(server) == der(old[0])  # not before SIGHUP
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: certificate_of(server) == der(new[0]))
    for n in range(1, 21):
        server.push({"s": "HUP", "p": n})
        assert [(tick["p"], tick["n"]) for tick in opened.ticks()] == [(n, n)]
    opened.send(PING, b"still")
    assert opened.receive_frame() == (PONG, b"still")
    idle.send(request_bytes("GET", "/v1/tickers"))
    assert idle.receive().status == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        server.get("/v1/tickers")
    assert curl(server, certificate=new[0])[0] == 200
    assert server.metric("tickcast_connections") == 1


# contract: SIG-12
@pytest.mark.parametrize("broken", ["missing", "no PEM", "another key"])
def test_Hangup_WhenTheNewFilesAreBroken_TheOldStayAndAnErrorIsLogged(start, files, tmp_path, broken):
    server = start_with(start, files)
    old = der(tls.shared_certificate()[0])
    if broken == "missing":
        os.remove(files[1])
    elif broken == "no PEM":
        with open(files[0], "w", encoding="ascii") as text:
            text.write("-----BEGIN CERTIFICATE-----\nnonsense")
    else:
        shutil.copy(tls.make_certificate(tmp_path, "other")[1], files[1])
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "event=tls_not_reloaded" in server.standard_error())
    line, = [line for line in server.standard_error().splitlines() if "tls_not_reloaded" in line]
    assert " error " in line and files[broken != "no PEM"] in line
    assert certificate_of(server) == old
    assert server.get("/v1/tickers").status == 200
    # With repaired files the next signal loads it.
    new = tls.make_certificate(tmp_path, "repaired")
    for source, copy in zip(new, files):
        shutil.copy(source, copy)
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: certificate_of(server) == der(new[0]))


# contract: SIG-12
def test_Hangup_WhenRepeatedUnderConnections_NoneFails(start, files):
    server = start_with(start, files, "--threads", "2")
    stop, statuses = threading.Event(), []

    def ask():
        while not stop.is_set():
            try:
                statuses.append(server.get("/v1/tickers").status)
            except Exception as error:  # would end this thread alone
                return statuses.append(repr(error))

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for _ in range(50):
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.01)
    eventually(lambda: len(statuses) > 100)
    stop.set()
    for asker in askers:
        asker.join()
    assert set(statuses) == {200}


@pytest.mark.parametrize("key", [("rsa:2048",), ("ed25519",),
                                 ("ec", "-pkeyopt", "ec_paramgen_curve:secp384r1")], ids=str)
def test_Certificate_OfEveryUsualKind_IsServed(start, tmp_path, key):
    certificate = tls.make_certificate(tmp_path, "kind", key)
    server = start_with(start, certificate)
    assert curl(server, certificate=certificate[0])[0] == 200


def test_Certificate_WithAChain_ShowsAllOfIt(start, tmp_path):
    root, leaf = str(tmp_path / "root"), str(tmp_path / "leaf")
    made = tls.make_certificate(tmp_path, "root")
    for command in (
            ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=leaf", "-keyout", leaf + ".key",
             "-addext", "subjectAltName=DNS:localhost", "-out", leaf + ".csr"],
            ["x509", "-req", "-in", leaf + ".csr", "-CA", made[0], "-CAkey", made[1],
             "-copy_extensions", "copy", "-days", "2", "-out", leaf + ".pem"]):
        subprocess.run(["openssl", *command], check=True, capture_output=True)
    with open(root + "-chain.pem", "w", encoding="ascii") as chain:
        for part in (leaf + ".pem", made[0]):
            with open(part, encoding="ascii") as text:
                chain.write(text.read())
    server = start_with(start, (root + "-chain.pem", leaf + ".key"))
    assert curl(server, certificate=made[0])[0] == 200
    assert s_client(server, "-showcerts").count("BEGIN CERTIFICATE") == 2


def test_Certificate_WhenExpired_IsServedButWarnedOf(start, tmp_path):
    certificate = tls.make_certificate(tmp_path, "expired")
    # From OpenSSL 3.4 on it takes dates and no negative days; before, the other way round.
    options = subprocess.run(["openssl", "x509", "-help"], capture_output=True, text=True, check=True).stderr
    end = ["-not_before", "20200101000000Z", "-not_after", "20200102000000Z"] if "-not_after" in options else ["-days", "-1"]
    subprocess.run(["openssl", "x509", "-in", certificate[0], "-signkey", certificate[1], *end,
                    "-out", certificate[0]], check=True, capture_output=True)
    server = start_with(start, certificate)
    eventually(lambda: "tls_certificate_expired" in server.standard_error())
    assert certificate_of(server) == der(certificate[0])


RSA, EC, EC_384, ED = ("rsa:2048",), ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), (
    "ec", "-pkeyopt", "ec_paramgen_curve:P-384"), ("ed25519",)
NAMES = {RSA: "RSA", EC: "EC (prime256v1)", EC_384: "EC (secp384r1)", ED: "Ed25519"}


@functools.lru_cache(maxsize=None)
def made_of(kind, which):
    folder = tempfile.mkdtemp(prefix="tickcast-keys-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return tls.make_certificate(folder, which, kind)


def refusal(certificate, key):
    status, output, error = run_to_end(
        "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--feed", "push",
        "--tls-cert", certificate, "--tls-key", key)
    assert (status, output) == (2, "")
    assert len(error.strip().splitlines()) == 1, error
    return error


@pytest.mark.parametrize("of_key, of_certificate", itertools.permutations(NAMES, 2),
                         ids=lambda kind: NAMES[kind])
def test_Start_WhenTheKeyIsOfAnotherType_NamesBoth(of_key, of_certificate):
    key = made_of(of_key, "one")[1]
    assert refusal(made_of(of_certificate, "one")[0], key) == (
        f'tickcast: --tls-key: "{key}": is a key of another type than its certificate: {NAMES[of_key]}, '
        f"where the certificate of --tls-cert has {NAMES[of_certificate]} (from the command line)\n")


@pytest.mark.parametrize("kind", NAMES, ids=NAMES.get)
def test_Start_WhenTheKeyIsAnotherOfTheSameType_SaysThatItDoesNotMatch(kind):
    error = refusal(made_of(kind, "one")[0], made_of(kind, "two")[1])
    assert error.startswith("tickcast: --tls-key: ")
    assert "does not match the certificate of --tls-cert" in error
    assert "another type" not in error


def converted(path, folder, *command):
    out = os.path.join(folder, "converted")
    subprocess.run(["openssl", *command, "-in", path, "-out", out], check=True, capture_output=True)
    return out


@pytest.mark.parametrize("setting, holds, make", [
    ("tls-cert", "private key", lambda files, folder: (files[1], files[0])),  # swapped
    ("tls-key", "holds a certificate", lambda files, folder: (files[0], files[0])),
    ("tls-cert", "holds a private key", lambda files, folder: (files[1], files[1])),
    ("tls-cert", "certificate in DER", lambda files, folder: (
        converted(files[0], folder, "x509", "-outform", "DER"), files[1])),
    ("tls-key", "key in DER", lambda files, folder: (
        files[0], converted(files[1], folder, "pkey", "-outform", "DER"))),
    ("tls-key", "pass phrase", lambda files, folder: (
        files[0], converted(files[1], folder, "pkey", "-aes256", "-passout", "pass:x"))),
    ("tls-key", "pass phrase", lambda files, folder: (
        files[0], converted(files[1], folder, "ec", "-aes256", "-passout", "pass:x"))),
    ("tls-key", "public key", lambda files, folder: (
        files[0], converted(files[1], folder, "pkey", "-pubout"))),
    ("tls-cert", "certificate request", lambda files, folder: (
        converted(files[0], folder, "x509", "-x509toreq", "-signkey", files[1]), files[1])),
    ("tls-cert", "is empty", lambda files, folder: ("/dev/null", files[1])),
    ("tls-key", "is empty", lambda files, folder: (files[0], "/dev/null"))])
def test_Start_WhenAFileHoldsSomethingElse_SaysWhat(tmp_path, setting, holds, make):
    error = refusal(*make(made_of(EC, "one"), str(tmp_path)))
    assert error.startswith(f"tickcast: --{setting}: ")
    assert holds in error


def test_Certificate_WithItsKeyInTheSameFile_IsServed(start, tmp_path):
    both = tmp_path / "both.pem"
    for order in (0, 1), (1, 0):
        parts = [pathlib.Path(made_of(RSA, "one")[part]).read_text(encoding="ascii") for part in order]
        both.write_text("".join(parts), encoding="ascii")
        server = start_with(start, (str(both), str(both)))
        assert certificate_of(server) == der(made_of(RSA, "one")[0])


def test_Hangup_WhenTheNewKeyIsOfAnotherType_SaysSo(start, files):
    server = start_with(start, files)
    shutil.copy(made_of(RSA, "one")[1], files[1])
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "event=tls_not_reloaded setting=tls-key" in server.standard_error())
    assert "another type than its certificate: RSA, where" in server.standard_error()


def wrong_files(folder):
    """Faulty files: certificate, key, the setting at fault, a word of the reason."""
    good, other = tls.shared_certificate(), tls.make_certificate(folder, "other")
    text = os.path.join(folder, "text")
    with open(text, "w", encoding="ascii") as file:
        file.write("no PEM at all\n")
    locked = os.path.join(folder, "locked.key")
    subprocess.run(["openssl", "pkey", "-in", good[1], "-aes256", "-passout", "pass:secret",
                    "-out", locked], check=True, capture_output=True)
    missing = os.path.join(folder, "none.pem")
    return {
        "no certificate": (missing, good[1], "tls-cert", "No such file"),
        "no key": (good[0], missing, "tls-key", "No such file"),
        "a folder": (folder, good[1], "tls-cert", "Is a directory"),
        "text for a certificate": (text, good[1], "tls-cert", "PEM"),
        "text for a key": (good[0], text, "tls-key", "PEM"),
        "a key for a certificate": (good[1], good[1], "tls-cert", "PEM"),
        "another's key": (good[0], other[1], "tls-key", "--tls-cert"),
        "a key with a pass phrase": (good[0], locked, "tls-key", "pass phrase"),
    }


# contract: SET-5
@pytest.mark.parametrize("what", [
    "no certificate", "no key", "a folder", "text for a certificate", "text for a key",
    "a key for a certificate", "another's key", "a key with a pass phrase"])
def test_Start_WhenAFileIsWrong_ExitsWith2AndOneLine(tmp_path, what):
    certificate, key, setting, reason = wrong_files(str(tmp_path))[what]
    status, output, error = run_to_end(
        "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--feed", "push",
        "--tls-cert", certificate, "--tls-key", key)
    assert (status, output) == (2, "")
    assert len(error.strip().splitlines()) == 1, error
    assert f"--{setting}: " in error and reason in error and "the command line" in error
    assert (certificate if setting == "tls-cert" else key) in error


# contract: RUN-11
@pytest.mark.parametrize("flags", [["--tls-cert", "CERT"], ["--tls-key", "KEY"], ["--admin-tls"],
                                   ["--admin-tls", "true"]], ids=str)
def test_Start_WhenTlsSettingsDoNotBelongTogether_ExitsWith2(flags):
    certificate, key = tls.shared_certificate()
    flags = [{"CERT": certificate, "KEY": key}.get(flag, flag) for flag in flags]
    status, output, error = run_to_end("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                                       *flags)
    assert (status, output) == (2, "")
    assert len(error.strip().splitlines()) == 1 and "--tls-" in error


# The admin listener.

# contract: RUN-12
def test_Admin_WithTlsOnThePublicListenerAlone_StaysPlain(secure):
    assert re.search(r"^public https://", secure.standard_output(), re.M)
    assert re.search(r"^admin http://", secure.standard_output(), re.M)
    assert secure.get("/livez", admin=True).status == 200


# contract: RUN-12
def test_Admin_WithAdminTls_IsTlsToo(start, stream):
    server = start("--feed", "push", "--admin-tls", "true", over_tls=True)
    assert re.search(r"^admin https://", server.standard_output(), re.M)
    assert server.admin.over_tls
    session_id = server.create("ADM")
    opened = stream(server, session_id)
    opened.snapshot()
    server.push({"s": "ADM", "p": 1})
    assert opened.ticks()[0]["p"] == 1
    assert server.metric("tickcast_ticks_delivered_total") == 1
    opened.close()
    opened.closed()
    plain = HttpSocket(tuple(server.admin))
    plain.send(request_bytes("GET", "/metrics"))
    assert plain.at_end()
    assert server.terminate() == 0
