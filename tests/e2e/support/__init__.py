"""What the tests from outside share: the server as a process, clients, documents, other
programs."""
