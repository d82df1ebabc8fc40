"""--web-root: the page's files as a browser, a cache and an intruder ask for them."""
import ctypes
import gzip
import os
import re
import signal
import subprocess
import time

import pytest

from support.harness import (ADDRESSES, BINARY, ENVIRONMENT, Server, eventually, hits, problem, refused_start,
                             request_bytes)

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
SCRIPT = b"export const answer = 42;\n" * 10_000  # 260 kB
NOISE = os.urandom(5_000)
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
          "connect-src 'self' ws: wss:; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
          "frame-ancestors 'none'")
FILES = {
    "index.html": b"<!doctype html><title>Tickcast</title>", "app/main.js": SCRIPT, "app/data.json": b"{}",
    "docs/index.html": b"<!doctype html><title>API</title>", "docs/openapi.yaml": b"openapi: 3.1.0\n" * 100,
    "vendor/LICENSE": b"Apache", "noise.png": NOISE, "a b/\u00e9.txt": b"far", "empty.css": b"",
    ".env": b"secret", ".git/config": b"secret", "app/.cache/a.js": b"secret"}


def write_page(folder, files=None):
    for name, content in (files or FILES).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    above = tmp_path_factory.mktemp("above")
    (above / "secret.txt").write_bytes(b"secret")
    folder = write_page(above / "page")
    (folder / "out.txt").symlink_to("../secret.txt")
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("..")
    (folder / "in.js").symlink_to("app/main.js")
    return folder


@pytest.fixture(scope="module")
def page(root):
    server = Server("--threads", "2", "--feed", "push", "--web-root", root)
    yield server
    server.stop()


@pytest.fixture
def small(tmp_path):
    return write_page(tmp_path / "page", {"index.html": b"<p>", "docs/index.html": b"<p>", "a.css": b"a {}"})


def ask(server, target, method="GET", **headers):
    return server.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})


def expect_page_headers(reply):
    assert reply.headers["content-security-policy"] == POLICY
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["cache-control"] == "no-cache"


# Files that are served.
# contract: RUN-2 SET-19
def test_Root_IsTheIndex(page):
    for target in ("/", "/index.html", "/?tickers=AAPL,MSFT"):
        reply = ask(page, target)
        assert (reply.status, reply.body) == (200, FILES["index.html"])
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert reply.headers["vary"] == "Accept-Encoding"
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "last-modified" not in reply.headers and "content-encoding" not in reply.headers
        expect_page_headers(reply)


# contract: RUN-2
@pytest.mark.parametrize("target,name,kind", [
    ("/app/main.js", "app/main.js", "text/javascript; charset=utf-8"),
    ("/app/data.json", "app/data.json", "application/json"),
    ("/docs/", "docs/index.html", "text/html; charset=utf-8"),
    ("/docs/openapi.yaml", "docs/openapi.yaml", "application/yaml"),
    ("/vendor/LICENSE", "vendor/LICENSE", "text/plain; charset=utf-8"), ("/noise.png", "noise.png", "image/png"),
    ("/empty.css", "empty.css", "text/css; charset=utf-8"), ("/in.js", "app/main.js", "text/javascript; charset=utf-8"),
    ("/a%20b/%C3%A9.txt", "a b/\u00e9.txt", "text/plain; charset=utf-8"),
    ("/%61pp/main%2Ejs", "app/main.js", "text/javascript; charset=utf-8")])
def test_File_HasItsBytesAndType(page, target, name, kind):
    reply = ask(page, target)
    assert (reply.status, reply.body) == (200, FILES[name])
    assert reply.headers["content-type"] == kind
    assert re.fullmatch(r'"[0-9a-f]{32}"', reply.headers["etag"])
    expect_page_headers(reply)


def test_Folder_WithoutItsSlash_RedirectsThereWithTheQuery(page):
    for target, location in (("/docs", "/docs/"), ("/docs?a=1&b", "/docs/?a=1&b"), ("/%64ocs", "/docs/")):
        for method in ("GET", "HEAD"):
            reply = ask(page, target, method)
            assert (reply.status, reply.headers["location"]) == (308, location)
            assert reply.headers["content-length"] == "0"
            expect_page_headers(reply)


def test_Folder_WithoutAnIndex_Gives404(page):
    for target in ("/app", "/app/", "/vendor/"):
        problem(ask(page, target), 404, "no_such_route")


# contract: ERR-17
def test_Unknown_WhateverIsAccepted_GivesTheProblem(page):
    for target in ("/nope", "/v1", "/v1/nope", "/index.htm", "/INDEX.html", "/app/main.js/"):
        problem(ask(page, target, Accept="text/html"), 404, "no_such_route")
        assert ask(page, target, "HEAD").status == 404
        problem(ask(page, target, "PUT"), 404, "no_such_route")


def test_Options_OfWhatIsNotThere_Gives404(page):
    problem(ask(page, "/nope", "OPTIONS"), 404, "no_such_route")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
def test_Method_OtherThanReading_Gives405(page, method):
    for target in ("/", "/app/main.js", "/docs"):
        reply = ask(page, target, method)
        problem(reply, 405, "method_not_allowed")
        assert reply.headers["allow"] == "GET, HEAD, OPTIONS"


def test_Options_IsAPreflight(page):
    for target in ("/", "/app/main.js", "/docs"):
        reply = ask(page, target, "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="GET")
        assert reply.status == 204
        assert reply.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


def test_Head_HasTheHeadersOfGetAndNoBody(page):
    for encoding in (None, "gzip"):
        with page.connect() as connection:
            for method in ("HEAD", "GET"):
                connection.send(request_bytes(method, "/app/main.js", headers={"Accept-Encoding": encoding}))
            head, get = connection.receive(head_only=True), connection.receive()
        for reply in (head, get):
            reply.headers.pop("date")
        assert head.headers == get.headers
        assert int(get.headers["content-length"]) == len(get.body) > 0


# Compression.
@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br, zstd", "*", "br;q=1, gzip;q=0.1",
                                      "identity;q=0, *;q=0.5"])
def test_Gzip_WhereAccepted_IsSent(page, accepted):
    reply = ask(page, "/app/main.js", Accept_Encoding=accepted)
    assert reply.headers["content-encoding"] == "gzip"
    assert len(reply.body) < len(SCRIPT) / 10
    assert gzip.decompress(reply.body) == SCRIPT
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.headers["etag"] != ask(page, "/app/main.js").headers["etag"]


@pytest.mark.parametrize("accepted", [None, "", "identity", "br, zstd", "gzip;q=0", "gzip;q=0, *;q=1",
                                      "identity, gzip;q=0.5", "gzip;q=none"])
def test_Gzip_WhereNotAccepted_IsNotSent(page, accepted):
    reply = ask(page, "/app/main.js", Accept_Encoding=accepted)
    assert "content-encoding" not in reply.headers
    assert reply.body == SCRIPT
    assert reply.headers["vary"] == "Accept-Encoding"


def test_Gzip_WhereItWouldNotBeSmaller_IsNotSent(page):
    for target, name in (("/noise.png", "noise.png"), ("/vendor/LICENSE", "vendor/LICENSE"),
                         ("/empty.css", "empty.css")):
        reply = ask(page, target, Accept_Encoding="gzip")
        assert "content-encoding" not in reply.headers
        assert reply.body == FILES[name]


# Caching.
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("encoding", [None, "gzip"])
@pytest.mark.parametrize("target", ["/", "/app/main.js"])
def test_IfNoneMatch_WhenTheTagIsRight_Gives304(page, target, encoding, method):
    tag = ask(page, target, Accept_Encoding=encoding).headers["etag"]
    for condition in (tag, "W/" + tag, "*", f'"a,b", {tag}'):
        reply = ask(page, target, method, Accept_Encoding=encoding, If_None_Match=condition)
        assert reply.status == 304, condition
        assert reply.headers["etag"] == tag
        assert reply.headers["vary"] == "Accept-Encoding"
        assert not {"content-length", "content-type", "content-encoding"} & reply.headers.keys()
        assert "date" in reply.headers
        expect_page_headers(reply)


def test_IfNoneMatch_WhenTheTagIsAnothers_Gives200(page):
    plain = ask(page, "/app/main.js").headers["etag"]
    assert ask(page, "/app/main.js", Accept_Encoding="gzip", If_None_Match=plain).status == 200
    assert ask(page, "/", If_None_Match=plain).status == 200
    assert ask(page, "/", If_None_Match='"0"').status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("target", ["/", "/app/main.js"])
def test_IfMatch_WhenTheTagIsAnothers_Gives412(page, target, method):
    tag = ask(page, target).headers["etag"]
    assert ask(page, target, method, If_Match=tag).status == 200
    assert ask(page, target, method, If_Match="*").status == 200
    for condition in ('"0"', "W/" + tag):
        reply = ask(page, target, method, If_Match=condition)
        assert reply.status == 412 and reply.headers["content-length"] == "0"


def test_IfModifiedSinceAndRange_AreNotHeeded(page):
    reply = ask(page, "/app/main.js", If_Modified_Since="Sun, 06 Nov 2094 08:49:37 GMT", Range="bytes=0-1")
    assert (reply.status, reply.body) == (200, SCRIPT)


def test_Tag_AfterARestart_IsTheSameForTheSameBytes(start, small):
    tags = [ask(start("--feed", "push", "--web-root", small), "/a.css").headers["etag"] for _ in range(2)]
    assert tags[0] == tags[1]
    (small / "a.css").write_bytes(b"b {}")
    server = start("--feed", "push", "--web-root", small)
    assert ask(server, "/a.css").headers["etag"] != tags[0]
    assert ask(server, "/a.css", If_None_Match=tags[0]).body == b"b {}"


def test_Files_ThatChangeWhileItRuns_AreServedAsTheyWere(start, small):
    server = start("--feed", "push", "--web-root", small)
    (small / "a.css").write_bytes(b"b {}")
    (small / "index.html").unlink()
    (small / "new.css").write_bytes(b"c {}")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "event=reloaded" in server.standard_error())
    assert ask(server, "/a.css").body == b"a {}"
    assert ask(server, "/").body == b"<p>"
    assert ask(server, "/new.css").status == 404


# Intruders.
OUTSIDE = [
    "/../secret.txt", "/../../../../../../etc/passwd", "/app/../../secret.txt", "/..", "/.", "/./index.html",
    "/app/../index.html", "/%2e%2e/secret.txt", "/%2E%2E%2Fsecret.txt", "/..%2fsecret.txt", "/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/%252e%252e/secret.txt", "/..%5csecret.txt", "/..\\secret.txt", "/app%2fmain.js", "/%2findex.html", "/docs%2f",
    "//", "//index.html", "//etc/passwd", "/docs//", "/app//main.js", "/index.html%00", "/index.html%00.png",
    "/%00", "/index.html%", "/index.html%2", "/%zz", "/%c0%ae%c0%ae/secret.txt", "/..;/secret.txt", "/~root",
    "/.env", "/%2eenv", "/.git/config", "/app/.cache/a.js", "/out.txt", "/passwd", "/up/secret.txt", "/up/page/index.html",
    "/etc/passwd", "/file:///etc/passwd", "/index.html~", "/index.html/..", "/app/main.js%20"]


@pytest.mark.parametrize("target", OUTSIDE)
def test_Path_ThatLeadsElsewhere_IsNotServed(page, target):
    reply = page.raw(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    problem(reply, 404, "no_such_route")
    assert b"secret" not in reply.body.replace(b"secret.txt", b"") and b"root:" not in reply.body


@pytest.mark.parametrize("target", [b"../secret.txt", b"index.html", b"/a\x00b", b"/a b", b"/a\x01"])
def test_Path_ThatIsNoTarget_Gives4xx(page, target):
    with page.connect() as connection:
        connection.socket.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        status = connection.socket.recv(4096).split(b" ")[1]
    assert status in (b"400", b"404")


def test_Path_WithAnAuthority_IsAnsweredByItsPathAlone(page):
    """RFC 9112 section 3.2.2; a redirect never leads to another host."""
    with page.connect() as connection:
        connection.socket.sendall(b"GET http://foe.example/docs HTTP/1.1\r\nHost: foe.example\r\n\r\n")
        head = connection.socket.recv(4096)
    assert head.startswith(b"HTTP/1.1 308 ") and b"\r\nLocation: /docs/\r\n" in head
    assert ask(page, "//foe.example/docs").status == 404


# At the start.
def test_Start_SaysWhatWasReadAndWhatWasLeftOut(page):
    log = eventually(lambda: "event=page_loaded" in page.standard_error() and page.standard_error())
    assert re.search(r'event=page_loaded web-root="\S+" files=10 file_bytes=\d+ memory_bytes=\d+ left_out=6\n', log)
    for name, why in ((".env", "hidden"), (".git", "hidden"), ("app/.cache", "hidden"),
                      ("out.txt", "a link out of the folder"), ("passwd", "a link out of the folder"),
                      ("up", "a link out of the folder")):
        assert f'event=web_file_left_out file="{name}" why="{why}"\n' in log


def test_Start_WhenMuchIsLeftOut_NamesTheFirst20(start, small):
    for left_out in (19, 20, 21):
        for number in range(left_out):
            (small / f".{number}").touch()
        server = start("--feed", "push", "--web-root", small)
        eventually(lambda: f" left_out={left_out}\n" in server.standard_error())
        eventually(lambda: server.standard_error().count("event=web_file_left_out ") == min(left_out, 20))


def test_Start_WhenTheFolderIsNone_IsRefused(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    for path in (tmp_path / "nowhere", file):
        line = refused_start("--web-root", path)
        assert line == f'tickcast: --web-root: "{path}" is not a directory that exists (from the command line)'


# contract: SET-19
def test_Start_WithoutAnIndex_IsRefusedAndNamesTheOrigin(tmp_path):
    line = refused_start(environment={"TICKCAST_WEB_ROOT": str(tmp_path)})
    assert line == (f'tickcast: --web-root: "{tmp_path}" has no index.html '
                    "(from environment variable TICKCAST_WEB_ROOT)")
    (tmp_path / "index.html").mkdir()
    assert "has no index.html" in refused_start("--web-root", tmp_path)


def _read_only_what_is_allowed():
    """Root reads everything, unless the program that it starts must not have the capabilities for
    that."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.mark.parametrize("name", ["a.css", "docs"])
def test_Start_WhenSomethingCannotBeRead_IsRefused(small, name):
    mode = (small / name).stat().st_mode
    (small / name).chmod(0)
    ended = subprocess.run([BINARY, *ADDRESSES, "--web-root", small], stdin=subprocess.DEVNULL, env=ENVIRONMENT,
                           capture_output=True, timeout=20, check=False, preexec_fn=_read_only_what_is_allowed)
    (small / name).chmod(mode)
    assert ended.returncode == 2
    assert ended.stderr.decode() == (f'tickcast: --web-root: "{small}" holds "{name}", which cannot be read: '
                                     "Permission denied (from the command line)\n")


def test_Start_BelowAtAndAboveTheMostFiles(start, small):
    for number in range(9_996):
        (small / f"{number}.txt").touch()
    for files in (9_999, 10_000):
        server = start("--feed", "push", "--web-root", small)
        eventually(lambda: f" files={files} " in server.standard_error())
        assert ask(server, "/9995.txt").status == 200
        (small / f"more{files}.txt").touch()
    assert "holds more than 10000 files" in refused_start("--web-root", small)


def test_Start_BelowAtAndAboveTheMostBytes(start, small):
    most = 64 << 20
    rest = most - sum(path.stat().st_size for path in small.rglob("*") if path.is_file())
    for size in (rest - 1, rest):
        with open(small / "large.bin", "wb") as file:
            file.truncate(size)
        server = start("--feed", "push", "--web-root", small)
        reply = ask(server, "/large.bin", Accept_Encoding="gzip")
        assert reply.headers["content-encoding"] == "gzip" and len(gzip.decompress(reply.body)) == size
        eventually(lambda: f"file_bytes={most - rest + size} " in server.standard_error())
    os.truncate(small / "large.bin", rest + 1)
    assert "holds more than 67108864 bytes" in refused_start("--web-root", small)


def test_Root_WithoutAPage_SaysHowToBegin(push):
    reply = ask(push, "/")
    assert reply.headers["content-type"].startswith("text/plain") and b"/v1/sessions" in reply.body
    assert "etag" not in reply.headers and "content-security-policy" not in reply.headers
    problem(ask(push, "/index.html"), 404, "no_such_route")


# Beside everything else that a server does.
# contract: RUN-2
def test_Api_BesideThePage_IsAsWithoutIt(page):
    session_id = page.create("AAPL")
    assert page.get("/v1/sessions/" + session_id).status == 200
    assert "content-security-policy" not in page.get("/v1/tickers").headers


def test_Pipelining_OfFilesAndCalls_AnswersInOrder(page):
    tag = ask(page, "/").headers["etag"]
    with page.connect() as connection:
        connection.send(request_bytes("GET", "/app/main.js") + request_bytes("GET", "/", headers={"If-None-Match": tag}) +
                        request_bytes("GET", "/v1/tickers") + request_bytes("GET", "/docs") +
                        request_bytes("GET", "/app/main.js", headers={"Accept-Encoding": "gzip"}) +
                        request_bytes("GET", "/", headers={"Connection": "close"}))
        replies = [connection.receive() for _ in range(6)]
        assert [reply.status for reply in replies] == [200, 304, 200, 308, 200, 200]
        assert replies[0].body == SCRIPT and gzip.decompress(replies[4].body) == SCRIPT
        assert replies[5].headers["connection"] == "close"
        assert connection.at_end()


# contract: MET-37
def test_Metrics_CountFilesAsStatic(start, small):
    server = start("--feed", "push", "--web-root", small)
    tag = ask(server, "/").headers["etag"]
    ask(server, "/", If_None_Match=tag)
    ask(server, "/docs")
    ask(server, "/", If_Match='"0"')
    ask(server, "/a.css", "HEAD")
    ask(server, "/a.css", "PUT")
    ask(server, "/nope")
    metrics = server.metrics()
    for route, method, code in (("static", "GET", 200), ("static", "GET", 304), ("static", "GET", 308),
                                ("static", "GET", 412), ("static", "HEAD", 200), ("static", "other", 405),
                                ("unknown", "GET", 404)):
        assert metrics[f'tickcast_http_requests_total{{route="{route}",method="{method}",code="{code}"}}'] == 1
    assert metrics['tickcast_http_request_duration_seconds_count{route="static"}'] == 6


def test_Rate_HoldsForFilesToo(start, small):
    server = start("--feed", "push", "--web-root", small, "--max-requests-per-second-per-address", "3")
    with server.connect() as connection:
        connection.send(request_bytes("GET", "/a.css") * 4)
        replies = [connection.receive() for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert problem(replies[3], 429, "rate_limited")["limit"] == 3
    assert hits(server, "max-requests-per-second-per-address") == 1
    labels = '{route="static",method="GET",code="429"}'
    assert server.metrics()["tickcast_http_requests_total" + labels] == 1


def test_Origin_WhenNarrowed_HoldsForFilesToo(start, small):
    server = start("--feed", "push", "--web-root", small, "--allow-origin", "https://a.example")
    problem(ask(server, "/a.css", Origin="https://foe.example"), 403, "origin_not_allowed")
    reply = ask(server, "/a.css", Origin="https://a.example")
    assert reply.headers["access-control-allow-origin"] == "https://a.example"
    for reply in (reply, ask(server, "/a.css"), ask(server, "/a.css", If_None_Match="*")):
        assert reply.headers["vary"] == "Accept-Encoding, Origin"


def test_Drain_WhileItLasts_StillServesFiles(start, small):
    server = start("--feed", "push", "--web-root", small, "--drain-delay-seconds", "30")
    server.process.send_signal(signal.SIGTERM)
    eventually(lambda: server.get("/readyz", admin=True).status == 503)
    assert ask(server, "/a.css").status == 200


def test_Slow_ClientsShareOneBody(start, tmp_path):
    """100 clients that take nothing of 20 MB: a copy each would be 2 GB."""
    folder = write_page(tmp_path / "page", {"index.html": b"<p>", "large.png": os.urandom(20 << 20)})
    server = start("--feed", "push", "--threads", "1", "--web-root", folder)
    ask(server, "/")
    before = server.metric("process_resident_memory_bytes")
    clients = []
    for _ in range(100):
        client = server.connect()
        client.socket.settimeout(10)
        client.send(request_bytes("GET", "/large.png"))
        clients.append(client)
    served = 'tickcast_http_requests_total{route="static",method="GET",code="200"}'
    eventually(lambda: server.metrics()[served] == 101)
    assert server.metric("process_resident_memory_bytes") - before < 20 << 20
    started = time.monotonic()
    assert ask(server, "/").status == 200
    assert time.monotonic() - started < 5
    assert clients[7].receive().body == (folder / "large.png").read_bytes()
    for client in clients:
        client.socket.close()
