"""All cases, in the order of the table."""
from . import close_cases, control_cases, fragment_cases, framing_cases, handshake_cases, utf8_cases

GROUPS = {
    "Frames": framing_cases.CASES,
    "Fragments": fragment_cases.CASES,
    "UTF-8": utf8_cases.CASES,
    "Control frames, messages, limits": control_cases.CASES,
    "Closing": close_cases.CASES,
    "The handshake": handshake_cases.CASES,
}
CASES = [case for group in GROUPS.values() for case in group]
