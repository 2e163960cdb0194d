"""Cartons of one orchard for China: numbered labels, some of them smeared, and two pallets."""

from __future__ import annotations

from datetime import date
from typing import Final

from traceability.demo.telling import House, Stock
from traceability.domain.gs1 import with_check_digit
from traceability.domain.labelling import CARTON, BuildPallet, PrintLabels, SetGs1, VoidLabels
from traceability.operations.gs1 import set_gs1
from traceability.operations.labels import print_labels, void_labels
from traceability.operations.pallets import build_pallet

# GS1 keeps numbers that begin with 950600 for examples: no goods in any shop have one.
_COMPANY_PREFIX: Final = "9506000"
GTIN: Final = with_check_digit("0950600040404")
_GLN: Final = with_check_digit("950600040404")
_GLN_OF_HOUSE: Final = with_check_digit("950600040405")
_ON_PALLET: Final = 48


def tell_numbers(house: House) -> None:
    """The GS1 numbers of the organisation, and of the place where it packs."""
    day = date(2026, 1, 13)
    own = SetGs1(**house.when(day, 9), gln=_GLN, company_prefix=_COMPANY_PREFIX)
    place = SetGs1(**house.when(day, 9, 30), facility="CD", gln=_GLN_OF_HOUSE)
    house.tell_all("", set_gs1, [own, place])


def tell_labels(house: House, who: str, day: date, batch: Stock) -> None:
    """Labels for the cartons of two pallets; three came out smeared, and the pallets were built."""
    last = 2 * _ON_PALLET
    run = PrintLabels(**house.when(day, 10), batch=batch.code, first=1, last=last, of=batch.count, layout=CARTON)
    done = house.tell(who, print_labels, run)
    smeared = VoidLabels(
        **house.when(day, 11), run=done["run"], first=last - 5, last=last - 3, reason="The ribbon ran out: smeared."
    )
    house.tell(who, void_labels, smeared)
    pallets = [
        BuildPallet(**house.when(day, 14), batch=batch.code, first=start, last=start + _ON_PALLET - 1)
        for start in (1, _ON_PALLET + 1)
    ]
    house.tell_all(who, build_pallet, pallets)
