"""Clients that send a body to its end before they look at the answer see why it was refused."""

import http.client
import json
import shutil
import subprocess
import threading
import urllib.error
import urllib.request

import pytest

from support import tls
from support.harness import SLACK, Server, eventually, request_bytes

NDJSON = {"Content-Type": "application/x-ndjson"}
FETCH = """
const [url, size, type, streamed] = process.argv.slice(1);
let left = Number(size);
const stream = () => new ReadableStream({ pull(to) {
    const now = Math.min(left, 65536);
    left -= now;
    if (now === 0) to.close(); else to.enqueue(new Uint8Array(now));
} });
const body = streamed ? stream() : new Uint8Array(left);
const headers = { 'content-type': type };
const answer = await fetch(url, { method: 'POST', headers, body, duplex: 'half' });
console.log(answer.status, (await answer.json()).code);
"""


def url_of(address, target):
    return f"http{'s' if address.over_tls else ''}://{address[0]}:{address[1]}{target}"


def by_urllib(address, target, size, headers):
    """It sends all, and then reads."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls.context())
    )
    request = urllib.request.Request(url_of(address, target), bytes(size), headers)
    try:
        with opener.open(request, timeout=20 * SLACK) as answer:
            return answer.status, json.load(answer).get("code")
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)["code"]


def by_http_client(address, target, size, headers):
    """In chunks."""
    kind = http.client.HTTPSConnection if address.over_tls else http.client.HTTPConnection
    options = {"context": tls.context()} if address.over_tls else {}
    connection = kind(*address, timeout=20 * SLACK, **options)
    connection.request(
        "POST",
        target,
        (bytes(min(50_000, size - at)) for at in range(0, size, 50_000)),
        headers,
        encode_chunked=True,
    )
    answer = connection.getresponse()
    return answer.status, json.load(answer)["code"]


def run(*command):
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=30 * SLACK, check=False
    )
    assert done.returncode == 0, done
    return done.stdout


def by_fetch(address, target, size, headers, streamed=""):
    if not shutil.which("node"):
        pytest.skip("no Node.js")
    status, code = run(
        "env",
        "NODE_TLS_REJECT_UNAUTHORIZED=0",
        "NODE_NO_WARNINGS=1",
        "node",
        "--input-type=module",
        "-e",
        FETCH,
        url_of(address, target),
        size,
        headers["Content-Type"],
        streamed,
    ).split()
    return int(status), code


def by_fetch_streamed(*arguments):
    return by_fetch(*arguments, streamed="streamed")


def by_curl(address, target, size, headers):
    if not shutil.which("curl"):
        pytest.skip("no curl")
    done = subprocess.run(
        [
            "curl",
            "-sk",
            "-H",
            "Expect:",
            "-H",
            f"Content-Type: {headers['Content-Type']}",
            "--data-binary",
            "@-",
            "-w",
            "\n%{http_code}",
            url_of(address, target),
        ],
        input=bytes(size),
        capture_output=True,
        timeout=30 * SLACK,
        check=False,
    )
    assert done.returncode == 0, done
    body, status = done.stdout.rsplit(b"\n", 1)
    return int(status), json.loads(body)["code"]


CLIENTS = [by_urllib, by_http_client, by_fetch, by_fetch_streamed, by_curl]


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "tls"])
def server(request):
    flags = ("--admin-tls", "true") if request.param else ()
    server = Server("--feed", "push", *flags, over_tls=request.param)
    yield server
    assert server.running(), server.standard_error()
    server.stop()


# contract: REQ-13
@pytest.mark.parametrize("client", CLIENTS)
def test_Push_WhenTooLarge_EveryClientSeesThe413(server, client):
    for size in (8_388_609, 9_000_000, 16_000_000):
        assert client(server.admin, "/v1/ticks", size, NDJSON) == (413, "body_too_large"), size


# contract: REQ-13
@pytest.mark.parametrize("client", CLIENTS)
def test_Public_WhenTheBodyIsTooLarge_EveryClientSeesTheReason(server, client):
    for target, kind, expected in (
        ("/v1/sessions", "application/json", (413, "body_too_large")),
        ("/v1/sessions", "text/plain", (415, "unsupported_media_type")),
        ("/nowhere", "text/plain", (404, "no_such_route")),
        ("/v1/tickers", "text/plain", (405, "method_not_allowed")),
    ):
        assert client(server.public, target, 3_000_000, {"Content-Type": kind}) == expected


# contract: REQ-13
@pytest.mark.parametrize(
    "flags,headers,expected",
    [
        ((), {"Host": "a b"}, (400, "bad_request")),
        ((), {"X-Pad": "x" * 20_000}, (431, "headers_too_large")),
        (
            (),
            {"Content-Encoding": "gzip", "Content-Type": "application/json"},
            (415, "unsupported_media_type"),
        ),
        (
            ("--allow-origin", "https://a.example"),
            {"Origin": "https://b.example"},
            (403, "origin_not_allowed"),
        ),
        (("--max-connections", 1), {}, (503, "at_capacity")),
        (("--max-connections-per-address", 1), {}, (429, "too_many_connections")),
    ],
)
def test_Post_WhenRefusedForItsHead_TheReasonIsSeen(start, flags, headers, expected):
    server = start("--feed", "push", *flags)
    with server.connect() as holder:
        holder.send(request_bytes("GET", "/v1/tickers"))
        assert holder.receive().status == 200
        for size in (100_000, 4_000_000):
            assert by_urllib(server.public, "/v1/sessions", size, headers) == expected


# contract: REQ-13
def test_Push_WithoutTheToken_SeesThe401(start, tmp_path):
    (tmp_path / "token").write_text("sesame")
    server = start("--feed", "push", "--push-token-file", tmp_path / "token")
    for size in (1_000_000, 9_000_000):
        assert by_urllib(server.admin, "/v1/ticks", size, NDJSON) == (401, "unauthorized")


# contract: REQ-14
def test_RefusedBodies_HoldUpNobodyAndKeepNothing(start):
    server = start("--feed", "push", "--threads", 1)
    server.get("/v1/tickers")
    before = server.metric("process_resident_memory_bytes")
    senders = [
        threading.Thread(
            target=by_urllib,
            args=(server.public, "/v1/sessions", 15_000_000, {"Content-Type": "application/json"}),
        )
        for _ in range(4)
    ]
    for sender in senders:
        sender.start()
    with server.connect() as other:
        while any(sender.is_alive() for sender in senders):
            other.send(request_bytes("GET", "/v1/tickers"))
            assert other.receive().status == 200
    for sender in senders:
        sender.join()
    assert server.metric("process_resident_memory_bytes") - before < 8 << 20
    eventually(lambda: server.metric("process_open_fds") < 40)
