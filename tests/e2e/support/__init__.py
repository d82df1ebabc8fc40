"""Shared by the tests from outside: the server as a process, clients, documents, other
programs."""
