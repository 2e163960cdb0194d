"""A usual chain in one entry: cherry straight to green, fruit straight into boxes. Every step is its own event."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.commodities import Commodity, Step, commodity
from traceability.domain.chain import Chain, between
from traceability.domain.events import Kind
from traceability.domain.facts import Loss, Output, Pack, Process, Take
from traceability.domain.roles import Actor
from traceability.errors import FormsDiffer, MassNeeded
from traceability.models import Event, Lot
from traceability.operations import lookups
from traceability.operations.ledger import Done, take_turn
from traceability.operations.packing import pack
from traceability.operations.processing import process

ESTIMATED = "estimated"  # the method of a step whose output nobody weighed


def run_chain(session: Session, actor: Actor, fact: Chain) -> Done:
    """L -> P1 -> P2 ... (-> packed), all of it or nothing; sent again it changes nothing and answers the same.

    What was not weighed between the first and the last step is reckoned from the usual yields, and the event says so.
    By-products and losses go to the first step that usually has them. Raises FormsDiffer for forms that do not follow
    each other, MassNeeded, and whatever `process` and `pack` refuse or ask about.
    """
    actor.require(Kind.PROCESS)
    take_turn(session, actor.org_id)
    lot, in_g = _what_went_in(session, actor, fact)
    goods = commodity(lot.commodity)
    steps = _steps(goods, lot.form, fact.forms)
    if fact.mass_g <= 0:
        raise MassNeeded(at="mass_g")
    outputs = [*between(in_g, fact.mass_g, [step.ratio.usual for step in steps]), fact.mass_g]
    if fact.between_g is not None and len(steps) > 1:
        outputs[-2] = fact.between_g
    by_products = _shared(steps, fact.by_products)
    losses = _lost(steps, fact.losses)
    done: Done | None = None
    at = lot.code
    for place, (step, mass_g) in enumerate(zip(steps, outputs, strict=True)):
        last = place == len(steps) - 1
        weighed = last or (fact.between_g is not None and place == len(steps) - 2)
        grade = fact.grade if last else ""
        done = process(
            session,
            actor,
            Process(
                **_said(fact, place),  # type: ignore[arg-type]
                inputs=(Take(lot=at),),
                outputs=(Output(form=step.to_form, mass_g=mass_g, grade=grade), *by_products[place]),
                losses=losses[place],
                method="" if weighed else ESTIMATED,
                reason=fact.reason,
            ),
        )
        at = str(done["lot"])
    if fact.packed:
        done = pack(
            session,
            actor,
            Pack(
                **_said(fact, len(steps)),  # type: ignore[arg-type]
                inputs=(Take(lot=at),),
                form=steps[-1].to_form,
                unit="",
                count=fact.packed,
                mass_g=fact.mass_g,
                grade=fact.grade,
                reason=fact.reason,
            ),
        )
    assert done is not None
    return done


def _what_went_in(session: Session, actor: Actor, fact: Chain) -> tuple[Lot, int]:
    """The lot and its grams; when the chain was said before, the grams that it took then."""
    before = select(Event.answer).where(
        Event.org_id == actor.org_id, Event.client_id == f"{fact.client_id}-1", Event.kind == str(Kind.PROCESS)
    )
    answer = session.scalar(before)
    if answer is not None:
        return lookups.lot_of(session, actor, fact.lot), int(answer["in_g"])
    lot = lookups.usable_lot(session, actor, fact.lot, at="lot")
    return lot, lot.balance_g


def _steps(goods: Commodity, start: str, forms: Sequence[str]) -> list[Step]:
    found = []
    for form in forms:
        step = goods.step(start, form)
        if step is None:
            raise FormsDiffer(form=form, commodity=goods.names.by_language, at="forms")
        found.append(step)
        start = form
    if not found:
        raise FormsDiffer(form="", commodity=goods.names.by_language, at="forms")
    return found


def _said(fact: Chain, place: int) -> dict[str, object]:
    """What every event of the chain says, each under its own client id."""
    return {
        "client_id": f"{fact.client_id}-{place + 1}",
        "occurred_at": fact.occurred_at,
        "zone_minutes": fact.zone_minutes,
        "note": fact.note,
        "confirmed": fact.confirmed,
        "facility": fact.facility,
    }


def _shared(steps: Sequence[Step], outputs: Sequence[Output]) -> list[tuple[Output, ...]]:
    """The by-products of each step."""
    homes = [_home([output.form in step.by_products for step in steps]) for output in outputs]
    return [tuple(o for o, home in zip(outputs, homes, strict=True) if home == place) for place in range(len(steps))]


def _lost(steps: Sequence[Step], losses: Sequence[Loss]) -> list[tuple[Loss, ...]]:
    """The losses of each step."""
    homes = [_home([loss.name in step.losses for step in steps]) for loss in losses]
    return [tuple(o for o, home in zip(losses, homes, strict=True) if home == place) for place in range(len(steps))]


def _home(fits: Sequence[bool]) -> int:
    return fits.index(True) if True in fits else len(fits) - 1
