"""Which WebSocket or event stream has a session, and which client can come back to it."""
import threading

import pytest

from support.harness import eventually
from support.sseclient import EventSource
from support.wsclient import WebSocket

KINDS = {"WebSocket": WebSocket, "EventSource": EventSource}


# contract: STR-4 SSE-10
@pytest.mark.parametrize("old,new", [("EventSource", "EventSource"), ("WebSocket", "EventSource"),
                                     ("EventSource", "WebSocket")])
def test_TakeOver_TheOldOneIsToldAndTheNewOneStreams(push, old, new):
    session_id = push.create("TO")
    before = push.metrics()['tickcast_stream_closes_total{code="4001"}']
    with KINDS[old](push, session_id) as first:
        first.snapshot()
        with KINDS[new](push, session_id) as second:
            second.snapshot()
            assert first.closed() == 4001
            assert first.goodbye == {"type": "goodbye", "code": "taken_over", "detail": first.goodbye["detail"]}
            push.push({"s": "TO", "p": 1})
            assert second.ticks()[0]["s"] == "TO"
            assert push.get("/v1/sessions/" + session_id).json()["state"] == "streaming"
    eventually(lambda: push.metrics()['tickcast_stream_closes_total{code="4001"}'] == before + 1)


# contract: SSE-7
@pytest.mark.parametrize("new", KINDS)
def test_TakeOver_TheDisplacedOneComesBack_Gets204AndTheNewOneStays(push, events, new):
    session_id = push.create("T2")
    first = events(push, session_id)
    first.snapshot()
    with KINDS[new](push, session_id) as second:
        second.snapshot()
        assert first.closed() == 4001
        for _ in range(3):
            refused = EventSource(push, session_id, first.id).refused
            assert (refused.status, refused.body) == (204, b"")
            assert refused.headers["cache-control"] == "no-store"
            assert refused.headers["access-control-allow-origin"] == "*"
        push.push({"s": "T2", "p": 1})
        assert second.ticks()


def test_Displaced_ItsConnectionIsKeptForOtherRequests(push, events):
    """A 204 is an answer as any other."""
    session_id = push.create("T3")
    first, second = events(push, session_id), events(push, session_id)
    with push.connect() as connection:
        assert EventSource(push, session_id, first.id, http=connection).refused.status == 204
        assert EventSource(push, session_id, second.id, http=connection).refused is None


# contract: SSE-7
def test_Displaced_WhenTheOtherHasLeft_StaysAwayStill(push, events):
    session_id = push.create("T4")
    first, second = events(push, session_id), events(push, session_id)
    second.leave()
    eventually(lambda: push.get("/v1/sessions/" + session_id).json()["state"] == "detached")
    assert EventSource(push, session_id, first.id).refused.status == 204
    assert events(push, session_id, second.id).snapshot()


def test_Comeback_WhileTheLossIsUnnoticed_TakesItsOwnGhostsPlace(push, events):
    session_id = push.create("T5")
    ghost = events(push, session_id)
    again = events(push, session_id, ghost.id)
    again.snapshot()
    assert ghost.closed() == 4001


# contract: SSE-7
def test_Comeback_WhoseAnswerWasLost_IsNotTakenForDisplaced(push, events):
    """It names the last connection that it has heard of."""
    session_id = push.create("T6")
    first = events(push, session_id)
    first.reset()
    unheard = events(push, session_id, first.id)
    unheard.reset()
    assert events(push, session_id, first.id).generation == 3


def test_Comeback_AfterManyOfItsOwn_IsDisplacedByOneTakeOver(push, events):
    session_id = push.create("T7")
    ids = [None]
    for _ in range(4):
        source = events(push, session_id, ids[-1])
        ids.append(source.id)
        source.leave()
    events(push, session_id).snapshot()
    assert {EventSource(push, session_id, each).refused.status for each in ids[1:]} == {204}


@pytest.mark.parametrize("last", ["", "x", "{id}", "{id}.", "{id}.0", "{id}.01", "{id}.1 1", "{id}.-1", "{id}.1x",
                                  "{id}.99", "{id}.18446744073709551616", "AAAAAAAAAAAAAAAAAAAAAA.1", "1",
                                  "x" * 3000], ids=lambda text: text[:30])
def test_LastEventId_WhenItIsNoneOfOurs_CountsAsNone(push, events, last):
    session_id = push.create("T8")
    first, second = events(push, session_id), events(push, session_id)
    third = events(push, session_id, last.replace("{id}", session_id))
    assert third.generation == 3
    assert first.closed() == second.closed() == 4001


# contract: SSE-7
def test_TwoTabs_ThatComeBackByThemselves_DoNotFight(push):
    """Each does as an EventSource: back after a loss, never after a 204. One of the two is left."""
    session_id = push.create("T9")
    streams, done = [], threading.Event()

    def tab():
        last = None
        while not done.is_set():
            source = EventSource(push, session_id, last)
            if source.refused:
                assert source.refused.status == 204
                return
            streams.append(source)
            last = source.id
            while True:
                try:
                    if source.message(0.1)["type"] == "goodbye":
                        break
                except (TimeoutError, BlockingIOError):
                    if done.is_set():
                        return source.socket.close()
            source.socket.close()
    tabs = [threading.Thread(target=tab) for _ in range(2)]
    for each in tabs:
        each.start()
    eventually(lambda: sum(each.is_alive() for each in tabs) == 1)
    assert len(streams) == 2
    done.set()
    for each in tabs:
        each.join()


def test_Delete_SaysGoodbyeAndTheComebackIs404(push, events):
    session_id = push.create("TD")
    source = events(push, session_id)
    source.snapshot()
    push.request("DELETE", "/v1/sessions/" + session_id)
    assert source.closed() == 4000
    assert EventSource(push, session_id, source.id).refused.status == 404
