"""scripts/test.sh: which stages it runs, in which order, and which arguments it refuses.

Stubs stand in for the stages: each writes its name and arguments to a file."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
STAGES = {path.stem for path in (ROOT / "scripts/stages").glob("*.sh")}
# Begun before the tests and run beside them.
COMPUTE = ["tidy", "asan --build", "tsan --build", "simulation", "fuzz"]


def run(*arguments, root=ROOT, **environment):
    return subprocess.run([root / "scripts/test.sh", *arguments], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **environment}, check=False)


@pytest.fixture
def stubbed(tmp_path):
    """Runs test.sh in a checkout of stubs: status, the calls in their order, its error output."""
    root, log = tmp_path / "checkout", tmp_path / "calls"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    tools = tmp_path / "tools"
    tools.mkdir()
    programs = {tools / "ctest": "ctest", **{root / f"scripts/stages/{name}.sh": name for name in STAGES}}
    for path, name in programs.items():
        about = path.read_text().splitlines()[1] if path.exists() else "#"
        path.write_text(f"""#!/bin/bash
{about}
echo "{name}" "$@" >>"$CALLS"
if [[ "$SLOW" = {name} ]]; then sleep 60 & echo $! >"{tmp_path}/slow"; wait; fi
if [[ "$SLOW" && "$FAILING" = {name} ]]; then until [ -s "{tmp_path}/slow" ]; do sleep 0.01; done; fi
[[ "$FAILING" != {name} ]]
""")
        path.chmod(0o755)
    (tools / "dpkg-query").write_text("#!/bin/sh\necho installed 999\n")
    (tools / "dpkg-query").chmod(0o755)

    def runs(*arguments, failing="", slow=""):
        log.write_text("")
        path = f"{tools}:{os.environ['PATH']}"
        done = run(*arguments, root=root, CALLS=str(log), FAILING=failing, SLOW=slow, PATH=path, CHROMIUM="/bin/true")
        return done.returncode, log.read_text().splitlines(), done.stderr

    return runs


def test_Help_SaysWhatEachStageDoes():
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    described = {line.split()[0]: line.split(None, 1)[1] for line in done.stdout.splitlines()
                 if line.startswith("  ") and line.split()[0] in STAGES}
    assert described.keys() == STAGES
    for name, words in described.items():
        assert f"# {words}" == (ROOT / f"scripts/stages/{name}.sh").read_text(encoding="utf-8").splitlines()[1]
    assert max(map(len, done.stdout.splitlines())) <= 100


@pytest.mark.parametrize("arguments", [
    ["nosuch"], ["unit", "nosuch"], [""], ["--nosuch"], ["--long", "unit"], ["unit", "e2e", "--", "x"], ["--", "x"],
    ["--seconds", "5"], ["unit", "--seconds", "5"], ["fuzz", "unit", "--seconds", "5"]],
    ids=" ".join)
def test_Arguments_ThatAreWrong_Give2AndTheStages(stubbed, arguments):
    status, calls, said = stubbed(*arguments)
    assert (status, calls) == (2, [])
    assert set(said.splitlines()[-1].split()[1:]) == STAGES


def test_Arguments_WhereAStageTakesNone_Give2():
    assert run("web", "--", "x").returncode == 2


def test_Stages_RunInTheOrderGiven_AndTheFirstThatFailsEndsAll(stubbed):
    assert stubbed("e2e", "unit")[:2] == (0, ["e2e", "unit"])
    assert stubbed("e2e", "unit", failing="e2e")[:2] == (1, ["e2e"])


def test_Arguments_BehindTheDashes_GoToTheStage(stubbed):
    assert stubbed("unit", "--", "hub_test", "--gtest_filter=A b")[:2] == (0, ["unit hub_test --gtest_filter=A b"])


def test_Seconds_OfFuzz_NeedNoDashes(stubbed):
    assert stubbed("fuzz", "--seconds", "5", "decimals")[:2] == (0, ["fuzz --seconds 5 decimals"])
    assert stubbed("fuzz", "--", "--seconds", "5")[:2] == (0, ["fuzz --seconds 5"])


@pytest.mark.parametrize("arguments", [["--seconds"], ["--seconds", "0"], ["--seconds", "x"], ["nosuch"]], ids=" ".join)
def test_Fuzz_WrongArguments_Give2(arguments):
    assert run("fuzz", "--", *arguments).returncode == 2


def test_Fuzz_PresetNamesTheClangOfTheScripts():
    number = re.search(r"^clang=(\d+)$", (ROOT / "scripts/common.sh").read_text(encoding="utf-8"), re.M)[1]
    presets = json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))["configurePresets"]
    (fuzz,) = [each for each in presets if each["name"] == "fuzz"]
    assert fuzz["cacheVariables"]["CMAKE_CXX_COMPILER"] == f"clang++-{number}"


def test_Fuzz_EachTargetHasItsRowsAndItsInputs():
    folder = ROOT / "tests/fuzz"
    build, page = ((ROOT / name).read_text(encoding="utf-8") for name in
                   ("tests/fuzz/CMakeLists.txt", "docs/internals/fuzzing.md"))
    targets = {path.stem for path in (folder / "targets").glob("*.cpp")}
    assert set(re.findall(r"^tickcast_fuzz_target\((\w+)", build, re.M)) == targets
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.M)) == targets
    assert {path.name for path in (folder / "corpus").iterdir()} == targets
    assert {path.stem for path in (folder / "dictionaries").iterdir()} <= targets
    for target in targets:
        sizes = [path.stat().st_size for path in (folder / "corpus" / target).iterdir()]
        assert 10 <= len(sizes) <= 100 and max(sizes) <= 4096, target


def test_All_RunInOrder(stubbed):
    status, calls, _ = stubbed()
    assert status == 0
    assert calls[:2] == ["format", "build"]
    beside = [call for call in calls if call in COMPUTE]
    assert beside == COMPUTE
    assert [call for call in calls[2:] if call not in COMPUTE] == [
        "ctest --test-dir build/release --output-on-failure -j2 -LE e2e", "e2e", "conformance", "instructions", "k6",
        "javascript", "client", "docs", "asan", "tsan", "page"]
    assert all(calls.index(call) < calls.index("asan") for call in COMPUTE)


def test_All_WhereOneFails_LeaveNothingThatComputes(stubbed, tmp_path):
    began = time.monotonic()
    assert stubbed(failing="e2e", slow="tidy")[0] == 1
    assert time.monotonic() - began < 30
    process = pathlib.Path("/proc", (tmp_path / "slow").read_text().strip(), "stat")
    while process.exists() and process.read_text().split()[2] != "Z":
        assert time.monotonic() - began < 30
        time.sleep(0.01)


def test_All_WithLong_EndWithIt(stubbed):
    _, calls, _ = stubbed()
    status, more, _ = stubbed("--long")
    assert (status, len(more), more[-1]) == (0, len(calls) + 1, "long")


@pytest.mark.parametrize("failing", sorted(STAGES - {"unit", "integration", "web", "defects", "long"} | {"ctest"}))
def test_All_WhereOneFails_Fail(stubbed, failing):
    assert stubbed(failing=failing)[0] == 1


def test_All_AreEveryStage_ButThoseThatTheHelpNames(stubbed):
    """unit and integration are the tests that ctest runs."""
    called = {call.split()[0] for call in stubbed()[1]}
    assert STAGES - called == {"unit", "integration", "web", "defects", "long"}
