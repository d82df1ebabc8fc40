"""scripts/run.sh: the page is made and served unless the user has another one; without npm's
registry the server runs without it."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import urllib.request

import pytest

from support.harness import BINARY, ENVIRONMENT, SLACK

ROOT = pathlib.Path(__file__).resolve().parents[3]
# The script builds, and runs what it built: other binaries than the release build are not its
# business.
BUILT = ROOT / "build/release/src/tickcast"
needs_release = pytest.mark.skipif(
    not BUILT.exists() or not BUILT.samefile(BINARY), reason="the binary under test is not that of run.sh")
needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")


def bash(script, *arguments, cwd=ROOT, timeout=60, **environment):
    return subprocess.run(["bash", "-c", f"source {ROOT}/scripts/common.sh; source {ROOT}/scripts/page.sh; cd {cwd}; {script}",
                           "test", *map(str, arguments)], env={**ENVIRONMENT, **environment}, capture_output=True,
                          text=True, timeout=timeout * SLACK, check=False)


# Which page is served.
def wants_our_page(*flags, cwd=ROOT, **environment):
    done = bash('if wants_our_page "$@"; then echo yes; else echo no; fi', *flags, cwd=cwd, **environment)
    assert done.stderr == ""
    return done.stdout == "yes\n"


@pytest.mark.parametrize("flags", [(), ("--listen", "127.0.0.1:0"), ("--web-root-of-mine",), ("--config",)], ids=str)
def test_Page_IsOurs_WhereNothingElseIsSaid(flags):
    assert wants_our_page(*flags)


@pytest.mark.parametrize("flags", [("--web-root", "x"), ("--web-root=x",), ("--threads", "1", "--web-root", "x"),
                                   ("--help",), ("--threads", "1", "--help"), ("--version",)], ids=str)
def test_Page_IsNotOurs_WhereAFlagSaysSo(flags):
    assert not wants_our_page(*flags)


@pytest.mark.parametrize("value", ["x", ""])
def test_Page_IsNotOurs_WhereTheEnvironmentSaysSo(value):
    assert not wants_our_page(TICKCAST_WEB_ROOT=value)


@pytest.mark.parametrize("text, ours", [
    ('web-root = "x"\n', False), ('threads = 1\n  web-root="x"\n', False), ('"web-root" = "x"\n', False),
    ("'web-root'\t= 'x'\n", False), ("threads = 1\n", True), ('# web-root = "x"\n', True), ("", True)])
def test_Page_IsTheUsers_WhereTheirFileSaysSo(tmp_path, text, ours):
    (tmp_path / "s.toml").write_text(text)
    assert wants_our_page("--config", "s.toml", cwd=tmp_path) is ours
    assert wants_our_page("--config=s.toml", "--threads", "1", cwd=tmp_path) is ours
    assert wants_our_page(cwd=tmp_path, TICKCAST_CONFIG="s.toml") is ours
    assert wants_our_page("--config", "absent.toml", cwd=tmp_path, TICKCAST_CONFIG="s.toml"), "the flag counts more"


# npm's packages, with the real npm and packages that are files: no registry is asked.
@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "web"
    target.mkdir()
    packages = {"one": "dependencies", "other": "devDependencies"}
    for name in packages:
        (tmp_path / name).mkdir()
        (tmp_path / name / "package.json").write_text(json.dumps({"name": name, "version": "1.0.0"}))
        subprocess.run(["npm", "pack", "--offline", tmp_path / name], cwd=target, check=True, capture_output=True)
    whole = {"name": "w", "version": "1.0.0",
             **{kind: {name: f"file:{name}-1.0.0.tgz"} for name, kind in packages.items()}}
    (target / "package.json").write_text(json.dumps(whole))
    subprocess.run(["npm", "install", "--package-lock-only", "--offline", "--no-audit"], cwd=target, check=True,
                   capture_output=True)
    return target


def installs(target, *flags):
    """Whether npm had to be asked, and the files afterwards."""
    done = bash('npm_packages "$@"', target, *flags, npm_config_offline="true")
    assert done.returncode == 0 and done.stdout == "", done.stderr
    return bool(done.stderr), {name for name in ("one", "other") if (target / "node_modules" / name).exists()}


@needs_npm
def test_Packages_ThatAreThere_AreNotInstalledAgain(folder):
    assert installs(folder) == (True, {"one", "other"})
    assert installs(folder) == (False, {"one", "other"})
    assert installs(folder, "--omit=dev") == (False, {"one", "other"}), "those of the tests stay"


@needs_npm
def test_Packages_WithoutThoseForDevelopment_AreCompletedForTheTests(folder):
    assert installs(folder, "--omit=dev") == (True, {"one"})
    assert installs(folder, "--omit=dev") == (False, {"one"})
    assert installs(folder) == (True, {"one", "other"})


@needs_npm
def test_Packages_OfAnInterruptedInstallation_AreMadeAnew(folder):
    installs(folder)
    (folder / "node_modules/.package-lock.json").unlink()  # the last that npm writes
    shutil.rmtree(folder / "node_modules/one")
    assert installs(folder, "--omit=dev") == (True, {"one"})


@needs_npm
def test_Packages_OfAnOlderLock_AreMadeAnew(folder):
    installs(folder)
    later = time.time() + 5
    os.utime(folder / "package-lock.json", (later, later))
    assert installs(folder)[0]


@needs_npm
def test_Packages_TwoAtOnce_AreInstalledOnce(folder):
    done = bash('npm_packages "$1" & npm_packages "$1" & wait -n && wait -n', folder, npm_config_offline="true")
    assert done.returncode == 0
    assert done.stderr.count("installing") == 1


@needs_npm
def test_Packages_WhereNpmFails_ItIsSaid(folder):
    (folder / "package-lock.json").write_text("{")
    done = bash('npm_packages "$@"', folder)
    assert done.returncode != 0 and "npm" in done.stderr


def test_Page_WithoutNodeAndWithoutAWayToInstallIt_IsNotMade(tmp_path):
    done = bash('PATH=/nowhere; make_page "$1"', tmp_path / "page")
    assert done.returncode != 0 and not (tmp_path / "page").exists()
    assert "installing: nodejs, npm" in done.stdout
    assert "neither root nor sudo" in done.stderr


# The whole script.
class Run:
    def __init__(self, root, tmp_path, *flags, **environment):
        self.error = tmp_path / "stderr"
        with self.error.open("wb") as error:
            self.process = subprocess.Popen(
                [root / "scripts/run.sh", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--drain-seconds", "0", *flags],
                cwd=tmp_path, env={**ENVIRONMENT, **environment}, stdout=subprocess.PIPE, stderr=error, text=True)
        self.lines, self.url = [], None
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("public "):
                self.url = line.split()[1]
            if line.startswith("admin "):
                break

    def __enter__(self):
        assert self.url, "".join(self.lines) + self.error.read_text()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30 * SLACK)
        assert self.process.returncode == 0

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10 * SLACK) as answer:
            return answer.headers["Content-Type"], answer.read().decode()


@needs_release
@needs_npm
def test_Run_EndsWithThePageLive(tmp_path):
    with Run(ROOT, tmp_path) as run:
        kind, text = run.get("/")
        assert kind == "text/html; charset=utf-8" and "<title>Tickcast</title>" in text
        assert "createSession" in run.get("/docs")[1]
        assert "export" in run.get("/vendor/lightweight-charts.js")[1]
        assert "WITHOUT" not in run.error.read_text()


@needs_release
def test_Run_WithAPageOfTheUsers_ServesThat(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/index.html").write_text("my own")
    (tmp_path / "s.toml").write_text('web-root = "mine"\n')
    for flags in (("--web-root", "mine"), ("--config", "s.toml")):
        with Run(ROOT, tmp_path, *flags) as run:
            assert run.get("/")[1] == "my own"


@needs_npm
def test_Operations_ItsCommandsMakeThePage(tmp_path):
    text = (ROOT / "docs/OPERATIONS.md").read_text(encoding="utf-8")
    commands = text.split("## The web page")[1].split("```sh\n")[1].split("```")[0]
    for name in ("web", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules"))
    done = subprocess.run(["bash", "-ec", commands], cwd=tmp_path, capture_output=True, text=True, timeout=120 * SLACK,
                          check=False, env={**ENVIRONMENT, "npm_config_prefer_offline": "true"})
    assert done.returncode == 0, done.stderr
    listed = (tmp_path / "build/web/files.txt").read_text().split()
    assert {"index.html", "docs/index.html", "vendor/NOTICE.txt"} <= set(listed)
    assert all((tmp_path / "build/web" / name).is_file() for name in listed)


@needs_release
@needs_npm
def test_Run_WithoutARegistry_SaysSoAndServesTheRest(tmp_path):
    """A checkout whose page has no packages yet."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "web", root / "web", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(ROOT / "scripts", root / "scripts")
    for name in ("CMakeLists.txt", "CMakePresets.json", "cmake", "include", "src", "docs", "build"):
        (root / name).symlink_to(ROOT / name)
    nowhere = {"npm_config_registry": "http://127.0.0.1:1/", "npm_config_cache": str(tmp_path / "cache")}
    with Run(root, tmp_path, **nowhere) as run:
        assert run.get("/")[0].startswith("text/plain")
        assert "tickers" in run.get("/v1/tickers")[1]
        assert "== WITHOUT THE PAGE, which could not be made (see above)" in run.error.read_text()


@needs_release
def test_Run_Help_NeedsNoPage(tmp_path):
    """Not even node."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("node", "npm"):
        (tools / name).write_text("#!/bin/sh\necho asked for >&2\nexit 1\n")
        (tools / name).chmod(0o755)
    done = subprocess.run([ROOT / "scripts/run.sh", "--help"], env={**ENVIRONMENT, "PATH": f"{tools}:{os.environ['PATH']}"},
                          capture_output=True, text=True, timeout=60 * SLACK, check=False)
    assert done.returncode == 0 and "--web-root" in done.stdout and "asked for" not in done.stderr
