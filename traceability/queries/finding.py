"""One box that finds anything of the organisation by code, number or name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.copied import Copied, read_copied
from traceability.domain.roles import Actor
from traceability.domain.text import search_key
from traceability.models import Batch, Certificate, Event, Lot, Party, Plot, Posting, Registration, Transfer
from traceability.queries.farmers import farmers
from traceability.queries.labelled import Labelled, labelled, seal_is

MOST = 20


@dataclass(frozen=True)
class Hit:
    """One thing found. `of`: lot, batch, paper, pallet, box, farmer, consignment, plot, partner, code,
    certificate or event.
    """

    of: str
    code: str  # of the page to open; of an event its lot's, of a plot its farmer's
    title: str
    note: str
    exact: bool
    beside: str = ""  # number of the paper or the box


def find(session: Session, actor: Actor, asked: str) -> list[Hit]:
    """What fits `asked`, exact codes and numbers first. A foreign code and an unknown code are alike: no hit."""
    copied = read_copied(asked)
    text, code = copied.text, copied.code
    if not text:
        return []
    found = [
        *_lots(session, actor, copied),
        *_consignments(session, actor, copied),
        *(_by_code(session, actor, code) if code else ()),
        *_farmers(session, actor, asked, code),
        *_partners(session, actor, asked, code),
        *_papers(session, actor, text),
    ]
    return sorted(found, key=lambda hit: not hit.exact)


def _lots(session: Session, actor: Actor, copied: Copied) -> list[Hit]:
    said = labelled(session, lambda column: column == actor.org_id, copied)
    named = or_(Lot.code == (copied.code or copied.text), Lot.number.contains(copied.text, autoescape=True))
    rows = session.execute(
        select(Lot, Batch.id)
        .outerjoin(Batch, Batch.lot_id == Lot.id)
        .where(Lot.org_id == actor.org_id, or_(named, Lot.id.in_(said)))
        .order_by(Lot.id.desc())
        .limit(MOST)
    )
    return [_lot(lot, batch is not None, said.get(lot.id), copied) for lot, batch in rows]


def _lot(lot: Lot, batch: bool, by: Labelled | None, copied: Copied) -> Hit:
    """A lot by its own code or number, or by what stands on a label of its batch."""
    if by is not None and by.of == "pallet":
        return Hit("pallet", lot.code, by.code, lot.number, True)
    if by is not None and by.of == "box":
        return Hit("box", lot.code, f"{by.first} / {by.last}", lot.number, True, by.code)
    if by is not None and by.of == "paper":
        return Hit("paper", lot.code, by.code, lot.number, True, by.code)
    named = lot.number == copied.text or (lot.code == copied.code and copied.version is None)
    return Hit("batch" if batch else "lot", lot.code, lot.number, lot.code, named or by is not None)


def _consignments(session: Session, actor: Actor, copied: Copied) -> list[Hit]:
    """By code, or by the seal of the load."""
    mine = or_(Transfer.org_id == actor.org_id, Transfer.to_org_id == actor.org_id)
    named = or_(Transfer.code == copied.code, seal_is(Transfer.seal, copied))
    rows = session.scalars(select(Transfer).where(mine, named).order_by(Transfer.id.desc()).limit(MOST))
    return [Hit("consignment", sent.code, sent.code, sent.seal, True) for sent in rows]


def _by_code(session: Session, actor: Actor, code: str) -> list[Hit]:
    """Entries and plots are known by their code only; each opens where it is told about."""
    found = []
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
