"""What a receiver says about somebody else's recall, and in which language one was probably typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from traceability.domain.facts import Fact

# Where the language of a page was not kept: the one language in which a country's offices write. Others have several.
SPOKEN_IN: Final[Mapping[str, str]] = {"LA": "lo", "VN": "vi", "TH": "th", "CN": "zh", "JP": "ja", "FR": "fr"}


@dataclass(frozen=True, kw_only=True)
class AcknowledgeRecall(Fact):
    """An organisation that has goods of a recall knows of it; `note` says what it does about them."""

    recall: str
