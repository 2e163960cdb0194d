"""The road: dispatch and receive between two organisations in two phases, and shipping a batch to a buyer."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import Dispatch, Receive, Ship, TakeBack
from traceability.domain.identifiers import new_code, read_code
from traceability.domain.moments import day_of
from traceability.domain.postings import Account, Posting, UnitsDiffer
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import (
    AlreadyClosed,
    MoreThanWentIn,
    NeedsConfirming,
    NoSuchTransfer,
    NotBackYet,
    NotReleased,
    NotYours,
    NumberTaken,
    ReasonNeeded,
    SayWhy,
    Sentence,
    ToYourself,
    TransferExpired,
)
from traceability.models import Event, Lot, Party, Transfer
from traceability.operations import lookups, naming
from traceability.operations.balances import NewLot, rows_changed
from traceability.operations.failed import SHIPPED, doubts_of_failed
from traceability.operations.ledger import Entry, operation
from traceability.operations.making import (
    check_tolerance,
    check_unchanged,
    clock_shown,
    container_warnings,
    difference,
    leaving,
    lot_kind,
    units_with,
)
from traceability.operations.registry import organisation_by_code
from traceability.words import N_

ELSEWHERE: Final = N_(
    "This batch is sealed for {sealed_country}: its labels and papers say so. {buyer} is in {country}. "
    "Ship it there all the same?"
)


@operation(Kind.DISPATCH)
def dispatch(session: Session, actor: Actor, fact: Dispatch) -> Entry:
    """L -> on the road: the grams are reserved in transit until the receiver takes or refuses them (D13).

    Raises ToYourself, NotEnoughLeft; ChangedMeanwhile where the lot holds another mass than `seen_g`; NumberTaken for a
    `note_code` that another consignment has.
    """
    lot = lookups.usable_lot(session, actor, fact.lot, at="lot", sealed=True)
    check_unchanged([lot], () if fact.seen_g is None else (fact.seen_g,))
    receiver = organisation_by_code(session, fact.to_organisation, at="to_organisation")
    if receiver.id == actor.org_id:
        raise ToYourself(at="to_organisation")
    facility = lookups.facility_of(session, actor, fact.facility) if fact.facility else None
    mass = leaving(lot, fact.mass_g)
    units = units_with(lot, mass, fact.count, at="count")
    organisation = lookups.organisation_of(session, actor)
    transfer = Transfer(
        org_id=actor.org_id,
        code=_note_code(session, fact.note_code),
        lot_id=lot.id,
        to_org_id=receiver.id,
        mass_g=mass,
        open_g=mass,
        count=units,
        open_count=units,
        state="pending",
        vehicle=nfc(fact.vehicle),
        driver=nfc(fact.driver),
        seal=nfc(fact.seal),
        dispatched_at=fact.occurred_at,
        expires_at=fact.occurred_at + timedelta(days=organisation.transfer_days),
    )

    def then(event: Event) -> None:
        transfer.dispatched_by_id = event.id
        session.add(transfer)
        session.flush()

    postings = [
        Posting(Account.LOT, lot.code, -mass, -units),
        Posting(Account.TRANSIT, transfer.code, mass, units),
    ]
    kdes = {
        "transfer": transfer.code,
        "lot": lot.code,
        "to": receiver.code,
        "vehicle": transfer.vehicle,
        "seal": transfer.seal,
        "expires_at": transfer.expires_at.astimezone(UTC).isoformat(),
        **clock_shown(actor, fact),
    }
    answer = {"transfer": transfer.code, "lot": lot.code, "number": lot.number, "mass_g": mass}
    return Entry(postings=postings, takes=[lot], kdes=kdes, answer=answer, facility=facility, then=then)


@operation(Kind.RECEIVE)
def receive(session: Session, actor: Actor, fact: Receive) -> Entry:
    """On the road -> L' of the receiver, in full or in part; the rest is refused and waits for the sender.

    Both weights are kept; grams and units that did not arrive are the loss `transit`. Raises NoSuchTransfer, NotYours,
    AlreadyClosed, TransferExpired, MoreThanWentIn, UnitsDiffer; ReasonNeeded beyond the receiver's tolerance; SayWhy
    for a refusal without a reason.
    """
    transfer = _to_receive(session, actor, fact)
    accepted = transfer.mass_g - fact.refused_g
    if fact.refused_g < 0 or accepted < 0:
        raise MoreThanWentIn(out_g=fact.refused_g, in_g=transfer.mass_g, at="refused")
    if fact.refused_g and not fact.reason.strip():
        raise SayWhy(at="reason")
    facility = lookups.facility_of(session, actor, fact.facility) if fact.facility else None
    if not accepted and fact.weighed_g:
        raise MoreThanWentIn(out_g=fact.weighed_g, in_g=0, at="weighed")
    units, arrived = _units(fact, transfer, accepted)
    lot = None
    postings = []
    if accepted:
        organisation = lookups.organisation_of(session, actor)
        check_tolerance(organisation.transfer_tolerance_permille, accepted, fact.weighed_g, fact.reason)
        source = session.get_one(Lot, transfer.lot_id)
        lot = _received_lot(session, organisation, fact, source, facility.id if facility else None)
        postings = [
            Posting(Account.TRANSIT, transfer.code, -accepted, -units),
            Posting(Account.LOT, lot.code, fact.weighed_g, arrived),
            *difference(accepted, fact.weighed_g, "transit"),
        ]
        if arrived < units:
            postings.append(Posting(Account.LOSS, "transit", 0, units - arrived))
    state = "refused" if not accepted else "partly" if fact.refused_g else "received"

    def then(event: Event) -> None:
        _leave_transit(session, transfer, accepted, units, state)
        transfer.received_g = fact.weighed_g
        transfer.received_by_id = event.id
        transfer.received_at = fact.occurred_at
        transfer.reason = nfc(fact.reason)

    kdes = {
        "transfer": transfer.code,
        "dispatched_g": transfer.mass_g,
        "weighed_g": fact.weighed_g,
        "refused_g": fact.refused_g,
        "reason": nfc(fact.reason),
        **clock_shown(actor, fact),
    }
    answer = {
        "transfer": transfer.code,
        "lot": lot.code if lot else "",
        "number": lot.number if lot else "",
        "mass_g": fact.weighed_g,
        "refused_g": fact.refused_g,
    }
    return Entry(postings=postings, makes=[lot] if lot else [], kdes=kdes, answer=answer, facility=facility, then=then)


@operation(Kind.TAKE_BACK)
def take_back(session: Session, actor: Actor, fact: TakeBack) -> Entry:
    """What was refused or expired goes back into the sender's lot; what is missing is the loss `transit`.

    Raises NotBackYet while the receiver may still answer, AlreadyClosed when nothing is open, ReasonNeeded when more
    is missing than the organisation's tolerance.
    """
    transfer = transfer_of(session, fact.transfer)
    if transfer.org_id != actor.org_id:
        raise NoSuchTransfer(code=fact.transfer, at="transfer")
    if transfer.open_g == 0:
        raise AlreadyClosed(at="transfer")
    if transfer.state == "pending" and transfer.expires_at > fact.occurred_at:
        raise NotBackYet(day=day_of(transfer.expires_at, fact.zone_minutes), at="transfer")
    back = transfer.open_g if fact.weighed_g is None else fact.weighed_g
    if not 0 <= back <= transfer.open_g:
        raise MoreThanWentIn(out_g=back, in_g=transfer.open_g, at="weighed")
    tolerance = transfer.open_g * lookups.organisation_of(session, actor).transfer_tolerance_permille // 1000
    if transfer.open_g - back > tolerance and not fact.reason.strip():
        raise ReasonNeeded(difference_g=transfer.open_g - back, tolerance_g=tolerance, at="reason")
    lot = session.get_one(Lot, transfer.lot_id)
    open_g, open_count = transfer.open_g, transfer.open_count
    units_back = open_count if back else 0
    postings = [Posting(Account.TRANSIT, transfer.code, -open_g, -open_count)]
    if back:
        postings.append(Posting(Account.LOT, lot.code, back, units_back))
    if back < open_g:
        postings.append(Posting(Account.LOSS, "transit", open_g - back, open_count - units_back))

    def then(event: Event) -> None:
        _leave_transit(session, transfer, open_g, open_count, "returned")

    kdes = {"transfer": transfer.code, "open_g": open_g, "weighed_g": back, "reason": nfc(fact.reason)}
    answer = {"transfer": transfer.code, "lot": lot.code, "number": lot.number, "mass_g": back}
    return Entry(postings=postings, kdes=kdes, answer=answer, then=then)


@operation(Kind.SHIP)
def ship(session: Session, actor: Actor, fact: Ship) -> Entry:
    """Batch -> buyer: the grams leave the system.

    Raises NotReleased before the batch's page is open; NeedsConfirming for a result that failed, for a container
    number with a typo, and for a buyer in another country than the batch was sealed for; NotLetIn.
    """
    batch, lot = lookups.batch_of(session, actor, fact.batch, at="batch")
    lookups.usable_lot(session, actor, lot.code, at="batch", sealed=True)
    if batch.released_at is None:
        raise NotReleased(batch=lot.number, at="batch")
    buyer = lookups.partner_of(session, actor, fact.buyer, at="buyer")
    mass = leaving(lot, fact.mass_g)
    units = units_with(lot, mass, fact.count, at="count")
    failed = doubts_of_failed(session, batch, lot, SHIPPED)
    warnings = [*failed, *container_warnings(fact.container), *_elsewhere(batch.destination, buyer)]
    if warnings and not fact.confirmed:
        raise NeedsConfirming(warnings)
    marks = {"container": nfc(fact.container), "seal": nfc(fact.seal), "vehicle": nfc(fact.vehicle)}
    given = {name: value for name, value in marks.items() if value}

    def then(event: Event) -> None:
        batch.marks = {**batch.marks, **given}

    postings = [Posting(Account.LOT, lot.code, -mass, -units), Posting(Account.BUYER, buyer.code, mass, units)]
    kdes = {"batch": lot.code, "buyer": buyer.code, "marks": given}
    answer = {"batch": lot.code, "number": lot.number, "mass_g": mass, "buyer": buyer.code}
    return Entry(postings=postings, kdes=kdes, answer=answer, then=then)


def _elsewhere(destination: str, buyer: Party) -> list[Sentence]:
    """What to ask when the goods go to another country than the one that their labels and papers name."""
    if not destination or buyer.country in ("", destination):
        return []
    said = {"sealed_country": destination, "buyer": buyer.name, "country": buyer.country}
    return [Sentence(ELSEWHERE, said)]


def transfer_of(session: Session, code: str) -> Transfer:
    """A consignment by its code, for sender and receiver alike; locked until the transaction ends."""
    found = session.scalars(select(Transfer).where(Transfer.code == code.upper()).with_for_update()).one_or_none()
    if found is None:
        raise NoSuchTransfer(code=code, at="transfer")
    return found


def _note_code(session: Session, wanted: str) -> str:
    """The code of a delivery note: the one that a phone made and the driver has with him, else a fresh one."""
    if not wanted:
        return naming.fresh_code(session, Transfer.code)
    code = read_code(wanted)
    if session.scalar(select(Transfer.id).where(Transfer.code == code)) is not None:
        raise NumberTaken(number=code, at="note_code")
    return code


def _to_receive(session: Session, actor: Actor, fact: Receive) -> Transfer:
    """The consignment, if the actor may take it in and it is still open when that happened.

    A receipt counts by when it happened: a phone without signal may send it days later.
    """
    transfer = transfer_of(session, fact.transfer)
    if transfer.to_org_id != actor.org_id:
        if transfer.org_id != actor.org_id:  # whether it exists is nobody else's business
            raise NoSuchTransfer(code=fact.transfer, at="transfer")
        raise NotYours(at="transfer")
    if transfer.state != "pending":
        raise AlreadyClosed(at="transfer")
    if transfer.expires_at <= fact.occurred_at:
        raise TransferExpired(day=day_of(transfer.expires_at, fact.zone_minutes), at="transfer")
    return transfer


def _leave_transit(session: Session, transfer: Transfer, mass: int, units: int, state: str) -> None:
    """Each gram leaves transit once: a conditional update, whoever else is trying (D13)."""
    left = rows_changed(
        session,
        update(Transfer)
        .where(Transfer.id == transfer.id, Transfer.state == transfer.state)
        .where(Transfer.open_g >= mass, Transfer.open_count >= units)
        .values(open_g=Transfer.open_g - mass, open_count=Transfer.open_count - units, state=state),
    )
    if left != 1:
        raise AlreadyClosed(at="transfer")
    session.refresh(transfer)


def _units(fact: Receive, transfer: Transfer, accepted: int) -> tuple[int, int]:
    """Units that are accepted, and how many of them arrived: as counted, or all.

    Where part is refused and only the accepted units were counted, the others are the refused ones. Raises
    UnitsDiffer when more is counted than was sent, or units are refused but no grams.
    """
    refused = fact.refused_count
    if fact.refused_g and not refused and fact.count:
        refused = transfer.count - fact.count
    if not 0 <= refused <= transfer.count or (refused and not fact.refused_g):
        raise UnitsDiffer(difference=abs(refused), at="refused_count")
    if not accepted:
        return 0, 0
    units = transfer.count - refused
    arrived = fact.count or units
    if not 0 <= arrived <= units:
        raise UnitsDiffer(difference=abs(arrived - units), at="count")
    return units, arrived


def _received_lot(
    session: Session, organisation: lookups.Own, fact: Receive, source: Lot, facility_id: int | None
) -> NewLot:
    """The receiver's own lot of what the sender's lot was; a number of its own, the goods as they came."""
    on = day_of(fact.occurred_at, fact.zone_minutes)
    return NewLot(
        org_id=organisation.id,
        code=new_code(),
        number=naming.Numbers(session, organisation.id).lot(organisation, on, fact.number),
        kind=lot_kind(source),
        commodity=source.commodity,
        form=source.form,
        grade=source.grade,
        variety=source.variety,
        crop_year=source.crop_year,
        custody=source.custody,
        unit=source.unit,
        made_at=fact.occurred_at,
        zone_minutes=fact.zone_minutes,
        facility_id=facility_id,
    )
