"""Farmer cards: who, whose, a readable code, and nothing that a finder should not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.printed import codes_in, needs_poppler, picture_of, text_of
from traceability.documents.farmer_card import CARDS, FarmerCard, TooManyCards, farmer_cards

SITE = "https://trace.example.la"
KHAM = FarmerCard("7K3QX9ME", "0417", "ຄຳ ສຸກສະຫວັນ", "ບ້ານ ຫຼັກ 30")
DAO = FarmerCard("8M4RY2NF", "0233", "Nguyễn Thị Đào", "Bản Cò Nòi")
LONG = FarmerCard("9N5SZ3PG", "KAYSONE-PHOMVIHANE-0001", "Amina bint Salim of the very long family name", "V" * 60)


def cards(*some: FarmerCard, sheet: str = "a4_cards", language: str = "en") -> bytes:
    organisation = "ສະຫະກອນ ກາເຟ ບໍລະເວນ"
    return farmer_cards(
        some, organisation=organisation, phone="+856 31 000 000", public_url=SITE, sheet=sheet, language=language
    )


@needs_poppler
@pytest.mark.parametrize("sheet", CARDS)
@pytest.mark.parametrize("language", ["en", "lo"])
def test_a_card_says_whose_it_is_and_is_read_by_a_camera(sheet: str, language: str, tmp_path: Path) -> None:
    pdf = cards(KHAM, DAO, LONG, sheet=sheet, language=language)
    said = text_of(pdf, tmp_path)
    for card in (KHAM, DAO):
        assert card.village in said
    for card in (KHAM, DAO, LONG):
        assert card.number in said
        assert card.name in said
    assert said.count("ສະຫະກອນ ກາເຟ ບໍລະເວນ") >= 6  # on top, and where a finder returns it to
    assert "+856 31 000 000" in said
    first = codes_in(picture_of(pdf, tmp_path, 203))
    expected = [f"HTTPS://TRACE.EXAMPLE.LA/F/{card.code}" for card in (KHAM, DAO, LONG)]
    assert first == expected[: len(first)]
    assert len(first) == (3 if sheet == "a4_cards" else 1)


def test_eleven_cards_take_a_second_sheet_and_too_many_are_refused() -> None:
    assert cards(*[KHAM] * 11) == cards(*[KHAM] * 11)
    with pytest.raises(TooManyCards, match="501 cards"):
        cards(*[KHAM] * 501)
    with pytest.raises(TooManyCards, match="0 cards"):
        cards()
