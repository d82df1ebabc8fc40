"""The image, built of the Dockerfile by a Docker engine, and its container driven from outside.

Skipped, with the reason, where there is no engine or no base image (which is not pulled unasked).
TICKCAST_TEST_IMAGE=1 takes no excuse: the base image is pulled if need be, and what is missing
fails the test. TICKCAST_TEST_IMAGE_FLAGS are more flags for `docker build`, such as --network or
--build-arg. Container and image are removed afterwards; the engine's cache keeps what the first
stage built."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import uuid

import pytest
import yaml

from support.harness import SLACK, Address, Server, eventually
from support.wsclient import WebSocket

ROOT = pathlib.Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["server"]
FLAGS = shlex.split(os.environ.get("TICKCAST_TEST_IMAGE_FLAGS", ""))
RELEASE = re.findall(r"^(?:ARG )?DEBIAN=(\S+)$", "\n".join([(ROOT / "Dockerfile").read_text(encoding="utf-8"), *FLAGS]), re.M)[-1]
BASE = f"debian:{RELEASE}-slim"
IMAGE = "tickcast-test"
BUILD_SECONDS = 3600  # some minutes on an idle machine
FORCED = os.environ.get("TICKCAST_TEST_IMAGE") == "1"


def docker(*arguments, timeout=120.0, check=True):
    done = subprocess.run(["docker", *map(str, arguments)], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=timeout * SLACK, check=False)
    assert not check or done.returncode == 0, f"docker {arguments}: {done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done


def missing():
    """Why the image can't be built here; None if it can."""
    if shutil.which("docker") is None:
        return "docker is not installed"
    if docker("info", check=False).returncode != 0:
        return "no Docker engine answers (docker info)"
    if docker("image", "inspect", BASE, check=False).returncode != 0:
        return f"the base image {BASE} is not at hand (TICKCAST_TEST_IMAGE=1 has it pulled)"
    return None


def flags_of(service):
    """The flags of `docker run` that match the compose file."""
    flags = []
    for key, value in service.items():
        if key == "read_only":
            flags += ["--read-only"] * value
        elif key == "cap_drop":
            flags += [flag for each in value for flag in ("--cap-drop", each)]
        elif key == "security_opt":
            flags += [flag for each in value for flag in ("--security-opt", each.replace("seccomp:./", "seccomp="))]
        elif key == "environment":  # without a value: passed on from the environment
            flags += [flag for each in value if "=" in each for flag in ("--env", each)]
        elif key == "ulimits":
            flags += [flag for name, limit in value.items() for flag in ("--ulimit", f"{name}={limit}")]
        elif key == "sysctls":
            flags += [flag for name, setting in value.items() for flag in ("--sysctl", f"{name}={setting}")]
        else:
            assert key in ("build", "image", "ports", "restart", "stop_grace_period"), f"a new key: {key}"
    return flags


class Container(Server):
    """Driven like any other server, over its published ports."""

    def __init__(self, image):
        self.name = f"{IMAGE}-{uuid.uuid4().hex[:8]}"
        self.limits_refused = None
        try:
            self._run(image)
            eventually(lambda: self.state("Health.Status") == "healthy", 60, 0.5)
            self.public, self.admin = (self._published(port) for port in (8080, 8081))
        except BaseException:
            self.remove()
            raise

    def _run(self, image):
        """As compose does; an engine that must not raise its own limits of descriptors gives
        none."""
        def flags(service):
            return ("run", "--detach", "--name", self.name, *flags_of(service),
                    "--publish", "127.0.0.1::8080", "--publish", "127.0.0.1::8081", image)
        said = docker(*flags(COMPOSE), check=False)
        if said.returncode != 0 and "rlimit" in said.stderr:
            self.limits_refused = said.stderr.strip().splitlines()[-1]
            self.remove()  # it was created, and has the name
            said = docker(*flags({**COMPOSE, "ulimits": {}}))
        assert said.returncode == 0, said.stderr

    def _published(self, port):
        host, number = docker("port", self.name, port).stdout.split()[0].rsplit(":", 1)
        return Address(host, int(number))

    def state(self, what):
        found = docker("inspect", "--format", "{{.State.%s}}" % what, self.name).stdout.strip()
        assert found != "unhealthy", self.standard_error()
        return found

    def standard_error(self):
        return docker("logs", self.name, check=False).stderr

    def remove(self):
        docker("rm", "--force", "--volumes", self.name, check=False)


@pytest.fixture(scope="module")
def image():
    why = missing()
    if why and not FORCED:
        pytest.skip(why)
    try:
        docker("build", *FLAGS, "--tag", IMAGE, ".",
               timeout=BUILD_SECONDS)
        yield IMAGE
    finally:
        docker("image", "rm", "--force", IMAGE, check=False)


@pytest.fixture(scope="module")
def container(image):
    running = Container(image)
    yield running
    running.remove()


def test_Container_StreamsTicksOverItsPublishedPort(container):
    with WebSocket(container, container.create("AAPL", "MSFT")) as socket:
        assert socket.snapshot()["tickers"] == ["AAPL", "MSFT"]
        assert {tick["s"] for tick in socket.ticks(30)} <= {"AAPL", "MSFT"}
        socket.close()
        assert socket.closed() == 1000


def test_Container_ServesThePage(container):
    for path, said in (("/", b"<title>Tickcast</title>"), ("/docs/", b"createSession"), ("/docs/openapi.yaml", b"openapi: 3")):
        served = container.get(path)
        assert served.status == 200 and said in served.body, path


def test_Container_IsConfinedAndNotRoot(container):
    status = dict(line.split(":\t", 1) for line in docker("exec", container.name, "cat", "/proc/1/status")
                  .stdout.splitlines() if ":\t" in line)
    assert status["Name"] == "tickcast"
    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {"65532"}
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert docker("exec", container.name, "touch", "/tmp/x", check=False).returncode != 0, "its root is read-only"


def test_Container_HasTheComposeFilesLimits(container):
    if container.limits_refused:
        pytest.skip(f"the engine can't give them: {container.limits_refused}")
    assert container.metric("process_max_fds") == COMPOSE["ulimits"]["nofile"]
    assert "event=max_connections_capped" not in container.standard_error()


def test_Container_GivesItsMetrics_AndTakesNoTickWithoutAToken(container):
    assert container.metric("tickcast_build_info") == 1
    assert container.metric("process_open_fds") > 0
    pushed = container.request("POST", "/v1/ticks", [{"s": "AAPL", "p": 1}], {"Content-Type": "application/json"},
                               admin=True)
    assert pushed.status == 404


def test_Container_WhenStopped_DrainsAndEndsWithZero(container):
    with WebSocket(container, container.create("AAPL")) as socket:
        socket.snapshot()
        grace = int(COMPOSE["stop_grace_period"].rstrip("s"))
        stopping = subprocess.Popen(["docker", "stop", "--time", str(grace), container.name],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert socket.closed(timeout=grace) == 1001
        finally:
            assert stopping.wait((grace + 10) * SLACK) == 0
    assert container.state("ExitCode") == "0"
    assert container.state("OOMKilled") == "false"
