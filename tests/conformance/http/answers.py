"""Reads answers strictly, and checks what RFC 9110 and 9112 ask of every answer.

It is stricter than a client must be: what a lenient reader would repair is a fault here.
"""
import dataclasses
import datetime
import email.utils
import json
import re

from .case import STATUS_OF

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
STATUS_LINE = re.compile(r"HTTP/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*")
# VCHAR, with single blanks within; our server sends no other bytes.
VALUE = re.compile(r"(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?")
FIXDATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"\d{4} \d\d:\d\d:\d\d GMT")
# Fields that are no lists: two of them contradict each other (RFC 9110 section 5.3).
SINGLE = {"content-length", "content-type", "content-encoding", "date", "etag", "location",
          "retry-after", "www-authenticate", "access-control-allow-origin", "server"}
WITHOUT_BODY = (204, 304)
# Refusals of preconditions have no problem: the client asked for just this answer.
WITHOUT_PROBLEM = (412,)
CLOCK_DIFFERENCE = datetime.timedelta(minutes=5)
PROBLEM = "application/problem+json"


class Broken(AssertionError):
    """An answer that no server may give."""


def need(condition, fault, *shown):
    if not condition:
        raise Broken(f"{fault}: {', '.join(map(repr, shown))}")


@dataclasses.dataclass
class Answer:
    status: int
    fields: list  # (name in lower case, value), in their order
    head: bool  # it answers HEAD
    body: bytes = b""
    interim: int = 0  # how many 100 came before it

    def values(self, name):
        return [value for each, value in self.fields if each == name]

    def value(self, name):
        return ", ".join(self.values(name)) if self.values(name) else None

    def closes(self):
        options = (self.value("connection") or "").split(",")
        return "close" in (option.strip().lower() for option in options)

    def problem(self):
        return json.loads(self.body)


def read_head(head):
    """An answer from its head, without the empty line at its end."""
    need(b"\n" not in head.replace(b"\r\n", b"") and b"\r" not in head.replace(b"\r\n", b""),
         "a bare CR or LF", head)
    lines = head.decode("latin-1").split("\r\n")
    status = STATUS_LINE.fullmatch(lines[0])
    need(status, "no status line of HTTP/1.1", lines[0])
    fields = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        need(colon and TOKEN.fullmatch(name), "no field", line)
        need(VALUE.fullmatch(value.strip(" \t")), "no value of a field", line)
        fields.append((name.lower(), value.strip(" \t")))
    return Answer(int(status[1]), fields, head=False)


def body_length(answer):
    """By the rules of RFC 9112 section 6.3, in their order; we send no chunked body."""
    need(not answer.values("transfer-encoding"), "a transfer coding", answer)
    lengths = answer.values("content-length")
    if answer.status < 200 or answer.status == 204:
        need(not lengths, "a Content-Length where there must be none", answer)
        return 0
    if answer.status == 304:
        return 0
    need(len(lengths) == 1, "not exactly one Content-Length", answer)
    need(re.fullmatch(r"0|[1-9]\d*", lengths[0]), "no length", lengths[0])
    return 0 if answer.head else int(lengths[0])


class Reader:
    """Takes a connection's bytes apart. `heads`: for each final answer whether it answers HEAD."""

    def __init__(self, heads=()):
        self.heads = list(heads)
        self.rest = b""
        self.answers = []
        self.interim = 0
        self._pending = None

    def seen(self):
        return len(self.answers) + sum(answer.interim for answer in self.answers) + self.interim

    def take(self, data):
        self.rest += data
        while self._take_one():
            pass

    def _take_one(self):
        if self._pending is None:
            head, end, after = self.rest.partition(b"\r\n\r\n")
            if not end:
                need(b"\n\n" not in self.rest, "an empty line of bare LF", self.rest)
                return False
            self.rest, self._pending = after, read_head(head)
            if self._pending.status < 200:
                check_interim(self._pending)
                self.interim, self._pending = self.interim + 1, None
                return True
            nth = len(self.answers)
            self._pending.head = nth < len(self.heads) and self.heads[nth]
        length = body_length(self._pending)
        if len(self.rest) < length:
            return False
        answer, self._pending = self._pending, None
        answer.body, self.rest = self.rest[:length], self.rest[length:]
        answer.interim, self.interim = self.interim, 0
        check(answer)
        self.answers.append(answer)
        return True


def check_interim(answer):
    need(answer.status == 100, "an interim answer that nobody asked for", answer)
    need(not answer.fields, "fields that mean nothing in a 100", answer)


def check(answer):
    """What every final answer must have, whatever the case."""
    check_date(answer)
    names = [name for name, _ in answer.fields]
    for name in SINGLE & set(names):
        need(names.count(name) == 1, "a field that must be single", name, answer)
    options = [option.strip().lower() for option in (answer.value("connection") or "").split(",")]
    need(not {"close", "keep-alive"} <= set(options), "closes and stays", answer)
    need("upgrade" not in names or "upgrade" in options, "Upgrade without Connection", answer)
    check_status(answer)
    check_content(answer)


def check_date(answer):
    """RFC 9110 section 6.6.1: in all answers of a server with a clock."""
    dates = answer.values("date")
    need(len(dates) == 1, "not exactly one Date", answer)
    need(FIXDATE.fullmatch(dates[0]), "no IMF-fixdate", dates[0])
    date = email.utils.parsedate_to_datetime(dates[0])
    need(date.strftime("%a") == dates[0][:3], "the wrong day of the week", dates[0])
    now = datetime.datetime.now(datetime.timezone.utc)
    need(abs(now - date) < CLOCK_DIFFERENCE, "a wrong time", dates[0])


def check_status(answer):
    """The fields that a status asks for, each with its section of RFC 9110."""
    status = answer.status
    needed = {201: "location", 308: "location",  # 15.3.2, 15.4.9
              401: "www-authenticate", 405: "allow",  # 15.5.2, 15.5.6
              426: "upgrade", 429: "retry-after", 503: "retry-after"}  # 15.5.22, CONTRACT ERR-6
    if status in needed:
        need(answer.value(needed[status]), f"no {needed[status]}", answer)
    if status == 405:
        methods = [method.strip() for method in answer.value("allow").split(",")]
        need(all(TOKEN.fullmatch(method) for method in methods), "no methods", methods)
        need(len(set(methods)) == len(methods), "a method twice", methods)
    if status in (304, 206):
        need(answer.value("etag"), "no validator", answer)  # 15.4.5


def check_content(answer):
    """The body against the fields that describe it, and a refusal's problem (CONTRACT ERR-1)."""
    status, kind = answer.status, answer.value("content-type")
    if status in WITHOUT_BODY:
        need(not answer.body, "a body", answer)
        need(kind is None or status != 204, "a type of nothing", answer)
        return
    if not answer.body:
        return
    need(kind, "no Content-Type", answer)
    if status < 400 or status in WITHOUT_PROBLEM:
        return
    need(kind == PROBLEM, "a refusal that is no problem", answer)
    members = answer.problem()
    need({"type", "title", "status", "code"} <= members.keys(), "members are missing", members)
    need(members["status"] == status, "another status in the body", answer)
    need(STATUS_OF.get(members["code"]) == status, "no code of the contract", members)
