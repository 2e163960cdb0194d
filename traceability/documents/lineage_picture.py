"""The lineage of a batch as a picture: farms at the top, the lots where they met, the batch at the foot.

One row for each part, so that there is room for words beside it on the narrowest screen. Widths are cut from one
running sum, in hundredths of a unit: the bands of a part are as wide as the part, all parts as wide as the batch. This
room only measures; a page or a paper draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from traceability.domain.flow import Band, Flow, Part

TRUNK: Final = 7_200  # hundredths of a unit: the width of the batch itself
ROW: Final = 46
BAR: Final = 12
TOP: Final = 4
BEND: Final = 34  # room between farms and lots for the bands to find their place


class Bar(NamedTuple):
    """One part: where its bar begins and how wide it is, in hundredths; its words stand at the same height."""

    part: Part | None  # none of the batch itself
    kind: str  # source, lot, batch
    x: int
    y: int
    width: int


class Ribbon(NamedTuple):
    """A band as it is drawn: where it begins and ends, in hundredths, and its path."""

    band: Band
    top: tuple[int, int]  # from, to: at its source
    foot: tuple[int, int]  # at its lot
    path: str


@dataclass(frozen=True)
class Picture:
    """Bars from the top down, the bands between them, and the straight ones from the lots to the batch."""

    height: int
    bars: tuple[Bar, ...]
    ribbons: tuple[Ribbon, ...]
    trunks: tuple[str, ...]


def picture(flow: Flow, whole_g: int) -> Picture:
    """Lay out where a batch came from. Nothing is drawn of a batch without a farm or of no weight."""
    if not flow.sources or not whole_g:
        return Picture(0, (), (), ())
    first_lot = TOP + len(flow.sources) * ROW + BEND
    foot = first_lot + len(flow.lots) * ROW
    bars = [
        *_bars(flow.sources, "source", TOP, whole_g),
        *_bars(flow.lots, "lot", first_lot, whole_g),
        Bar(None, "batch", 0, foot, TRUNK),
    ]
    into = [bar for bar in bars if bar.kind == "lot"]
    trunks = tuple(f"M{_units(bar.x)} {bar.y + BAR}V{foot}H{_units(bar.x + bar.width)}V{bar.y + BAR}z" for bar in into)
    return Picture(foot + ROW, tuple(bars), tuple(_ribbons(flow, whole_g, first_lot)), trunks)


def _bars(parts: Sequence[Part], kind: str, top: int, whole_g: int) -> Iterator[Bar]:
    """Bars side by side, each in a row of its own."""
    ends = _ends([part.mass_g for part in parts], whole_g)
    for row, (part, (start, end)) in enumerate(zip(parts, pairwise(ends), strict=True)):
        yield Bar(part, kind, start, top + row * ROW, end - start)


def _ribbons(flow: Flow, whole_g: int, first_lot: int) -> Iterator[Ribbon]:
    """Bands lie side by side in both their ends: by source above, by lot below."""
    tops = _slots(flow.bands, whole_g)
    by_lot = sorted(flow.bands, key=lambda band: (band.lot, band.source))
    feet = _slots(by_lot, whole_g)
    bend = TOP + (len(flow.sources) - 1) * ROW + BAR, first_lot
    for band in flow.bands:
        heights = TOP + band.source * ROW + BAR, *bend, first_lot + band.lot * ROW
        yield Ribbon(band, tops[band], feet[band], _path(tops[band], feet[band], heights))


def _slots(bands: Sequence[Band], whole_g: int) -> dict[Band, tuple[int, int]]:
    return dict(zip(bands, pairwise(_ends([band.mass_g for band in bands], whole_g)), strict=True))


def _ends(masses_g: Sequence[int], whole_g: int) -> list[int]:
    """Where each part of the whole ends, in hundredths: nothing is lost between two parts."""
    so_far, ends = 0, [0]
    for mass_g in masses_g:
        so_far += mass_g
        ends.append(so_far * TRUNK // whole_g)
    return ends


def _path(top: tuple[int, int], foot: tuple[int, int], heights: tuple[int, int, int, int]) -> str:
    """A ribbon straight down past the other farms, over in an S, and straight down to its lot."""
    begin, leave, arrive, end = heights
    middle = (leave + arrive) // 2
    a, b, c, d = (_units(x) for x in (*top, *foot))
    there = f"M{a} {begin}V{leave}C{a} {middle} {c} {middle} {c} {arrive}V{end}"
    return f"{there}H{d}V{arrive}C{d} {middle} {b} {middle} {b} {leave}V{begin}z"


def _units(hundredths: int) -> str:
    return f"{hundredths / 100:g}"
