"""A short soak: most of its deeds and troubles, and each verdict that needs no long time."""
import subprocess
import sys

import pytest

from support.harness import ROOT, SLACK

SECONDS = 24  # of churn; the end takes twice as long


@pytest.mark.skipif(SLACK > 1, reason="a sanitizer's heap is not what the probe reads")
def test_Soak_OfHalfAMinute_HoldsEachVerdict():
    done = subprocess.run(
        [sys.executable, "-B", ROOT / "tests/soak/soak.py", str(SECONDS / 60), "--users", "30", "--deeds", "5"],
        capture_output=True, text=True, timeout=240 * SLACK, check=False)
    print(done.stdout, done.stderr)
    assert done.returncode == 0, [line for line in done.stdout.splitlines() if "FAILED" in line]
    assert done.stdout.count(": held:") == 2 * 9, "plain and TLS"
