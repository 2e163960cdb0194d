"""What the software knows about goods: one file per commodity, found by looking into this folder.

A new commodity is one new file that says `COMMODITY = Commodity(...)`; files with a leading underscore are shared.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from traceability.commodities._outturn import ImpossibleMoisture, dried_mass, outturn_finding
from traceability.commodities._quality import Span, span_of, within
from traceability.commodities._shape import (
    Band,
    Bearing,
    Choice,
    Commodity,
    Confidence,
    Evidence,
    Form,
    IntakeField,
    Package,
    Per,
    QualityLimit,
    Season,
    Step,
    TradeUnit,
    Yield,
)
from traceability.commodities._vocabulary import (
    ADDITIONS,
    LABEL_FIELDS,
    LOSSES,
    NEEDS_READER,
    UNITS,
    VERBS,
)
from traceability.errors import NotFound

__all__ = [
    "ADDITIONS",
    "COMMODITIES",
    "LABEL_FIELDS",
    "LOSSES",
    "NEEDS_READER",
    "UNITS",
    "VERBS",
    "Band",
    "Bearing",
    "Choice",
    "Commodity",
    "Confidence",
    "Evidence",
    "Form",
    "ImpossibleMoisture",
    "IntakeField",
    "Package",
    "Per",
    "QualityLimit",
    "Season",
    "Span",
    "Step",
    "TradeUnit",
    "UnknownCommodity",
    "Yield",
    "commodity",
    "dried_mass",
    "outturn_finding",
    "span_of",
    "within",
]


class UnknownCommodity(NotFound):
    """There is no commodity called {key} here. Choose one from the list."""


def _found() -> Mapping[str, Commodity]:
    """Every commodity file of this folder, by key, in the order of the file names."""
    modules = (
        import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    )
    return MappingProxyType({module.COMMODITY.key: module.COMMODITY for module in modules})


COMMODITIES: Final[Mapping[str, Commodity]] = _found()


def commodity(key: str) -> Commodity:
    """The commodity called `key`. Raises UnknownCommodity."""
    try:
        return COMMODITIES[key]
    except KeyError:
        raise UnknownCommodity(key=key) from None
