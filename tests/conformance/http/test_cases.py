"""Each case of `cases`, plain and with TLS, on each of its listeners."""
import pytest

from .cases import UNTIMED
from .exchange import run
from .servers import answers_counted

PLACES = [pytest.param(case, listener, transport, id=f"{case.id}-{listener}-{transport}")
          for transport in ("plain", "tls") for case in UNTIMED for listener in case.listeners]


# contract: RUN-3 SET-33 SET-34 REQ-1 REQ-2 REQ-3 REQ-4 REQ-5 REQ-6 REQ-7 REQ-8 REQ-9 REQ-10
# contract: REQ-11 REQ-12 API-1 API-6 API-10 API-23 ERR-1 ERR-5 ERR-7 ERR-8 ERR-12 ERR-16 ERR-17
# contract: ERR-18 ERR-20 ERR-21 ERR-23 ERR-31 ERR-35 PSH-3 PSH-5 PSH-8 PSH-9 PSH-10 PSH-11 VAL-3
# contract: STR-3
@pytest.mark.parametrize("case,listener,transport", PLACES)
def test_Server_ForTheBytesOfACase_DoesWhatTheCaseSays(servers, tag, case, listener, transport):
    """The server has also given no answer that the client did not see: no hidden request was
    obeyed."""
    server = servers[transport]
    before = answers_counted(server)
    answers = run(case, server, listener, tag)
    asked_metrics = 1  # the answer to the request above
    assert answers_counted(server) - before - asked_metrics == answers
