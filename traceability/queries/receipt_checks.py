"""What anybody learns who holds a receipt: that it is ours and whether it still counts. No name, no place, no money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names
from traceability.domain.moments import day_of
from traceability.errors import NotFound
from traceability.models import Event, Lot, Organisation
from traceability.queries.receipts import replaced_by, replacement_of
from traceability.queries.reweighings import reweighed


class UnknownReceipt(NotFound):
    """We have no receipt with this code. Compare the characters with those on the receipt."""


class NewWeight(NamedTuple):
    """A weight that was corrected after the paper was given."""

    on: date
    was_g: int
    mass_g: int


@dataclass(frozen=True)
class ReceiptCheck:
    """A receipt as the public sees it."""

    code: str
    organisation: Names
    demo: bool
    number: str
    commodity: str
    form: str
    grade: str
    net_g: int
    on: date
    void: bool
    origin_corrected: bool  # it was booked on another farmer or plot since
    new_weights: tuple[NewWeight, ...]  # the first first; a paper says one of those before
    replaces: str
    replaced_by: str


class NotSentYet(NotFound):
    """This receipt has not reached us yet: the phone that weighed it may still be without a signal. Ask again later."""


def receipt_of_phone(session: Session, organisation: str, client_id: str) -> str:
    """The code of the receipt that a phone gave without a signal, by the id that it made. Raises NotSentYet."""
    code = session.scalar(
        select(Lot.code)
        .join(Event, Event.id == Lot.made_by_id)
        .join(Organisation, Organisation.id == Event.org_id)
        .where(
            Organisation.code == organisation.upper(),
            Event.client_id == client_id.lower(),
            Event.kind == "weigh_in",
            Lot.kind == "delivery",
        )
    )
    if code is None:
        raise NotSentYet()
    return code


def receipt_check(session: Session, code: str) -> ReceiptCheck:
    """The receipt with this code. Raises UnknownReceipt."""
    found = session.execute(
        select(Lot, Event, Organisation)
        .join(Event, Event.id == Lot.made_by_id)
        .join(Organisation, Organisation.id == Lot.org_id)
        .where(Lot.code == code, Lot.kind == "delivery", Event.kind == "weigh_in")
    ).one_or_none()
    if found is None:
        raise UnknownReceipt()
    lot, event, organisation = found
    corrected = exists().where(
        Event.org_id == lot.org_id, Event.kind == "correct_origin", Event.kdes["lot"].as_string() == lot.code
    )
    return ReceiptCheck(
        code=lot.code,
        organisation=organisation.called,
        demo=organisation.demo,
        number=lot.number,
        commodity=lot.commodity,
        form=lot.form,
        grade=lot.grade,
        net_g=lot.made_g or int(event.kdes.get("net_g") or 0),  # of one that was undone, what its paper says
        on=day_of(lot.made_at, lot.zone_minutes),
        void=lot.void,
        origin_corrected=bool(session.scalar(select(corrected))),
        new_weights=tuple(
            NewWeight(day_of(row.at, row.zone_minutes), row.was_g, row.mass_g) for row in reweighed(session, lot)
        ),
        replaces=replacement_of(session, event),
        replaced_by=replaced_by(session, event)[0],
    )
