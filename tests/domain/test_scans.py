"""When a label was read too widely: copies are found and honest boxes are left alone (RELIABILITY T3, F12)."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from traceability.domain.scans import REASONS, Evidence, Limits, Reason, reasons_of

REPOSITORY = Path(__file__).resolve().parent.parent.parent
HOME = frozenset({"LA", "IT"})


def said(found: Evidence, serial: str = "A1", limits: Limits | None = None) -> tuple[Reason, ...]:
    return reasons_of(found, limits or Limits(), serial=serial, expected=HOME)


def reads(chance: random.Random, mean: float) -> int:
    """How many devices read something in a week that so many read on average: each of many people, by chance."""
    return sum(chance.random() < mean / 200 for _ in range(200))


@pytest.mark.parametrize(("copies", "least"), [(20, 0.85), (50, 0.95), (200, 1.0)])
def test_copies_that_are_read_once_a_week_each_are_found(copies: int, least: float) -> None:
    chance = random.Random(copies)
    found = [said(Evidence(devices=sum(reads(chance, 1) for _ in range(copies)))) for _ in range(200)]

    assert sum(Reason.DEVICES in reasons for reasons in found) / len(found) >= least


def test_honest_boxes_are_left_alone() -> None:
    """A household reads a box twice a week; one in twenty stands open in a shop where six customers do."""
    chance = random.Random(1)
    flagged = sum(bool(said(Evidence(devices=reads(chance, 6 if box % 20 == 0 else 2)))) for box in range(20_000))

    assert flagged / 20_000 <= 0.001


def test_places_count_for_a_label_and_not_for_a_batch() -> None:
    countries = {"LA": 100, "IT": 300, "": 900}
    assert said(Evidence(devices=1300, countries=countries, languages=dict.fromkeys("abcd", 1)), serial="") == ()
    assert said(Evidence(devices=3, countries={"LA": 1, "IT": 1, "": 1})) == ()
    assert said(Evidence(devices=3, countries={"LA": 1, "IT": 1, "DE": 1})) == (Reason.COUNTRIES,)
    assert said(Evidence(devices=4, languages=dict.fromkeys("abcd", 1))) == (Reason.LANGUAGES,)


def test_a_few_readers_abroad_or_late_are_chance_and_more_are_not() -> None:
    assert said(Evidence(devices=2, countries={"CN": 2}, late=2, unprinted=2)) == ()
    assert said(Evidence(devices=3, countries={"CN": 3}, late=3)) == (Reason.ELSEWHERE, Reason.LATE)
    assert said(Evidence(devices=12, countries={"CN": 12}, late=12, unprinted=3), serial="") == (Reason.UNPRINTED,)
    nowhere = reasons_of(Evidence(devices=3, countries={"CN": 3}), Limits(), serial="A1", expected=frozenset())
    assert nowhere == ()


def test_nobody_is_told_that_anything_is_fake() -> None:
    """An honest label that was photographed and passed on looks the same as one that was copied."""
    told = [path.read_text("utf-8") for path in (REPOSITORY / "templates").rglob("*.html")] + list(REASONS.values())
    assert not [text for text in told if re.search(r"fake|counterfeit|forged", text, re.IGNORECASE)]
