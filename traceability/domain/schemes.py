"""The words for schemes: what official codes are of, and what claims are made under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from traceability.words import N_

REGISTRATION_SCHEMES: Final[Mapping[str, str]] = {
    "growing_area": N_("Growing-area code"),
    "packing_house": N_("Packing-house code"),
    "ico_exporter": N_("ICO exporter number"),
    "establishment": N_("Establishment number"),
}
CLAIM_SCHEMES: Final[Mapping[str, str]] = {
    "organic": N_("Organic"),
    "fair_trade": N_("Fair trade"),
    "gap": N_("Good agricultural practice (GAP)"),
    "deforestation_free": N_("Deforestation-free"),
    "aquaculture": N_("Responsible aquaculture"),
}


def scheme_words(scheme: str) -> str:
    """The msgid of a scheme; one that nobody declared is a name already, its underscores read as spaces."""
    known = REGISTRATION_SCHEMES.get(scheme) or CLAIM_SCHEMES.get(scheme)
    return known or (scheme.replace("_", " ").strip().capitalize() if "_" in scheme else scheme)
