"""docs/openapi.yaml and docs/asyncapi.yaml held against the server's answers, and a record of the
statements that were seen."""
import functools
import json
import os
import pathlib
import re
import warnings

import fastjsonschema
import jsonschema
import yaml

from support import contract

DOCS = pathlib.Path(__file__).resolve().parents[3] / "docs"
METHODS = ("get", "head", "post", "patch", "delete", "options")
PROBLEM = "application/problem+json"
ANY_FILE = "/{file}"


class Untrue(AssertionError):
    """An answer or a message that the documents don't allow."""


class Document:
    def __init__(self, name):
        self.tree = yaml.safe_load((DOCS / name).read_text(encoding="utf-8"))
        with warnings.catch_warnings():  # Debian 12's jsonschema has nothing of the later one
            warnings.simplefilter("ignore", DeprecationWarning)
            self._resolver = jsonschema.RefResolver("", self.tree)
        self._validators = {}

    def resolved(self, node):
        while isinstance(node, dict) and "$ref" in node:
            node = self._resolver.resolve(node["$ref"])[1]
        return node

    def check(self, schema, value, what):
        # The key holds the schema's identity; the tree, and so the schema, lives as long as we do.
        validator = self._validators.get(id(schema))
        if validator is None:
            validator = jsonschema.Draft202012Validator(schema, resolver=self._resolver)
            self._validators[id(schema)] = validator
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
        if error is not None:
            raise Untrue(f"{what}: {error.message} at {error.json_path}")

    def codes(self, schema):
        """The values that a schema allows for `code`; empty if it has no such member."""
        schema = self.resolved(schema)
        found = set(schema.get("properties", {}).get("code", {}).get("enum", ()))
        for keyword in ("allOf", "oneOf"):
            for part in schema.get(keyword, ()):
                found |= self.codes(part)
        return found


openapi = Document("openapi.yaml")
asyncapi = Document("asyncapi.yaml")

seen_replies = set()  # (operation's id, status, code or None)
seen_messages = set()  # ("server", type, code or None), ("client", op, None), ("close", code, None)
# Where the suite runs in several processes: the folder for the observations of each.
SEEN_FOLDER = os.environ.get("TICKCAST_SEEN_FOLDER")


def leave_what_was_seen(worker):
    folder = pathlib.Path(SEEN_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{worker}.json").write_text(
        json.dumps({"replies": sorted(seen_replies, key=str), "messages": sorted(seen_messages, key=str)}))


def take_what_was_left():
    """Adds the observations of all processes of the run before; true if there was one."""
    files = sorted(pathlib.Path(SEEN_FOLDER).glob("*.json")) if SEEN_FOLDER else []
    for file in files:
        left = json.loads(file.read_text())
        seen_replies.update(map(tuple, left["replies"]))
        seen_messages.update(map(tuple, left["messages"]))
    return bool(files)


def forget_what_was_left():
    for file in pathlib.Path(SEEN_FOLDER).glob("*.json"):
        file.unlink()


# HTTP.
@functools.lru_cache(maxsize=None)
def _paths(listener):
    """The listener's path items with a pattern each; that of any file comes last, as it fits
    all."""
    found = []
    for template, item in openapi.tree["paths"].items():
        if any(listener in item[method]["tags"] for method in METHODS if method in item):
            parts = re.split(r"\{\w+\}", template)
            variable = "(?!v1/).+" if template == ANY_FILE else "[^/]+"
            found.append((re.compile(variable.join(map(re.escape, parts))), item))
    return sorted(found, key=lambda each: each[1] is openapi.tree["paths"][ANY_FILE])


def _path(target):
    """Of an absolute form too; unreserved characters decoded, where no escape is malformed."""
    path = re.sub(r"^https?://[^/?]*", "", target).split("?")[0] or "/"
    if re.search(r"%(?![0-9A-Fa-f]{2})", path):
        return path
    unreserved = r"%(4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2[DE]|5F|7E)"
    return re.sub(unreserved, lambda found: chr(int(found[1], 16)), path, flags=re.I)


def _expected(method, target, status, listener):
    """The operation's id (None if there is none) and the response that the document has for it."""
    elsewhere = openapi.tree["x-not-in-this-document"]
    if method is None:
        return None, elsewhere["any-request"].get(str(status))
    if target == "*":
        as_a_whole = {"204": elsewhere["server-as-a-whole"]}
        return None, (elsewhere["any-request"] | as_a_whole).get(str(status))
    path = _path(target)
    for pattern, item in _paths(listener):
        if pattern.fullmatch(path):
            operation = item.get(method.lower(), {}) if method.lower() in METHODS else {}
            if listener in operation.get("tags", ()):
                return operation["operationId"], operation["responses"].get(str(status))
            if status == 405:
                return None, elsewhere["another-method"]
            if status == 404 and item is openapi.tree["paths"][ANY_FILE]:
                return None, elsewhere["another-path"]
            return None, elsewhere["any-request"].get(str(status))
    return None, elsewhere["another-path"] if status == 404 else elsewhere["any-request"].get(str(status))


def check_reply(reply, method, target, listener):
    """Fails unless the answer is one that openapi.yaml has for the request, and remembers it.

    The method is None where the request line could not be read."""
    what = f"{listener} {method} {target}: {reply}"
    operation, response = _expected(method, target or "", reply.status, listener)
    if response is None:
        raise Untrue(f"not in openapi.yaml: {what}")
    response = openapi.resolved(response)
    for name, header in response.get("headers", {}).items():
        header = openapi.resolved(header)
        value = reply.headers.get(name.lower())
        if value is not None:
            openapi.check(header["schema"], value, what)
        elif header.get("required"):
            raise Untrue(f"no {name}: {what}")
    code = None
    if method != "HEAD":
        code = _check_body(reply, response, what)
    if operation:
        seen_replies.add((operation, reply.status, code))


def _check_body(reply, response, what):
    content = response.get("content", {})
    kind = reply.headers.get("content-type", "").split(";")[0]
    if not content:
        if reply.body:
            raise Untrue(f"a body: {what}")
        return None
    if kind not in content:
        raise Untrue(f"content type {kind!r}: {what}")
    if not kind.endswith("json"):
        return None
    value = reply.json()
    openapi.check(content[kind]["schema"], value, what)
    if kind != PROBLEM:
        return None
    if value["type"] != "urn:tickcast:problem:" + value["code"]:
        raise Untrue(f"type and code differ: {what}")
    return value["code"]


def operations(listener):
    """The methods of each path that the listener has."""
    found = {}
    for path, item in openapi.tree["paths"].items():
        methods = {method.upper() for method in METHODS if listener in item.get(method, {}).get("tags", ())}
        if methods:
            found[path] = methods
    return found


def routes():
    """The values of the label `route` (CONTRACT MET-37)."""
    of_the_page = {"/", ANY_FILE}
    return (openapi.tree["paths"].keys() - of_the_page) | {"static", "unknown"}


def all_replies():
    """Every operation × status × code of openapi.yaml; HEAD has no body, so no code."""
    found = set()
    for item in openapi.tree["paths"].values():
        for method in METHODS:
            for status, response in item.get(method, {}).get("responses", {}).items():
                content = openapi.resolved(response).get("content", {})
                codes = openapi.codes(content[PROBLEM]["schema"]) if PROBLEM in content else {None}
                for code in {None} if method == "head" else codes:
                    found.add((item[method]["operationId"], int(status), code))
    return found


# The stream.
def _messages(direction):
    channel = asyncapi.tree["channels"]["/v1/stream/{session_id}"]
    for reference in channel[direction]["message"]["oneOf"]:
        yield reference["$ref"].rsplit("/", 1)[1], asyncapi.resolved(reference)["payload"]


def _compiled(payload):
    """A stream can bring thousands of ticks per second, more than jsonschema can look at."""
    return fastjsonschema.compile({"$schema": "http://json-schema.org/draft-07/schema#",
                                   "allOf": [payload], "components": asyncapi.tree["components"]})


SERVER_MESSAGES = dict(_messages("subscribe"))
CLIENT_MESSAGES = dict(_messages("publish"))
_COMPILED = {kind: _compiled(payload) for kind, payload in (SERVER_MESSAGES | CLIENT_MESSAGES).items()}
CLOSE_CODES = asyncapi.tree["channels"]["/v1/stream/{session_id}"]["x-close-codes"]


def check_message(text):
    """Fails unless the server's message is one of asyncapi.yaml, and remembers it; gives it."""
    message = json.loads(text)
    what = text[:500]
    kind = message.get("type") if isinstance(message, dict) else None
    if not isinstance(kind, str) or kind not in SERVER_MESSAGES:
        raise Untrue(f"not in asyncapi.yaml: {what}")
    try:
        _COMPILED[kind](message)
    except fastjsonschema.JsonSchemaException as error:
        raise Untrue(f"{what}: {error.message}") from error
    seen_messages.add(("server", kind, message.get("code")))
    return message


def note_client_message(text):
    """Remembers a client's message if it is one of asyncapi.yaml (tests send others on purpose)."""
    try:
        message = json.loads(text)
        if message["op"] not in CLIENT_MESSAGES:
            return
        _COMPILED[message["op"]](message)
    except (ValueError, KeyError, TypeError, RecursionError):  # JsonSchemaException is a ValueError
        return
    seen_messages.add(("client", message["op"], None))


def check_close(code, goodbye):
    """Fails unless the server is allowed to begin a close with this code after this goodbye (or
    None)."""
    if code not in CLOSE_CODES:
        raise Untrue(f"close code {code} is not in asyncapi.yaml")
    if (goodbye and goodbye["code"]) != contract.goodbyes().get(code):
        raise Untrue(f"closed with {code} after {goodbye}")
    seen_messages.add(("close", code, None))


def all_messages():
    """Every message of asyncapi.yaml, with every code, and every close code."""
    found = {("client", op, None) for op in CLIENT_MESSAGES}
    found |= {("close", code, None) for code in CLOSE_CODES}
    for kind, payload in SERVER_MESSAGES.items():
        found |= {("server", kind, code) for code in asyncapi.codes(payload) or {None}}
    return found
