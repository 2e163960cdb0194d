"""The shares of thousands of farms stand in columns and read like the list they are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from traceability.domain.dossier import Place, Share, Shares, sums_of

LAO, BOLAVEN = Place("LA", "Champasak"), Place("LA", "Champasak", "Paksong", "Nong Luang")
COLUMNS = Shares(
    ([30, 10, 20], [600, 300, 100], [600, 300, 100]),
    places={10: LAO, 20: BOLAVEN, 30: LAO},
    names={20: "Sida"},
    areas={10: 12_000, 30: 0},
)
LISTED: Sequence[Share] = (
    Share("01", "", LAO, 0, True, 600, 600),
    Share("02", "", LAO, 12_000, True, 300, 300),
    Share("03", "Sida", BOLAVEN, None, False, 100, 100),
)


def test_columns_read_like_a_list_of_shares() -> None:
    assert tuple(COLUMNS) == LISTED
    assert len(COLUMNS) == 3
    assert (COLUMNS[0], COLUMNS[-1]) == (LISTED[0], LISTED[-1])
    with pytest.raises(IndexError):
        COLUMNS[3]
    assert COLUMNS == LISTED
    assert LISTED[:2] != COLUMNS
    assert hash(COLUMNS) == hash(LISTED)
    assert repr(COLUMNS) == repr(LISTED)


@pytest.mark.parametrize("cut", [slice(1, None), slice(2), slice(1, 2), slice(3, None), slice(None, None, -1)])
def test_a_stretch_keeps_the_labels_of_the_whole(cut: slice) -> None:
    assert COLUMNS[cut] == LISTED[cut]
    assert tuple(COLUMNS[1:][cut]) == LISTED[1:][cut]
    assert sums_of(COLUMNS[cut]) == sums_of(LISTED[cut])
    assert sums_of(COLUMNS) == (1_000, 1_000)


def test_labels_are_as_wide_as_the_number_of_farms() -> None:
    many = Shares((list(range(120)), [1] * 120, [0] * 120), dict.fromkeys(range(120), LAO), {}, {})
    assert (many[0].label, many[119].label, many[100:][0].label) == ("001", "120", "101")
