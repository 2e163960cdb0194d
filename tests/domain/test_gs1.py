"""GS1 keys and addresses: Chiara's scanner reads what our labels print, and nothing malformed passes."""

from __future__ import annotations

import json
import os
import re
from itertools import chain, combinations, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.gs1 import (
    IN_QUERY,
    PATH_SEQUENCES,
    FieldAlone,
    FieldOutOfPlace,
    FieldsExclude,
    FieldTwice,
    NotADigitalLink,
    NotAGln,
    NotAGtin,
    NotAnSscc,
    ValueDoesNotFit,
    WrongCheckDigit,
    check_digit,
    digital_link,
    element_link,
    label_link,
    lot_keys,
    read_digital_link,
    read_gln,
    read_gtin,
    read_sscc,
    with_check_digit,
)
from traceability.errors import Refusal

GTIN = "09506000134352"
BASE = "https://trace.example.la"

# One right value for every field that may stand in a path.
VALUES = {
    "00": "123456789012345675",
    "01": GTIN,
    "10": "ABC-7",
    "21": "12/640",
    "22": "2A",
    "235": "TPX7",
    "253": "1234567890128X",
    "254": "SHED-2",
    "255": "1234567890128",
    "401": "HOUSE-1",
    "402": with_check_digit("1234567890123456"),
    "414": "1234567890128",
    "415": "1234567890128",
    "417": "1234567890128",
    "7040": "1ABC",
    "8003": "01234567890128X",
    "8004": "ASSET-1",
    "8006": GTIN + "0102",
    "8010": "PART-1",
    "8011": "7",
    "8013": "GMN1",
    "8017": "123456789012345675",
    "8018": "123456789012345675",
    "8019": "5",
    "8020": "REF",
}
PLAIN_SIGNS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
LOTS = st.text(alphabet=PLAIN_SIGNS, min_size=1, max_size=20).filter(lambda lot: lot.strip("."))


def shared_data(path: str) -> Path:
    """A file of the real data that stands beside a developer's checkout; a user's clone has none of it."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    found = Path(os.environ.get("TRACEABILITY_SHARED_DATA", beside)) / path
    if not found.exists():
        pytest.skip(f"real data is absent: no {found}; set TRACEABILITY_SHARED_DATA to run this test")
    return found


def address_of(fields: list[str]) -> str:
    return BASE + "".join(f"/{field}/{VALUES[field].replace('/', '%2F')}" for field in fields)


@pytest.mark.parametrize("key", ["02345673", "416000336108", "1234567890128", "12345678901231", "123456789012345675"])
def test_the_check_digit_completes_a_key(key: str) -> None:
    assert check_digit(key[:-1]) == key[-1]
    assert with_check_digit(key[:-1]) == key


@given(st.text(alphabet="0123456789", min_size=7, max_size=17), st.data())
def test_one_wrong_digit_is_always_noticed(body: str, data: st.DataObject) -> None:
    key = with_check_digit(body)
    place = data.draw(st.integers(0, len(key) - 1))
    wrong = key[:place] + str((int(key[place]) + data.draw(st.integers(1, 9))) % 10) + key[place + 1 :]
    assert check_digit(wrong[:-1]) != wrong[-1]


def test_article_numbers_of_every_length_compare_as_fourteen_digits() -> None:
    assert read_gtin("02345673") == "00000002345673"
    assert read_gtin("416000336108") == "00416000336108"
    assert read_gtin("9506000134352") == read_gtin(GTIN) == GTIN
    assert read_gtin(" 9 506000-134352 ") == GTIN
    assert read_gtin("໙໕໐໖໐໐໐໑໓໔໓໕໒") == GTIN


def test_place_and_pallet_numbers_have_one_length() -> None:
    assert read_gln("1234567890128") == "1234567890128"
    assert read_sscc("1 2345678 901234567 5") == "123456789012345675"
    with pytest.raises(NotAGln):
        read_gln("02345673")
    with pytest.raises(NotAnSscc):
        read_sscc("1234567890128")
    with pytest.raises(NotAGtin):
        read_gtin("123456789012345675")


def test_a_lot_is_looked_up_by_every_number_that_a_label_can_say() -> None:
    assert lot_keys("LA-PN-2026-0001", "lot 7", "7K3QX9ME") == ("7K3QX9ME", "LA-PN-2026-0001", "LOT7")
    assert lot_keys("1２/a", "12/A") == ("12/A",)
    assert lot_keys("", "ລັອດ 7", "A" * 21, "..", "7#1", "A^B") == ()


def test_a_label_says_the_first_number_that_fits_it() -> None:
    assert label_link(BASE, GTIN, "ລັອດ 7", "7K3QX9ME") == f"{BASE}/01/{GTIN}/10/7K3QX9ME"
    assert label_link(BASE, GTIN, "A/7", "7K3QX9ME") == f"{BASE}/01/{GTIN}/10/A%2F7"
    assert label_link(BASE, "", "A/7") == label_link(BASE, GTIN, "ລັອດ") == ""


def test_a_wrong_check_digit_asks_for_a_typo() -> None:
    for typed in ("12345673", "1234567890129"):
        with pytest.raises(WrongCheckDigit, match=r"typo\?"):
            read_gtin(typed)


def test_an_address_is_built_from_article_lot_and_serial() -> None:
    assert digital_link(BASE, GTIN) == f"{BASE}/01/{GTIN}"
    assert digital_link(f"{BASE}/", "9506000134352", "LA-DH-2026-0417") == f"{BASE}/01/{GTIN}/10/LA-DH-2026-0417"
    assert digital_link(BASE, GTIN, "A/7+1", "12/640") == f"{BASE}/01/{GTIN}/10/A%2F7%2B1/21/12%2F640"


@given(LOTS, LOTS)
def test_what_is_built_reads_back(lot: str, serial: str) -> None:
    assert read_digital_link(digital_link(BASE, GTIN, lot, serial)) == {"01": GTIN, "10": lot, "21": serial}


@pytest.mark.parametrize("lot", ["ລັອດ-1", "LÔ-7", "A B", "", ".", "..", "A" * 21, "A\n", "A^B"])
def test_a_lot_that_gs1_cannot_carry_is_refused_when_building(lot: str) -> None:
    with pytest.raises(ValueDoesNotFit, match="Latin letters"):
        digital_link(BASE, GTIN, lot)


def test_places_and_pallets_have_addresses_too() -> None:
    place = {"414": VALUES["414"], "254": "SHED-2"}
    assert element_link(BASE, place) == f"{BASE}/414/1234567890128/254/SHED-2"
    pallet = {"00": VALUES["00"], "02": GTIN, "37": "640"}
    assert element_link(BASE, pallet) == f"{BASE}/00/{VALUES['00']}?02={GTIN}&37=640"
    for elements in (place, pallet):
        assert read_digital_link(element_link(BASE, elements)) == elements
    with pytest.raises(FieldOutOfPlace):
        element_link(BASE, {"10": "ABC", "01": GTIN})
    with pytest.raises(FieldOutOfPlace):
        element_link(BASE, {})
    with pytest.raises(FieldOutOfPlace):
        element_link(BASE, {"01": GTIN, "235": "X", "21": "7"})


def test_every_path_of_the_standard_is_read() -> None:
    vectors = json.loads(shared_data("gs1dl/dl_path_sequences.json").read_text(encoding="utf-8"))["vectors"]
    assert len(vectors) == 39
    for vector in vectors:
        assert vector["valid"]
        assert list(read_digital_link(address_of(vector["path"]))) == vector["path"]


def test_every_other_order_of_qualifiers_is_refused() -> None:
    """All arrangements of up to three qualifiers behind every key: only those of the table pass."""
    qualifiers = sorted({field for sequences in PATH_SEQUENCES.values() for field in chain(*sequences)})
    for primary, sequences in PATH_SEQUENCES.items():
        allowed = {
            chosen
            for sequence in sequences
            for count in range(4)
            for chosen in combinations(sequence, count)
            if not (primary == "415" and not chosen)
        }
        for tail in chain.from_iterable(permutations(qualifiers, count) for count in range(4)):
            try:
                read = tuple(read_digital_link(address_of([primary, *tail])))[1:]
            except Refusal:
                read = None
            assert (read == tail) == (tail in allowed)


def test_fields_in_a_query_are_exactly_those_of_the_syntax_dictionary() -> None:
    dictionary = shared_data("gs1dl/syntax_dictionary/gs1-syntax-dictionary.txt").read_text(encoding="utf-8")
    allowed: set[str] = set()
    for first, last, flags in re.findall(r"^(\d{2,4})(?:-(\d{2,4}))? +(\S*) ", dictionary, re.MULTILINE):
        if "?" in flags:
            allowed |= {f"{field:0{len(first)}}" for field in range(int(first), int(last or first) + 1)}
    everything = {f"{field:0{width}}" for width in (2, 3, 4) for field in range(10**width)}
    assert len(allowed) > 400
    assert {field for field in everything if IN_QUERY.fullmatch(field)} == allowed


@pytest.mark.parametrize(
    ("address", "elements"),
    [
        (f"http://a/01/{GTIN}", {"01": GTIN}),
        (f"HTTPS://ID.GS1.ORG/01/{GTIN}/10/ABC", {"01": GTIN, "10": "ABC"}),
        (f"https://a.la/some/stem/01/{GTIN}/", {"01": GTIN}),
        (f"https://a.la/01/99/01/{GTIN}/10/01", {"01": GTIN, "10": "01"}),
        (f"https://a.la/01/{GTIN}/10/A%2fB", {"01": GTIN, "10": "A/B"}),
        (f"https://a.la/01/{GTIN}/10/A+B", {"01": GTIN, "10": "A+B"}),
        (f"https://a.la/01/{GTIN}?10=A%2BB", {"01": GTIN, "10": "A+B"}),
        (f"https://a.la/01/{GTIN}?17=271100&linkType=gs1:pip#top", {"01": GTIN, "17": "271100"}),
        (f"https://a.la/01/{GTIN}/10/7?10=7&&utm_source=x", {"01": GTIN, "10": "7"}),
        (
            f"https://a.la/01/{GTIN}?422=418&427=CH&3103=018000",
            {"01": GTIN, "422": "418", "427": "CH", "3103": "018000"},
        ),
        (f"https://a.la/01/{GTIN}?7007=260501260514", {"01": GTIN, "7007": "260501260514"}),
    ],
)
def test_an_address_is_read_from_the_right(address: str, elements: dict[str, str]) -> None:
    assert read_digital_link(address) == elements


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("", NotADigitalLink),
        ("nonsense", NotADigitalLink),
        (f"HtTp://a.la/01/{GTIN}", NotADigitalLink),
        (f"ftp://a.la/01/{GTIN}", NotADigitalLink),
        (f"https:///01/{GTIN}", NotADigitalLink),
        ("https://a.la/", NotADigitalLink),
        ("https://a.la", NotADigitalLink),
        ("https://a.la/b/7K3QX9ME", NotADigitalLink),
        (f"https://a.la/gtin/{GTIN}", NotADigitalLink),
        (f"https://a.la/01/{GTIN}/10/A%2", NotADigitalLink),
        (f"https://a.la/01/{GTIN}/10/" + "A" * 2_000, NotADigitalLink),
        (f"https://a.la/01/{GTIN}/10/A B", NotADigitalLink),
        ("https://a.la/01/9506000134352", ValueDoesNotFit),
        ("https://a.la/01/09506000134353", WrongCheckDigit),
        (f"https://a.la/01/{GTIN}/10/A%20B", ValueDoesNotFit),
        (f"https://a.la/01/{GTIN}/10/%E0%BA%A5", ValueDoesNotFit),
        (f"https://a.la/01/{GTIN}/10/%FF", ValueDoesNotFit),
        (f"https://a.la/01/{GTIN}/10/..", ValueDoesNotFit),
        (f"https://a.la/01/{GTIN}?10=A+B", ValueDoesNotFit),
        (f"https://a.la/01/{GTIN}?17=", ValueDoesNotFit),
        (f"https://a.la/01/{GTIN}?17=260231", ValueDoesNotFit),
        (f"https://a.la/01/{GTIN}?7006=260500", ValueDoesNotFit),
        (f"https://a.la/01/{GTIN}?7007=260500", ValueDoesNotFit),
        (f"https://a.la/01/{GTIN}/17/271100", FieldOutOfPlace),
        (f"https://a.la/01/{GTIN}/21/7/10/A", FieldOutOfPlace),
        (f"https://a.la/01/{GTIN}/10/A/10/A", FieldOutOfPlace),
        (f"https://a.la/01/{GTIN}?21=7", FieldOutOfPlace),
        (f"https://a.la/01/{GTIN}?9999=7", FieldOutOfPlace),
        (f"https://a.la/01/{GTIN}/10/A?10=B", FieldTwice),
        (f"https://a.la/01/{GTIN}?17=271100&17=271200", FieldTwice),
        (f"https://a.la/01/{GTIN}?427=CH", FieldAlone),
        ("https://a.la/415/1234567890128", FieldAlone),
        (f"https://a.la/01/{GTIN}?422=418&426=418", FieldsExclude),
    ],
)
def test_a_malformed_address_is_refused_with_its_reason(address: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        read_digital_link(address)
    assert refused.type is refusal


@given(st.text() | st.text(alphabet="/01?&=%.0123456789AB#").map(lambda tail: f"https://a.la/01/{GTIN}{tail}"))
def test_no_address_makes_it_stumble(address: str) -> None:
    elements = {"01": GTIN}
    try:
        elements = read_digital_link(address)
    except Refusal as refused:
        elements["refused"] = str(refused)
    assert next(iter(elements)) in PATH_SEQUENCES
