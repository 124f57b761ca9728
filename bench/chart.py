"""`python -m bench.chart`: draw how each figure grows from a hundredth of the size to the whole.

Reads `docs/reference/growth.json`, where the measured figures are kept, and writes `growth.svg`
beside it. Both axes are logarithmic: a flat line costs the same whatever the size, the dashed
diagonal is what grows as much as the size does. A line begins at the smallest size measured.
"""

import json
import math
from dataclasses import dataclass
from html import escape
from itertools import cycle
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 330, 30, 60
# From a twentieth of what the smallest size costs to a little over a hundred times as much.
LOWEST, HIGHEST = math.log10(1 / 20), math.log10(130)
COLOURS = (
    *("#0b6bcb", "#c2410c", "#15803d", "#a21caf", "#b45309", "#0e7490"),
    *("#be123c", "#4d7c0f", "#6d28d9", "#475569", "#047857", "#7c2d12", "#6366f1"),
)
# A picture in a page follows the reader's light by itself only.
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2937 }
.grid { stroke: #d1d5db } .linear { stroke: #6b7280; stroke-dasharray: 5 4 }
@media (prefers-color-scheme: dark) {
  text { fill: #e5e7eb } .grid { stroke: #374151 } .back { fill: #111827 }
}
"""


@dataclass(frozen=True)
class Growth:
    """One figure at two or three sizes, as parts of the whole; `costs` so that less is better."""

    name: str
    sizes: tuple[float, ...]
    costs: tuple[float, ...]

    @property
    def times(self) -> list[float]:
        """Return what each size costs, in costs of the smallest."""
        return [cost / self.costs[0] for cost in self.costs]


def draw(figures: list[Growth]) -> str:
    """Return the chart as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>Cost of each figure at a hundredth, a tenth and the whole of its size</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_grid(),
        _line([(0, 0), (2, 2)], 'class="linear"'),
        _text(_x(1.7), _y(1.85), "as much as the size", anchor="end"),
    ]
    places = _apart([_y(math.log10(figure.times[-1])) for figure in figures])
    for figure, colour, place in zip(figures, cycle(COLOURS), places, strict=False):
        points = [
            (math.log10(size * 100), math.log10(times))
            for size, times in zip(figure.sizes, figure.times, strict=True)
        ]
        parts.append(_line(points, f'stroke="{colour}" stroke-width="2"'))
        end = _y(points[-1][1])
        parts.append(
            f'<path d="M{_x(2):.0f} {end:.0f} L{_x(2) + 18:.0f} {place:.0f}" stroke="{colour}"/>'
        )
        parts.append(_text(_x(2) + 24, place + 4, f"{figure.name}  × {figure.times[-1]:.3g}"))
    return "\n".join([*parts, "</svg>", ""])


def _grid() -> list[str]:
    marks = ((0, "1/100"), (1, "1/10"), (2, "whole size"))
    parts = [_line([(x, LOWEST), (x, HIGHEST)], 'class="grid"') for x, _ in marks]
    parts += [_text(_x(x), HEIGHT - BOTTOM + 22, word, anchor="middle") for x, word in marks]
    for y in range(math.ceil(LOWEST), math.floor(HIGHEST) + 1):
        parts.append(_line([(0, y), (2, y)], 'class="grid"'))
        parts.append(_text(LEFT - 10, _y(y) + 4, f"× {10.0**y:g}", anchor="end"))
    return parts


def _apart(places: list[float], room: float = 18) -> list[float]:
    """Move labels so far down that none lies upon another, and up again where they run out."""
    downwards = sorted(range(len(places)), key=places.__getitem__)
    moved, last = list(places), -math.inf
    for number in downwards:
        last = moved[number] = max(places[number], last + room)
    last = HEIGHT - BOTTOM + room
    for number in reversed(downwards):
        last = moved[number] = min(moved[number], last - room)
    return moved


def _x(decades: float) -> float:
    return LEFT + decades / 2 * (WIDTH - LEFT - RIGHT)


def _y(decades: float) -> float:
    return HEIGHT - BOTTOM - (decades - LOWEST) / (HIGHEST - LOWEST) * (HEIGHT - TOP - BOTTOM)


def _line(points: list[tuple[float, float]], how: str) -> str:
    places = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" {how}/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(words)}</text>'


def main() -> None:
    told = json.loads((FOLDER / "growth.json").read_text(encoding="utf-8"))
    figures = [Growth(row["name"], tuple(row["sizes"]), tuple(row["costs"])) for row in told]
    (FOLDER / "growth.svg").write_text(draw(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
