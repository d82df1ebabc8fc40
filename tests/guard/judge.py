"""The counted functions, how much each count can change, and its upper limits.

Only functions that do the same work whenever they run are counted. The work after the sending puts
latencies into a histogram, and its time depends on them.
"""
from dataclasses import dataclass

WITHIN = 0.1


@dataclass(frozen=True)
class Figure:
    key: str
    what: str
    unit: str = "instructions"
    most: float = float("inf")
    recorded: bool = True  # else its limit alone counts


FIGURES = (
    Figure("encode", "encode_tick_json, a tick"),
    Figure("encode_share", "encode_tick_json as a share of nlohmann's dump of the same tick", "of it", most=0.1, recorded=False),
    Figure("mark", "SliceLoop::take_in, a subscriber of a ticker, not queued yet", most=40),
    Figure("mark_again", "SliceLoop::take_in, a subscriber of a ticker, most of them queued already", most=40),
    Figure("build_1", "StreamOutput::build, a frame of 1 tick"),
    Figure("build_20", "StreamOutput::build, a frame of 20 ticks"),
)


def complaint(figure, measured, recorded, compiler_is_known=True):
    """The fault of a figure, or nothing; `recorded` is None where there is none."""
    if measured > figure.most:
        return f"{measured:g} {figure.unit}, which may be {figure.most:g} at most"
    if not figure.recorded or not compiler_is_known:
        return None
    if recorded is None:
        return "is not recorded"
    if abs(measured - recorded) <= WITHIN * recorded + 1e-9:
        return None
    change = f"{measured:g} {figure.unit}, {measured / recorded - 1:+.1%} to what is recorded, {recorded:g}"
    if measured < recorded:
        return change + ": much better: record it again, so that it stays"
    return change + ": find out why; where it is meant, record it again"


def table(measured, recorded):
    lines = [f"{'':13} {'measured':>9} {'recorded':>9} {'change':>8}  "]
    for figure in FIGURES:
        now, then = measured[figure.key], recorded.get(figure.key) if figure.recorded else None
        limit = f", at most {figure.most:g}" if figure.most != float("inf") else ""
        lines.append(f"{figure.key:13} {now:9.4g} {then if then is not None else '-':>9} "
                     f"{f'{now / then - 1:+.1%}' if then else '-':>8}  {figure.what}{limit}")
    return "\n".join(lines)
