#!/usr/bin/env python3
"""Which tests hold which statement of docs/CONTRACT.md: prints the table, and its faults.

A test that would fail if a statement were broken names it in a comment directly above it, above its
decorators where it has some: `# contract: STR-3 END-1` in Python, `// contract: …` in C++ and
JavaScript. Several such lines may follow each other; `SET-12..14` stands for three statements.
Code cites statements as CONTRACT STR-3 or CONTRACT SET-12..14, anywhere.
"""
import ast
import collections
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Statements that no test holds, each with its reason.
UNTESTED = {
    "HLT-6": "no feed can be disconnected yet in the sense of --ready-needs-feed",
    "END-18": "only a fault of ours would close with 1011, and none is known",
}

SEARCHED = ("include", "loadtest", "src", "tests", "web")
SUFFIXES = {".c", ".cpp", ".hpp", ".js", ".mjs", ".py", ".ts"}
PRUNED = {"build", "node_modules", "__pycache__"}

ID = r"[A-Z]{3}-\d+"
DEFINED = re.compile(rf"(?:- |\| )`({ID})` (.*)")
ITEM = re.compile(r"- |\| (?!id \|)")
MARKER = re.compile(r"\s*(?:#|//) contract:(.*)")
WORD = rf"{ID}(?:\.\.\d+)?"
RANGE = re.compile(rf"({ID})(?:\.\.(\d+))?")
CITED = re.compile(rf"\bCONTRACT ({WORD}(?:(?:, | and ){WORD})*)")
CPP_TEST = re.compile(r"TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)")
JS_TEST = re.compile(r"""\s*(?:test|it)(?:\.\w+)?\(\s*(['"`])(.+?)\1""")

# Where it stands, the statements it names as written, and the test below it: None if there is none.
Marker = collections.namedtuple("Marker", "place words test")


def statements(root=ROOT):
    """The statements of the page by their ids, in its order, each on one line."""
    found, last = {}, None
    for line in page_lines(root):
        if match := DEFINED.match(line):
            last = match[1]
            found.setdefault(last, match[2].strip("| "))
        elif last and line.startswith("  "):
            found[last] += " " + line.strip()
        else:
            last = None
    return found


def page_lines(root):
    return (root / "docs/CONTRACT.md").read_text(encoding="utf-8").splitlines()


def faults_of_page(root=ROOT):
    """Items and rows without an id, and ids that are there twice."""
    seen = set()
    for number, line in enumerate(page_lines(root), 1):
        match = DEFINED.match(line)
        if ITEM.match(line) and not match:
            yield f"docs/CONTRACT.md:{number}: a statement without an id"
        if match and match[1] in seen:
            yield f"docs/CONTRACT.md:{number}: {match[1]} is there twice"
        if match:
            seen.add(match[1])


def sources(root=ROOT):
    """Every file that can hold markers or citations."""
    for top in SEARCHED:
        for folder, folders, files in os.walk(root / top):
            folders[:] = sorted(set(folders) - PRUNED)
            for name in sorted(files):
                path = pathlib.Path(folder, name)
                if path.suffix in SUFFIXES:
                    yield path


def markers(root=ROOT):
    for path in sources(root):
        text = path.read_text(encoding="utf-8")
        if "contract:" in text:
            yield from markers_of(path.relative_to(root).as_posix(), text)


def markers_of(name, text):
    """A block of marker lines is one marker."""
    lines = text.splitlines()
    tests = python_tests(text) if name.endswith(".py") else {}
    number = 0
    while number < len(lines):
        begin, words = number, []
        while number < len(lines) and (match := MARKER.fullmatch(lines[number])):
            words += match[1].replace(",", " ").split()
            number += 1
        if number == begin:
            number += 1
            continue
        below = tests.get(number + 1) if name.endswith(".py") else test_at(lines, number, name)
        yield Marker(f"{name}:{begin + 1}", words, below and f"{name}::{below}")


def python_tests(text):
    """The tests by the line where they begin, decorators included."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found[first] = node.name
    return found


def test_at(lines, number, name):
    """The name of the test that begins at this line of a C++ or JavaScript file."""
    text = "\n".join(lines[number:number + 4])
    if name.endswith((".cpp", ".hpp")):
        match = CPP_TEST.match(text)
        return match and f"{match[1]}.{match[2]}"
    match = JS_TEST.match(text)
    return match and match[2]


def ids_of(word):
    """`STR-3` or `SET-12..14` as ids; none if it is neither."""
    match = RANGE.fullmatch(word)
    if not match:
        return []
    prefix, first = match[1].split("-")
    return [f"{prefix}-{number}" for number in range(int(first), int(match[2] or first) + 1)]


def coverage(root=ROOT):
    """The tests of each statement, in the page's order."""
    found = {each: [] for each in statements(root)}
    for marker in markers(root):
        for each in (each for word in marker.words for each in ids_of(word)):
            if marker.test and each in found:
                found[each].append(marker.test)
    return found


def faults_of_markers(root=ROOT):
    known = statements(root)
    for marker in markers(root):
        if not marker.test:
            yield f"{marker.place}: a marker above no test"
        if not marker.words:
            yield f"{marker.place}: a marker that names nothing"
        ids = [each for word in marker.words for each in ids_of(word) or [word]]
        for each in ids:
            if each not in known:
                yield f"{marker.place}: {each} is no statement of docs/CONTRACT.md"
        for each, count in collections.Counter(ids).items():
            if count > 1:
                yield f"{marker.place}: {each} is there twice"


def faults_of_citations(root=ROOT):
    known = statements(root)
    for path in sources(root):
        for match in CITED.finditer(path.read_text(encoding="utf-8")):
            ids = [each for word in re.findall(WORD, match[1]) for each in ids_of(word)]
            for each in ids:
                if each not in known:
                    yield f"{path.relative_to(root)}: CONTRACT {each} is no statement"


def faults_of_coverage(root=ROOT, untested=UNTESTED):
    """Statements without a test, and exceptions that are none."""
    tests = coverage(root)
    for each, held_by in tests.items():
        if not held_by and each not in untested:
            yield f"{each}: no test names it"
        if held_by and each in untested:
            yield f"{each}: is excepted, but {held_by[0]} names it"
    for each in untested.keys() - tests.keys():
        yield f"{each}: is excepted, but is no statement of docs/CONTRACT.md"


def faults(root=ROOT, untested=UNTESTED):
    return [*faults_of_page(root), *faults_of_markers(root), *faults_of_citations(root),
            *faults_of_coverage(root, untested)]


def main():
    texts, tests = statements(), coverage()
    for each, held_by in tests.items():
        print(f"{each} {texts[each]}")
        for test in held_by or [f"no test: {UNTESTED.get(each, 'MISSING')}"]:
            print(f"    {test}")
    named = {test for held_by in tests.values() for test in held_by}
    print(f"{len(tests)} statements, {len(named)} tests, {len(UNTESTED)} statements without a test")
    found = faults()
    print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
