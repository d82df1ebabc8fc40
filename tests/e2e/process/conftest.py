import os

import pytest

from support.descriptors import Process


@pytest.fixture
def launch():
    """Starts processes; kills them with the test."""
    started = []

    def launcher(*flags, **options):
        started.append(Process(*flags, **options))
        return started[-1]

    yield launcher
    for process in started:
        process.kill()


@pytest.fixture
def made(tmp_path):
    """Makes descriptors of a kind and gives the server's; closes them with the test."""
    opened = []

    def maker(kind):
        found = kind(tmp_path)
        opened.extend(found)
        return found[0]

    yield maker
    for descriptor in opened:
        os.close(descriptor)
