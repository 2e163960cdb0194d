"""What a scanned number means: the released batches of an article, of one of its lots, or behind a public code.

A batch that is not released is as unknown here as one that there never was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from traceability.commodities import commodity
from traceability.domain.dossier import Names, Status
from traceability.domain.gs1 import lot_keys
from traceability.domain.identifiers import IcoMark
from traceability.models import Batch, DigitalLink, Event, FarmerCard, Lot, Organisation, Pallet, Party, Report
from traceability.queries.coffee_marks import lots_marked
from traceability.queries.dossiers import UnknownBatch
from traceability.queries.holds import standing_still

MOST_BATCHES = 50  # of one article: the newest


@dataclass(frozen=True)
class Scanned:
    """A released batch as somebody sees it who only has its label."""

    code: str
    number: str
    own_number: str  # what the owner calls the lot, when that is another number
    brand: str
    product: Names
    issuer: Names
    packed_on: date | None
    demo: bool
    lot_id: int
    superseded: bool
    zone_minutes: int  # where it was made

    @property
    def numbers(self) -> list[str]:
        """Every number that may stand on the label, the most telling first."""
        return [number for number in (self.own_number, self.number) if number]


def batches_of_lot(session: Session, gtin: str, lot: str, org_id: int | None = None) -> list[Scanned]:
    """The released batches that say this article and this lot: none, one, or those of organisations that agree in
    both by accident or by mistake, the oldest first, or of one where one is named. `lot` as the label says it, in
    capitals or not.
    """
    wanted = _released(org_id).where(DigitalLink.gtin == gtin, DigitalLink.lot.in_(lot_keys(lot))).order_by(Batch.id)
    return _scanned(session, wanted)


def batches_of_article(session: Session, gtin: str, org_id: int | None = None) -> list[Scanned]:
    """The newest released batches of an article, of one organisation where one is named. Raises UnknownBatch."""
    # every batch has a link that says its public code, so that this one names each of them once
    found = _scanned(
        session,
        _released(org_id)
        .where(DigitalLink.gtin == gtin, DigitalLink.lot == Lot.code)
        .order_by(DigitalLink.batch_id.desc()),
    )
    if not found:
        raise UnknownBatch()
    return found


def batches_numbered(session: Session, number: str) -> list[Scanned]:
    """The released batches whose lot has this number: organisations count for themselves, so several may have it."""
    of_each = Lot.org_id.in_(select(Organisation.id))  # numbers are found within an organisation
    wanted = _batches().where(Batch.released_at.is_not(None), of_each, Lot.number == number)
    return _scanned(session, wanted.order_by(Batch.id))


def batches_marked(session: Session, mark: IcoMark) -> list[Scanned]:
    """The released batches whose bags have this coffee mark, the newest first."""
    marked = lots_marked(session, mark, Batch.released_at.is_not(None))[:MOST_BATCHES]
    return _scanned(session, _batches().where(Lot.id.in_(marked)).order_by(Batch.id.desc())) if marked else []


def batch_of_code(session: Session, code: str) -> Scanned:
    """The released batch with this public code. Raises UnknownBatch."""
    found = _scanned(session, _batches().where(Lot.code == code, Batch.released_at.is_not(None)))
    if not found:
        raise UnknownBatch()
    return found[0]


class Public(NamedTuple):
    """What a public code stands for. `of`: batch, pallet, report, receipt, card, or a lot that is no batch yet."""

    of: str
    code: str
    batch: str  # on which it stands, which it is about


def known_as(session: Session, code: str) -> Public | None:
    """What a public code stands for, as far as everybody may know it; a pallet or report only of a released batch."""
    released = (Batch.lot_id == Lot.id) & Batch.released_at.is_not(None)
    given = (Event.id == Lot.made_by_id) & (Event.kind == "weigh_in")
    pallet = select(literal("pallet"), Pallet.code, Lot.code).join(Lot, Lot.id == Pallet.lot_id).join(Batch, released)
    report = select(literal("report"), Report.code, Lot.code).join(Lot, Lot.id == Report.lot_id).join(Batch, released)
    receipt = select(literal("receipt"), Lot.code, literal("")).join(Event, given).where(Lot.kind == "delivery")
    card = select(literal("card"), Party.code, literal("")).where(Party.kind == "farmer")
    batch = select(literal("batch"), Lot.code, Lot.code).join(Batch, Batch.lot_id == Lot.id)
    lot = select(literal("lot"), Lot.code, literal(""))
    wanted = (
        batch.where(Lot.code == code),
        pallet.where(Pallet.code == code),
        report.where(Report.code == code),
        receipt.where(Lot.code == code),
        card.where(Party.code == code),
        select(literal("card"), FarmerCard.code, literal("")).where(FarmerCard.code == code),
        lot.where(Lot.code == code),
    )
    found = {row[0]: Public(*row) for row in session.execute(union_all(*wanted))}
    return next((found[of] for of in ("batch", "pallet", "report", "receipt", "card", "lot") if of in found), None)


def standing_of(session: Session, batches: Sequence[Scanned]) -> list[Status]:
    """How each of them stands now, in the same order."""
    stops = standing_still(session, [batch.lot_id for batch in batches])
    usual = {True: Status.SUPERSEDED, False: Status.RELEASED}
    return [stops.get(batch.lot_id, usual[batch.superseded]) for batch in batches]


def _batches() -> Select[Batch, Lot, Organisation]:
    return (
        select(Batch, Lot, Organisation)
        .join(Lot, Lot.id == Batch.lot_id)
        .join(Organisation, Organisation.id == Batch.org_id)
    )


def _released(org_id: int | None) -> Select[Batch, Lot, Organisation]:
    released = _batches().join(DigitalLink, DigitalLink.batch_id == Batch.id).where(Batch.released_at.is_not(None))
    return released if org_id is None else released.where(Batch.org_id == org_id)


def _scanned(session: Session, wanted: Select[Batch, Lot, Organisation]) -> list[Scanned]:
    rows = session.execute(wanted.limit(MOST_BATCHES)).all()
    return [
        Scanned(
            code=lot.code,
            number=lot.number,
            own_number=batch.marks.get("own_number", ""),
            brand=batch.marks.get("brand", ""),
            product=_product(lot),
            issuer=organisation.called,
            packed_on=batch.packed_on,
            demo=organisation.demo,
            lot_id=lot.id,
            superseded=bool(batch.superseded_by),
            zone_minutes=lot.zone_minutes,
        )
        for batch, lot, organisation in rows
    ]


def _product(lot: Lot) -> Names:
    form = commodity(lot.commodity).form(lot.form)
    return form.names if form else Names({"en": lot.form})
