"""The presets asan and tsan instrument all that is compiled here, Asio and Beast too, not our own
files alone."""
import json
import pathlib
import re
import shutil
import subprocess

import pytest

from support.harness import ENVIRONMENT, SLACK

ROOT = pathlib.Path(__file__).resolve().parents[3]


@pytest.mark.skipif(shutil.which("cmake") is None or shutil.which("ninja") is None, reason="no cmake or no ninja")
@pytest.mark.parametrize("preset, flag, definition", [
    ("asan", "-fsanitize=address,undefined", "TICKCAST_CHECK_THREADS=1"),
    ("tsan", "-fsanitize=thread", "BOOST_ASIO_DISABLE_FENCED_BLOCK")])
def test_Sanitizers_InstrumentEveryFileThatIsCompiledAndEveryProgramThatIsLinked(tmp_path, preset, flag, definition):
    done = subprocess.run(["cmake", "--preset", preset, "-B", tmp_path], cwd=ROOT, capture_output=True, text=True,
                          env=ENVIRONMENT, timeout=120 * SLACK, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    compiled = json.loads((tmp_path / "compile_commands.json").read_text(encoding="utf-8"))
    assert any("tickcast_asio" in each["file"] for each in compiled)
    assert not [each["file"] for each in compiled
                if not {flag, f"-D{definition}"} <= set(each["command"].split())]
    ninja = (tmp_path / "build.ninja").read_text(encoding="utf-8")
    linked = re.findall(r"^build (\S+): CXX_EXECUTABLE_LINKER_.*\n(?:  .*\n)*?  LINK_FLAGS = (.*)$", ninja, re.M)
    assert "src/tickcast" in dict(linked)
    assert not [name for name, flags in linked if flag not in flags.split()]
