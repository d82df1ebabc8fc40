"""docker/seccomp.json as a container engine loads it: by libseccomp, into a child about to run
something."""
import ctypes
import ctypes.util
import errno
import json
import pathlib

import pytest

SECCOMP = json.loads((pathlib.Path(__file__).resolve().parents[3] / "docker/seccomp.json").read_text(encoding="utf-8"))


class Condition(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int),
                ("value", ctypes.c_uint64), ("second", ctypes.c_uint64)]


OPERATORS = {"SCMP_CMP_EQ": 4, "SCMP_CMP_MASKED_EQ": 7}  # seccomp.h
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
LIBSECCOMP = ctypes.util.find_library("seccomp")
needs_libseccomp = pytest.mark.skipif(LIBSECCOMP is None, reason="libseccomp is not installed")


def enter_profile(profile=None):
    """Puts this process, a child about to run something, under the profile."""
    profile = profile or SECCOMP
    library = ctypes.CDLL(LIBSECCOMP)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ALLOW))
    assert profile["defaultAction"] == "SCMP_ACT_ALLOW"
    for rule in profile["syscalls"]:
        assert rule["action"] == "SCMP_ACT_ERRNO"
        conditions = [Condition(each["index"], OPERATORS[each["op"]], each["value"], each.get("valueTwo", 0))
                      for each in rule.get("args", ())]
        for name in rule["names"]:
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number == -1:
                continue  # unknown to this version; engines pass over it too
            failed = library.seccomp_rule_add_array(
                context, ctypes.c_uint32(ERRNO | rule.get("errnoRet", errno.EPERM)), number, len(conditions),
                (Condition * len(conditions))(*conditions))
            # Those that another processor has are negative here, and can't be added or need not be.
            assert failed == 0 or number < 0, (name, failed)
    assert library.seccomp_load(context) == 0


def refusing(*calls):
    """The profile that refuses these calls as well."""
    return {**SECCOMP, "syscalls": [*SECCOMP["syscalls"], {"names": list(calls), "action": "SCMP_ACT_ERRNO"}]}
