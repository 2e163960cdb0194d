"""Corrections: an event stays for ever, a later one declares it in error and takes its grams back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import REPLACEMENT, UNDONE, AskCorrection, CorrectOrigin, DeclareError
from traceability.domain.postings import Account, Posting, reversed_entry
from traceability.domain.roles import Actor, Role
from traceability.domain.text import nfc
from traceability.errors import (
    AlreadyDeclared,
    ApprovalNeeded,
    CannotBeDeclared,
    ManagerNeeded,
    MassNeeded,
    NeedsConfirming,
    NoSuchPlot,
    NotAWeighIn,
    OriginCorrected,
    SameOrigin,
    SameWeight,
    SayWhy,
    Sentence,
    TooLateToUndo,
    UsedDownstream,
    WeighedAnew,
    WeightCorrected,
)
from traceability.models import Batch, Edge, Event, Lot, Party, Plot
from traceability.models import Posting as PostingRow
from traceability.operations import collection, freezing, lookups
from traceability.operations.ledger import Done, Entry, operation, take_turn
from traceability.operations.weighing import check_cap
from traceability.queries.approvals import second_person_there
from traceability.queries.corrections import batches_below, corrections_of_weight, organisations_below
from traceability.queries.seasons import period_of
from traceability.words import N_

# A receipt is undone by dispatching back; registering by registering anew; holds and recalls by closing them.
_DECLARABLE = frozenset(
    {
        *(Kind.WEIGH_IN, Kind.FORM_LOT, Kind.PROCESS, Kind.SPLIT, Kind.MERGE, Kind.REBAG, Kind.DISPOSE, Kind.PACK),
        *(Kind.POUR_IN, Kind.DRAW_OFF, Kind.LEVEL_POOL),
        *(Kind.AGREE_PRICE, Kind.PAY),
    }
)
_SAYS_IT_ALL = frozenset({"wrong_farmer", "wrong_weight", "twice"})  # no more words are needed
UNDO_SECONDS = 10
_ON_ITS_WAY = timedelta(seconds=5)  # a tap of the tenth second may come over a slow network
_OWN_TIME = timedelta(hours=24)  # how long a clerk may correct an own entry without a manager


def declare_error(session: Session, actor: Actor, fact: DeclareError) -> Done:
    """Declare an event in error and, for a weigh-in, record the right one in the same transaction.

    Raises CannotBeDeclared (also for a weigh-in in the place of something else), AlreadyDeclared, ManagerNeeded, and
    UsedDownstream when something made from it moved on.
    """
    done = _declare(session, actor, fact)
    if fact.replacement is None:
        return done
    replacement = replace(fact.replacement, client_id=fact.client_id + REPLACEMENT)
    right = collection.record_weigh_in(session, actor, replacement)
    return replace(done, answer={**done.answer, "replacement": dict(right.answer), "replaced_by": right.event})


@operation(Kind.DECLARE_ERROR)
def _declare(session: Session, actor: Actor, fact: DeclareError) -> Entry:
    event = lookups.event_of(session, actor, fact.event)
    if event.kind not in _DECLARABLE or (fact.replacement is not None and event.kind != Kind.WEIGH_IN):
        raise CannotBeDeclared()
    check_not_declared(session, event)
    if fact.reason == UNDONE:
        _check_undo(actor, event)
    elif fact.reason not in _SAYS_IT_ALL and not fact.note.strip():
        raise SayWhy(at="note")
    if Role.MANAGER not in actor.roles and actor.user_id is not None:
        own = event.actor_id == actor.user_id and event.recorded_at + _OWN_TIME > datetime.now(UTC)
        if not own:
            raise ManagerNeeded()
    _check_not_sealed(session, event)
    if event.kind == Kind.FORM_LOT and session.scalars(corrections_of_weight(event)).first() is not None:
        raise WeightCorrected()
    if event.kind == Kind.WEIGH_IN:
        _check_as_said(session, event)
    lines = session.scalars(select(PostingRow).where(PostingRow.event_id == event.id).order_by(PostingRow.line))
    postings = reversed_entry([Posting(Account(p.account), p.ref, p.mass_g, p.count) for p in lines])
    kdes = {
        "event": event.code,
        "of": event.kind,
        "reason": fact.reason,
        "why": nfc(fact.note),
        "replaced": fact.replacement is not None,
    }
    answer = {"event": event.code, "of": event.kind}
    return Entry(postings=postings, kdes=kdes, answer=answer, declares=event)


@operation(Kind.ASK_CORRECTION)
def ask_correction(session: Session, actor: Actor, fact: AskCorrection) -> Entry:
    """Escalate: ask a manager to correct an entry that one may not, or cannot yet, declare oneself.

    NeedsConfirming for another weight that would be asked about at the scale.
    """
    event = lookups.event_of(session, actor, fact.event)
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    kdes: dict[str, object] = {"event": event.code, "of": event.kind, "reason": nfc(fact.reason)}
    if fact.mass_g is not None:
        delivery = _weight_asked(session, event, fact.mass_g)
        kdes["mass_g"], kdes["was_g"] = fact.mass_g, delivery.made_g
        doubts = collection.doubts_of_weight(session, actor, event, delivery, fact.mass_g)
        if doubts and not fact.confirmed:
            raise NeedsConfirming(doubts, at="mass_g")
    return Entry(kdes=kdes, answer={"event": event.code})


def _weight_asked(session: Session, event: Event, mass_g: int) -> Lot:
    """The delivery of which another weight is asked for.

    Raises NotAWeighIn, MassNeeded, SameWeight.
    """
    if event.kind != Kind.WEIGH_IN:
        raise NotAWeighIn(at="mass_g")
    if mass_g <= 0:
        raise MassNeeded(at="mass_g")
    delivery = delivery_of(session, event)
    if mass_g == delivery.made_g:
        raise SameWeight(at="mass_g")
    return delivery


def correct_origin(session: Session, actor: Actor, fact: CorrectOrigin) -> Done:
    """A weigh-in was booked on the wrong farmer or plot: no gram moves; whose they are changes in every lot below.

    Every released batch that holds some of them, of any organisation, gets a new version with this very event; the
    earlier ones stay readable. Raises NotAWeighIn, AlreadyDeclared, NoSuchFarmer, NoSuchPlot, SameOrigin, SayWhy, and
    NeedsConfirming with what it reaches. Once some of it is in a lot, another manager has to approve it where there is
    one: ApprovalNeeded.
    """
    actor.require(Kind.CORRECT_ORIGIN)
    take_turns_below(session, actor, fact.event)
    return _correct_origin(session, actor, fact)


@operation(Kind.CORRECT_ORIGIN)
def _correct_origin(session: Session, actor: Actor, fact: CorrectOrigin) -> Entry:
    wanted = wanted_origin(session, actor, fact.event, fact.farmer, fact.plot, fact.reason)
    delivery, farmer, plot = wanted.delivery, wanted.farmer, wanted.plot
    was_farmer, was_plot = wanted.was_farmer, wanted.was_plot
    alone = _checked_by_nobody_else(session, actor, wanted)
    touched = batches_below(session, delivery.id)
    freezing.keep_released(session, touched)
    own = [lot for batch, lot in touched if batch.org_id == actor.org_id]
    if touched and not fact.confirmed:
        raise NeedsConfirming(reaches(own, len(touched) - len(own)))
    _book_on(session, delivery, farmer, plot)
    versions = freezing.new_versions(session, touched)
    kdes = {**wanted.kdes, "reason": nfc(fact.reason), "alone": alone, "batches": versions.told()}
    return Entry(
        postings=[
            replace(source_of(was_farmer, was_plot), mass_g=delivery.made_g),
            replace(source_of(farmer, plot), mass_g=-delivery.made_g),
        ],
        kdes=kdes,
        answer={
            "lot": delivery.code,
            "number": delivery.number,
            "batches": [lot.code for lot in own],
            "others": len(touched) - len(own),
        },
        then=lambda correction: versions.keep(session, correction),
    )


@dataclass(frozen=True)
class WantedOrigin:
    """A delivery, whose it is, and whose it is to be."""

    event: Event
    delivery: Lot
    farmer: Party
    plot: Plot | None
    was_farmer: Party
    was_plot: Plot | None

    @property
    def kdes(self) -> dict[str, str]:
        """The same by public codes."""
        return {
            "event": self.event.code,
            "lot": self.delivery.code,
            "farmer": self.farmer.code,
            "plot": self.plot.code if self.plot else "",
            "was_farmer": self.was_farmer.code,
            "was_plot": self.was_plot.code if self.was_plot else "",
        }


def wanted_origin(session: Session, actor: Actor, event: str, farmer: str, plot: str, reason: str) -> WantedOrigin:
    """Raises NoSuchEvent, NotAWeighIn, AlreadyDeclared, SayWhy, NoSuchFarmer, NoSuchPlot, SameOrigin."""
    weigh_in = lookups.event_of(session, actor, event)
    if weigh_in.kind != Kind.WEIGH_IN:
        raise NotAWeighIn(at="event")
    check_not_declared(session, weigh_in)
    if not reason.strip():
        raise SayWhy(at="reason")
    owner = lookups.farmer_of(session, actor, farmer)
    ground = lookups.plot_of(session, actor, plot) if plot else None
    if ground is not None and ground.party_id != owner.id:
        raise NoSuchPlot(code=plot, at="plot")
    delivery = delivery_of(session, weigh_in)
    was_farmer, was_plot = origin_of(session, delivery)
    if ground is not None and ground != was_plot:
        check_cap(session, ground, delivery.commodity, period_of(session, delivery), delivery.made_g)
    if (owner, ground) == (was_farmer, was_plot):
        raise SameOrigin(at="farmer")
    return WantedOrigin(weigh_in, delivery, owner, ground, was_farmer, was_plot)


def _checked_by_nobody_else(session: Session, actor: Actor, wanted: WantedOrigin) -> bool:
    """Whether a delivery in a closed lot is corrected by one person alone, because no other manager is there.

    Raises ApprovalNeeded where one is and did not approve exactly this with the entry before.
    """
    taken = select(exists().where(PostingRow.lot_id == wanted.delivery.id, PostingRow.mass_g < 0))
    if actor.user_id is None or not session.scalar(taken):  # also what was given back since: it was looked at by others
        return False
    last = session.scalars(select(Event).where(Event.org_id == actor.org_id).order_by(Event.seq.desc()).limit(1)).one()
    same = ("event", "farmer", "plot")
    if last.kind == Kind.APPROVE and all(last.kdes.get(name) == wanted.kdes[name] for name in same):
        return bool(last.kdes["alone"])
    if second_person_there(session, actor):
        raise ApprovalNeeded()
    return True


def reaches(own: Sequence[Lot], others: int) -> list[Sentence]:
    """What the correction reaches. Batches of others are counted, not named: a fence shows less."""
    said = []
    if own:
        numbers = ", ".join(lot.number for lot in own)
        said.append(Sentence(N_("These released batches get a new version: {batches}."), {"batches": numbers}))
    if others:
        said.append(Sentence(N_("Released batches of other organisations that get a new version: {n}."), {"n": others}))
    return said


def source_of(farmer: Party, plot: Plot | None) -> Posting:
    """The account that grams of a farmer come from."""
    return Posting(Account.PLOT, plot.code, 0) if plot else Posting(Account.PARTY, farmer.code, 0)


def delivery_of(session: Session, event: Event) -> Lot:
    """What a weigh-in made."""
    return session.scalars(select(Lot).where(Lot.org_id == event.org_id, Lot.made_by_id == event.id)).one()


def origin_of(session: Session, delivery: Lot) -> tuple[Party, Plot | None]:
    """Whose a delivery is now."""
    plot = session.get_one(Plot, delivery.origin_plot_id) if delivery.origin_plot_id is not None else None
    return session.get_one(Party, delivery.origin_party_id), plot


def _book_on(session: Session, delivery: Lot, farmer: Party, plot: Plot | None) -> None:
    """Whose the delivery is, on its row and on every edge that carries it, in whichever organisation."""
    plot_id = plot.id if plot else None
    delivery.origin_party_id, delivery.origin_plot_id = farmer.id, plot_id
    session.flush()
    carrying = update(Edge).where(Edge.parent_id == delivery.id)
    session.execute(
        carrying.values(origin_party_id=farmer.id, origin_plot_id=plot_id),
        execution_options={"synchronize_session": False},
    )


def take_turns_below(session: Session, actor: Actor, code: str) -> None:
    """Nobody who holds some of the delivery, or is about to receive it, makes or releases anything meanwhile.

    In the order of ids, the own turn among them: two organisations that correct what went to each other never wait
    for each other in a ring.
    """
    made = select(Lot.id).join(Event, Event.id == Lot.made_by_id)
    delivery = session.scalar(made.where(Event.org_id == actor.org_id, Event.code == code.upper()).limit(1))
    held: set[int] = set()
    while delivery is not None and (wanted := {actor.org_id, *organisations_below(session, delivery)} - held):
        for org_id in sorted(wanted):
            take_turn(session, org_id)
        held |= wanted


def _check_undo(actor: Actor, event: Event) -> None:
    """Seconds after it was saved, by whoever saved it, a weigh-in and its payment are taken back without words."""
    late = event.recorded_at + timedelta(seconds=UNDO_SECONDS) + _ON_ITS_WAY < datetime.now(UTC)
    if event.kind not in (Kind.WEIGH_IN, Kind.PAY) or event.actor_id != actor.user_id or late:
        raise TooLateToUndo()


def check_not_declared(session: Session, event: Event) -> None:
    """Raises AlreadyDeclared."""
    if session.scalars(select(Event.id).where(Event.declares_id == event.id)).first() is not None:
        raise AlreadyDeclared()


def _check_as_said(session: Session, event: Event) -> None:
    """As many grams as the weigh-in said go back to where it took them from: so many must be there, and theirs.

    Raises OriginCorrected, WeighedAnew.
    """
    delivery = delivery_of(session, event)
    farmer, plot = origin_of(session, delivery)
    if (farmer.code, plot.code if plot else "") != (event.kdes["farmer"], event.kdes["plot"]):
        raise OriginCorrected()
    said = select(PostingRow.mass_g).where(PostingRow.event_id == event.id, PostingRow.lot_id == delivery.id)
    was_g = session.scalars(said).one()
    if delivery.made_g != was_g:
        raise WeighedAnew(was_g=was_g)


def _check_not_sealed(session: Session, event: Event) -> None:
    sealed = session.scalars(
        select(Lot.number).join(Batch, Batch.lot_id == Lot.id).where(Lot.made_by_id == event.id)
    ).first()
    if sealed is not None:
        raise UsedDownstream(lots=sealed)
