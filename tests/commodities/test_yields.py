"""What land can give in a year: the bound above which a weigh-in is asked about."""

from __future__ import annotations

import pytest

from traceability.commodities import COMMODITIES, commodity

TONNE = 1_000_000


@pytest.mark.parametrize(
    ("goods", "form", "most_g"),
    [
        ("arabica_coffee", "fresh_cherry", 25 * TONNE),
        ("arabica_coffee", "green", 4 * TONNE),  # the higher of the two regions
        ("durian", "field_fruit", 40 * TONNE),  # trees and planted hectares are counted otherwise
    ],
)
def test_a_hectare_gives_at_most(goods: str, form: str, most_g: int) -> None:
    assert commodity(goods).most_from(form, 10_000) == most_g
    assert commodity(goods).most_from(form, 5_000) == most_g // 2


def test_a_form_without_a_yield_is_counted_over_one_step() -> None:
    cherry = commodity("robusta_coffee").most_from("fresh_cherry", 10_000)
    assert cherry is not None
    assert cherry > 25 * TONNE


def test_goods_of_which_nothing_is_known_have_no_bound() -> None:
    unknown = next(goods for goods in COMMODITIES.values() if goods.unspecified)
    assert unknown.most_from(unknown.forms[0].key, 10_000) is None
