"""Listening on [::]: clients of both kinds come in, and all that names an address is right."""

import re
import socket

import pytest

from support.harness import Address, HttpSocket, request_bytes


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


pytestmark = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


def asked(host, port, request, listener="public", over_tls=False):
    with HttpSocket(Address(host, port, over_tls), listener=listener) as connection:
        connection.send(request)
        return connection.receive()


@pytest.mark.parametrize("threads", [1, 2])
def test_AnyAddress_TakesClientsOfBothKindsAndSaysSo(start, threads):
    server = start(
        "--feed",
        "push",
        "--threads",
        threads,
        "--max-connections-per-address",
        100,
        "--allow-origin",
        "https://a.example",
        listen=("--listen", "[::]:0", "--admin-listen", "[::1]:0"),
    )
    public, admin = server.public[1], server.admin[1]
    text = server.standard_output()
    scheme = "https" if server.public.over_tls else "http"
    assert f"public {scheme}://[::]:{public}\n" in text
    assert f"admin http://[::1]:{admin}\n" in text
    page = re.search(rf"^page {scheme}://(\[?[0-9a-f.:]+\]?):{public}/$", text, re.M)
    assert page, text
    for host in ("127.0.0.1", "::1", page.group(1).strip("[]")):
        name = f"[{host}]:{public}" if ":" in host else f"{host}:{public}"
        request = request_bytes(
            "GET", "/v1/tickers", host=name, headers={"Origin": f"{scheme}://{name}"}
        )
        assert asked(host, public, request, over_tls=server.public.over_tls).status == 200, host
    for name in (f"[::1]:{admin}", "[::1]", "localhost", "127.0.0.1:1"):
        push = request_bytes(
            "POST",
            "/v1/ticks",
            '[{"s":"A","p":1}]',
            {"Content-Type": "application/json"},
            host=name,
        )
        assert asked("::1", admin, push, "admin").status == 202, name
    foreign = request_bytes(
        "POST", "/v1/ticks", "[]", {"Content-Type": "application/json"}, host="[2001:db8::1]"
    )
    assert asked("::1", admin, foreign, "admin").status == 403
