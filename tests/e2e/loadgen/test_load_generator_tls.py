"""tickcast-load over TLS: the same users, to a server whose certificate is verified."""
import json
import subprocess

import pytest

from support import tls
from support.harness import SLACK
from support.load_generator import CLEAN, GENERATOR, NOT_CLEAN, USERS, metrics_of


@pytest.fixture(name="secure")
def a_secure_server(start):
    return start("--feed", "sim?tickers=50&rate=500", "--detached-seconds", "1", over_tls=True)


def load_by_tls(server, scenario, host="127.0.0.1", ca=None, **settings):
    """Runs it to its end."""
    given = {"target": f"https://{host}:{server.public[1]}", "ca": ca or tls.shared_certificate()[0],
             "timeout_seconds": 60, "json": "-", **settings}
    flags = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return subprocess.run([GENERATOR, scenario, *flags], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=120 * SLACK, check=False, text=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_Spike_OverTls_IsClean(secure, host):
    done = load_by_tls(secure, "spike", host=host, users=USERS, ramp_seconds=1, hold_seconds=3, drop_seconds=1,
                       metrics=metrics_of(secure))
    assert done.returncode == CLEAN, done.stderr
    report = json.loads(done.stdout)
    assert report["counts"]["streams"] == report["counts"]["left"] == USERS
    assert report["counts"]["ticks"] > USERS * 20
    assert report["counts"]["ticks"] == secure.metrics()["tickcast_ticks_delivered_total"]


def test_Churn_OverTlsWithSlowUsers_IsClean(start):
    server = start("--feed", "sim?tickers=50&rate=500", "--detached-seconds", "6", over_tls=True)
    done = load_by_tls(server, "churn", users=200, ramp_seconds=1, hold_seconds=6, drop_seconds=1, stay_seconds=1,
                       slow_percent=10, leaving_percent=50, metrics=metrics_of(server))
    assert done.returncode == CLEAN, done.stderr


def failed(done):
    assert done.returncode == NOT_CLEAN
    return json.loads(done.stdout)["counts"]["failed_creations_by_reason"]


# Tickers are named, or the first question, not a user, would fail.
BRIEF = {"users": 5, "ramp_seconds": 0.1, "hold_seconds": 1, "drop_seconds": 0, "tickers": "AAPL"}


def test_WhenTheCertificateIsAnothers_EveryCreationFailsAndSaysWhy(secure, tmp_path):
    stranger, _ = tls.make_certificate(str(tmp_path), "stranger")
    reasons = failed(load_by_tls(secure, "spike", ca=stranger, **BRIEF))
    assert list(reasons) == ["TLS: certificate verify failed (self-signed certificate)"]


def test_WhenTheCertificateIsForAnotherHost_EveryCreationFailsAndSaysWhy(start):
    server = start("--listen", "127.0.0.2:0", over_tls=True)
    reasons = failed(load_by_tls(server, "spike", host="127.0.0.2", **BRIEF))
    assert list(reasons) == ["TLS: certificate verify failed (IP address mismatch)"]


def test_WhenTheServerSpeaksNoTls_EveryCreationFailsAndSaysWhy(start):
    reasons = failed(load_by_tls(start(), "spike", **BRIEF))
    assert list(reasons) == ["TLS: wrong version number"]


def test_WhenTheTickersCannotBeAsked_SaysWhy(secure, tmp_path):
    stranger, _ = tls.make_certificate(str(tmp_path), "stranger")
    done = load_by_tls(secure, "spike", ca=stranger)
    assert done.returncode == NOT_CLEAN and "certificate verify failed" in done.stderr
