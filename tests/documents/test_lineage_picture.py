"""The lineage picture is measured right: widths sum to the batch, bands to their bars, and it fits a narrow phone."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest

from traceability.documents.lineage_picture import TRUNK, Picture, picture
from traceability.domain.flow import MOST, Band, Flow, Part, into_lots


def part(key: str, kind: str, mass_g: int, whole_g: int) -> Part:
    return Part(key, kind, key, "", 1, mass_g, mass_g * 1000 // whole_g, {})


def drawn(seed: int, sources: int, lots: int) -> tuple[Flow, int]:
    """Some farms whose grams went into some lots."""
    some = random.Random(seed)
    bands = tuple(
        Band(source, lot, some.randint(1, 900_000))
        for source in range(sources)
        for lot in sorted(some.sample(range(lots), some.randint(1, lots)))
    )
    whole = sum(band.mass_g for band in bands)
    given = [sum(band.mass_g for band in bands if band.source == place) for place in range(sources)]
    parts = tuple(part(f"farm-{at}", "farm", mass, whole) for at, mass in enumerate(given))
    met = tuple(part(f"lot-{at}", "lot", mass, whole) for at, mass in enumerate(into_lots(bands, lots)))
    return Flow(parts, met, bands), whole


def widths(found: Picture, kind: str) -> list[int]:
    return [bar.width for bar in found.bars if bar.kind == kind]


@pytest.mark.parametrize("seed", range(20))
def test_the_widths_sum(seed: int) -> None:
    flow, whole = drawn(seed, MOST, MOST)
    found = picture(flow, whole)
    assert sum(widths(found, "source")) == sum(widths(found, "lot")) == sum(widths(found, "batch")) == TRUNK
    for place, width in enumerate(widths(found, "source")):
        assert sum(r.top[1] - r.top[0] for r in found.ribbons if r.band.source == place) == width
    for place, width in enumerate(widths(found, "lot")):
        assert sum(r.foot[1] - r.foot[0] for r in found.ribbons if r.band.lot == place) == width


def test_a_width_is_the_mass() -> None:
    """`farms F1 75, F2 25; F1 -> L1 50, L2 25; F2 -> L2 25`"""
    bands = (Band(0, 0, 50), Band(0, 1, 25), Band(1, 1, 25))
    sources = part("farm-1", "farm", 75, 100), part("farm-2", "farm", 25, 100)
    lots = part("lot-1", "lot", 50, 100), part("lot-2", "lot", 50, 100)
    found = picture(Flow(sources, lots, bands), 100)
    assert widths(found, "source") == [TRUNK * 3 // 4, TRUNK // 4]
    assert widths(found, "lot") == [TRUNK // 2, TRUNK // 2]
    assert [bar.x for bar in found.bars] == [0, TRUNK * 3 // 4, 0, TRUNK // 2, 0]
    assert [ribbon.top for ribbon in found.ribbons] == [(0, 3600), (3600, 5400), (5400, 7200)]
    assert [ribbon.foot for ribbon in found.ribbons] == [(0, 3600), (3600, 5400), (5400, 7200)]
    assert len(found.trunks) == 2


@pytest.mark.parametrize("seed", range(5))
def test_nothing_leaves_the_frame_and_every_row_has_room_for_words(seed: int) -> None:
    flow, whole = drawn(seed, MOST, 3)
    found = picture(flow, whole)
    assert all(bar.x >= 0 and bar.x + bar.width <= TRUNK for bar in found.bars)
    heights = [bar.y for bar in found.bars]
    assert all(below - above >= 46 for above, below in pairwise(heights))
    assert found.height > heights[-1] + 32
    for path in [ribbon.path for ribbon in found.ribbons] + list(found.trunks):
        assert path.endswith("z")
        assert max(float(number) for number in re.findall(r"[\d.]+", path)) <= found.height


def test_nothing_is_drawn_of_nothing() -> None:
    assert picture(Flow(), 100).bars == ()
    assert picture(Flow((part("farm-1", "farm", 1, 1),), (), ()), 0).bars == ()
