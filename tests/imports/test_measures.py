"""Values as people type them: each is read exactly or explained, and none ends in an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.quantity import rounded
from traceability.imports.marks import read_ico_mark
from traceability.imports.measures import (
    Altitude,
    read_altitude,
    read_area_m2,
    read_bag_weight,
    read_count,
    read_share,
    read_yes_no,
    readings,
)
from traceability.imports.report import Reading
from traceability.imports.seasons import Harvest, read_day, read_harvest

READERS: dict[str, Callable[[str], Reading[object]]] = {
    "Bag Weight": read_bag_weight,
    "Altitude": read_altitude,
    "Harvest Year": read_harvest,
    "ICO Number": read_ico_mark,
    "Grading Date": read_day,
    "Expiration": read_day,
    "Number of Bags": read_count,
    "Moisture": lambda text: read_share(text, 1, most=100),
}


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("48,6", [Fraction("48.6")]),
        ("໔໘,໖", [Fraction("48.6")]),
        ("４８．６", [Fraction("48.6")]),
        ("1.250", [Fraction(1250), Fraction("1.25")]),
        ("0.125", [Fraction("0.125")]),
        ("1'500", [Fraction(1500)]),
        ("1,250,000", [Fraction(1_250_000)]),
        ("1.250,5", [Fraction("1250.5")]),
        ("1 250", [Fraction(1250)]),
        ("12,5,5", []),
        ("1e3", []),
        ("-3", []),
        ("9" * 5_000, []),
        ("", []),
    ],
)
def test_a_number_is_read_exactly_and_a_doubtful_one_twice(typed: str, values: list[Fraction]) -> None:
    assert list(readings(typed)) == values


@given(st.integers(0, 10**9), st.integers(1, 1000))
def test_rounding_is_to_the_nearest_and_halves_go_up(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    assert -Fraction(1, 2) < rounded(exact) - exact <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("typed", "grams", "severity"),
    [
        ("60 kg", 60_000, None),
        ("60kg", 60_000, None),
        ("69 ກກ", 69_000, None),
        ("60 公斤", 60_000, None),
        ("1 tạ", 100_000, None),
        ("100 lbs", 45_359, None),
        ("6", 6_000, "note"),
        ("2 kg,lbs", 2_000, "asked"),
        ("19200 kg", 19_200_000, "asked"),
        ("120 kg", 120_000, None),
        ("121 kg", 121_000, "asked"),
        ("1.250 kg", 1_250_000, "asked"),
        ("0 kg", None, "bad"),
        ("60 stone", None, "bad"),
        ("sixty", None, "bad"),
    ],
)
def test_the_weight_of_a_bag(typed: str, grams: int | None, severity: str | None) -> None:
    reading = read_bag_weight(typed)
    assert (None if reading.value is None else rounded(reading.value)) == grams
    assert (reading.severity if reading.reason else None) == severity


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ("1200", 1200, 1200),
        ("De 1.600 a 1.950 msnm", 1600, 1950),
        ("4,600 ft.", 1402, 1402),
        ("4000 PSNM", 1219, 1219),
        ("3,000'", 914, 914),
        ("approx. 1'500 metres a.s.l.", 1500, 1500),
        ("Meters above sea level: 1.872", 1872, 1872),
        ("950公尺", 950, 950),
        ("Between 700 and 1,400 meters", 700, 1400),
        ("1,800 meters (5,900", 1800, 1800),
    ],
)
def test_altitudes_are_read_in_metres_whatever_they_were_written_in(typed: str, low: int, high: int) -> None:
    assert read_altitude(typed).value == Altitude(low, high)


@pytest.mark.parametrize(
    ("typed", "perhaps"),
    [("4300", "Perhaps 1311 m."), ("1.65", "Perhaps 1650 m."), ("11000 metros", None), ("12OO", None)],
)
def test_an_impossible_altitude_is_left_out_with_a_guess(typed: str, perhaps: str | None) -> None:
    reading = read_altitude(typed)
    assert reading.value is None
    assert reading.reason is not None
    assert (str(reading.suggestion) if reading.suggestion else None) == perhaps


@pytest.mark.parametrize(
    ("typed", "unit", "square_metres"),
    [("1.2", "", 12_000), ("1,2 ha", "", 12_000), ("2", "rai", 3_200), ("3", "ໄຮ່", 4_800), ("15", "mu", 10_000),
     ("1", "manzanas", 6_987), ("1", "acre", 4_047), ("500 m²", "", 500)],
)  # fmt: skip
def test_areas_are_read_in_square_metres(typed: str, unit: str, square_metres: int) -> None:
    assert read_area_m2(typed, unit).value == square_metres


@pytest.mark.parametrize(("typed", "unit"), [("1.250", ""), ("3", "sào"), ("much", ""), ("-1", "")])
def test_a_doubtful_area_is_not_taken(typed: str, unit: str) -> None:
    reading = read_area_m2(typed, unit)
    assert reading.value is None
    assert reading.reason is not None


@pytest.mark.parametrize("typed", ["Y", "yes", "ມີ", "có", "sí", "是", "TRUE"])
def test_yes_is_yes_in_every_language(typed: str) -> None:
    assert read_yes_no(typed).value is True


@pytest.mark.parametrize("typed", ["N", "no", "ບໍ່ມີ", "không", "否", "FALSE"])
def test_no_is_no_in_every_language(typed: str) -> None:
    assert read_yes_no(typed).value is False


def test_neither_yes_nor_no_is_left_open() -> None:
    assert read_yes_no("perhaps").value is None
    assert read_yes_no("perhaps").reason is not None
    assert read_yes_no("").reason is None


@pytest.mark.parametrize(
    ("typed", "years"),
    [("2021 / 2022", (2021, 2022)), ("2022", (2022, 2022)), ("08/09 crop", (2008, 2009)), ("4T/10", (2010, 2010)),
     ("2025/26", (2025, 2026)), ("December 2009-March 2010", (2009, 2010)), ("2565", (2022, 2022)),
     ("໒໐໒໕", (2025, 2025))],
)  # fmt: skip
def test_harvest_years(typed: str, years: tuple[int, int]) -> None:
    assert read_harvest(typed).value == Harvest(*years)


@pytest.mark.parametrize("typed", ["Mayo a Julio", "4T72010", "2001-2022", "1066"])
def test_what_is_no_harvest_year_is_left_out_with_a_reason(typed: str) -> None:
    assert read_harvest(typed).value is None
    assert read_harvest(typed).reason is not None


@pytest.mark.parametrize(
    "typed",
    ["September 21st, 2022", "2022-09-21", "21/09/2022", "21 de septiembre de 2022", "ngày 21 tháng 9 năm 2022",
     "2022年9月21日", "9/21/2022", "21.9.2565", "21 Sep 2022"],
)  # fmt: skip
def test_one_day_in_nine_ways(typed: str) -> None:
    assert read_day(typed).value == date(2022, 9, 21)


def test_a_day_that_could_be_a_month_is_read_day_first_and_said() -> None:
    reading = read_day("03/04/2023")
    assert reading.value == date(2023, 4, 3)
    assert reading.reason is not None
    assert read_day("31/02/2023").value is None


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("002/1660/0105", ("002", "1660", "0105")),
        ("ICO: 010/ 0218/0065", ("010", "0218", "0065")),
        ("02 / 143-0 / 0044", ("002", "0143", "")),
        ("105/3/VL7285-005", ("105", "0003", "")),
        ("010/0145", ("010", "", "")),
        ("Nov-35", ("", "", "")),
    ],
)
def test_an_ico_mark_is_kept_as_typed_and_taken_apart_where_it_allows(typed: str, parts: tuple[str, str, str]) -> None:
    reading = read_ico_mark(typed)
    assert reading.value is not None
    assert reading.value.typed == typed
    assert (reading.value.country, reading.value.exporter, reading.value.shipment) == parts
    assert (reading.reason is None) == reading.value.complete


@pytest.mark.parametrize("typed", ["", "-", "non", "n/a", "unknown", "0", "x"])
def test_no_ico_mark_is_no_mark_and_no_complaint(typed: str) -> None:
    assert read_ico_mark(typed) == Reading(None)


@pytest.mark.parametrize("column", READERS)
def test_every_value_that_people_typed_is_read_or_explained(shared_data: Path, column: str) -> None:
    text = (shared_data / "real" / "derived_dirty_values" / "cqi_unique_raw_values.json").read_text(encoding="utf-8")
    blanks = {"", "-", "n/a", "na", "non", "none", "None", "NONE", "NIL", "unknown", "unkown", "unspecified",
              "Unspecified", "not assigned", "0", "0000", "x", "mmm", "TEST", "To be advice", "??"}  # fmt: skip
    values = [value for value, _ in json.loads(text)[column]]
    assert len(values) > 20
    for value in values:
        reading = READERS[column](value)
        assert reading.value is not None or reading.reason is not None or value.strip() in blanks, value


@given(st.text(max_size=40) | st.from_regex(r"[0-9.,' ]{1,12}(kg|lbs|m|ft|ha|/|-)?[0-9]{0,4}", fullmatch=True))
def test_no_typed_text_ends_in_an_error(text: str) -> None:
    for reader in (*READERS.values(), read_area_m2, read_yes_no):
        assert isinstance(reader(text), Reading)
