"""Conformance of the WebSocket to RFC 6455 and docs/CONTRACT.md, case by case, over raw sockets."""
