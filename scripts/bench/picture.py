"""Two small charts in one SVG, both axes logarithmic: time against the size of the answer, and of the database."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

_WIDTH, _HEIGHT = 1020, 450
_PANEL_WIDTH, _PANEL_HEIGHT = 385, 280
_LEFT, _TOP, _BETWEEN = 92, 60, 112
_COLOURS = ("#0b6e4f", "#c1121f", "#6c757d", "#3a6ea5", "#e09f3e", "#7b2d8b")
ANSWER = 3_000  # edges, of the chart over databases
Point = tuple[float, float]


@dataclass
class Seen:
    """Seconds by tool, size of the database and size of the answer, in edges."""

    seconds: dict[str, dict[tuple[int, int], float]] = field(default_factory=dict)

    def add(self, tool: str, database: int, answer: int, seconds: float) -> None:
        self.seconds.setdefault(tool, {})[database, answer] = seconds

    def by_answer(self) -> dict[str, list[Point]]:
        """In the largest database."""
        largest = max(database for seen in self.seconds.values() for database, _ in seen)
        return {
            tool: sorted((answer, took) for (database, answer), took in seen.items() if database == largest)
            for tool, seen in self.seconds.items()
        }

    def by_database(self) -> dict[str, list[Point]]:
        """For answers of about the same size."""
        return {
            tool: sorted((database, took) for (database, answer), took in seen.items() if 0.8 < answer / ANSWER < 1.25)
            for tool, seen in self.seconds.items()
        }


def draw(seen: Seen, path: Path) -> None:
    """Write the charts."""
    tools = list(seen.seconds)
    left, right = seen.by_answer(), seen.by_database()
    every = [took for chart in (left, right) for points in chart.values() for _, took in points]
    times = _decades(every)
    largest = max(database for seconds in seen.seconds.values() for database, _ in seconds)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" font-family="sans-serif" font-size="13" fill="#222" role="img" '
        f'aria-label="Time of a trace back against the size of the answer and of the database">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        *_panel(
            0, left, tools, times, f"Larger answers, in a database of {_short(largest)} edges", "edges in the answer"
        ),
        *_panel(
            _PANEL_WIDTH + _BETWEEN,
            *(right, tools, times),
            *(f"Larger databases, answers of about {_short(ANSWER)} edges", "edges in the database"),
        ),
        *_legend(tools),
        "</svg>",
    ]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _panel(
    shift: int, chart: dict[str, list[Point]], tools: Sequence[str], times: range, title: str, label: str
) -> Iterable[str]:
    sizes = _decades([size for points in chart.values() for size, _ in points])
    left, bottom = _LEFT + shift, _TOP + _PANEL_HEIGHT

    def at(size: float, took: float) -> tuple[float, float]:
        across = (math.log10(size) - sizes[0]) / (len(sizes) - 1)
        up = (math.log10(took) - times[0]) / (len(times) - 1)
        return round(left + across * _PANEL_WIDTH, 1), round(bottom - up * _PANEL_HEIGHT, 1)

    yield f'<text x="{left}" y="{_TOP - 22}" font-size="15" font-weight="bold">{escape(title)}</text>'
    for decade in sizes:
        x, _ = at(10**decade, 10 ** times[0])
        yield f'<path d="M{x} {bottom}V{_TOP}" stroke="#ddd"/>'
        yield f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{_short(10**decade)}</text>'
    for decade in times:
        _, y = at(10 ** sizes[0], 10.0**decade)
        yield f'<path d="M{left} {y}h{_PANEL_WIDTH}" stroke="#ddd"/>'
        yield f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{_time(decade)}</text>'
    yield f'<text x="{left + _PANEL_WIDTH / 2}" y="{bottom + 38}" text-anchor="middle">{escape(label)}</text>'
    x, y = left - 72, _TOP + _PANEL_HEIGHT / 2
    yield f'<text x="{x}" y="{y}" text-anchor="middle" transform="rotate(-90 {x} {y})">time of one trace back</text>'
    for colour, tool in zip(_COLOURS, tools, strict=False):
        points = [at(*point) for point in chart.get(tool, ())]
        if not points:
            continue
        line = " ".join(f"{x},{y}" for x, y in points)
        thick = 3.5 if tool.startswith("this system") else 2
        yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{thick}"/>'
        yield from (f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>' for x, y in points)


def _legend(tools: Sequence[str]) -> Iterable[str]:
    for place, (colour, tool) in enumerate(zip(_COLOURS, tools, strict=False)):
        x, y = _LEFT + place % 3 * 295, _TOP + _PANEL_HEIGHT + 72 + place // 3 * 24
        yield f'<path d="M{x} {y - 4}h24" stroke="{colour}" stroke-width="4"/>'
        yield f'<text x="{x + 32}" y="{y}">{escape(tool)}</text>'


def _decades(values: Sequence[float]) -> range:
    """The powers of ten around some values, two at least."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return range(low, max(high, low + 1) + 1)


def _time(decade: int) -> str:
    """A power of ten of a second."""
    if decade >= 0:
        return f"{10**decade} s"
    return f"{10 ** (decade + 3)} ms" if decade >= -3 else f"{10 ** (decade + 6)} µs"


def _short(number: int) -> str:
    for unit, name in ((10**6, " million"), (10**3, ",000")):
        if number >= unit:
            return f"{number // unit}{name}"
    return str(number)
