"""docs/contract-coverage.md names only tests that exist."""
import collections
import pathlib
import re

from support.documents import DOCS

TESTS = pathlib.Path(__file__).resolve().parents[2]
TEXT = (DOCS / "contract-coverage.md").read_text(encoding="utf-8")
NAMED = re.findall(r"\b([\w.]+\.(?:py|cpp|test\.m?js))::([\w.]+\w)", TEXT)


class NamesOfJavaScript(list):
    """Tests of a file whose names may have gaps that a loop fills: a pattern each."""

    def __contains__(self, name):
        return any(re.fullmatch(pattern, name) for pattern in self)


def names_of_javascript(text):
    quoted = re.findall(r"""\btest\(\s*(['`])(.+?)\1,""", text)
    return NamesOfJavaScript(r"\w+".join(re.escape(part) for part in re.split(r"\$\{.+?\}", name))
                             for _, name in quoted)


def existing():
    """The names of the tests in each test file."""
    found = collections.defaultdict(set)
    for file in TESTS.rglob("*.cpp"):
        for suite, name in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)",
                                      file.read_text(encoding="utf-8"), re.M):
            found[file.name].add(f"{suite}.{name}")
    for file in (TESTS / "e2e").rglob("test_*.py"):
        found[file.name] |= set(re.findall(r"^def (test_\w+)\(", file.read_text(encoding="utf-8"), re.M))
    for file in (TESTS.parent / "web/client/tests").glob("*.test.js"):
        found[file.name] = names_of_javascript(file.read_text(encoding="utf-8"))
    for file in (TESTS.parent / "web/tests").rglob("*.test.mjs"):  # some names are there twice
        names = names_of_javascript(file.read_text(encoding="utf-8"))
        found[file.name] = NamesOfJavaScript([*found[file.name], *names])
    return found


def test_EveryTestNamed_Exists():
    found = existing()
    missing = {f"{file}::{name}" for file, name in NAMED if name not in found[file]}
    assert len(NAMED) > 200
    assert not missing, "\n".join(sorted(missing))


def test_EverySentence_HasATestOrSaysThatItIsMissing():
    for line in TEXT.splitlines():
        if line.startswith("- "):
            excused = any(word in line for word in ("— missing", "no feed can be yet", "defect of ours only"))
            assert excused or re.search(r"\.(py|cpp|test\.m?js)::", line), line


def test_NoFileName_IsThereTwice():
    names = collections.Counter(file.name for file in TESTS.rglob("*.cpp"))
    assert not [name for name, count in names.items() if count > 1 and name.endswith("_test.cpp")]
