"""Any code on a box, over every organisation that is read: what it is and whose. People are not named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.copied import Copied, read_copied
from traceability.domain.dossier import Status
from traceability.domain.moments import day_of
from traceability.models import Batch, Certificate, Facility, Lot, Registration, Transfer
from traceability.queries.authority import Seen
from traceability.queries.holds import standing_still
from traceability.queries.labelled import Labelled, labelled, seal_is
from traceability.queries.standings import status_of

MOST = 50


@dataclass(frozen=True)
class Found:
    """One thing found. `of`: batch, lot, delivery, consignment, place, code or certificate."""

    of: str
    org_id: int
    code: str
    number: str
    commodity: str = ""
    form: str = ""
    mass_g: int | None = None
    on: date | None = None
    status: Status | None = None
    public: bool = False  # its page is open to everybody
    by: Labelled | None = None  # what of its labels and papers it was found by


def find(session: Session, seen: Seen, asked: str) -> list[Found]:
    """What fits a code or number as it is printed. Of those who are not read there is nothing to find."""
    copied = read_copied(asked)
    return [*_lots(session, seen, copied), *_others(session, seen, copied)] if copied.text else []


def _lots(session: Session, seen: Seen, copied: Copied) -> list[Found]:
    said = labelled(session, seen.own, copied)
    named = or_(Lot.code == (copied.code or copied.text), Lot.number == copied.text, Lot.id.in_(said))
    rows = session.execute(
        select(Lot, Batch)
        .outerjoin(Batch, Batch.lot_id == Lot.id)
        .where(seen.own(Lot.org_id), named)
        .order_by(Lot.id.desc())
        .limit(MOST)
    ).all()
    stops = standing_still(session, [lot.id for lot, _ in rows]) if rows else {}
    return [
        Found(
            of="batch" if batch else "delivery" if lot.kind == "delivery" else "lot",
            org_id=lot.org_id,
            code=lot.code,
            number=lot.number,
            commodity=lot.commodity,
            form=lot.form,
            mass_g=lot.made_g,
            on=day_of(lot.made_at, lot.zone_minutes),
            status=status_of(batch, stops.get(lot.id)) if batch else stops.get(lot.id),
            public=batch is not None and batch.released_at is not None,
            by=said.get(lot.id),
        )
        for lot, batch in rows
    ]


def _others(session: Session, seen: Seen, copied: Copied) -> list[Found]:
    text, code = copied.text, copied.code
    loads = select(Transfer).where(
        seen.own(Transfer.org_id), or_(Transfer.code == code, seal_is(Transfer.seal, copied))
    )
    found = [Found("consignment", row.org_id, row.code, row.code) for row in session.scalars(loads.limit(MOST))]
    places = select(Facility).where(seen.own(Facility.org_id), or_(Facility.code == code, Facility.prefix == text))
    found += [Found("place", row.org_id, row.code, row.name) for row in session.scalars(places.limit(MOST))]
    codes = select(Registration).where(
        seen.own(Registration.org_id), func.upper(Registration.official_code).contains(text, autoescape=True)
    )
    found += [Found("code", row.org_id, "", row.official_code) for row in session.scalars(codes.limit(MOST))]
    papers = select(Certificate).where(
        seen.own(Certificate.org_id), func.upper(Certificate.number).contains(text, autoescape=True)
    )
    return found + [Found("certificate", row.org_id, "", row.number) for row in session.scalars(papers.limit(MOST))]
