"""The parts of the container, as far as they can be tested without an engine: compose file, image,
seccomp."""
import errno
import functools
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading

import pytest
import yaml

from support.harness import BINARY, SLACK, Server, run_to_end
from support.seccomp import SECCOMP, enter_profile, needs_libseccomp, refusing

ROOT = pathlib.Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


# The compose file.
@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
def test_Compose_IsValid():
    done = subprocess.run(["docker-compose", "--profile", "k6", "config"], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout)["services"].keys() == {"server", "prometheus", "grafana", "k6"}


def test_Compose_WithoutAProfile_HasNoK6():
    assert [name for name, service in COMPOSE["services"].items() if "profiles" in service] == ["k6"]


def test_Compose_ImagesArePinned():
    for name, service in COMPOSE["services"].items():
        if "build" not in service:
            assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+", service["image"]), name


def test_Compose_MountsWhatIsThere():
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume


def test_Compose_OnlyTheServerIsPublishedBeyondTheLoopback():
    for name, service in COMPOSE["services"].items():
        for port in service.get("ports", ()):
            assert name == "server" and port == "8080:8080" or port.startswith("127.0.0.1:"), (name, port)


def test_Compose_TheServersSettingsAreSettings():
    help_text = subprocess.run([BINARY, "--help"], capture_output=True, text=True, check=True).stdout
    for entry in COMPOSE["services"]["server"]["environment"]:
        name = entry.split("=")[0]
        assert name.startswith("TICKCAST_"), name
        assert "--" + name[len("TICKCAST_"):].lower().replace("_", "-") in help_text, name


def test_Compose_DescriptorsAlert_FiresBeforeTheConnectionsEnd():
    limit = COMPOSE["services"]["server"]["ulimits"]["nofile"]
    share = float(re.search(r"process_max_fds\S* > ([\d.]+)", (ROOT / "grafana/prometheus/alerts.yml").read_text())[1])
    help_text = " ".join(run_to_end("--help")[1].split())
    most = int(re.search(r"--max-connections VALUE [^(]*\([^)]*default (\d+)\)", help_text)[1])
    assert share * limit < most < limit


def test_Compose_Descriptors_AreEnoughForAllConnections(start):
    limit = COMPOSE["services"]["server"]["ulimits"]["nofile"]
    try:
        server = start(over_tls=False, descriptors=(1024, limit))
    except subprocess.SubprocessError:
        pytest.skip(f"the hard limit of descriptors is below {limit} here, and can't be raised")
    assert server.metric("process_max_fds") == limit
    assert "event=max_connections_capped" not in server.standard_error()


def test_Compose_PrometheusScrapesTheServersAdminListener():
    (job,) = yaml.safe_load((ROOT / "grafana/prometheus/prometheus.yml").read_text())["scrape_configs"]
    (target,) = job["static_configs"][0]["targets"]
    host, port = target.split(":")
    assert host in COMPOSE["services"]
    assert f"TICKCAST_ADMIN_LISTEN=0.0.0.0:{port}" in COMPOSE["services"][host]["environment"]


# The image.
def test_Image_HasTheLibrariesThatTheBinaryNeeds():
    """The image's last stage reads its packages from the binary, and so does this test: each
    library that it loads comes from one of these packages or from what they depend on, and each of
    them brings one."""
    if shutil.which("dpkg-query") is None:
        pytest.skip("no dpkg")
    last = DOCKERFILE.split("FROM ")[-1]
    assert re.search(r"^COPY --from=build /source/packages (\S+)$", last, re.M)[1] in re.search(r"xargs -a (\S+) apt-get install", last)[1]
    done = subprocess.run(["bash", "-c", f"source {ROOT}/scripts/common.sh && library_packages {BINARY}"],
                          capture_output=True, text=True, check=True)
    assert done.stderr == ""
    packages = done.stdout.split()
    named = re.findall(r"NEEDED.*\[(.*)\]", subprocess.run(["readelf", "-d", BINARY], capture_output=True, text=True,
                                                           check=True).stdout)
    brought = {line.rsplit("/", 1)[-1] for line in subprocess.run(
        ["dpkg-query", "-L", *packages], capture_output=True, text=True, check=True).stdout.splitlines()}
    loader = {name for name in named if name.startswith("ld-linux")}
    assert set(named) - brought == loader - brought
    assert {"libssl3", "libssl3t64"} & set(packages) and "libc6" in packages
    for package in packages:
        files = subprocess.run(["dpkg-query", "-L", package], capture_output=True, text=True, check=True).stdout
        assert any(f"/{name}\n" in files for name in named), package


def test_Image_IsNotRunByRoot():
    assert re.search(r"^USER (\d+):\d+$", DOCKERFILE, re.M)[1] != "0"


def test_Image_IsBuiltFromWhatIsThere():
    """Each source of a COPY from outside exists, is let through by .dockerignore, and no test is
    among them."""
    rules = (ROOT / ".dockerignore").read_text().split("\n")
    let_through = {line[1:] for line in rules if line.startswith("!")}
    copied = {source for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M) for source in line.split()[:-1]}
    assert let_through <= copied and not {"tests", "loadtest", "."} & copied
    assert all(source in let_through or source.split("/")[0] in let_through for source in copied)
    assert all((ROOT / source).exists() for source in copied)
    assert {"web/**/node_modules", "web/**/tests"} <= set(rules)


def test_Image_HasThePageWhereTheServerLooksForIt():
    last = DOCKERFILE.split("FROM ")[-1]
    made, there = re.search(r"^COPY --from=page (\S+) (\S+)$", last, re.M).groups()
    assert re.search(r"^RUN node web/tools/assemble.mjs (\S+)$", DOCKERFILE, re.M)[1] == made
    assert re.search(r"^ENV TICKCAST_WEB_ROOT=(\S+)$", last, re.M)[1] == there
    assert not re.search(r"nodejs|npm", last)


def test_Image_IsConfiguredFromThatAlone(tmp_path):
    """CMake finds all files of the image's build among the copied ones, and asks for no
    GoogleTest."""
    if shutil.which("cmake") is None or shutil.which("ninja") is None:
        pytest.skip("no cmake or no ninja")
    for source in re.findall(r"^!(?!scripts)(.+)$", (ROOT / ".dockerignore").read_text(), re.M):
        (tmp_path / source).parent.mkdir(exist_ok=True)
        (tmp_path / source).symlink_to(ROOT / source)
    done = subprocess.run(["cmake", "--preset", "release", "-DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON"], cwd=tmp_path,
                          capture_output=True, text=True, timeout=120 * SLACK, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    targets = subprocess.run(["ninja", "-C", "build/release", "-t", "targets", "all"], cwd=tmp_path,
                             capture_output=True, text=True, check=True).stdout
    assert re.search(r"^src/tickcast:", targets, re.M) and "gtest" not in targets and "loadtest" not in targets


def health_check(port, **options):
    command = json.loads(re.search(r"^HEALTHCHECK[^[]*CMD (\[.*\])$", DOCKERFILE, re.M | re.S)[1])
    assert "/8081 " in command[-1]
    command[-1] = command[-1].replace("/8081 ", f"/{port} ")
    return subprocess.run(command, capture_output=True, timeout=20, check=False, **options).returncode


def test_HealthCheck_IsContentWithAServerAndOnlyThen(start):
    server = start(over_tls=False)
    assert health_check(server.admin[1]) == 0
    assert health_check(server.public[1]) == 0
    server.terminate()
    assert health_check(server.admin[1]) != 0  # no program listens


def test_HealthCheck_OfAnyAnswerBut200_IsNotContent(tmp_path):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        assert health_check(other.server_port) != 0  # 404
        other.shutdown()


# The seccomp profile, by the library that container engines use.
CALL = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    ctypes.set_errno(0)
    return ctypes.get_errno() if libc.syscall(*arguments) == -1 else 0
"""
IO_URING = CALL + """
print(call(425, 1, 0))                # io_uring_setup(1, NULL)
print(call(426, -1, 0, 0, 0, 0, 0))   # io_uring_enter of no descriptor
print(call(427, -1, 0, 0, 0))         # io_uring_register of none
"""
REFUSED = CALL + """
print(call(272, 0x10000000))          # unshare(CLONE_NEWUSER)
print(call(435, 0, 0))                # clone3
print(call(56, 0x10000000 | 17, 0, 0, 0, 0))  # clone(CLONE_NEWUSER | SIGCHLD)
print(call(101, 0, 0, 0, 0))          # ptrace
print(call(165, 0, 0, 0, 0, 0))       # mount
print(call(41, 40, 1, 0))             # socket(AF_VSOCK, SOCK_STREAM)
"""


def errors_of(calls, profile):
    """The result of each call, under the profile, or without one where it is None."""
    done = subprocess.run([sys.executable, "-c", calls], capture_output=True, text=True, check=True,
                          preexec_fn=None if profile is None else lambda: enter_profile(profile))
    return [int(each) for each in done.stdout.split()]


x86_64_alone = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the calls' numbers are those of x86-64")


@needs_libseccomp
@x86_64_alone
def test_Seccomp_RefusesWhatItShould():
    assert errors_of(REFUSED, SECCOMP) == [errno.EPERM, errno.ENOSYS, *[errno.EPERM] * 4]


@pytest.fixture
def io_uring_without():
    """The results of io_uring's calls without the profile: EFAULT, EBADF, or ENOSYS where the
    kernel has none."""
    errors = errors_of(IO_URING, None)
    if errno.EPERM in errors:
        pytest.skip("io_uring is refused here in any case (a container's profile, kernel.io_uring_disabled)")
    return errors


@needs_libseccomp
@x86_64_alone
def test_Seccomp_IoUring_FaresAsWithoutTheProfile(io_uring_without):
    assert errors_of(IO_URING, SECCOMP) == io_uring_without


@needs_libseccomp
@x86_64_alone
@pytest.mark.parametrize("call", ["io_uring_setup", "io_uring_enter", "io_uring_register"])
def test_Seccomp_WereIoUringRefused_ItWouldBeSeen(io_uring_without, call):
    assert errors_of(IO_URING, refusing(call)) != io_uring_without


def test_Seccomp_NamesNoneOfIoUringsCalls():
    """Independent of what this kernel allows."""
    assert not any(name.startswith("io_uring") for rule in SECCOMP["syscalls"] for name in rule["names"])


@needs_libseccomp
def test_Seccomp_TheServerAndItsHealthCheckRunUnderIt(monkeypatch):
    from support import harness
    prepare = harness._prepare_child

    def under_the_profile(descriptors):
        prepare(descriptors)
        enter_profile()
    monkeypatch.setattr(harness, "_prepare_child", under_the_profile)
    server = Server("--threads", 2, over_tls=False)
    try:
        session_id = server.create("AAPL")
        assert server.get("/v1/sessions/" + session_id).status == 200
        assert pathlib.Path(f"/proc/{server.process.pid}/status").read_text().split("Seccomp:")[1].split()[0] == "2"
        assert health_check(server.admin[1], preexec_fn=enter_profile) == 0
        assert server.terminate() == 0
    finally:
        server.process.kill()
        server.process.wait()
