"""Chain-of-custody models of ISO 22095 and what a claim may still say after mixing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from traceability.domain.dossier import Standing
from traceability.errors import Sentence
from traceability.words import N_


class Custody(StrEnum):
    """From the strictest to the loosest. Book and claim follows no goods, so no lot ever carries it."""

    IDENTITY_PRESERVED = "identity_preserved"
    SEGREGATED = "segregated"
    CONTROLLED_BLENDING = "controlled_blending"
    MASS_BALANCE = "mass_balance"


CUSTODY_NAMES: Mapping[Custody, str] = {
    Custody.IDENTITY_PRESERVED: N_("Identity preserved"),
    Custody.SEGREGATED: N_("Segregated"),
    Custody.CONTROLLED_BLENDING: N_("Controlled blending"),
    Custody.MASS_BALANCE: N_("Mass balance"),
}

# How the goods themselves were kept. What may be said of them goes by their certificate, which may count less strictly.
CUSTODY_OF_GOODS: Mapping[Custody, str] = {
    Custody.IDENTITY_PRESERVED: N_("Of one origin, and kept by themselves."),
    Custody.SEGREGATED: N_("Kept apart from goods of unknown origin."),
    Custody.CONTROLLED_BLENDING: N_("Blended in known shares."),
    Custody.MASS_BALANCE: N_("Perhaps mixed with goods of unknown origin: only amounts are counted."),
}

_STRICTEST_FIRST = tuple(Custody)


def weakest(models: Iterable[Custody]) -> Custody:
    """The model of a mix: the loosest of its parts (STANDARDS H). Segregated when nothing is given."""
    found = [_STRICTEST_FIRST.index(model) for model in models]
    return _STRICTEST_FIRST[max(found)] if found else Custody.SEGREGATED


def of_mix(models: Sequence[Custody], origins: int) -> Custody:
    """The model after joining lots: identity preserved cannot survive a second origin."""
    model = weakest(models)
    return Custody.SEGREGATED if model is Custody.IDENTITY_PRESERVED and origins > 1 else model


@dataclass(frozen=True)
class Part:
    """One origin's grams in a batch, and whether the claim's evidence covered it on the day it was delivered."""

    mass_g: int
    covered: bool
    origin: str = ""


@dataclass(frozen=True)
class Survival:
    """What is left of a claim: `holds` for the whole batch, or `in_part` for the grams covered and no others; and the
    sentence to print, which says the same."""

    holds: bool
    in_part: bool
    covered_g: int
    mass_g: int
    sentence: Sentence


_LOST = N_("Mixed with goods that are not certified: the claim is lost.")

# by model: all of it is covered, or only a part; where the goods are followed a part is nothing
_SENTENCES: Mapping[Custody, tuple[str, str]] = {
    Custody.IDENTITY_PRESERVED: (
        N_("All of it comes from one certified origin."),
        N_("Not one single certified origin: the claim is lost."),
    ),
    Custody.SEGREGATED: (N_("Every origin is certified."), _LOST),
    Custody.CONTROLLED_BLENDING: (
        N_("Every origin is certified."),
        N_("A blend: {covered_g} of {mass_g} are certified. Say it of this share only, and name the share."),
    ),
    Custody.MASS_BALANCE: (
        N_("Certified by mass balance, which allows mixing: all of it may be sold as certified."),
        N_(
            "Certified by mass balance, which allows mixing: {covered_g} of {mass_g} may be sold as certified, no more."
        ),
    ),
}


def survive(model: Custody, parts: Sequence[Part]) -> Survival:
    """Apply the rule of `model` to the parts of a batch. A claim survives only by its rule (DESIGN invariant 7).

    identity preserved: one origin, covered. segregated: every part covered; one of which less than half a gram is left
    still counts, because it is in there. controlled blending: the covered share is stated. mass balance: the covered
    grams may be sold as such, not the others. Both are about grams, so they hold for the whole when all are covered.
    """
    mass = sum(part.mass_g for part in parts)
    covered = sum(part.mass_g for part in parts if part.covered)
    by_grams = model in (Custody.CONTROLLED_BLENDING, Custody.MASS_BALANCE)
    holds = mass > 0 and (covered == mass if by_grams else all(part.covered for part in parts))
    if model is Custody.IDENTITY_PRESERVED:
        holds = holds and len({part.origin for part in parts}) == 1
    in_part = by_grams and 0 < covered < mass
    whole, otherwise = _SENTENCES[model]
    said = whole if holds else otherwise if covered or model is Custody.IDENTITY_PRESERVED else _LOST
    return Survival(holds, in_part, covered, mass, Sentence(said, {"covered_g": covered, "mass_g": mass}))


def standing(
    on: date,
    valid_from: date | None,
    valid_to: date | None,
    suspensions: Sequence[tuple[date, date | None]] = (),
    *,
    soon_days: int = 30,
) -> Standing:
    """How a certificate or registration stands on a day. Both ends count as valid days; `soon_days` before the end
    it is expiring. A suspension without an end is still running."""
    if any(start <= on and (end is None or on <= end) for start, end in suspensions):
        return Standing.SUSPENDED
    if valid_from is not None and on < valid_from:
        return Standing.NOT_YET
    if valid_to is not None and on > valid_to:
        return Standing.EXPIRED
    if valid_to is not None and (valid_to - on).days <= soon_days:
        return Standing.EXPIRING
    return Standing.VALID


STANDS = frozenset({Standing.VALID, Standing.EXPIRING})
