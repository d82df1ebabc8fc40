#!/usr/bin/env python3
"""The table of all cases, README.md.

    table.py            prints it
    table.py --write    writes it
"""
import pathlib
import re
import sys

if __package__ in (None, ""):
    sys.path[0] = str(pathlib.Path(__file__).resolve().parents[2])
    from conformance.http.case import SMUGGLED, Await, End, Slowly
    from conformance.http.cases import ALL, SUBJECTS
else:
    from .case import SMUGGLED, Await, End, Slowly
    from .cases import ALL, SUBJECTS

PAGE = pathlib.Path(__file__).with_name("README.md")
REPEATED = re.compile(rb"(.{1,100}?)\1{3,}", re.S)
LEAST = 24  # bytes that are worth it
HIDDEN = "⟨hidden⟩"
COMMAND = "tests/conformance/http/table.py --write"

HEAD = """\
<!-- Made by {command}; a test compares. -->
# HTTP/1.1 conformance

{count} cases: the exact bytes that a client sends, and what the server must do, by RFC 9110, 9112
and their neighbours, and by the statements of [CONTRACT.md](../../../docs/CONTRACT.md). Each case
runs plain and with TLS, on each listener that it names; `test_cases.py` runs them. Of every answer
`answers.py` checks in addition: status line, fields and values well formed; exactly one framing,
of the right length; no body for HEAD, 204 and 304; Date; the fields that a status asks for, such as
Allow with 405; a refusal is a problem with a code of the contract. A connection ends where its last
answer has `Connection: close`, and only there: where it stays open, a further request is answered.
The server's own count of answers must be that of the client: no hidden request was obeyed.

A case that is added or changed stands in `cases/`; then `{command}`.

Notation: Python's escapes; `{{…}}*9` stands for nine times the text in braces; `@TAG@` for the
entity-tag of the page's `index.html`; `{hidden}` for a request that must never be answered,
`{smuggled}`. *Slowly* means in pieces, *awaits* that the client
waits for so many answers before it goes on, *ends* that it ends its side and still reads. Several
statuses mean that the RFC leaves the choice to the server.
"""


def text(data):
    """Bytes in one line, without the quotes of Python."""
    return repr(data)[2:-1].replace("\\'", "'")


def shortened(data):
    """With what is repeated written once, and the hidden request by its sign."""
    if SMUGGLED in data and data.count(SMUGGLED) < 4:
        return HIDDEN.join(map(shortened, data.split(SMUGGLED)))
    shown, at = "", 0
    for match in REPEATED.finditer(data):
        if len(match[0]) < LEAST:
            continue
        times = len(match[0]) // len(match[1])
        shown += text(data[at : match.start()]) + "{" + text(match[1]) + "}*" + str(times)
        at = match.end()
    return shown + text(data[at:])


def cell(shown):
    """Code in a cell: a table ends at |, and code at as many backticks as it began with."""
    fence = "``" if "`" in shown else "`"
    pad = " " if "`" in shown else ""
    return fence + pad + shown.replace("|", "\\|") + pad + fence


def step(one):
    if isinstance(one, Await):
        return f"*awaits {one.answers}*"
    if isinstance(one, End):
        return "*ends*"
    if isinstance(one, Slowly):
        return f"*slowly, by {one.size}* " + cell(shortened(one.data))
    return cell(shortened(one))


def answer(expected):
    """One answer: statuses, codes, 100s before it, what it has."""
    parts = [" or ".join(map(str, expected.statuses))]
    if expected.interim != (0,):
        parts.insert(0, "100," if expected.interim == (1,) else "perhaps 100,")
    parts += [f"`{code}`" for code in dict.fromkeys(expected.code)]
    if expected.head:
        parts.append("without body")
    parts += ["with " + cell(each) for each in expected.has]
    parts += [f"{name}: " + cell(pattern) for name, pattern in expected.fields]
    parts += [f"no {name}" for name in expected.absent]
    return " ".join(parts)


def answers(case):
    """Equal ones that follow each other are counted."""
    shown = []
    for each in map(answer, case.answers):
        if shown and shown[-1][0] == each:
            shown[-1][1] += 1
        else:
            shown.append([each, 1])
    listed = "; then ".join(each if times == 1 else f"{times} × {each}" for each, times in shown)
    return (listed or "no answer") + f"; {case.then.value}"


def row(case):
    listeners = ", ".join(case.listeners)
    sent = " ".join(map(step, case.sent))
    return f"| `{case.id}` | {listeners} | {sent} | {answers(case)} | {case.why} | {case.source} |"


def page():
    parts = [HEAD.format(count=len(ALL), command=COMMAND, hidden=HIDDEN, smuggled=text(SMUGGLED))]
    for subject, cases in SUBJECTS.items():
        parts.append(f"\n## {subject}\n")
        parts.append("| id | listener | sent | expected | why | source |")
        parts.append("|---|---|---|---|---|---|")
        parts += map(row, cases)
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
