"""The packing house: packing, sealing a batch, releasing it to the public, replacing it by a newer one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import Pack, Release, Seal, Supersede
from traceability.domain.identifiers import coffee_year, read_ico_mark
from traceability.domain.methods import METHOD_NAMES, Method
from traceability.domain.moments import day_of
from traceability.domain.postings import Account, Posting
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import (
    AlreadyReleased,
    Conflict,
    Invalid,
    MassNeeded,
    MethodRefused,
    NeedsConfirming,
    NotPacked,
    NotReleased,
    PartlyUsed,
    SayWhy,
    SecondPersonNeeded,
    Sentence,
    SupersedesItself,
)
from traceability.models import Batch, Event, Lot
from traceability.operations import articles, lookups
from traceability.operations.approvals import check_other_device
from traceability.operations.failed import RELEASED, doubts_of_failed
from traceability.operations.ledger import Done, Entry, operation, take_turn
from traceability.operations.making import (
    NewLots,
    check_outputs,
    container_warnings,
    losses,
    same_goods,
    taken,
    unnamed,
)
from traceability.queries import cartons, frozen, sealed_batches
from traceability.queries.approvals import decision_on
from traceability.queries.corrections import organisations_above
from traceability.queries.destroyed import destroyed
from traceability.queries.methods import offered_to_count
from traceability.words import N_

# What Viet Nam wants said of goods that have it (Circular 02/2024/TT-BKHCN); most fruit has none.
_OF_THE_MAKER: Final = ("brand", "model", "serial")


OTHER_GOODS: Final = N_("Batch {old} is {old_goods}, and batch {new} is {new_goods}. Does it take its place?")


class DestroyedAlready(Conflict):
    """Lot {lot} was destroyed. Nothing of it can be for sale."""


class ReplacedAlready(Conflict):
    """Batch {batch} was replaced by batch {newer} already. If that was a mistake, correct it in the history first."""


class OverAlready(Invalid):
    """These goods were ready on {ready}: they cannot be best before {day}. Copy the day from the label again."""


@operation(Kind.PACK)
def pack(session: Session, actor: Actor, fact: Pack) -> Entry:
    """L1 + L2 -> packed lot in whole units, by-products and named losses. What is left over must be named.

    Raises MoreThanWentIn, MixedGoods, MassNeeded; NeedsConfirming when one unit holds an unusual mass.
    """
    facility = lookups.facility_of(session, actor, fact.facility)
    inputs = taken(session, actor, fact.inputs, at="inputs", sealed=True)
    first = same_goods([lot for lot, _, _ in inputs], at="inputs", any_form=True)
    form = lookups.form_of(first.commodity, fact.form)
    if fact.mass_g <= 0:
        raise MassNeeded(at="mass")
    if fact.count <= 0:
        raise MassNeeded(at="count")
    in_g = sum(mass for _, mass, _ in inputs)
    named = losses(fact.losses, at="losses")
    check_outputs(fact.by_products, first, at="by_products")
    out_g = fact.mass_g + sum(output.mass_g for output in fact.by_products)
    rest = unnamed(in_g, out_g, named, at="mass")
    warnings = []
    if form.package is not None and not form.package.plausible(fact.mass_g // fact.count):
        warnings.append(
            Sentence(
                N_("{mass_g} in one unit? Usual is {low_g} to {high_g}."),
                {"mass_g": fact.mass_g // fact.count, "low_g": form.package.low_g, "high_g": form.package.high_g},
            )
        )
    if warnings and not fact.confirmed:
        raise NeedsConfirming(warnings)
    lots = NewLots(session, actor, fact, facility)
    parents = [lot for lot, _, _ in inputs]
    packed = lots.make(
        parents, form=form.key, kind="packed", grade=fact.grade, variety=fact.variety, unit=fact.unit or form.unit
    )
    others = [lots.make(parents, form=o.form, kind="by_product", grade=o.grade, unit=o.unit) for o in fact.by_products]
    postings = [Posting(Account.LOT, lot.code, -mass, -units) for lot, mass, units in inputs]
    postings.append(Posting(Account.LOT, packed.code, fact.mass_g, fact.count))
    postings += [
        Posting(Account.LOT, lot.code, o.mass_g, o.count) for lot, o in zip(others, fact.by_products, strict=True)
    ]
    postings += named
    if rest:
        postings.append(Posting(Account.LOSS, "packing", rest))
    return Entry(
        postings=postings,
        makes=[packed, *others],
        takes=parents,
        kdes={"reason": nfc(fact.reason), "kept_unusual": [warning.text for warning in warnings]},
        answer={"lot": packed.code, "number": packed.number, "mass_g": fact.mass_g, "count": fact.count},
        facility=facility,
    )


@operation(Kind.SEAL)
def seal(session: Session, actor: Actor, fact: Seal) -> Entry:
    """A packed lot becomes a batch: its public code and QR may be printed, its contents are fixed.

    Raises NotPacked, AlreadySealed, OnHold or UnderRecall when anything it is made of is stopped, PartlyUsed (a batch
    is certified with all that was packed, and what left before would be certified twice), MethodRefused, OverAlready,
    NumberOfAnother;
    of fruit for China OrchardNotStanding and PackhouseNotStanding, and NeedsConfirming when it could have no carton.
    """
    lot = lookups.usable_lot(session, actor, fact.lot, at="lot")
    if lot.kind != "packed":
        raise NotPacked(lot=lot.number, at="lot")
    if (lot.balance_g, lot.balance_count) != (lot.made_g, lot.made_count):
        raise PartlyUsed(lot=lot.number, at="lot")
    counted_by = _counted_by(session, lot, fact.counted_by)
    packed_on = day_of(lot.made_at, lot.zone_minutes)
    _check_best_before(fact, ready=max(packed_on, day_of(fact.occurred_at, lot.zone_minutes)))
    warnings = [
        *_carton_warnings(session, fact, lot),
        *_ico_warnings(session, actor, fact, lot),
        *container_warnings(fact.container),
    ]
    if warnings and not fact.confirmed:
        raise NeedsConfirming(warnings)
    form = lookups.form_of(lot.commodity, lot.form)
    marks = {
        "ico": nfc(fact.ico),
        "container": nfc(fact.container),
        "seal": nfc(fact.seal),
        "gtin": articles.gtin_of(session, lot, fact),
        "own_number": nfc(fact.own_number),
    }
    marks |= {name: nfc(value) for name in _OF_THE_MAKER if (value := getattr(fact, name))}
    batch = Batch(
        org_id=actor.org_id,
        lot_id=lot.id,
        version=0,
        destination=fact.destination,
        hs=fact.hs or form.hs6,
        marks=marks,
        counted_by=str(counted_by),
        packed_on=packed_on,
        best_before=fact.best_before,
        sealed_at=fact.occurred_at,
        sealed_by_user_id=actor.user_id,
    )

    def then(event: Event) -> None:
        batch.sealed_by_id = event.id
        session.add(batch)
        session.flush()
        session.add_all(articles.links_of(batch, lot))

    kdes = {
        "batch": lot.code,
        "destination": fact.destination,
        "hs": batch.hs,
        "marks": marks,
        "counted_by": str(counted_by),
        "best_before": fact.best_before.isoformat() if fact.best_before else "",
    }
    return Entry(kdes=kdes, answer={"batch": lot.code, "number": lot.number}, then=then)


def _check_best_before(fact: Seal, ready: date) -> None:
    """What was over before the goods were packed and sealed is a slip of the pen. Raises OverAlready."""
    if fact.best_before is not None and fact.best_before < ready:
        raise OverAlready(day=fact.best_before, ready=ready, at="best_before")


def _carton_warnings(session: Session, fact: Seal, lot: Lot) -> list[Sentence]:
    """What is missing for the cartons of fruit for China. A number that does not count that day seals nothing."""
    doubt = cartons.doubt_of(session, lot, fact.destination)
    if isinstance(doubt, cartons.NOT_STANDING):
        doubt.at = "destination"
        raise doubt
    return [doubt.sentence] if doubt else []


def _ico_warnings(session: Session, actor: Actor, fact: Seal, lot: Lot) -> list[Sentence]:
    """What looks wrong with a mark, and whether another batch of the coffee year, from 1 October, has it."""
    if not fact.ico:
        return []
    mark = read_ico_mark(fact.ico)
    year = coffee_year(day_of(fact.occurred_at, lot.zone_minutes))
    other = sealed_batches.marked_the_same(session, actor.org_id, mark, year)
    if other is None:
        return list(mark.warnings)
    said = {"mark": mark.typed, "lot": other}
    return [*mark.warnings, Sentence(N_("{mark} is on lot {lot} of the same coffee year already. Use it again?"), said)]


def _counted_by(session: Session, lot: Lot, declared: str) -> Method:
    """The method that its owner declares, by mass when none is said. Raises MethodRefused."""
    method = Method(declared or Method.PRO_RATA)
    refusals = {one: refusal for one, refusal in offered_to_count(session, lot) if refusal} if declared else {}
    if method in refusals:
        raise MethodRefused(method=Sentence(METHOD_NAMES[method]), reason=refusals[method], at="counted_by")
    return method


def release(session: Session, actor: Actor, fact: Release) -> Done:
    """The batch's public page opens. Whoever sealed it may not release it where there are two managers (D16).

    The journal keeps a digest of everything that the batch was released with, and its origin is frozen beside it.
    """
    actor.require(Kind.RELEASE)
    _take_turns(session, actor, fact.batch)
    return _release(session, actor, fact)


def _take_turns(session: Session, actor: Actor, code: str) -> None:
    """Where what came first leaves first, nobody above declares meanwhile that something never left.

    In the order of ids, the own turn among them, as every correction takes its turns.
    """
    named = (Lot.code == code.upper()) | (Lot.number == code.upper())
    ordered = select(Batch.lot_id).join(Lot, Lot.id == Batch.lot_id).where(Batch.org_id == actor.org_id, named)
    lots = session.scalars(ordered.where(Batch.counted_by == str(Method.FIRST_IN_FIRST_OUT))).all()
    for org_id in sorted({actor.org_id, *organisations_above(session, lots)}):
        take_turn(session, org_id)


@operation(Kind.RELEASE)
def _release(session: Session, actor: Actor, fact: Release) -> Entry:
    batch, lot = lookups.batch_of(session, actor, fact.batch, at="batch")
    if batch.released_at is not None:
        raise AlreadyReleased(batch=lot.number)
    if sealed_batches.second_person_needed(session, batch, actor.user_id):
        raise SecondPersonNeeded()
    sealing = session.get_one(Event, batch.sealed_by_id)
    check_other_device(session, actor, sealing)
    doubts = [*_doubts(session, batch, lot, sealing), *doubts_of_failed(session, batch, lot, RELEASED)]
    if doubts and not fact.confirmed:
        raise NeedsConfirming(doubts)
    _check_for_sale(session, lot, at="batch")
    facts = frozen.frozen_facts(session, batch, lot)

    def then(event: Event) -> None:
        batch.version = 1
        batch.released_at = fact.occurred_at
        batch.released_by_id = event.id
        batch.release_digest = facts.digest
        session.add(facts.row(batch, batch.version, event.id))

    alone = actor.user_id is not None and batch.sealed_by_user_id == actor.user_id  # and no other manager is there
    kdes = {
        "batch": lot.code,
        "version": 1,
        "contents": facts.digest,
        "farms": facts.farms,
        "mass_g": lot.made_g,
        "alone": alone,
    }
    return Entry(kdes=kdes, answer={"batch": lot.code, "number": lot.number, "digest": facts.digest}, then=then)


def _doubts(session: Session, batch: Batch, lot: Lot, sealing: Event) -> list[Sentence]:
    """What has to be answered before the page opens: a refusal, or a number on its cartons suspended since the seal."""
    refused, carton = decision_on(session, sealing), cartons.doubt_of(session, lot, batch.destination)
    found = [carton.sentence] if isinstance(carton, cartons.NOT_STANDING) else []
    if refused is not None and refused.kind == Kind.REFUSE:
        why = {"reason": str(refused.kdes.get("reason", ""))}
        found.append(Sentence(N_("The release was refused: {reason}. Release it all the same?"), why))
    return found


@operation(Kind.SUPERSEDE)
def supersede(session: Session, actor: Actor, fact: Supersede) -> Entry:
    """An older batch points to the newer one that took its place; both pages stay.

    Raises ReplacedAlready, NotReleased while the newer page is not open, SupersedesItself when the newer one was itself
    replaced by the older, DestroyedAlready, OnHold, CheckFailed and UnderRecall when nobody may be led to the newer
    one; NeedsConfirming for other goods.
    """
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    old, old_lot = lookups.batch_of(session, actor, fact.old, at="old")
    new, new_lot = lookups.batch_of(session, actor, fact.new, at="new")
    if old_lot.code in _line_of(session, new, new_lot.code):
        raise SupersedesItself(at="new")
    if old.superseded_by:
        raise ReplacedAlready(batch=old_lot.number, newer=old.superseded_by, at="old")
    if new.released_at is None:
        raise NotReleased(batch=new_lot.number, at="new")
    _check_for_sale(session, new_lot, at="new")
    if not fact.confirmed and (old_lot.commodity, old_lot.form) != (new_lot.commodity, new_lot.form):
        told = {
            "old": old_lot.number,
            "old_goods": _goods(old_lot),
            "new": new_lot.number,
            "new_goods": _goods(new_lot),
        }
        raise NeedsConfirming([Sentence(OTHER_GOODS, told)], at="new")
    old.superseded_by = new_lot.code
    kdes = {"old": old_lot.code, "new": new_lot.code, "reason": nfc(fact.reason)}
    return Entry(kdes=kdes, answer={"batch": new_lot.code, "superseded": old_lot.code})


def _check_for_sale(session: Session, lot: Lot, *, at: str) -> None:
    """Raises DestroyedAlready, OnHold, CheckFailed, UnderRecall."""
    lookups.check_not_stopped(session, [lot], at=at)
    if destroyed(session, [lot.id]):
        raise DestroyedAlready(lot=lot.number, at=at)


def _goods(lot: Lot) -> Mapping[str, str]:
    """What a batch is, in languages."""
    return lookups.form_of(lot.commodity, lot.form).names.by_language


def _line_of(session: Session, batch: Batch, code: str) -> list[str]:
    """The batch's code and those of the batches that took its place, one after the other."""
    line = [code]
    while batch.superseded_by:
        line.append(batch.superseded_by)
        batch = session.scalars(select(Batch).join(Lot, Lot.id == Batch.lot_id).where(Lot.code == line[-1])).one()
    return line
