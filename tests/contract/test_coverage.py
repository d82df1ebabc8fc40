"""Each statement of docs/CONTRACT.md has its tests; and the check finds faults."""
import pytest

import contract_coverage as coverage

PAGE = """# The contract

- `STR-1` One.
- `STR-2` Two, which
  takes two lines.

| id | code |
|---|---|
| `END-1` | 1000 |
| `END-2` | 1001 |
"""
# In pieces: they are no markers of this file.
MARKER = "# " + "contract:"
PYTHON = f"""import pytest


{MARKER} STR-1
{MARKER} END-1..2
@pytest.mark.parametrize("one", [
    1])
def test_One(one):
    pass
"""
CPP = f"""//{MARKER[1:]} STR-2
TEST_F(Suite,
       Two) {{}}
"""


@pytest.fixture
def tree(tmp_path):
    """A repository in which all is well; `write` changes a file of it."""
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path
    write("docs/CONTRACT.md", PAGE)
    write("tests/deep/test_one.py", PYTHON)
    write("tests/two_test.cpp", CPP)
    return write


def test_Repository_EachStatementHasItsTests():
    assert len(coverage.statements()) > 300
    assert not (found := coverage.faults()), "\n".join(found)


def test_Exceptions_AreFewAndEachHasItsReason():
    assert len(coverage.UNTESTED) <= 3
    assert all(len(reason.split()) > 3 for reason in coverage.UNTESTED.values())


def test_Statements_AreReadWhole(tree):
    assert coverage.statements(tree("docs/CONTRACT.md", PAGE)) == {
        "STR-1": "One.", "STR-2": "Two, which takes two lines.", "END-1": "1000", "END-2": "1001"}


def test_Markers_OfEachLanguage_AreRead(tree):
    root = tree("web/tests/a.test.mjs", "for (const each of all) {\n"
                "    // contract: STR-1, STR-2\n    test(`Of_${each}_Is`, () => {});\n}\n")
    assert not coverage.faults(root, {})
    assert coverage.coverage(root) == {
        "STR-1": ["tests/deep/test_one.py::test_One", "web/tests/a.test.mjs::Of_${each}_Is"],
        "STR-2": ["tests/two_test.cpp::Suite.Two", "web/tests/a.test.mjs::Of_${each}_Is"],
        "END-1": ["tests/deep/test_one.py::test_One"],
        "END-2": ["tests/deep/test_one.py::test_One"]}


def test_Statement_WithoutAMarker_IsAFault(tree):
    root = tree("docs/CONTRACT.md", PAGE + "| `END-3` | 1002 |\n")
    assert coverage.faults(root, {}) == ["END-3: no test names it"]
    assert coverage.faults(root, {"END-3": "for a reason"}) == []


def test_Exception_WithATestOrOfNoStatement_IsAFault(tree):
    root = tree("docs/CONTRACT.md", PAGE)
    assert coverage.faults(root, {"END-1": "none"}) == [
        "END-1: is excepted, but tests/deep/test_one.py::test_One names it"]
    assert coverage.faults(root, {"END-9": "none"}) == [
        "END-9: is excepted, but is no statement of docs/CONTRACT.md"]


@pytest.mark.parametrize("line", ["- Three.", "| | 1002 |", "- STR-3 Three.", "| END-3 | 1002 |"])
def test_Statement_WithoutAnId_IsAFault(tree, line):
    root = tree("docs/CONTRACT.md", PAGE + line + "\n")
    assert coverage.faults(root, {}) == ["docs/CONTRACT.md:11: a statement without an id"]


def test_Statement_ThatIsThereTwice_IsAFault(tree):
    root = tree("docs/CONTRACT.md", PAGE + "| `END-2` | 1002 |\n")
    assert coverage.faults(root, {}) == ["docs/CONTRACT.md:11: END-2 is there twice"]


@pytest.mark.parametrize("words,said", [
    ("STR-3", "STR-3 is no statement of docs/CONTRACT.md"),
    ("STR-2..3", "STR-3 is no statement of docs/CONTRACT.md"),
    ("str-1", "str-1 is no statement of docs/CONTRACT.md"),
    ("STR-1 STR-1..2", "STR-1 is there twice"), ("", "a marker that names nothing")])
def test_Marker_OfAnUnknownStatement_IsAFault(tree, words, said):
    root = tree("tests/three_test.cpp", f"// contract: {words}".strip() + "\nTEST(A, B) {}\n")
    assert coverage.faults(root, {}) == [f"tests/three_test.cpp:1: {said}"]


@pytest.mark.parametrize("name,text", [
    ("tests/a_test.cpp", "// contract: STR-1\n/// Text.\nTEST(A, B) {}\n"),
    ("tests/a_test.cpp", "// contract: STR-1\n\nTEST(A, B) {}\n"),
    ("tests/a_test.cpp", "// contract: STR-1\nvoid help() {}\n"),
    ("src/a.cpp", "// contract: STR-1\nint main() {}\n"),
    ("tests/test_a.py", "# contract: STR-1\ndef helper():\n    pass\n"),
    ("tests/test_a.py", "# contract: STR-1\n\ndef test_A():\n    pass\n"),
    ("tests/test_a.py", "@mark\n# contract: STR-1\ndef test_A():\n    pass\n"),
    ("tests/test_a.py", "# contract: STR-1\n"),
    ("web/a.test.js", "// contract: STR-1\ndescribe('a', () => {});\n")])
def test_Marker_AboveNoTest_IsAFault(tree, name, text):
    line = 2 if text.startswith("@") else 1
    assert coverage.faults(tree(name, text), {}) == [f"{name}:{line}: a marker above no test"]


@pytest.mark.parametrize("cited", ["STR-7", "STR-1, STR-7", "STR-1 and STR-7", "STR-2..7"])
def test_Citation_OfAnUnknownStatement_IsAFault(tree, cited):
    root = tree("include/a.hpp", "// CON" f"TRACT {cited} says so.\n")
    assert "include/a.hpp: CON" "TRACT STR-7 is no statement" in coverage.faults(root, {})


def test_Citation_OfAStatement_IsNone(tree):
    assert not coverage.faults(tree("src/a.cpp", "// CON" "TRACT STR-1..2, END-1: so.\n"), {})
