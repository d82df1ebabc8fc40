"""Servers by transport, and how many answers they have given."""
import re

from .case import ADMIN, request
from .exchange import Connection

COUNTED = re.compile(rb"^tickcast_http_requests_total\{.*\} (\d+)$", re.M)


class Started(dict):
    """The server of each transport, started when it is first asked for."""

    def __init__(self, make):
        super().__init__()
        self._make = make

    def __missing__(self, transport):
        self[transport] = self._make(transport)
        return self[transport]


def answers_counted(server):
    """How many answers the server has given on both listeners, but for this one."""
    with Connection(server, ADMIN) as connection:
        connection.send(request("GET", "/metrics"))
        connection.await_answers(1)
        body = connection.reader.answers[0].body
    return sum(map(int, COUNTED.findall(body)))
