"""Every case, in plain text and over TLS, with each way to send."""
import pytest

from .cases import CASES
from .conftest import SERVERS


# contract: STR-1 OPS-5 OPS-6 END-5 END-8 END-9 END-10 END-11 END-13 END-14 END-15 END-16 END-17
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("case", CASES, ids=lambda each: each.id)
def test_Case_GoesAsTheTableSays(outcome, server, case):
    failure = outcome(server, case)
    if failure is not None:
        pytest.fail(f"{case.id} ({case.why})\n{failure}", pytrace=False)
