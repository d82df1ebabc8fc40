"""The table of the cases, tests/conformance/websocket/README.md."""
import pathlib

from .cases import CASES, GROUPS
from .step import grouped

README = pathlib.Path(__file__).resolve().parent / "README.md"
HEAD = """\
# Cases of RFC 6455

{count:,} cases of the WebSocket: what a client sends, what the server must answer, and why. Each one
runs in plain text and over TLS, with `--send-backend send` and `io_uring`, on a stream of its own.
`scripts/test.sh conformance` runs them all; behind `-- -k` stands a part of an id.

- The reason is a section of RFC 6455 unless it names another RFC, or a statement of
  [CONTRACT.md](../../../docs/CONTRACT.md), such as END-8. Where RFC 6455 leaves the choice, the
  contract makes it.
- A frame is final, masked, and has its shortest length, unless the table says otherwise. Frames
  joined by `+` go out together; the others each in a segment of their own.
- A text that the table expects an answer to is `{{"op":"ping","id":…}}`: its answer has the same id.
- "Close 1002, end of TCP" means that the server sends its FIN without waiting for ours, or for an
  answer. The client's side is always open then.
- Where no end of TCP is expected, the case ends with one more message and its answer, and the
  server must have sent nothing else.
- Where the client sends and expects in turn, the numbers give the order.

A new case is one `yield` in a `*_cases.py` of this folder. `make_table.py` then writes this file;
a test fails while the two differ.
"""


def rounds(case):
    """The steps as rounds: what is sent, then what is expected."""
    found = []
    for step in case.steps:
        if not found or (step.sent and found[-1][1]):
            found.append(([], []))
        found[-1][0 if step.sent else 1].append(step)
    return found


def cell(parts):
    """The texts of a column, round by round."""
    if len(parts) == 1:
        return "; ".join(grouped(parts[0]))
    return "<br>".join(f"{number}. " + "; ".join(grouped(part)) for number, part in enumerate(parts, 1))


def row(case):
    turns = rounds(case)
    sent, expected = cell([turn[0] for turn in turns]), cell([turn[1] or ["nothing"] for turn in turns])
    return f"| {case.id} | {sent} | {expected} | {case.why} |"


def whole():
    parts = [HEAD.format(count=len(CASES))]
    for name, cases in GROUPS.items():
        parts.append(f"## {name}\n\n| case | sent | expected | why |\n|---|---|---|---|\n" + "\n".join(map(row, cases)) + "\n")
    return "\n".join(parts)
