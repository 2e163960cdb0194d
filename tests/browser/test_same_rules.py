"""What a phone makes of typed numbers and names is what the server makes of them: one table, tried on both."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from traceability.domain.identifiers import read_code
from traceability.domain.quantity import (
    ENTRY_UNITS,
    KILOGRAM,
    AmbiguousNumber,
    MassUnit,
    NothingTyped,
    plain_mass,
    read_mass,
    read_money,
)
from traceability.domain.text import search_key
from traceability.errors import Refusal

TYPED = (
    "48,6", "48.6", " 48,6 ", "48,60", "48,65", "486", "໔໘,໖", "๔๘.๖", "４８．６", "٤٨٫٦", "४८.६", "៤៨,៦", "၄၈.၆",
    "1.250", "1,250", "1 250", "1\u00a0250", "1\u202f250", "1.250,5", "1,250.5", "1.250.000", "1,250,000", "1 250,5",
    "0", "0,0", "-3", "−3", "–3", "48,6,2", "1e3", "abc", "", "   ", "\u200b48,6", "48,6001", "0,0001", "1,2500",
    "12.345", "123.456", "1234.567", "0.250", "0,250", "01.250", "1.25.0", ".5", "5.", "1..2", "1 2", "12 34", "+5",
    "9999999", "10000000", "10000000,1", "99999999999999999999", "9" * 41, "1.250.", "1\t250", "1\n250", "999.999",
    "1.000", "100.000", "10.000.000", "10.000.001", "10 000 000,5", "½", "²", "1。5", "1｡5", "1،5", "1٬250",
)  # fmt: skip
NAMES = (
    "Đào", "dao", "Thị Hoa", "ກ້າບ", "ກາບ", "Pakxong", "Paksong", "PAK SONG", "pak-song", "Champasack", "Straße", "Łódź",
    "Nguyễn Văn Tâm", "ຄຳ", "ຄໍາ", "ໜອງຫຼວງ", "ຫນອງຫລວງ", "０４１７", "໐໔໑໗", "O'Neil", "...", "王小明", "Ærø",
    "ບຸນຣອດ", "ບຸນລອດ",
)  # fmt: skip
PEOPLE = (
    ("K7M2Q4RX", "0417", "Đào Thị Hoa", "", "Bản Áng"),
    ("29D22V6V", "0031", "ກ້າບ ທຳມະວົງ", "Noy", "ໜອງຫຼວງ (Nong Luang)"),
    ("P2K6EP3N", "1031", "Kham Souksavanh", "", "Pakxong"),
    ("6VGXHGWG", "0032", "Kham Souksavanh", "", "Lak 30"),
)
ASKED: Final[tuple[tuple[str, list[str]], ...]] = (
    ("417", ["0417"]),
    ("0417", ["0417"]),
    ("dao", ["0417"]),
    ("hoa đao", ["0417"]),
    ("ban ang", ["0417"]),
    ("ກາບ", ["0031"]),
    ("noy", ["0031"]),
    ("nong luang", ["0031"]),
    ("031", ["0031", "1031"]),
    ("໓໑", ["0031"]),
    ("kham", ["0032", "1031"]),
    ("paksong kham", ["1031"]),
    ("6vgx hgwg", ["0032"]),
    ("nobody", []),
)


def said_by_us(typed: str, *, zero: bool, unit: MassUnit = KILOGRAM) -> dict[str, Any]:
    try:
        return {"grams": read_mass(typed, unit=unit, zero=zero)}
    except AmbiguousNumber as doubt:
        return {"choices": [choice.value for choice in doubt.choices]}
    except Refusal as refusal:
        return {"problem": refusal.name}


@pytest.fixture
def page(site: Site, chromium: Browser) -> Page:
    """A page that has the rules of a phone at hand."""
    opened = chromium.new_context(base_url=site.address).new_page()
    opened.goto("/offline")
    return opened


def test_typed_kilograms_mean_the_same_on_a_phone_and_on_the_server(page: Page) -> None:
    for zero in (False, True):
        said = page.evaluate(
            "async ([typed, zero]) => { const { readMass } = await import('/static/offline/quantity.js');"
            " return typed.map((one) => { const { typed: _, ...said } = readMass(one, zero); return said; }); }",
            [list(TYPED), zero],
        )
        assert dict(zip(TYPED, said, strict=True)) == {typed: said_by_us(typed, zero=zero) for typed in TYPED}


def test_a_unit_that_a_clerk_chose_means_the_same_on_a_phone_and_on_the_server(page: Page) -> None:
    offered = page.evaluate("[...document.getElementById('weight-unit').options].map((one) => one.value)")
    assert offered == list(ENTRY_UNITS)
    typed = [*TYPED, "0,486", "1,250001", "0,000001", "0,0000001", "12,34567", "100.000,5"]
    for unit in ENTRY_UNITS.values():
        said, back = page.evaluate(
            "async ([typed, key]) => { const { plainMass, readMass } = await import('/static/offline/quantity.js');"
            " const { unitOf } = await import('/static/offline/words.js'); const { places } = unitOf(key);"
            " const read = typed.map((one) => readMass(one, true, places)).map(({ typed, ...said }) => said);"
            " return [read, read.map(({ grams }) => (grams === undefined ? null : plainMass(grams, ',', places)))]; }",
            [typed, unit.key],
        )
        ours = [said_by_us(one, zero=True, unit=unit) for one in typed]
        assert dict(zip(typed, said, strict=True)) == dict(zip(typed, ours, strict=True)), unit.key
        assert back == [plain_mass(one["grams"], unit=unit) if "grams" in one else None for one in ours], unit.key


def money_by_us(typed: str) -> str | None:
    try:
        return str(read_money(typed))
    except NothingTyped:
        return ""
    except Refusal:
        return None


def test_typed_money_means_the_same_on_a_phone_and_on_the_server(page: Page) -> None:
    typed = [*TYPED, "14.5", "14,50", "14000,00", "14.000,50", "14.000", "໑໔.໐໐໐"]
    said = page.evaluate(
        "async (typed) => { const { readMoney } = await import('/static/offline/quantity.js');"
        " return typed.map(readMoney); }",
        typed,
    )
    assert dict(zip(typed, said, strict=True)) == {one: money_by_us(one) for one in typed}


def test_names_are_folded_alike(page: Page) -> None:
    folded = page.evaluate(
        "async (names) => { const { fold } = await import('/static/offline/search.js'); return names.map(fold); }",
        list(NAMES),
    )
    assert dict(zip(NAMES, folded, strict=True)) == {name: search_key(name) for name in NAMES}


def test_a_farmer_is_found_by_number_name_nickname_village_and_card(page: Page) -> None:
    found = page.evaluate(
        "async ([people, asked]) => { const { fold, search } = await import('/static/offline/search.js');"
        " const known = people.map((one) => [...one, fold(`${one[2]} ${one[3]}`), []]);"
        " return asked.map((words) => search(known, words).map((one) => one[1])); }",
        [[list(one) for one in PEOPLE], [words for words, _ in ASKED]],
    )
    assert list(zip((words for words, _ in ASKED), found, strict=True)) == list(ASKED)


def test_who_lost_a_card_is_found_by_the_new_one_only(page: Page) -> None:
    found = page.evaluate(
        "async (asked) => { const { search, wasLost } = await import('/static/offline/search.js');"
        " const known = [['AAAAAAA2', '0001', 'Amina', '', '', 'amina', [], 'CCCCCCC4', 'BBBBBBB3'],"
        " ['DDDDDDD5', '0002', 'Bounmy', '', '', 'bounmy', []]];"
        " return asked.map((words) => [search(known, words).map((one) => one[1]), wasLost(known, words)]); }",
        ["AAAAAAA2", "bbbb-bbb3", "cccc ccc4", "DDDDDDD5", "Amina", "EEEEEEE6"],
    )
    assert found == [[[], True], [[], True], [["0001"], False], [["0002"], False], [["0001"], False], [[], False]]


def test_a_kept_number_reads_back_to_the_same_grams(page: Page) -> None:
    grams = [1, 10, 999, 1_000, 1_001, 1_250_000, 48_600, 999_999, 1_000_001, 12_345_678]
    again = page.evaluate(
        "async (grams) => { const { plainMass, readMass } = await import('/static/offline/quantity.js');"
        " return grams.map((one) => readMass(plainMass(one)).grams); }",
        grams,
    )
    assert again == grams


def test_a_code_made_on_a_phone_is_a_code_of_ours(page: Page) -> None:
    codes = page.evaluate(
        "async () => { const { newCode } = await import('/static/offline/numbers.js');"
        " return Array.from({ length: 300 }, () => newCode()); }"
    )
    assert [read_code(code) for code in codes] == codes
    assert len(set(codes)) == 300


def test_what_builds_on_a_refused_entry_is_held_up_until_that_is_mended(page: Page) -> None:

    def held(farmer: str, weigh_in: str, lot: str) -> list[str]:
        all_of_it = [
            {"id": "f", "kind": "farmer", "state": farmer, "body": {}},
            {"id": "w", "state": weigh_in, "after": ["f"], "body": {}},
            {"id": "l", "kind": "lot", "state": lot, "after": ["w", "f"], "body": {}},
            {"id": "d", "kind": "dispatch", "state": "waiting", "after": ["l"], "body": {}},
        ]
        found = page.evaluate(
            "async (all) => { const { byId, heldBy } = await import('/static/offline/kinds.js');"
            " return all.map((one) => one.id + (heldBy(one, byId(all))?.id ?? '')); }",
            all_of_it,
        )
        return [pair for pair in found if len(pair) == 2]

    assert held("waiting", "waiting", "waiting") == held("sent", "sent", "sent") == []
    assert held("needs", "waiting", "waiting") == ["wf", "lw", "dl"]
    assert held("sent", "needs", "waiting") == ["lw", "dl"]
    assert held("sent", "removed", "waiting") == ["lw", "dl"]
    assert held("sent", "sent", "needs") == ["dl"]


def test_what_others_build_on_comes_first_though_it_was_entered_later(page: Page) -> None:
    order = page.evaluate(
        "async (all) => { const { inOrder } = await import('/static/offline/kinds.js');"
        " return inOrder(all).map((one) => one.id).join(''); }",
        [{"id": "l", "after": ["w", "v"]}, {"id": "w"}, {"id": "d", "after": ["l"]}, {"id": "v"}],
    )
    assert order == "wvld"
