"""--send-backend: which one is in use, how a refusal ends, and that all deliver the same."""
import pytest

from support import harness
from support import metrics_text
from support.harness import eventually, run_to_end
from support.seccomp import enter_profile, needs_libseccomp, refusing
from support.wsclient import WebSocket


def backend_in_use(server):
    families = metrics_text.parse(server.get("/metrics", admin=True).body.decode())
    (build,) = families["tickcast_build_info"].label_sets()
    return dict(build)["send_backend"]


@pytest.fixture(scope="module")
def kernel_gives_rings():
    """As it is here, without a word of ours: io_uring is asked for by name, and taken or
    refused."""
    try:
        server = harness.Server("--feed", "push", "--send-backend", "io_uring")
    except harness.Exited:
        return False
    server.stop()
    return True


@pytest.fixture
def without_io_uring(monkeypatch):
    """Servers are started as under a container engine's own profile."""
    prepare = harness._prepare_child

    def refused(descriptors):
        prepare(descriptors)
        enter_profile(refusing("io_uring_setup", "io_uring_enter", "io_uring_register"))
    monkeypatch.setattr(harness, "_prepare_child", refused)


# contract: SET-24 MET-29
@pytest.mark.parametrize("wanted", ["auto", "send", "io_uring"])
def test_BuildInfo_NamesTheBackendInUse(start, kernel_gives_rings, wanted):
    if wanted == "io_uring" and not kernel_gives_rings:
        pytest.skip("no io_uring here")
    in_use = backend_in_use(start("--feed", "push", "--send-backend", wanted))
    assert in_use == ("send" if wanted == "send" or not kernel_gives_rings else "io_uring")


def deliver_some(server):
    """Two streams on any shards, a snapshot and ticks for both, and the books agree."""
    server.push({"s": "AAPL", "p": 1})
    with WebSocket(server, server.create("AAPL")) as one, WebSocket(server, server.create("AAPL")) as two:
        for stream in (one, two):
            assert stream.snapshot()["quotes"][0]["p"] == 1
        for price in range(2, 50):
            server.push({"s": "AAPL", "p": price})
            for stream in (one, two):
                (tick,) = stream.ticks()
                assert tick["p"] == price
        eventually(lambda: server.metric("tickcast_ticks_delivered_total") == 2 * 48)
    assert server.metric("tickcast_ticks_conflated_total") == 0


@pytest.mark.parametrize("wanted", ["auto", "send"])
def test_Backend_DeliversEachTick(start, wanted):
    deliver_some(start("--feed", "push", "--threads", 2, "--send-backend", wanted))


# contract: SET-24
@needs_libseccomp
def test_Refused_AutoSendsAllTheSame(start, without_io_uring):
    server = start("--feed", "push", "--threads", 2)
    assert backend_in_use(server) == "send"
    assert server.standard_error().count("event=io_uring_refused") == 1
    deliver_some(server)


# contract: SET-24
@needs_libseccomp
def test_Refused_AskedFor_IsOneLineAndStatus2(without_io_uring):
    status, _, error = run_to_end("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                                  "--send-backend", "io_uring")
    assert status == 2
    assert error.count("\n") == 1
    assert error.startswith('tickcast: --send-backend: "io_uring" is refused by this system: ')
    assert "from the command line" in error
