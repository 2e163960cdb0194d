"""The words beside the bars of the lineage: cut to the room there is, and never a number."""

from __future__ import annotations

import pytest

from tests.documents import dossiers
from traceability.documents.lineage_picture import picture
from traceability.domain.flow import Band, Flow, Part
from traceability.web.lineage_words import cut, labels
from traceability.words import ntranslate


@pytest.mark.parametrize("language", ["en", "lo", "vi", "zh", "ar", "th", "ja", "fr"])
def test_a_picture_cuts_the_name_of_a_village_and_never_how_many_farms(language: str) -> None:
    part = Part("farms-1", "village", "ໜອງຫຼວງນ້ອຍ (Nong Luang Noi)", "", 11, 60_000, 1000, {})
    lot = Part("lot-7K3QX9MB", "lot", "LA-NL-2026-0001", "", 1, 60_000, 1000, {})
    drawn = picture(Flow((part,), (lot,), (Band(0, 0, 60_000),)), 60_000)
    said = next(labels(drawn, dossiers.coffee(), language)).first
    assert "ໜອງຫຼວງ" in said
    assert "…" in said
    assert said.endswith(" · " + ntranslate(language, "{n} farm", "{n} farms", 11))
    assert said.count("\u2068") == said.count("\u2069"), "the name is closed where it is cut"


def test_words_are_cut_by_how_wide_they_are() -> None:
    assert cut("Cooperative", 20) == "Cooperative"
    assert cut("波罗芬高原咖啡合作社", 10) == "波罗芬高原…"
    assert cut("ສະຫະກອນກາເຟພູພຽງ", 40) == "ສະຫະກອນກາເຟພູພຽງ"
