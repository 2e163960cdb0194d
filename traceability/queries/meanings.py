"""What a typed code or number stands for: on the machine itself whoever owns it, for an organisation only its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.identifiers import MistypedCode, NotACode, read_code
from traceability.domain.moments import day_number
from traceability.domain.text import nfc
from traceability.errors import Conflict, NoSuchFacility, NotFound, NotSealed
from traceability.models import Batch, Facility, Lot, Party, Plot
from traceability.queries.edges import ALWAYS, Days
from traceability.queries.lineage import deliveries_of_farmer, deliveries_of_plot, lots_by_id


class Meaning(StrEnum):
    """The things that a trace can start from."""

    LOT = "lot"  # a batch is one
    FARMER = "farmer"
    PLOT = "plot"


class NothingMeant(NotFound):
    """Nothing here is called {typed}. Check the last characters, or type the number of the lot as it is printed."""


class SeveralMeant(Conflict):
    """{typed} stands for several things. Type the code of one of them: {codes}."""


class EndsHere(Conflict):
    """{typed} is where fruit comes from: there is nothing behind it. Trace forward from it instead."""


@dataclass(frozen=True)
class Meant:
    """What was typed, and the lots it stands for: itself, or what the farmer or the plot delivered."""

    meaning: Meaning
    code: str
    number: str
    lots: Sequence[Lot]


def meant_by(session: Session, typed: str, org_id: int | None = None) -> Meant:
    """The lot, batch, farmer or plot behind a public code or a number; with `org_id`, of that organisation only.

    Raises MistypedCode, NothingMeant, or SeveralMeant for a number that two organisations use.
    """
    number = nfc(typed)
    slip: NotACode | MistypedCode | None = None
    try:
        code = read_code(typed)
    except (NotACode, MistypedCode) as found:
        code, slip = "", found
    rows: list[Lot | Party | Plot] = []
    rows += session.scalars(select(Lot).where((Lot.code == code) | (Lot.number == number.upper())))
    rows += session.scalars(
        select(Party).where(Party.kind == "farmer", (Party.code == code) | (Party.number == number))
    )
    rows += session.scalars(select(Plot).where(Plot.code == code))
    meant = [row for row in rows if org_id in (None, row.org_id)]
    if not meant:
        raise slip if isinstance(slip, MistypedCode) else NothingMeant(typed=number)
    if len(meant) > 1:
        raise SeveralMeant(typed=number, codes=", ".join(sorted(row.code for row in meant)))
    return _with_lots(session, meant[0])


def lot_meant_by(session: Session, typed: str, org_id: int | None = None) -> Lot:
    """The one lot or batch behind a code or number. Raises EndsHere for a farmer or a plot, and as `meant_by`."""
    meant = meant_by(session, typed, org_id)
    if meant.meaning is not Meaning.LOT:
        raise EndsHere(typed=meant.number or meant.code)
    return meant.lots[0]


def batch_meant_by(session: Session, typed: str) -> str:
    """The public code of the batch behind a code or lot number. Raises NotSealed, and as `lot_meant_by`."""
    lot = lot_meant_by(session, typed)
    if session.scalars(select(Batch.id).where(Batch.lot_id == lot.id)).first() is None:
        raise NotSealed(batch=lot.number)
    return lot.code


def sources_meant(
    session: Session, typed: Sequence[str], place: str = "", days: Days = ALWAYS, org_id: int | None = None
) -> list[Lot]:
    """The lots to trace forward from: those of several codes, and everything made at a place on the given days.

    Raises as `meant_by`, and NoSuchFacility.
    """
    found = {lot.id: lot for code in typed for lot in meant_by(session, code, org_id).lots}
    if place:
        found.update({lot.id: lot for lot in _made_at(session, _place_meant(session, place, org_id), days)})
    return [found[key] for key in sorted(found)]


def _place_meant(session: Session, typed: str, org_id: int | None) -> Facility:
    named = nfc(typed).upper()
    rows = session.scalars(select(Facility).where((Facility.code == named) | (Facility.prefix == named)))
    places = [place for place in rows if org_id in (None, place.org_id)]
    if not places:
        raise NoSuchFacility(code=nfc(typed), at="place")
    if len(places) > 1:
        raise SeveralMeant(typed=nfc(typed), codes=", ".join(sorted(place.code for place in places)))
    return places[0]


def _made_at(session: Session, place: Facility, days: Days) -> Iterator[Lot]:
    rows = session.scalars(
        select(Lot).where(Lot.org_id == place.org_id, Lot.facility_id == place.id, Lot.void.is_(False))
    )
    return (lot for lot in rows if days.first <= day_number(lot.made_at, lot.zone_minutes) <= days.last)


def _with_lots(session: Session, row: Lot | Party | Plot) -> Meant:
    if isinstance(row, Lot):
        return Meant(Meaning.LOT, row.code, row.number, [row])
    if isinstance(row, Party):
        found, meaning, number = deliveries_of_farmer(session, row.id), Meaning.FARMER, row.number
    else:
        found, meaning, number = deliveries_of_plot(session, row.id), Meaning.PLOT, ""
    return Meant(meaning, row.code, number, sorted(lots_by_id(session, found).values(), key=lambda lot: lot.id))
