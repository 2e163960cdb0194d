"""A measured ratio, how it is measured, and the table that is printed of many."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One promise: ours over the yardstick, and the figures that were promised."""

    bar: str  # the number of the promise, or a word for one without
    what: str
    ratio: float  # ours / yardstick
    floor: float | None = None  # promised
    stretch: float | None = None  # hoped for
    more_is_better: bool = False
    note: str = ""  # the yardstick, and absolute figures for an idea of scale

    @property
    def verdict(self) -> str:
        """`stretch`, `floor`, `MISSED`, or nothing where nothing was promised."""
        for name, figure in (("stretch", self.stretch), ("floor", self.floor)):
            if figure is not None and (self.ratio >= figure if self.more_is_better else self.ratio <= figure):
                return name
        return "" if self.floor is None and self.stretch is None else "MISSED"


@dataclass(frozen=True)
class Compared:
    """Medians of interleaved rounds, in seconds, and the median of the ratios round by round."""

    ours: float
    yardstick: float
    ratio: float


def compare(
    ours: Callable[[], object],
    yardstick: Callable[[], object],
    rounds: int = 9,
    clock: Callable[[], float] = time.perf_counter,
) -> Compared:
    """Run both in turn, `rounds` times after one warm-up, without the garbage collector on either side.

    Where both only compute, in this process and on one core, `time.process_time` leaves out what else the machine does.
    """
    ours(), yardstick()
    times: list[tuple[float, float]] = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            times.append((_seconds(ours, clock), _seconds(yardstick, clock)))
    finally:
        gc.enable()
    mine, theirs = zip(*times, strict=True)
    return Compared(statistics.median(mine), statistics.median(theirs), statistics.median(a / b for a, b in times))


def printed(rows: list[Row]) -> str:
    """A Markdown table of the rows."""
    head = ("", "operation", "ratio", "floor", "stretch", "met", "yardstick and scale")
    lines = [head, tuple("-" * len(name) or "-" for name in head)]
    for row in rows:
        sign = ">=" if row.more_is_better else "<="
        figures = (f"{sign} {figure:g}" if figure is not None else "" for figure in (row.floor, row.stretch))
        lines.append((row.bar, row.what, f"{row.ratio:.3g}", *figures, row.verdict, row.note))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start
