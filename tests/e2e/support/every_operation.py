"""Requests for each operation of openapi.yaml, with its examples, and how to have them refused."""
import json
import pathlib
import tempfile

from support import documents
from support.harness import Server, problem, request_bytes
from support.wsclient import handshake


FILE = "app/a.css"  # the file of server_with_session for {file}


def query_of(operation):
    """The parameters that the operation requires."""
    given = map(documents.openapi.resolved, operation.get("parameters", ()))
    required = [each for each in given if each["in"] == "query" and each.get("required")]
    return "?" * bool(required) + "&".join(f"{each['name']}={each['example']}" for each in required)


def body_of(operation):
    """The example of its body as JSON; None if it has no body."""
    body = documents.openapi.resolved(operation.get("requestBody"))
    return body and json.dumps(body["content"]["application/json"]["example"])


def operations(listener):
    """Method, a target that is there (the ID is filled in by the test), and the body."""
    for path, item in documents.openapi.tree["paths"].items():
        for method in documents.METHODS:
            if method in item and listener in item[method]["tags"]:
                target = path.replace("{file}", FILE) + query_of(item[method])
                yield method.upper(), target, body_of(item[method])


BODIES = {(method, target): body for listener in ("public", "admin")
          for method, target, body in operations(listener)}
PUBLIC, ADMIN = ([each[:2] for each in operations(listener)] for listener in ("public", "admin"))


def request_of(server, method, target, headers=None, body=None):
    """A request that is fine but for the headers given."""
    session_id = server.session_id
    if method == "GET" and target.startswith("/v1/stream"):
        changes = {name.replace("-", "_"): value for name, value in (headers or {}).items()}
        return handshake(session_id, **changes)
    body = body or BODIES.get((method, target))
    kind = {"Content-Type": "application/json"} if body else {}
    return request_bytes(method, target.replace("{id}", session_id), body, {**kind, **(headers or {})})


def refused(server, request, method, status, code, admin=False, at_end=False):
    """Sends on a connection of its own; HEAD has no body that could hold the code."""
    with server.connect(admin) as connection:
        connection.send(request)
        reply = connection.receive(head_only=method == "HEAD")
        assert reply.status == status, reply
        if method != "HEAD":
            problem(reply, status, code)
        if at_end:
            assert connection.at_end()
    return reply


def server_with_session(*flags):
    with tempfile.TemporaryDirectory() as page:
        for name in ("index.html", FILE):
            file = pathlib.Path(page, name)
            file.parent.mkdir(exist_ok=True)
            file.write_text("a {}")
        server = Server("--feed", "sim?tickers=20&rate=20", "--web-root", page, *flags)
    server.session_id = server.create("AAPL")
    yield server
    server.stop()
