"""The paths and methods of both listeners are the operations of docs/openapi.yaml, and no
others."""
import re

import pytest

from support import documents


def all_paths(server):
    """Those of the document and those that the server counts."""
    text = server.get("/metrics", admin=True).body.decode()
    counted = set(re.findall(r'^tickcast_http_request_duration_seconds_count\{route="(/[^"]*)"\}', text, re.M))
    assert len(counted) > 5
    return counted | documents.openapi.tree["paths"].keys()


@pytest.mark.parametrize("listener", ["public", "admin"])
def test_Listener_HasTheOperationsOfOpenApi(push, listener):
    stated = documents.operations(listener)
    found = {}
    for path in all_paths(push) - {documents.ANY_FILE}:  # of the page: test_static.py
        reply = push.request("BREW", path.replace("{id}", "A" * 22), "", admin=listener == "admin")
        assert reply.status in (404, 405), (path, reply)
        if reply.status == 405:
            found[path] = set(reply.headers["allow"].split(", "))
    assert found == {path: methods for path, methods in stated.items() if path != documents.ANY_FILE}
