"""docs/CONTRIBUTING.md: short, and every path and command in it is there."""
import os
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/CONTRIBUTING.md").read_text(encoding="utf-8")
LINES = 150
CODE = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", TEXT, flags=re.M | re.S))
BLOCKS = [line.split("  #")[0].strip() for block in re.findall(r"^```sh\n(.*?)^```$", TEXT, re.M | re.S)
          for line in block.splitlines()]
COMMANDS = [each for each in CODE + BLOCKS if " " in each]
STAGES = [(re.split(r" -- ", each.removeprefix("scripts/test.sh "), maxsplit=1) + [""])[:2]
          for each in COMMANDS if re.match(r"scripts/test\.sh (?!--help)", each)]
PATHS = {word for each in CODE for word in each.split()
         if re.match(r"[\w.-]+/[\w./-]*$", word) and not word.startswith("build/") and "NAME" not in word}


def test_Page_IsShort():
    assert len(TEXT.splitlines()) <= LINES


def test_Page_HasTenRulesAndSixRecipes():
    rules = TEXT.split("## Ten rules")[1].split("\n## ")[0]
    assert re.findall(r"^(\d+)\. \*\*", rules, re.M) == [str(number) for number in range(1, 11)]
    recipes = re.findall(r"^\*\*An? (.+?)\*\*", TEXT.split("## Recipes")[1], re.M)
    assert recipes == ["feed", "setting", "metric", "REST route", "close code", "tick encoding"]


def test_Paths_AreThere():
    assert len(PATHS) > 40
    assert {path for path in PATHS if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("command", sorted({each.split()[0] for each in COMMANDS if "/" in each.split()[0]}))
def test_Program_OfACommand_CanBeRun(command):
    assert command.startswith(("build/", "/usr/bin/")) or os.access(ROOT / command, os.X_OK)


@pytest.mark.parametrize("stages, arguments", STAGES, ids=" ".join)
def test_Stage_IsOne_AndHasWhatItIsGiven(stages, arguments):
    names = stages.removesuffix(" --").split()
    assert [name for name in names if not (ROOT / f"scripts/stages/{name}.sh").exists()] == []
    words = arguments.split()
    if not words:
        return
    (name,) = names
    if name == "defects":
        assert all(list((ROOT / "tests/defects").glob(f"{number}-*.patch")) for number in words)
    elif name == "conformance":
        assert [table for table in (ROOT / "tests/conformance").rglob("README.md")
                if words[-1] in table.read_text(encoding="utf-8")]
    elif "/" in words[0]:
        text = (ROOT / words[0]).read_text(encoding="utf-8")
        if "-k" in words:
            assert re.search(rf"^def test_\w*{words[words.index('-k') + 1]}", text, re.M | re.I)
    elif not words[0].startswith("--"):
        has_program(name, *words)


def has_program(stage, program, *flags):
    """Whether the tests have that program, for that stage, with a suite of that name."""
    lists = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("CMakeLists.txt")}
    (found,) = [path for path, text in lists.items() if re.search(rf"test\((?:\w+/)?{program}\b", text)]
    kind = found.relative_to(ROOT / "tests").parts[0]
    assert stage in ("asan", "tsan") or kind == stage
    assert stage != "tsan" or re.search(rf"test\({program} LABEL \w+ THREADS", lists[found])
    for flag in flags:
        suite = re.fullmatch(r"--gtest_filter='(\w+)\.\*'", flag)[1]
        assert [path for path in found.parent.glob("*_test.cpp")
                if re.search(rf"^TEST\w*\({suite},", path.read_text(encoding="utf-8"), re.M)]
