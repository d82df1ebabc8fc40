"""Runs a program under callgrind, and reads how often each of its functions was called and how many
instructions that took."""
import os
import re
import subprocess
from dataclasses import dataclass

TOOL = ("valgrind", "-q", "--tool=callgrind")
# glibc chooses its memcpy and the like by the processor, and how many instructions one takes
# depends on that; with these switched off every processor of this architecture gets the plain ones
# (SSE2).
UNLIKE = ("AVX512F", "AVX512VL", "AVX512BW", "AVX2", "AVX", "AVX_Fast_Unaligned_Load", "SSE4_2", "SSE4_1", "SSSE3",
          "ERMS", "FSRM", "RTM", "BMI2", "Fast_Copy_Backward", "Fast_Unaligned_Copy")
ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=" + ",".join("-" + feature for feature in UNLIKE)}
# glibc 2.41 takes that memset on every processor, whatever features are switched off.
BY_PROCESSOR = re.compile(r"^(?!__memset_sse2_unaligned_erms$)__\w+_(avx\w*|evex\w*|\w*erms|ssse3\w*|sse4\w*)$")


class CountError(Exception):
    """There is nothing to count, or the count says nothing."""


@dataclass
class Cost:
    calls: int = 0
    instructions: int = 0  # of all calls together, with all that they called


def read(text):
    """{function: Cost} of a callgrind.out. A function that calls itself would be counted twice."""
    names, costs = {}, {}
    function = callee = None
    calls = 0

    def name_of(field):
        number, name = re.match(r"(?:(\(\d+\)) ?)?(.*)", field).groups()
        return names.setdefault(number, name) if number else name

    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and key == "fn":
            function = costs.setdefault(name_of(value), Cost())
        elif equals and key == "cfn":
            callee = costs.setdefault(name_of(value), Cost())
        elif equals and key == "calls":
            calls = int(value.split()[0])
        elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
            fields = line.split()
            function.instructions += int(fields[1]) if len(fields) > 1 else 0
            if calls:
                callee.calls += calls
                calls = 0
    return costs


def cost_of(costs, function):
    """That of `function`, named without its parameters."""
    found = [cost for name, cost in costs.items() if name.startswith(function + "(") and cost.calls]
    if len(found) != 1:
        raise CountError(f"{function} was met {len(found)} times, not once: renamed, never called, overloaded or inlined? "
                         "Then tests/guard has to name another.")
    return found[0]


def check_choice(costs):
    """That glibc did not choose by the processor; seen only where its debug symbols (libc6-dbg)
    are."""
    chosen = sorted(name for name in costs if BY_PROCESSOR.match(name))
    if chosen:
        raise CountError(f"glibc chose by the processor: {', '.join(chosen)}; see GLIBC_TUNABLES in tests/guard/callgrind.py")


def load(file):
    with open(file, encoding="utf-8", errors="replace") as text:
        costs = read(text.read())
    check_choice(costs)
    return costs


def run(command, folder):
    """The costs of a whole program."""
    out = os.path.join(folder, "whole")
    done = subprocess.run([*TOOL, f"--callgrind-out-file={out}", *command], env={**os.environ, **ENVIRONMENT},
                          capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise CountError(f"{command[0]} ended with {done.returncode}: {done.stderr}")
    return load(out)
