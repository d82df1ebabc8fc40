#!/usr/bin/env python3
"""Lists the lines of text wider than 100 columns: Markdown, the API documents, and comments.

    line_width.py [FILE…]     all files of the checkout, if none is named

Of a line of code only its comment counts, and of Python its docstrings; the rest is the business of
its formatter. Exempt are tables, a program's output (```text), a word that is wider by itself (a
URL), and files that are made, recorded or locked.
"""
import ast
import io
import os
import pathlib
import re
import sys
import tokenize

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = 100
MADE = {"build", "node_modules", ".git", "__pycache__", ".pytest_cache"}

HASH = {".sh", ".cmake", ".txt", ".yml", ".yaml", ".toml", ".clang-format", ".clang-tidy", ".gitignore",
        ".dockerignore", "Dockerfile", "run"}
SLASHES = {".cpp", ".hpp", ".js", ".mjs", ".cjs", ".ts", ".cts", ".css"}
# Marks that begin a line of text: indentation, marks of comments, lists and quotes.
MARKS = re.compile(r"\s*(?:(?:[-*+>#]|//+|/\*+|<!--|\d+\.)\s+)*")
QUOTED = re.compile(r"""\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`""")


def is_wide(line):
    """Whether it can be broken, too: not where a URL alone is wider."""
    return len(line) > COLUMNS and " " in line[MARKS.match(line).end():COLUMNS + 1]


def wide_of(lines):
    return [number for number, line in lines if is_wide(line)]


def of_markdown(text):
    """All but tables (also of a list's item) and ```text, which is a program's output."""
    found, fence = [], None
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"\s*(```+)(\w*)", line)
        if mark:
            fence = mark[2] or "shown" if fence is None else None
        if is_wide(line) and fence != "text" and not line.lstrip().startswith("|"):
            found.append(number)
    return found


def of_prose(text):
    return wide_of(enumerate(text.splitlines(), 1))


def of_python(text):
    lines = text.splitlines()
    found = {token.end[0] for token in tokenize.generate_tokens(io.StringIO(text).readline)
             if token.type == tokenize.COMMENT and is_wide(lines[token.end[0] - 1])}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found |= {number for number in range(node.lineno, node.end_lineno + 1) if is_wide(lines[number - 1])}
    return sorted(found)


def has_comment(line, mark):
    """Whether a comment begins in the line, outside of its quotes."""
    return re.search(rf"(?:^|\s){mark}(?:\s|$)", QUOTED.sub('""', line)) is not None


def of_hash(text):
    return wide_of((number, line) for number, line in enumerate(text.splitlines(), 1) if has_comment(line, "#"))


def of_blocks(text, begin, end, mark=None):
    """Comments from begin to end, but for those within a line of code; and from mark to the end of
    a line."""
    found, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        begins = begin in QUOTED.sub('""', line)
        goes_on = line.rfind(end) < line.rfind(begin) if begins else inside and end not in line
        counts = inside or (begins and (goes_on or line.lstrip().startswith(begin)))
        if is_wide(line) and (counts or (mark is not None and has_comment(line, mark))):
            found.append(number)
        inside = goes_on
    return found


def reader_of(name):
    """The function that finds the wide lines of a file of that name, or nothing."""
    path = pathlib.PurePath(name)
    kinds = {path.suffix, path.name}
    if path.suffix == ".md":
        return of_markdown
    if path.suffix == ".yaml" and path.parts[0] == "docs":
        return of_prose
    if path.suffix == ".py":
        return of_python
    if kinds & HASH:
        return of_hash
    if kinds & SLASHES:
        return lambda text: of_blocks(text, "/*", "*/", "///?")
    if path.suffix == ".html":
        return lambda text: of_blocks(text, "<!--", "-->")
    return None


def files():
    """The files of a checkout or an unpacked archive that are not made here."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(each for each in folders if each not in MADE and not (pathlib.Path(folder) / each).is_symlink())
        yield from (os.path.relpath(os.path.join(folder, name), ROOT) for name in sorted(names))


def wide_lines(names):
    """(file, number, width) of each."""
    for name in names:
        reader = reader_of(name)
        if reader is None:
            continue
        text = (ROOT / name).read_text(encoding="utf-8")
        for number in reader(text):
            yield name, number, len(text.splitlines()[number - 1])


def main(arguments):
    found = list(wide_lines([os.path.relpath(os.path.abspath(each), ROOT) for each in arguments] or files()))
    for name, number, width in found:
        print(f"{name}:{number}: {width} columns of text, {COLUMNS} at most")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
