"""All text of the checkout is within 100 columns, and line_width.py finds wider lines."""
import time

import pytest

from line_width import COLUMNS, files, reader_of, wide_lines


def test_Text_IsWithin100Columns_AndThatIsSoonKnown():
    began = time.process_time()
    assert not list(wide_lines(files()))
    assert time.process_time() - began < 5


def filled(text, columns):
    """The text with words for its ~, so that their line is as wide as that."""
    lines = text.split("\n")
    (at,) = [number for number, line in enumerate(lines) if "~" in line]
    room = columns - len(lines[at]) + 1
    lines[at] = lines[at].replace("~", (" word" * room)[:room - 1] + "x")
    return "\n".join(lines), at + 1


@pytest.mark.parametrize("name, text", [
    ("docs/a.md", "Some~"), ("docs/a.md", "# A\n\n- one\n  two~\n"), ("docs/a.md", "```sh\nrun~\n```\n"),
    ("docs/a.md", "```text\nsaid\n```\nSome~"), ("docs/a.yaml", "a:\n  description: of~"), ("grafana/a.yml", "  # of~"),
    ("src/a.cpp", "// of~"), ("src/a.hpp", "int a;  // of~"), ("src/a.hpp", "/* one\ntwo~ */"), ("src/a.hpp", "/* one~ */"),
    ("web/a.js", "/** of~ */"), ("web/a.mjs", "/**\n * of~\n */"), ("web/a.css", "a {} /* one\n of~ */"),
    ("web/a.ts", "const a = 'x'; // of~"), ("web/a.html", "<p>\n<!-- of~ -->"), ("tests/a.py", "# of~"),
    ("tests/a.py", "a = 1  # of~"), ("tests/a.py", '"""One.\n\nOf~"""'), ("tests/a.py", "def a():\n    # of~\n    pass"),
    ("tests/a.py", 'def a():\n    """Of~"""'), ("scripts/a.sh", "# of~"), ("scripts/a.sh", 'say "a" # of~'),
    ("cmake/a.cmake", "set(a)  # of~"), ("CMakeLists.txt", "# of~"), ("Dockerfile", "# of~"), (".ci/run", "# of~"),
    (".clang-tidy", "# of~")])
def test_Line_OfText_IsFoundWhereItIsTooWide(name, text):
    assert reader_of(name)(filled(text, COLUMNS)[0]) == []
    wide, line = filled(text, COLUMNS + 1)
    assert reader_of(name)(wide) == [line]


@pytest.mark.parametrize("name, text", [
    ("docs/a.md", "| a | of~ |"), ("docs/a.md", "```text\nsaid~\n```"), ("src/a.cpp", 'say("of~");'),
    ("src/a.cpp", 'say("a // b~");'), ("web/a.js", "say('a~'); /** @type {b} */ (c);"), ("tests/a.py", 'say("# a~")'),
    ("tests/a.py", 'a = """\ndata~"""'), ("scripts/a.sh", 'say "a # b~"'), ("grafana/a.yml", "  expr: of~")])
def test_Line_OfCodeDataOrATable_IsNotFound(name, text):
    assert reader_of(name)(filled(text, COLUMNS + 50)[0]) == []


@pytest.mark.parametrize("name, marks", [("docs/a.md", "  - <"), ("docs/a.yaml", "  # "), ("web/a.js", "   * "), ("src/a.cpp", "// ")])
def test_Line_ThatIsOneWord_IsNotFound(name, marks):
    assert reader_of(name)(f"{marks}https://{'a' * COLUMNS}") == []


@pytest.mark.parametrize("name", ["web/package-lock.json", "docs/images/a.svg", "tests/defects/1.patch"])
def test_File_OfData_IsNotRead(name):
    assert reader_of(name) is None
