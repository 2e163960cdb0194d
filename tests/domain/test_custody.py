"""What may still be said of goods after mixing, and whether a paper stands on a day."""

from __future__ import annotations

from datetime import date

import pytest

from traceability.domain.custody import STANDS, Custody, Part, of_mix, standing, survive, weakest
from traceability.domain.dossier import Standing

IP, SG, CB, MB = Custody
AMINA, AMINA_TOO = Part(60, True, "amina"), Part(40, True, "amina")
BOUNMY, SIDA = Part(40, True, "bounmy"), Part(40, False, "sida")


def test_a_mix_is_as_strict_as_its_loosest_part() -> None:
    assert weakest([IP, SG]) is SG
    assert weakest([MB, IP, CB]) is MB
    assert weakest([]) is SG


def test_identity_is_lost_with_the_second_origin() -> None:
    assert of_mix([IP, IP], 1) is IP
    assert of_mix([IP, IP], 2) is SG
    assert of_mix([CB, IP], 1) is CB


@pytest.mark.parametrize(
    ("model", "parts", "holds", "covered"),
    [
        (IP, (AMINA, AMINA_TOO), True, 100),
        (IP, (AMINA, BOUNMY), False, 100),
        (IP, (SIDA,), False, 0),
        (SG, (AMINA, BOUNMY), True, 100),
        (SG, (AMINA, SIDA), False, 60),
        (CB, (AMINA, SIDA), False, 60),
        (MB, (AMINA, SIDA), False, 60),
        (MB, (AMINA, BOUNMY), True, 100),
        (SG, (), False, 0),
        (SG, (Part(0, True, "amina"),), False, 0),
        (SG, (AMINA, Part(0, False, "sida")), False, 60),
        (MB, (AMINA, Part(0, False, "sida")), True, 60),
        (CB, (AMINA, BOUNMY), True, 100),
        (MB, (SIDA, Part(0, True, "amina")), False, 0),
    ],
)
def test_a_claim_survives_only_by_its_rule(model: Custody, parts: tuple[Part, ...], holds: bool, covered: int) -> None:
    survival = survive(model, parts)
    assert (survival.holds, survival.covered_g, survival.mass_g) == (holds, covered, sum(p.mass_g for p in parts))
    assert survival.in_part == (model in (CB, MB) and not holds and covered > 0)


def test_what_is_said_of_a_claim_never_speaks_against_how_it_stands() -> None:
    """Lost, for a part, or for the whole: the sentence says the same as the badge above it."""
    for model in Custody:
        for parts in ((AMINA, AMINA_TOO), (AMINA, BOUNMY), (AMINA, SIDA), (SIDA,)):
            survival = survive(model, parts)
            said = survival.sentence.text
            assert ("the claim is lost" in said) == (not survival.holds and not survival.in_part), (model, said)
            assert ("{covered_g} of {mass_g}" in said) == survival.in_part, (model, said)


FROM, TO = date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 12, 31), Standing.NOT_YET),
        (date(2026, 1, 1), Standing.VALID),
        (date(2026, 11, 30), Standing.VALID),
        (date(2026, 12, 1), Standing.EXPIRING),
        (date(2026, 12, 31), Standing.EXPIRING),
        (date(2027, 1, 1), Standing.EXPIRED),
        (date(2026, 6, 1), Standing.SUSPENDED),
        (date(2026, 6, 10), Standing.SUSPENDED),
        (date(2026, 6, 11), Standing.VALID),
    ],
)
def test_both_ends_of_a_paper_are_days_on_which_it_stands(on: date, expected: Standing) -> None:
    assert standing(on, FROM, TO, [(date(2026, 6, 1), date(2026, 6, 10))]) is expected


def test_a_suspension_without_an_end_still_runs_and_a_paper_without_an_end_stands() -> None:
    assert standing(date(2030, 1, 1), None, None) is Standing.VALID
    assert standing(date(2030, 1, 1), FROM, None, [(date(2026, 6, 1), None)]) is Standing.SUSPENDED
    assert {Standing.VALID, Standing.EXPIRING} == STANDS
