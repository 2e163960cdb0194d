"""Outturn: Amina brings cherry, Bakari records what came of it, and the software asks when it cannot be.

1 000 kg cherry -> 200 kg parchment -> 160 kg green
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.commodities import (
    COMMODITIES,
    Commodity,
    ImpossibleMoisture,
    Step,
    UnknownCommodity,
    commodity,
    dried_mass,
    outturn_finding,
)
from traceability.errors import NotFound
from traceability.words import LANGUAGES, say

ARABICA = commodity("arabica_coffee")
TONNE = 1_000_000


def test_a_usual_outturn_raises_no_question() -> None:
    assert outturn_finding(ARABICA, "fresh_cherry", "dry_parchment", TONNE, 200_000) is None


def test_more_parchment_than_the_cherry_can_give_is_asked_about_in_kilograms() -> None:
    finding = outturn_finding(ARABICA, "fresh_cherry", "dry_parchment", TONNE, 240_000)

    assert finding is not None
    assert finding.severity == "asked"
    assert "wikiversity" in finding.citation
    assert say("en", finding.sentence).replace("\u00a0", " ") == (
        "1 000 kg of Coffee cherry gave 240 kg of Dry parchment; usual is 170 kg to 235 kg. "
        "Check the weights, or give the reason."
    )


def test_too_little_is_asked_about_too_because_it_may_have_been_sold_elsewhere() -> None:
    finding = outturn_finding(ARABICA, "fresh_cherry", "green", TONNE, 139_999)

    assert finding is not None
    assert finding.severity == "asked"
    assert "say where the rest went" in finding.sentence.text


def test_a_very_good_outturn_is_noted_but_needs_no_reason() -> None:
    finding = outturn_finding(ARABICA, "fresh_cherry", "green", TONNE, 190_000)

    assert finding is not None
    assert finding.severity == "note"


def test_the_edges_of_the_band_themselves_are_plausible() -> None:
    lowest, usual, highest = 140_000, 165_000, 200_000

    assert outturn_finding(ARABICA, "fresh_cherry", "green", TONNE, lowest) is None
    assert outturn_finding(ARABICA, "fresh_cherry", "green", TONNE, usual * 11 // 10) is None
    at_the_top = outturn_finding(ARABICA, "fresh_cherry", "green", TONNE, highest)
    assert at_the_top is not None
    assert at_the_top.severity == "note"


def test_a_figure_nobody_confirmed_says_so_to_the_reader() -> None:
    step = ARABICA.step("green", "graded_green")
    assert step is not None
    assert not step.confirmed

    finding = outturn_finding(ARABICA, "green", "graded_green", TONNE, 700_000)

    assert finding is not None
    assert "unconfirmed" in say("en", finding.sentence)


def test_the_clerk_reads_the_names_of_the_forms_in_her_language() -> None:
    finding = outturn_finding(ARABICA, "fresh_cherry", "green", TONNE, 300_000)

    assert finding is not None
    for language in LANGUAGES:
        said = say(language, finding.sentence)
        for key in ("fresh_cherry", "green"):
            form = ARABICA.form(key)
            assert form is not None
            assert form.name(language) in said


def test_several_steps_in_one_are_not_compared_and_this_is_said() -> None:
    finding = outturn_finding(ARABICA, "fresh_cherry", "roasted", TONNE, 140_000)

    assert finding is not None
    assert finding.severity == "note"
    assert "not compared" in finding.sentence.text


@pytest.mark.parametrize(("from_form", "to_form"), [("roasted", "fresh_cherry"), ("green", "gold")])
def test_a_way_that_goods_do_not_go_is_asked_about(from_form: str, to_form: str) -> None:
    finding = outturn_finding(ARABICA, from_form, to_form, 1000, 900)

    assert finding is not None
    assert finding.severity == "asked"


def test_by_products_and_moves_without_change_raise_no_question() -> None:
    assert outturn_finding(ARABICA, "dry_parchment", "husk", TONNE, 190_000) is None
    assert outturn_finding(ARABICA, "green", "green", TONNE, TONNE) is None


def test_glaze_may_lift_a_fillet_above_its_own_mass_but_trimming_may_not() -> None:
    fish = commodity("pangasius")

    assert outturn_finding(fish, "soaked_fillet", "frozen_fillet", TONNE, 1_100_000) is None
    trimmed = outturn_finding(fish, "fillet_skin_on", "trimmed_fillet", TONNE, 1_000_001)
    assert trimmed is not None
    assert trimmed.severity == "asked"


def test_durian_refused_as_fresh_is_still_followed_into_pulp() -> None:
    durian = commodity("durian")

    assert durian.step("rejected_fruit", "seedless_pulp") is not None
    hidden_fruit = outturn_finding(durian, "rejected_fruit", "seedless_pulp", TONNE, 360_000)
    assert hidden_fruit is not None
    assert hidden_fruit.severity == "asked"


def test_drying_keeps_the_dry_matter() -> None:
    assert dried_mass(1_000_000, 550, 115) == 508_475  # 1000 x 0.45 / 0.885
    assert dried_mass(1_000_000, 120, 120) == 1_000_000


@pytest.mark.parametrize(("before", "after"), [(115, 550), (1000, 120), (500, -1)])
def test_moistures_that_cannot_be_are_refused_with_what_to_do(before: int, after: int) -> None:
    with pytest.raises(ImpossibleMoisture) as refused:
        dried_mass(1_000, before, after)

    assert "Check both readings" in str(refused.value)


def test_measured_moistures_replace_the_table_where_only_water_leaves() -> None:
    parchment = ("wet_parchment", "dry_parchment")
    assert outturn_finding(ARABICA, *parchment, TONNE, 450_000) is None

    finding = outturn_finding(ARABICA, *parchment, TONNE, 450_000, moistures_tenths=(550, 115))

    assert finding is not None, "508 kg should have been left"
    assert finding.severity == "asked"
    assert outturn_finding(ARABICA, *parchment, TONNE, 508_000, moistures_tenths=(550, 115)) is None


def test_measured_moistures_never_excuse_what_the_table_forbids() -> None:
    finding = outturn_finding(ARABICA, "wet_parchment", "dry_parchment", TONNE, 900_000, moistures_tenths=(200, 115))

    assert finding is not None
    assert finding.severity == "asked"


STEPS = [(goods, step) for goods in COMMODITIES.values() for step in goods.steps]


@given(st.sampled_from(STEPS), st.integers(min_value=0, max_value=10**13))
def test_expected_grams_are_whole_ordered_and_never_tighter_than_the_figures(
    pair: tuple[Commodity, Step], input_g: int
) -> None:
    _, step = pair
    least, usual, most = step.expected(input_g)

    assert all(isinstance(mass, int) for mass in (least, usual, most))
    assert least <= usual <= most
    assert Decimal(least) <= input_g * step.ratio.low
    assert Decimal(most) >= input_g * step.ratio.high


@given(
    st.integers(min_value=0, max_value=10**12),
    st.integers(min_value=0, max_value=999),
    st.integers(min_value=0, max_value=999),
)
def test_drying_never_adds_mass(in_g: int, one: int, other: int) -> None:
    assert 0 <= dried_mass(in_g, max(one, other), min(one, other)) <= in_g


def test_a_season_may_run_over_the_new_year() -> None:
    north_laos = next(season for season in ARABICA.seasons if season.region == "North Laos")

    assert [month for month in range(1, 13) if north_laos.covers(month)] == [1, 2, 11, 12]


def test_a_commodity_we_do_not_know_is_not_found_and_the_refusal_says_what_to_do() -> None:
    with pytest.raises(UnknownCommodity) as refused:
        commodity("unobtainium")

    assert isinstance(refused.value, NotFound)
    assert str(refused.value) == "There is no commodity called unobtainium here. Choose one from the list."
