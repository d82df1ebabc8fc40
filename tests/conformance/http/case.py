"""What a conformance case is: the bytes that a client sends, and what the server must do.

A case is a value. `exchange.py` runs it, `answers.py` checks each answer, and `table.py` makes the
table of all cases.
"""
import dataclasses
import enum
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "contract"))

from contract_page import STATEMENTS, errors

PUBLIC, ADMIN = "public", "admin"
BOTH = (PUBLIC, ADMIN)
STATUS_OF = errors()

MAX_HEADER_BYTES = 16_384
MAX_BODY_BYTES = 65_536
# In the bytes of a case it stands for the entity-tag of the page's index.html, from its own answer.
TAG = b"@TAG@"


class Then(enum.Enum):
    """What becomes of the connection after the last answer."""

    OPEN = "stays open"
    CLOSED = "closed"
    STATED = "as the answer states"


# Steps of sending. Bytes alone are sent in one piece.
@dataclasses.dataclass(frozen=True)
class Slowly:
    """The bytes in pieces of this size, each on its own way before the next one is sent."""

    data: bytes
    size: int = 1


@dataclasses.dataclass(frozen=True)
class Await:
    """Sends nothing more until so many answers have come, interim answers included."""

    answers: int = 1


@dataclasses.dataclass(frozen=True)
class End:
    """Ends the client's side of the connection; the client still reads."""


@dataclasses.dataclass(frozen=True)
class Expected:
    """One final answer. Several statuses: the RFC leaves a choice, and `why` says so."""

    statuses: tuple
    code: tuple = ()  # allowed codes of a problem; empty where the answer is none
    has: tuple = ()  # texts that the body contains
    fields: tuple = ()  # (name, regular expression of the whole value)
    absent: tuple = ()  # names of fields that must not be there
    head: bool = False  # the request is HEAD
    interim: tuple = (0,)  # allowed numbers of 100 (Continue) before it
    length: int | None = None  # of the body in bytes


@dataclasses.dataclass(frozen=True)
class Case:
    id: str
    sent: tuple
    answers: tuple
    then: Then
    why: str
    source: str
    listeners: tuple = (PUBLIC,)
    compare: object = None  # a function of all answers that fails where they do not fit


def case(id, sent, answers, then, why, source, on=(PUBLIC,), compare=None):
    """A case from single values or sequences of them."""
    steps = tuple(sent) if isinstance(sent, (list, tuple)) else (sent,)
    expected = tuple(answers) if isinstance(answers, (list, tuple)) else (answers,)
    return Case(id, steps, expected, then, why, source, on, compare)


# Requests.
def request(method="GET", target="/readyz", *fields, version="HTTP/1.1", host=b"a", body=b""):
    """The bytes of a request; each of `fields` is a line without its end."""
    lines = [f"{method} {target} {version}".encode("latin-1")]
    if host is not None:
        lines.append(b"Host: " + host)
    lines += [field if isinstance(field, bytes) else field.encode("latin-1") for field in fields]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


SESSION = b'{"tickers":["A"]}'


def post(*fields, body=b"", **more):
    """A request that makes a session, with no framing but that of `fields`."""
    return request("POST", "/v1/sessions", *fields, body=body, **more)


def sized(body=SESSION, *fields, **more):
    return post(f"Content-Length: {len(body)}", *fields, body=body, **more)


CHUNKED = "Transfer-Encoding: chunked"


def chunks(*pieces, size=b"%x", last=b"0\r\n\r\n"):
    """The body in these chunks."""
    return b"".join(size % len(piece) + b"\r\n" + piece + b"\r\n" for piece in pieces) + last


def chunked(body, *fields, **more):
    """A session's request whose chunked body is given as it is on the wire."""
    return post(CHUNKED, *fields, body=body, **more)


# A request that must never be answered where it is part of another one. Its answer would be a 404.
SMUGGLED = b"DELETE /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


# Answers.
def ok(*has, status=200, **more):
    return Expected((status,), has=has or ('{"ready":true',), **more)


def created(ticker="A", **more):
    return Expected((201,), has=(f'"tickers":["{ticker}"]',), **more)


def problem(*codes, statuses=(), **more):
    """A refusal with one of these codes, each with its status of the contract."""
    found = tuple(STATUS_OF[code] for code in codes) + tuple(statuses)
    return Expected(tuple(sorted(set(found))), code=codes, **more)


def either(*expected):
    """Any of them, where the RFC leaves the choice to the server."""
    interims = {count for each in expected for count in each.interim}
    return Expected(
        tuple(sorted({status for each in expected for status in each.statuses})),
        code=tuple(code for each in expected for code in each.code),
        head=expected[0].head,
        interim=tuple(sorted(interims)),
    )


MALFORMED = problem("bad_request")
EMPTY_BODY = problem("invalid_json")
