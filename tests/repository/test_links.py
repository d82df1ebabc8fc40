"""Links of the Markdown files to each other: each leads to a file, and to a heading of it."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = sorted(path for path in ROOT.rglob("*.md")
               if not {"node_modules", "build", ".git"} & set(path.relative_to(ROOT).parts))
FENCED = re.compile(r"^( *)(```+).*?^ *\2 *$", re.M | re.S)
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")


def anchors(text):
    """As GitHub makes them of headings; the second one of a name has -1."""
    found = []
    for heading in re.findall(r"^#+ (.+?)\s*$", FENCED.sub("", text), re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.append(slug if slug not in found else f"{slug}-{found.count(slug)}")
    return found


def broken(file, text):
    for path, anchor in LINK.findall(FENCED.sub("", text)):
        target = file if path == "" else file.parent / path
        if not target.exists():
            yield path
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{path}#{anchor}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_Links_LeadSomewhere(file):
    assert not list(broken(file, file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("link", ["nosuch.md", "README.md#nosuch", "#nosuch"])
def test_Link_ThatLeadsNowhere_IsFound(link):
    assert list(broken(ROOT / "README.md", f"# A heading\n[words]({link})")) == [link]
