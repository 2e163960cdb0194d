"""The label of a pallet: nothing on it is printed over anything else."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.documents import dossiers
from tests.documents.printed import needs_poppler, squeezed, text_of
from traceability.documents.carton import CHINA
from traceability.documents.pallet import PalletSaid, pallet_label, said_on_pallet
from traceability.words import LANGUAGES, translate

SAID = PalletSaid(
    code="2G9CBSHM",
    sscc="095060000000000022",
    number="LA-PX-2026-0012",
    issuer="Hợp tác xã nông nghiệp hữu cơ cao nguyên Bolaven và Paksong",
    goods="Durian · Monthong · A",
    first=1,
    last=40,
    unit="box",
    net_g=720_000,
    destination="JP",
    for_china=False,
    demo=True,
)


@needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_mark_stands_beside_no_name(language: str, tmp_path: Path) -> None:
    path = tmp_path / "pallet.pdf"
    path.write_bytes(pallet_label(SAID, public_url="https://trace.example.la", language=language))
    found = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True).stdout.decode()
    words = [
        (float(top), float(bottom), word)
        for top, bottom, word in re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]+)<', found)
    ]
    demo = translate(language, "DEMO").split()
    foot = max(bottom for _, bottom, word in words if word in demo)
    name = min(top for top, _, word in words if word in SAID.issuer.split())
    assert foot <= name + 4, "one may stand close above the other, not over it"  # boxes are higher than letters


@needs_poppler
@pytest.mark.parametrize("language", ["lo", "zh", "en"])
def test_fruit_for_china_is_said_in_english_and_chinese_whoever_prints_it(language: str, tmp_path: Path) -> None:
    said = said_on_pallet(
        dossiers.durian(),
        language,
        code="2G9CBSHM",
        sscc="095060000000000022",
        boxes=(1, 40),
        net_g=720_000,
        fruit=True,
        warning="This lot is on hold. Do not sell it yet.",
    )
    words = squeezed(text_of(pallet_label(said, public_url="https://trace.example.la", language=language), tmp_path))
    for part in ("Fresh durian", "鲜榴莲", "Boxes 1 to 40", "第 1 至 40 箱", "Net 720 kg", *CHINA,
                 "Champa Fruit Packing", "This lot is on hold"):  # fmt: skip
        assert squeezed(part) in words, part
    assert not re.search("[\u0e80-\u0eff]", words), "nothing in Lao"


@needs_poppler
def test_a_pallet_of_coffee_says_bags(tmp_path: Path) -> None:
    said = said_on_pallet(dossiers.coffee(), "en", code="7K3QX9MB", sscc="", boxes=(1, 20), net_g=None, fruit=False)
    words = text_of(pallet_label(said, public_url="https://trace.example.la"), tmp_path)
    assert "Bags 1 to 20" in words.replace("\xa0", " ")
    assert "Box" not in words
