"""docs/decisions: one template, short, and links that lead somewhere."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/decisions"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Consequences"]
LINES = 60


def faults(name, text):
    """The faults of a decision with that file name."""
    found = []
    number = int(re.match(r"(\d{4})-[a-z0-9-]+\.md$", name)[1])
    if not re.match(rf"# {number}\. \S.*\n\n## ", text):
        found.append(f"does not begin with '# {number}. …', then a section")
    parts = re.split(r"^## (.+)\n", text, flags=re.M)
    if parts[1::2] != SECTIONS:
        found.append(f"has the sections {parts[1::2]}")
    found += [f"says nothing under {section}" for section, said in zip(parts[1::2], parts[2::2]) if not said.strip()]
    if len(text.splitlines()) > LINES:
        found.append(f"has {len(text.splitlines())} lines, {LINES} at most; detail goes to docs/internals")
    return found


@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.stem)
def test_Decision_HasTheFormAndIsShort(file):
    assert not faults(file.name, file.read_text(encoding="utf-8"))


def test_Decisions_HaveANumberEach_WithoutAGap():
    assert [int(file.name[:4]) for file in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_Folder_HoldsNothingElse():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted([*(file.name for file in DECISIONS), "README.md"])


GOOD = "# 7. A title\n\n## Context\nWhy.\n\n## Decision\nWhat.\n\n## Consequences\n- Cost.\n"


@pytest.mark.parametrize("wrong", [
    GOOD.replace("7.", "8."), GOOD.replace("## Context", "## Background"), GOOD.replace("What.\n", ""),
    GOOD.replace("\n## Context", "Some words.\n\n## Context"), GOOD.replace("## Decision\nWhat.\n\n", ""),
    GOOD + "## More\nWords.\n", GOOD + "- Line.\n" * (LINES - 9)])
def test_Form_ThatIsNotKept_IsAFault(wrong):
    assert faults("0007-a-title.md", GOOD + "- Line.\n" * (LINES - 10)) == []
    assert len(faults("0007-a-title.md", wrong)) == 1
