"""What is kept of a batch's origin: everything comes back, in a few bytes a farm, and nothing else is taken for it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.lineage import Ancestry, flow
from traceability.domain.packed import OtherBytes, pack_above, pack_shares, unpack_above, unpack_farmers, unpack_shares

FEW = st.integers(min_value=1, max_value=4)
KEYS = st.integers(min_value=1, max_value=2**62 - 1)
GRAMS = st.integers(min_value=0, max_value=2**62)
SOURCES = st.tuples(st.one_of(FEW, KEYS), st.one_of(st.just(0), KEYS))
ROWS = st.dictionaries(KEYS, st.integers(min_value=1, max_value=10**12), max_size=5)
GROWN = st.dictionaries(KEYS, st.tuples(st.integers(min_value=1, max_value=10**12), SOURCES), max_size=5)
LOTS = st.dictionaries(KEYS, st.tuples(ROWS, GROWN), max_size=8)


def ancestry(
    lots: dict[int, tuple[dict[int, int], dict[int, tuple[int, tuple[int, int]]]]],
) -> Ancestry[int, tuple[int, int]]:
    above: Ancestry[int, tuple[int, int]] = Ancestry()
    for child, (made, grown) in sorted(lots.items()):
        above.lots[child] = sorted(made.items())
        above.deliveries[child] = sorted((key, mass, origin) for key, (mass, origin) in grown.items())
        above.whole[child] = sum(made.values()) + sum(mass for mass, _ in grown.values())
    return above


@given(st.dictionaries(SOURCES, GRAMS, max_size=30))
def test_shares_come_back_as_they_were(shares: dict[tuple[int, int], int]) -> None:
    parties, plots, masses = unpack_shares(pack_shares(shares))
    assert dict(zip(zip(parties, plots, strict=True), masses, strict=True)) == shares
    whole: dict[int, int] = {}
    for (farmer, _), mass in shares.items():
        whole[farmer] = whole.get(farmer, 0) + mass
    assert unpack_farmers(pack_shares(shares)) == whole


@given(st.dictionaries(SOURCES, GRAMS, min_size=2, max_size=30))
def test_the_order_in_which_shares_come_makes_no_difference(shares: dict[tuple[int, int], int]) -> None:
    assert pack_shares(shares) == pack_shares(dict(reversed(shares.items())))


@given(LOTS)
def test_everything_above_a_lot_comes_back_as_it_was(
    lots: dict[int, tuple[dict[int, int], dict[int, tuple[int, tuple[int, int]]]]],
) -> None:
    above = ancestry(lots)
    assert unpack_above(pack_above(above)) == above


def test_grams_flow_through_what_comes_back_as_through_what_was_read() -> None:
    """60 D1 + 40 D2 -> 11; 11 + 30 D3 -> 12"""
    above: Ancestry[int, tuple[int, int]] = Ancestry(
        lots={12: [(11, 100)], 11: []},
        deliveries={12: [(3, 30, (9, 0))], 11: [(2, 40, (8, 4)), (1, 60, (7, 0))]},
        whole={12: 130, 11: 100},
    )
    read, back = flow(above, 12, 130), flow(unpack_above(pack_above(above)), 12, 130)
    assert (back, back.came_from) == (read, read.came_from)


def test_a_farm_takes_eleven_bytes_or_less() -> None:
    """Three thousand farms of a large register, each with a plot and tens of kilograms."""
    some = random.Random(3)
    farms = sorted(some.sample(range(1, 60_000), 3_000))
    shares = {(farm, some.randrange(1, 200_000)): some.randrange(20_000, 900_000) for farm in farms}
    assert len(pack_shares(shares)) <= 11 * len(shares)


@given(st.binary(max_size=60))
def test_other_bytes_are_refused(other: bytes) -> None:
    for read in (unpack_shares, unpack_farmers, unpack_above):
        with pytest.raises(OtherBytes):
            read(other)


def test_bytes_that_lost_their_end_or_belong_to_the_other_kind_are_refused() -> None:
    packed = pack_shares({(1, 0): 60_000, (2, 5): 40_000})
    for broken in (packed[:-3], packed[:1] + packed[2:], b"\x02" + packed[1:], pack_above(Ancestry())):
        with pytest.raises(OtherBytes):
            unpack_shares(broken)
