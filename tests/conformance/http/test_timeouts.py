"""The cases that wait for a deadline: all of a transport wait at the same time."""
import pytest

from .cases import TIMED
from .exchange import Connection, finish, judge, send_all

PLACES = [(case, listener) for case in TIMED for listener in case.listeners]


@pytest.fixture(scope="module", params=["plain", "tls"])
def waiting(impatient_servers, request):
    """The connections of all cases, each with its bytes sent."""
    opened = {}
    for case, listener in PLACES:
        heads = [expected.head for expected in case.answers]
        opened[case.id, listener] = Connection(impatient_servers[request.param], listener, heads)
        send_all(opened[case.id, listener], case, b"")
    yield opened
    for connection in opened.values():
        connection.socket.close()


# contract: ERR-19 LIM-9
@pytest.mark.parametrize("case,listener", PLACES, ids=[f"{case.id}-{where}" for case, where in PLACES])
def test_Server_ForAnUnfinishedRequest_SaysSoAndCloses(waiting, case, listener):
    judge(case, *finish(waiting[case.id, listener], case))
