"""The certificate of goods that nothing stops, and that a reader has to know more of: a band for each doubt."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest

from tests.documents import dossiers
from tests.documents.printed import needs_poppler, text_of
from tests.documents.test_certificate import SAMPLES, paper
from traceability.domain.dossier import Dossier, Measurement, Names, RegistrationMark, Standing

FAILED = Measurement("cadmium", "4.2", "mg/kg", date(2026, 11, 20), "", "", False, "LA-NL-2026-0073")


def doubted(dossier: Dossier) -> Dossier:
    """The same with a result that failed, and a packing house that was suspended on the day of packing."""
    code = RegistrationMark("packing_house", "LA-PH-9", Names({"en": "House"}), Standing.SUSPENDED)
    others = tuple(one for one in dossier.registrations if one.scheme != "packing_house")
    return replace(dossier, failed=(FAILED,), registrations=(*others, code))


@needs_poppler
def test_what_failed_and_what_was_suspended_stand_on_the_paper(tmp_path: Path) -> None:
    said = text_of(paper(doubted(dossiers.durian())), tmp_path).replace("\xa0", " ")
    for words in ("A test result failed.", "Cadmium 4.2 mg/kg, LA-NL-2026-0073", "suspended on the day of packing"):
        assert words in said
    assert "A test result failed" not in text_of(paper(dossiers.durian()), tmp_path)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_bands_leave_the_front_page_one_page(sample: Callable[[], Dossier]) -> None:
    plain, loud = (len(pypdf.PdfReader(io.BytesIO(paper(one))).pages) for one in (sample(), doubted(sample())))
    assert loud <= max(plain, 2)
