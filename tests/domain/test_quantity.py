"""Bakari types weights at the scale: with commas, points, Lao digits and slips of the finger."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.quantity import (
    AREA_UNITS,
    CONG,
    GRAM,
    JIN,
    MASS_UNITS,
    MOST_GRAMS,
    MU,
    RAI,
    SAO_CENTRE,
    SAO_NORTH,
    SQUARE_METRE,
    TA,
    TONNE,
    YEN,
    AmbiguousNumber,
    BelowZero,
    Choice,
    FinerThanAGram,
    LessThanASquareMetre,
    MassUnit,
    NotANumber,
    NothingTyped,
    NotPositive,
    NotWhole,
    TooLarge,
    TooManyDecimals,
    apportion,
    plain_decimal,
    plain_mass,
    read_area,
    read_count,
    read_decimal,
    read_mass,
    read_money,
    read_percent,
    tenths_of_percent,
)
from traceability.errors import Refusal


@pytest.mark.parametrize(
    "typed",
    [
        "48,6",
        "48.6",
        " 48,6 ",
        "48,60",
        "048,6",
        "\u00a048,6\u200b",
        "໔໘,໖",
        "๔๘.๖",
        "４８．６",
        "48，6",
        "48。6",
        "٤٨٫٦",
        "۴۸,۶",
        "໔8,6",
    ],
)
def test_a_weight_may_be_typed_with_either_mark_and_in_any_digits(typed: str) -> None:
    assert read_mass(typed) == 48_600


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("1.250,5", 1_250_500),
        ("1 250,5", 1_250_500),
        ("1\u202f250.5", 1_250_500),
        ("1,250.5", 1_250_500),
        ("1.250,500", 1_250_500),
        ("1.250.000", 1_250_000_000),
        ("1 250", 1_250_000),
        ("1250", 1_250_000),
        ("0,250", 250),
        ("0.250", 250),
        ("0,001", 1),
        ("1250,125", 1_250_125),
        ("1 250.125", 1_250_125),
        ("012.500", 12_500),
        ("1.2500", 1_250),
    ],
)
def test_thousands_and_decimals_that_can_be_told_apart_are_not_asked_about(typed: str, grams: int) -> None:
    assert read_mass(typed) == grams


@pytest.mark.parametrize("typed", ["1.250", "1,250", " 1.250 ", "໑.໒໕໐", "１，２５０"])
def test_one_mark_before_three_digits_is_asked_about(typed: str) -> None:
    with pytest.raises(AmbiguousNumber) as asked:
        read_mass(typed)
    assert asked.value.choices == (Choice("1250", 1_250_000), Choice("1,25", 1_250))
    assert asked.value.status == 422
    assert str(asked.value) == f"{typed.strip()} can mean 1250 or 1,25. Choose the one you mean."


@given(
    st.integers(1, 999),
    st.integers(0, 999),
    st.sampled_from(",."),
    st.sampled_from([unit for unit in MASS_UNITS.values() if unit.grams >= 1_000]),
)
def test_every_choice_reads_back_to_its_value_without_a_question(
    whole: int, rest: int, mark: str, unit: MassUnit
) -> None:
    try:
        read_mass(f"{whole}{mark}{rest:03}", unit=unit)
    except AmbiguousNumber as asked:
        for choice in asked.choices:
            assert read_mass(choice.text, unit=unit) == choice.value
    else:
        assert (whole * 1_000 + rest) * unit.grams > MOST_GRAMS


def test_a_reading_that_cannot_be_right_is_not_offered() -> None:
    assert read_mass("900.000", unit=TONNE) == 900_000_000
    assert read_percent("12.500") == 125


@pytest.mark.parametrize(
    "typed",
    [
        "48,6,2",
        "1e3",
        "abc",
        "48.6 kg",
        "1.250.00",
        "1.25,5",
        "1.250,5.3",
        "1 25",
        "0 250",
        "1 250.500,5",
        "48,",
        ",5",
        "48,,6",
        "48 , 6",
        "48\t600",
        "48\n600",
        "48\x006",
        "½",
        "４²",
        "+5",
        "--3",
        "1_000",
        "0x10",
        "inf",
        "nan",
        "9" * 41,
        "9" * 5_000,
        "\ud800",
    ],
)
def test_what_is_not_a_number_is_refused(typed: str) -> None:
    with pytest.raises(NotANumber) as refused:
        read_mass(typed)
    str(refused.value).encode("utf-8")


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "\u00a0"])
def test_an_empty_field_says_that_nothing_was_typed(typed: str) -> None:
    with pytest.raises(NothingTyped):
        read_mass(typed)


def test_a_count_is_told_like_a_count() -> None:
    for typed in ("4x", ""):
        with pytest.raises(NotANumber, match=r"such as 40\."):
            read_count(typed)
        with pytest.raises(NotANumber, match=r"such as 48\.6\."):
            read_mass(typed)


@pytest.mark.parametrize("typed", ["0", "0,0", "-3", "\u22123", "－3", "-1.250", "໐"])
def test_a_bag_weighs_more_than_nothing(typed: str) -> None:
    with pytest.raises(NotPositive, match="Type a number above zero"):
        read_mass(typed)


def test_a_tare_may_be_nothing_but_not_less() -> None:
    assert read_mass("0", zero=True) == 0
    with pytest.raises(BelowZero):
        read_mass("-0,2", zero=True)


def test_a_part_of_a_gram_is_refused_not_rounded() -> None:
    with pytest.raises(FinerThanAGram):
        read_mass("1,0005")
    with pytest.raises(FinerThanAGram):
        read_mass("1.251", unit=JIN)
    assert read_mass("1,0010") == 1_001


def test_more_than_ten_thousand_tonnes_is_a_slip() -> None:
    assert read_mass("10000", unit=TONNE) == MOST_GRAMS
    with pytest.raises(TooLarge):
        read_mass("10000,001", unit=TONNE)


@pytest.mark.parametrize(
    ("typed", "unit", "grams"),
    [
        ("48600", GRAM, 48_600),
        ("48.600", GRAM, 48_600),
        ("0,0486", TONNE, 48_600),
        ("3,5", TA, 350_000),
        ("3,5", YEN, 35_000),
        ("3", JIN, 1_500),
    ],
)
def test_masses_may_be_typed_in_the_units_of_the_place(typed: str, unit: MassUnit, grams: int) -> None:
    assert read_mass(typed, unit=unit) == grams


def test_areas_become_whole_square_metres() -> None:
    assert read_area("1,2") == 12_000
    assert read_area("3", RAI) == 4_800
    assert read_area("3", SAO_NORTH) == 1_080
    assert read_area("3", SAO_CENTRE) == 1_500
    assert read_area("2,5", CONG) == 2_500
    assert read_area("15", MU) == 10_000
    assert read_area("1", MU) == 667
    assert read_area("12500", SQUARE_METRE) == 12_500
    assert read_area("0,00005") == 1


def test_an_area_of_nothing_is_refused() -> None:
    with pytest.raises(NotPositive):
        read_area("0")
    with pytest.raises(LessThanASquareMetre):
        read_area("0,00004")
    with pytest.raises(TooLarge):
        read_area("1000001")
    with pytest.raises(AmbiguousNumber):
        read_area("1.250")


def test_units_are_found_by_their_key() -> None:
    assert {key: unit.grams for key, unit in MASS_UNITS.items()} == {
        "kg": 1_000,
        "g": 1,
        "t": 1_000_000,
        "ta": 100_000,
        "yen": 10_000,
        "jin": 500,
    }
    assert AREA_UNITS["mu"].square_metres * 15 == AREA_UNITS["ha"].square_metres


@pytest.mark.parametrize("read", [read_count, read_money])
def test_in_whole_numbers_a_mark_before_three_digits_groups_them(read: Callable[[str], int]) -> None:
    assert [read(typed) for typed in ("14.000", "14,000", "14 000", "14000", "໑໔.໐໐໐", "1.391.600")] == [
        *[14_000] * 5,
        1_391_600,
    ]
    assert read("31,0") == 31
    with pytest.raises(NotWhole):
        read("2,5")
    with pytest.raises(TooLarge):
        read("9" * 20)


def test_there_is_no_count_of_nothing_but_there_is_a_price_of_nothing() -> None:
    assert read_money("0") == 0
    assert read_count("0", zero=True) == 0
    with pytest.raises(NotPositive):
        read_count("0")


def test_percentages_are_kept_in_tenths() -> None:
    assert [read_percent(typed) for typed in ("12,5", "12.5 %", "100％", "0", "໑໒,໕%")] == [
        125,
        125,
        1_000,
        0,
        125,
    ]
    with pytest.raises(TooLarge):
        read_percent("100,1")
    with pytest.raises(TooManyDecimals, match=r"\(1\)"):
        read_percent("12,55")
    with pytest.raises(NothingTyped):
        read_percent("%")


def test_decimals_are_counted_in_their_last_place() -> None:
    assert read_decimal("5,08", 2) == 508
    assert read_decimal("14.000", 0) == 14_000
    with pytest.raises(AmbiguousNumber) as asked:
        read_decimal("1,125", 3)
    assert asked.value.choices == (Choice("1125", 1_125_000), Choice("1,1250", 1_125))
    with pytest.raises(TooManyDecimals):
        read_decimal("1.250", 1)


@given(st.integers(1, MOST_GRAMS), st.sampled_from(",."))
def test_a_mass_put_back_into_a_form_reads_the_same(grams: int, mark: str) -> None:
    assert read_mass(plain_mass(grams, mark)) == grams


@given(st.integers(0, 10**8), st.integers(0, 6), st.sampled_from(",."))
def test_a_decimal_put_back_into_a_form_reads_the_same(value: int, places: int, mark: str) -> None:
    assert read_decimal(plain_decimal(value, places, mark), places) == value


def test_numbers_in_a_form_have_no_idle_digits() -> None:
    assert plain_mass(1_250_500) == "1250,5"
    assert plain_mass(48_600, ".") == "48.6"
    assert plain_mass(60_000) == "60"
    assert plain_mass(1_001) == "1,0010"
    assert plain_mass(250) == "0,25"
    assert plain_decimal(-1_500, 3) == "-1,5"
    assert plain_decimal(-5, 0) == "-5"


def test_a_sum_of_typed_bags_shows_no_noise() -> None:
    assert plain_mass(read_mass("0,1") + read_mass("0,2")) == "0,3"
    assert plain_mass(sum(read_mass(bag) for bag in ("48,6", "51.2")) - read_mass("0,4")) == "99,4"


@given(st.text())
def test_anything_typed_is_read_or_refused_with_a_sentence(typed: str) -> None:
    grams, sentence = 1, "."
    try:
        grams = read_mass(typed)
    except Refusal as refused:
        sentence = str(refused)
    assert 0 < grams <= MOST_GRAMS
    assert sentence.endswith((".", "?"))


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**30), min_size=1).filter(any))
def test_shares_sum_to_the_total_and_none_is_off_by_a_whole_unit(total: int, weights: list[int]) -> None:
    shares = apportion(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        exact = Fraction(total * weight, sum(weights))
        assert abs(share - exact) < 1
        assert share >= 0
        assert weight or not share


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1).filter(any), st.integers(2, 10**9))
def test_shares_do_not_depend_on_the_unit_of_the_weights(total: int, weights: list[int], factor: int) -> None:
    assert apportion(total, weights) == apportion(total, [weight * factor for weight in weights])


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=2).filter(any))
def test_a_heavier_part_never_gets_less(total: int, weights: list[int]) -> None:
    shares = apportion(total, weights)
    by_weight = sorted(range(len(weights)), key=lambda place: (weights[place], -place))
    assert [shares[place] for place in by_weight] == sorted(shares)


def test_the_largest_remainder_is_served_first_and_the_earlier_of_equals() -> None:
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(100, [333, 333, 334]) == [33, 33, 34]
    assert apportion(7, [0, 5, 0, 5]) == [0, 4, 0, 3]
    assert apportion(0, [0, 0]) == [0, 0]
    assert apportion(0, []) == []
    assert apportion(5, [5]) == [5]


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [2, -1]), (1, []), (1, [0, 0])])
def test_a_total_that_nobody_can_bear_is_a_mistake_of_the_program(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="apportion"):
        apportion(total, weights)


def test_shares_in_tenths_of_a_percent_sum_to_a_hundred_percent() -> None:
    assert tenths_of_percent([1, 1, 1]) == [334, 333, 333]
    assert tenths_of_percent([60_000, 40_000]) == [600, 400]
    assert sum(tenths_of_percent([7] * 37)) == 1_000
