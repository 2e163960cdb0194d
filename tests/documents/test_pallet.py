"""The label of a pallet: nothing on it is printed over anything else."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.documents.printed import needs_poppler
from traceability.documents.pallet import PalletSaid, pallet_label
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
    destination="China",
    for_china=True,
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
