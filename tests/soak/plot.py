"""Line plots as one SVG: a panel per figure, a line per series."""
import math

COLOURS = ("#3d7ab8", "#c9722b", "#4f9d69", "#8a6bb8")
WIDTH, HEIGHT, LEFT, TOP, GAP = 460, 130, 56, 34, 26
COLUMNS = 2


def upper(most):
    """A round number at or above it."""
    if most <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= most)


def panel(title, series, minutes, x, y):
    """`series`: the points (minute, value) of each name."""
    most = upper(max((value for points in series.values() for _, value in points), default=0))
    parts = [f'<g transform="translate({x},{y})"><text y="-18" fill="#222" font-size="12">{title}</text>']
    for share in (0, 0.5, 1):
        level = HEIGHT * (1 - share)
        parts.append(f'<path d="M0 {level:.1f}H{WIDTH}" stroke="#ddd"/>'
                     f'<text x="-6" y="{level + 4:.1f}" text-anchor="end" fill="#666">{most * share:g}</text>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<text x="{WIDTH * share:.0f}" y="{HEIGHT + 14}" text-anchor="middle" fill="#666">'
                     f'{minutes * share:.3g}</text>')
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join(f"{WIDTH * at / minutes:.1f},{HEIGHT * (1 - value / most):.1f}" for at, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
                     f'<text x="{WIDTH - 90 * (len(series) - number - 1)}" y="-18" text-anchor="end" '
                     f'fill="{colour}">{name}</text>')
    return "".join(parts) + "</g>"


def page(panels, minutes):
    """`panels`: (title, series) of each. The SVG's text."""
    rows = math.ceil(len(panels) / COLUMNS)
    width = COLUMNS * (WIDTH + LEFT) + GAP
    height = rows * (HEIGHT + TOP + GAP) + 8
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
             f'font-family="sans-serif" font-size="10"><rect width="{width}" height="{height}" fill="#fff"/>']
    for number, (title, series) in enumerate(panels):
        column, row = number % COLUMNS, number // COLUMNS
        parts.append(panel(title, series, minutes, LEFT + column * (WIDTH + LEFT), TOP + row * (HEIGHT + TOP + GAP)))
    return "\n".join(parts) + "\n</svg>\n"
