"""The two commands of the README, on each release of Debian: the files' modes, and the packages by
their names.

RELEASES is what apt offers in each release, written down by hand with `apt-cache policy`; on a
machine of one of them with apt's lists the names are held against those too. What this can't see:
that a name has gone from the other release since (a release that is out loses almost none), that a
package has changed, and whether all builds there. A run on that release shows this."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from support.harness import ENVIRONMENT, SLACK

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCRIPTS = sorted((ROOT / "scripts").rglob("*.sh"))

# Names that all have, and those that one has alone; versions where an entry of scripts/common.sh
# asks for one.
BOTH = set("""chromium clang-19 clang-format-19 clang-tidy-19 cmake curl docker-compose fonts-inter g++ haproxy libboost-dev
    libclang-rt-19-dev libcli11-dev libgmock-dev libgtest-dev liburing-dev libseccomp2 libspdlog-dev libssl-dev
    libtomlplusplus-dev llvm-19 nginx ninja-build nlohmann-json3-dev nodejs npm openssl patch procps prometheus prometheus-cpp-dev python3
    python3-fastjsonschema python3-jsonschema python3-pytest python3-pytest-xdist python3-websockets python3-yaml
    util-linux valgrind zlib1g-dev ca-certificates""".split())
RELEASES = {"12": BOTH | {"libboost1.81-dev"}, "13": BOTH}
VERSIONS = {"12": {"libboost-dev": "1.74.0.3"}, "13": {"libboost-dev": "1.83.0.2"}}


def common(script, *arguments, path=None, **environment):
    """bash with scripts/common.sh, whose tools are those of the folder `path` first."""
    tools = {} if path is None else {"PATH": f"{path}:{os.environ['PATH']}"}
    return subprocess.run(["bash", "-c", f"source {ROOT}/scripts/common.sh; {script}", "test", *arguments],
                          env={**ENVIRONMENT, **tools, **environment}, capture_output=True, text=True,
                          timeout=60 * SLACK, check=False)


# Modes.
def files():
    """The files of a checkout or an unpacked archive that are not made here."""
    made = {"build", "node_modules", ".git", "__pycache__"}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in made and not (pathlib.Path(folder) / each).is_symlink()]
        yield from (pathlib.Path(folder) / name for name in names)


def test_Modes_WhatHasAShebangIsExecutable_AndNothingElse():
    wrong = []
    for file in files():
        if file.is_symlink():
            continue
        with file.open("rb") as content:
            shebang = content.read(2) == b"#!"
        if shebang != bool(file.stat().st_mode & 0o100):
            wrong.append(str(file.relative_to(ROOT)))
    assert not wrong


def commands(text):
    """scripts/….sh as the first word of a line or of inline code."""
    return set(re.findall(r"(?:^|`)\s*(?:[A-Z_]+=\S+ )*(scripts/\w+\.(?:sh|py))\b", text, re.M))


def test_Commands_OfTheDocuments_CanBeRunAsWritten():
    named = {name for file in (ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md"))
             for name in commands(file.read_text(encoding="utf-8"))}
    assert {"scripts/run.sh", "scripts/test.sh"} <= named
    assert not [name for name in named if not os.access(ROOT / name, os.X_OK)]


def test_CI_CallsTheReadmesTestCommand_AsAUserTypesIt():
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == "exec scripts/test.sh"
    for script in (*SCRIPTS, ROOT / ".ci/run"):
        assert not re.search(r"\b(?:ba)?sh (?:\S*/)?scripts/", script.read_text(encoding="utf-8")), script


# Packages.
def dependencies():
    """All that the scripts and the Dockerfile install, as written."""
    listed = common('printf "%s\\n" "${build_packages[@]}" "${test_packages[@]}"').stdout.splitlines()
    for script in SCRIPTS:
        for words in re.findall(r"^[^#\n]*\binstall_missing ([^|&\n]+)", script.read_text(encoding="utf-8"), re.M):
            listed += [word for word in words.split() if word[0] not in '"$({']
    installed = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for words in re.findall(r"apt-get install -y --no-install-recommends ([^\\\n]+)", installed):
        listed += words.split()
    return set(listed)


def alternatives(dependency):
    """(name, least version or None) of each of 'NAME (>= VERSION) | NAME'."""
    return [re.fullmatch(r"\s*(\S+?)\s*(?:\(>= (\S+)\))?\s*", one).groups() for one in dependency.split("|")]


def numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)]


def test_Packages_AreNoFewerThanWhatIsKnown():
    named = {name for dependency in dependencies() for name, _ in alternatives(dependency)}
    assert named == set().union(*RELEASES.values())


@pytest.mark.parametrize("release", RELEASES)
def test_Packages_EachReleaseHasThem(release):
    def has(name, least):
        return name in RELEASES[release] and (not least or numbers(VERSIONS[release][name]) >= numbers(least))
    assert not [each for each in dependencies() if not any(has(*one) for one in alternatives(each))]


def test_Packages_WhatIsKnown_IsWhatTheRunningReleaseHas():
    release = dict(line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
                   if "=" in line).get("VERSION_ID", "").strip('"')
    names = sorted(set().union(*RELEASES.values()))
    if release not in RELEASES or shutil.which("apt-cache") is None:
        pytest.skip("not a Debian that is known here")
    said = subprocess.run(["apt-cache", "policy", *names], capture_output=True, text=True, check=True).stdout
    candidates = dict(re.findall(r"^(\S+):\n(?:  Installed: .*\n)?  Candidate: (\S+)$", said, re.M))
    offered = {name: version for name, version in candidates.items() if version != "(none)"}
    if "libtomlplusplus-dev" not in offered:
        pytest.skip("apt has no lists (apt-get update)")
    assert offered.keys() == RELEASES[release]
    for name, version in VERSIONS[release].items():
        assert numbers(offered[name])[:3] == numbers(version)[:3]


# The installed packages, and how they are installed.
@pytest.fixture
def tools(tmp_path):
    """A folder for PATH whose dpkg-query knows the packages of $KNOWN, a line each: NAME
    VERSION."""
    folder = tmp_path / "tools"
    folder.mkdir()
    tool(folder, "dpkg-query", 'printf "%s\\n" "$KNOWN" | sed -n "s/^${!#} /installed /p" | grep .')
    return folder


def tool(folder, name, script):
    (folder / name).write_text(f"#!/bin/bash\n{script}\n")
    (folder / name).chmod(0o755)


BOOST = "libboost-dev (>= 1.81) | libboost1.81-dev"


@pytest.mark.parametrize("known, wanted, there", [
    ("g++ 4:12.2.0-3", "g++", True), ("g++-12 12.2", "g++", False), ("", "g++", False),
    ("libboost-dev 1.74.0.3", BOOST, False), ("libboost-dev 1.80.9", BOOST, False), ("libboost-dev 1.81", BOOST, True),
    ("libboost-dev 1.83.0.2+b2", BOOST, True), ("libboost1.81-dev 1.81.0-5", BOOST, True),
    ("libboost-dev 1.74.0.3\nlibboost1.81-dev 1.81.0-5", BOOST, True)], ids=str)
def test_Package_IsThere_WhereOneOfItsAlternativesIsNewEnough(tools, known, wanted, there):
    done = common('is_installed "$1"', wanted, path=tools, KNOWN=known)
    assert (done.returncode == 0, done.stderr) == (there, "")


def test_Package_KeptBackHalfInstalled_IsNotThere(tools):
    tool(tools, "dpkg-query", "echo half-installed 1.83")
    assert common("is_installed g++", path=tools).returncode != 0


def test_Packages_ThatAreThere_NeedNeitherAptNorRoot(tools):
    tool(tools, "apt-get", "echo asked for >&2; exit 1")
    tool(tools, "id", "echo 1000")
    tool(tools, "sudo", "echo asked for >&2; exit 1")
    done = common('install_missing g++ "$1"', BOOST, path=tools, KNOWN="g++ 4:14\nlibboost-dev 1.83.0.2")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_Packages_ThatAreMissing_AreInstalledBySudo_AndItIsSaid(tools, tmp_path):
    tool(tools, "id", "echo 1000")
    tool(tools, "sudo", 'exec "$@"')
    tool(tools, "apt-get", 'printf "%s\\n" "$*" >>"$LOG"')
    done = common('install_missing g++ cmake "$1" cmake', BOOST, path=tools, KNOWN="g++ 4:12", LOG=str(tmp_path / "log"),
                  DPKG_ROOT=str(tmp_path / "root"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "log").read_text() == (
        "update -qq\n" f"satisfy -y -qq --no-install-recommends --no-remove cmake {BOOST}\n")
    assert done.stdout == (f"== installing: cmake, {BOOST}\n"
                           f"== needs root: sudo apt-get satisfy 'cmake, {BOOST}'\n")


def test_Packages_WhereAptFails_TheScriptEnds(tools, tmp_path):
    tool(tools, "id", "echo 0")
    tool(tools, "apt-get", '[ "$1" = update ] || { echo no such package >&2; exit 100; }')
    done = common("install_missing nosuch; echo went on", path=tools, KNOWN="", DPKG_ROOT=str(tmp_path))
    assert done.returncode != 0 and "went on" not in done.stdout and "no such package" in done.stderr
    assert not (tmp_path / "usr/sbin/policy-rc.d").exists()


@pytest.mark.parametrize("own", [False, True], ids=["no policy", "a policy of the user's"])
def test_Services_OfWhatIsInstalled_NeitherStartNorAreEnabled(tools, tmp_path, own):
    root = tmp_path / "root"
    policy, wants = root / "usr/sbin/policy-rc.d", root / "etc/systemd/system/multi-user.target.wants"
    policy.parent.mkdir(parents=True)
    wants.mkdir(parents=True)
    (wants / "theirs.service").touch()
    if own:
        tool(policy.parent, policy.name, "exit 0")
    tool(tools, "id", "echo 0")
    tool(tools, "apt-get", f'[ "$1" = update ] || {{ {policy}; echo $? >{tmp_path}/said; touch {wants}/nginx.service; }}')
    done = common("install_missing nginx", path=tools, KNOWN="", DPKG_ROOT=str(root))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "said").read_text() == ("0\n" if own else "101\n")
    assert policy.exists() == own
    assert [each.name for each in wants.iterdir()] == ["theirs.service"]
