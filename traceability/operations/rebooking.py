"""A weigh-in that was booked on the wrong farmer or plot: whose the grams are changes, in everything made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import CorrectOrigin
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import (
    ApprovalNeeded,
    NeedsConfirming,
    NoSuchPlot,
    NotAWeighIn,
    SameOrigin,
    SayWhy,
    Sentence,
)
from traceability.models import Edge, Event, Lot, Party, Plot
from traceability.models import Posting as PostingRow
from traceability.operations import freezing, lookups
from traceability.operations.delivered import check_not_declared, delivery_of, origin_of, source_of, take_turns_below
from traceability.operations.ledger import Done, Entry, operation
from traceability.operations.weighing import check_cap
from traceability.queries.approvals import second_person_there
from traceability.queries.corrections import batches_below
from traceability.queries.seasons import period_of
from traceability.words import N_


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
        raise NeedsConfirming(_reaches(own, len(touched) - len(own)))
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


def _reaches(own: Sequence[Lot], others: int) -> list[Sentence]:
    """What the correction reaches. Batches of others are counted, not named: a fence shows less."""
    said = []
    if own:
        numbers = ", ".join(lot.number for lot in own)
        said.append(Sentence(N_("These released batches get a new version: {batches}."), {"batches": numbers}))
    if others:
        said.append(Sentence(N_("Released batches of other organisations that get a new version: {n}."), {"n": others}))
    return said


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
