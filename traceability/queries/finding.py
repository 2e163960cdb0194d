"""One box that finds anything of the organisation by code, number or name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.identifiers import code_in
from traceability.domain.roles import Actor
from traceability.domain.text import nfc, search_key
from traceability.models import Batch, Certificate, Event, Lot, Party, Plot, Posting, Registration, Transfer
from traceability.queries.farmers import farmers

MOST = 20


@dataclass(frozen=True)
class Hit:
    """One thing found. `of`: lot, batch, farmer, consignment, plot, partner, code, certificate or event."""

    of: str
    code: str  # of the page to open; of an event its lot's, of a plot its farmer's
    title: str
    note: str
    exact: bool


def find(session: Session, actor: Actor, asked: str) -> list[Hit]:
    """What fits `asked`, exact codes and numbers first. A foreign code and an unknown code are alike: no hit."""
    text = nfc(asked).upper()
    if not text:
        return []
    code = code_in(text)
    found = [
        *_lots(session, actor, text, code),
        *(_by_code(session, actor, code) if code else ()),
        *_farmers(session, actor, asked, code),
        *_partners(session, actor, asked, code),
        *_papers(session, actor, text),
    ]
    return sorted(found, key=lambda hit: not hit.exact)


def _lots(session: Session, actor: Actor, text: str, code: str) -> list[Hit]:
    named = or_(Lot.code == (code or text), Lot.number.contains(text, autoescape=True))
    rows = session.execute(
        select(Lot, Batch.id)
        .outerjoin(Batch, Batch.lot_id == Lot.id)
        .where(Lot.org_id == actor.org_id, named)
        .order_by(Lot.id.desc())
        .limit(MOST)
    )
    return [
        Hit("batch" if batch else "lot", lot.code, lot.number, lot.code, lot.code == code or lot.number == text)
        for lot, batch in rows
    ]


def _by_code(session: Session, actor: Actor, code: str) -> list[Hit]:
    """Consignments, entries and plots are known by their code only; each opens where it is told about."""
    found = []
    mine = or_(Transfer.org_id == actor.org_id, Transfer.to_org_id == actor.org_id)
    sent = session.scalar(select(Transfer.code).where(Transfer.code == code, mine))
    if sent is not None:
        found.append(Hit("consignment", sent, sent, "", True))
    event = session.scalars(select(Event).where(Event.org_id == actor.org_id, Event.code == code)).first()
    if event is not None:
        touched = select(Lot.code).join(Posting, Posting.lot_id == Lot.id).where(Posting.event_id == event.id)
        lot_code = session.scalar(touched.where(Lot.org_id == actor.org_id).order_by(Lot.id.desc()).limit(1))
        if lot_code is not None:
            found.append(Hit("event", lot_code, code, event.kind, True))
    for plot, farmer in session.execute(
        select(Plot.name, Party.code)
        .join(Party, Party.id == Plot.party_id)
        .where(Plot.org_id == actor.org_id, Plot.code == code)
    ):
        found.append(Hit("plot", farmer, plot, code, True))
    return found


def _farmers(session: Session, actor: Actor, asked: str, code: str) -> list[Hit]:
    rows, _ = farmers(session, actor, asked, size=MOST)
    bare = search_key(asked).lstrip("0")
    return [
        Hit("farmer", row.code, row.name, row.said, row.code == code or search_key(row.number).lstrip("0") == bare)
        for row in rows
    ]


def _partners(session: Session, actor: Actor, asked: str, code: str) -> list[Hit]:
    key = search_key(asked)
    if not key:
        return []
    rows = session.scalars(
        select(Party)
        .where(
            Party.org_id == actor.org_id,
            Party.kind != "farmer",
            or_(Party.name_key.contains(key, autoescape=True), Party.code == code),
        )
        .limit(MOST)
    )
    return [Hit("partner", row.code, row.name, row.kind, False) for row in rows]


def _papers(session: Session, actor: Actor, text: str) -> list[Hit]:
    codes = session.scalars(
        select(Registration.official_code)
        .where(
            Registration.org_id == actor.org_id, func.upper(Registration.official_code).contains(text, autoescape=True)
        )
        .limit(MOST)
    )
    found = [Hit("code", code, code, "", code.upper() == text) for code in codes]
    numbers = session.scalars(
        select(Certificate.number)
        .where(Certificate.org_id == actor.org_id, func.upper(Certificate.number).contains(text, autoescape=True))
        .limit(MOST)
    )
    return found + [Hit("certificate", number, number, "", number.upper() == text) for number in numbers]
