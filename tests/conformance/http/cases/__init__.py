"""All cases, by subject; in the order of the table."""
from . import (chunks, conditions, connection, content, expectations, fields, framing, hosts,
               methods, pipelining, push, request_line, smuggling, splits, targets, timeouts,
               transfer_coding, versions)

SUBJECTS = {
    "Request line": request_line.CASES,
    "Methods": methods.CASES,
    "Targets": targets.CASES,
    "Versions": versions.CASES,
    "Fields": fields.CASES,
    "Host": hosts.CASES,
    "Content-Length": framing.CASES,
    "Transfer-Encoding": transfer_coding.CASES,
    "Chunks and trailers": chunks.CASES,
    "Smuggling": smuggling.CASES,
    "Connection and Upgrade": connection.CASES,
    "Expect": expectations.CASES,
    "Content": content.CASES,
    "Conditions and ranges": conditions.CASES,
    "Pipelining": pipelining.CASES,
    "Pushed ticks": push.CASES,
    "Splits": splits.CASES,
    "Timeouts": timeouts.CASES,
}
# They need a server with a short timeout, and wait all together.
TIMED = timeouts.CASES
UNTIMED = [each for cases in SUBJECTS.values() if cases is not TIMED for each in cases]
ALL = UNTIMED + TIMED
