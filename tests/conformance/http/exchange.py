"""Runs a case on a connection of its own, and holds what came back against what is expected."""
import fcntl
import re
import socket
import ssl
import struct
import termios
import time

from support import tls
from support.harness import SLACK

from .answers import Broken, Reader, need
from .case import ADMIN, TAG, Await, End, Slowly, Then, request

TIMEOUT = 20.0 * SLACK
PROBE = request("GET", "/readyz")
PROBED = b'{"ready":true'


class Connection:
    """A socket, plain or with TLS, that reads strictly."""

    def __init__(self, server, listener, heads=()):
        address = server.admin if listener == ADMIN else server.public
        self.plain = socket.create_connection(address, TIMEOUT)
        self.plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = tls.TlsSocket(self.plain) if address.over_tls else self.plain
        self.reader = Reader(heads)
        self.most = len(heads) + 1  # with the answer to the probe
        self.ended = False  # the server has ended its side

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """A server that refuses the rest of a body can stop reading, but must say why."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def send_slowly(self, data, size):
        """A piece is sent once the server's kernel has the one before."""
        deadline = time.monotonic() + TIMEOUT
        for at in range(0, len(data), size):
            self.send(data[at : at + size])
            while self._unsent() and time.monotonic() < deadline:
                time.sleep(0)

    def _unsent(self):
        left = fcntl.ioctl(self.plain.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
        return struct.unpack("i", left)[0]

    def end(self):
        """Our side ends: FIN, with TLS close_notify."""
        if self.socket is self.plain:
            self.plain.shutdown(socket.SHUT_WR)
        else:
            self.socket.close_notify()

    def receive(self):
        """Once; false at the end of the server's side."""
        try:
            data = self.socket.recv(65_536)
        except ssl.SSLError as cut:
            raise Broken(f"TLS ended without close_notify: {cut}") from cut
        except ConnectionResetError as reset:
            raise Broken(f"the connection was reset after {self.reader.answers}") from reset
        if not data:
            self.ended = True
            need(not self.reader.rest, "half an answer", self.reader.rest)
            return False
        self.reader.take(data)
        need(len(self.reader.answers) <= self.most, "too many answers", self.reader.answers)
        return True

    def await_answers(self, count, seen=None):
        """Until so many final answers are there, or the end; `seen` counts interim ones too."""
        count_now = seen or (lambda: len(self.reader.answers))
        while count_now() < count and not self.ended:
            self.receive()

    def read_to_end(self):
        while not self.ended:
            self.receive()


def send_all(connection, case, tag):
    for step in case.sent:
        if isinstance(step, Await):
            connection.await_answers(step.answers, connection.reader.seen)
        elif isinstance(step, End):
            connection.end()
        elif isinstance(step, Slowly):
            connection.send_slowly(step.data.replace(TAG, tag), step.size)
        else:
            connection.send(step.replace(TAG, tag))


def is_ended(case):
    return any(isinstance(step, End) for step in case.sent)


def finish(connection, case):
    """Reads what must come, and finds out whether the connection lives on. It gives the answers,
    without that of the probe, and whether it stayed open."""
    reader = connection.reader
    connection.await_answers(len(case.answers))
    stays = bool(reader.answers) and not reader.answers[-1].closes()
    if not stays or connection.ended or is_ended(case) or len(reader.answers) != len(case.answers):
        connection.read_to_end()
        return reader.answers, False
    need(not reader.rest, "bytes that nobody asked for", reader.rest)
    connection.send(PROBE)
    connection.await_answers(len(case.answers) + 1)
    need(len(reader.answers) == len(case.answers) + 1 and not reader.rest,
         "a connection that was to stay has ended, or more than one answer came", reader.answers)
    probed = reader.answers.pop()
    need(probed.status == 200 and probed.body.startswith(PROBED), "no answer to the probe", probed)
    return reader.answers, True


def check_answer(answer, expected):
    need(answer.status in expected.statuses, f"not one of {expected.statuses}", answer)
    need(answer.interim in expected.interim, f"not {expected.interim} times 100", answer)
    if expected.code and answer.status >= 400 and not expected.head:
        need(answer.problem()["code"] in expected.code, f"not {expected.code}", answer)
    for text in expected.has if not expected.head else ():
        need(text.encode("latin-1") in answer.body, f"no {text} in the body", answer)
    for name, pattern in expected.fields:
        need(re.fullmatch(pattern, answer.value(name) or ""), f"not {name}: {pattern}", answer)
    for name in expected.absent:
        need(not answer.values(name), f"{name} must not be there", answer)
    if expected.length is not None:
        need(len(answer.body) == expected.length, f"not {expected.length} bytes", answer)


def check_connection(case, answers, stayed):
    """A connection closes where its last answer says so, and only there."""
    if not answers:
        need(not stayed, "a connection stays without an answer", case.id)
        return
    for answer in answers[:-1]:
        need(not answer.closes(), "an answer after one that closes", answers)
    if is_ended(case):
        return
    need(stayed != answers[-1].closes(), "the connection does not do what the answer says", answers)
    if case.then is not Then.STATED:
        need(stayed == (case.then is Then.OPEN), f"the connection is not {case.then.value}", answers)


def judge(case, answers, stayed):
    need(len(answers) == len(case.answers), f"not {len(case.answers)} answers", answers)
    for answer, expected in zip(answers, case.answers):
        check_answer(answer, expected)
    check_connection(case, answers, stayed)
    if case.compare:
        case.compare(answers)


def run(case, server, listener, tag=b""):
    """Fails where the server does not do what the case says; gives the number of all answers."""
    heads = [expected.head for expected in case.answers]
    with Connection(server, listener, heads) as connection:
        send_all(connection, case, tag)
        answers, stayed = finish(connection, case)
    judge(case, answers, stayed)
    return len(answers) + stayed
