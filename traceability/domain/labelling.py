"""Labels that were printed, boxes on pallets, and the GS1 numbers of an organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from traceability.domain.facts import Fact
from traceability.domain.gs1 import with_check_digit
from traceability.words import N_

MOST_LABELS: Final = 10_000  # of one run
CARTON: Final = "carton"  # the layout of fruit for China, beside the names of label stock

_BODY: Final = 17  # digits of a pallet number (SSCC) before its check digit


@dataclass(frozen=True, kw_only=True)
class PrintLabels(Fact):
    """Labels with a serial each, for the boxes `first` to `last` of `of`."""

    batch: str
    first: int
    last: int
    of: int
    layout: str


@dataclass(frozen=True, kw_only=True)
class VoidLabels(Fact):
    """Labels of a run that were never stuck on, or lost: whoever scans one is told."""

    run: str
    first: int
    last: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class VoidSerial(Fact):
    """The one label of a batch with this serial does not count."""

    batch: str
    serial: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class BuildPallet(Fact):
    """The boxes `first` to `last` of a batch stand on one pallet."""

    batch: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class BreakPallet(Fact):
    """The boxes of a pallet stand by themselves again; its number is never given to another."""

    pallet: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SetGs1(Fact):
    """The GS1 numbers of the organisation, or of one of its places."""

    facility: str = ""  # empty: of the organisation
    gln: str = ""
    company_prefix: str = ""  # of the organisation only


LABEL_SHEET: Final = N_("Fruit carton for China, 100 × 150 mm")


def sscc_of(company_prefix: str, count: int) -> str:
    """The `count`-th pallet number of a company, from 0: extension digit, prefix, reference, check digit.

    Raises ValueError when the company has given out all of them.
    """
    room = _BODY - 1 - len(company_prefix)
    extension, reference = divmod(count, 10**room)
    if extension > 9:
        raise ValueError("all pallet numbers of this company are given out")
    return with_check_digit(f"{extension}{company_prefix}{reference:0{room}d}")
