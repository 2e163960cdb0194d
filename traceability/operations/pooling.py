"""Tanks, silos, drying beds and ponds: pouring in, drawing off, and squaring the record with the dipstick.

A place that holds goods together never makes a lot disappear: what stands in it is lots of its own, made by pouring
and taken from by drawing, so every trace, hold and recall goes through it as through any other lot.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import DrawOff, LevelPool, PourIn
from traceability.domain.pools import POOLED, Pool, drawn
from traceability.domain.postings import Account, Posting
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import MassNeeded, NotAPool, NotEnoughInPool, PoolEmpty
from traceability.models import Facility, Lot
from traceability.operations import lookups
from traceability.operations.balances import NewLot
from traceability.operations.ledger import Entry, operation
from traceability.operations.lookups import Goods
from traceability.operations.making import NewLots, check_tolerance, common, difference, same_goods, taken
from traceability.queries.pools import standing_in

_SQUARED = "adjustment"  # the loss or gain account of what the dipstick shows


@operation(Kind.POUR_IN)
def pour_in(session: Session, actor: Actor, fact: PourIn) -> Entry:
    """C1 + L1 + L2 -> C2, where all mixes; L1 + L2 -> a new layer, where layers stay apart. Units end here.

    Raises NotAPool, MixedGoods when other goods stand there, OnHold or UnderRecall when it would mix with stopped ones.
    """
    facility, rule = _pool(session, actor, fact.facility)
    inputs = taken(session, actor, fact.inputs, at="inputs")
    standing = standing_in(session, facility)
    same_goods([*standing, *(lot for lot, _, _ in inputs)], at="inputs")
    if rule is Pool.PRO_RATA:
        lookups.check_not_stopped(session, standing, at="facility")
        inputs = [*((lot, lot.balance_g, lot.balance_count) for lot in standing), *inputs]
    total = sum(mass for _, mass, _ in inputs)
    made = _stand(session, actor, fact, facility, [lot for lot, _, _ in inputs])
    postings = [Posting(Account.LOT, lot.code, -mass, -units) for lot, mass, units in inputs]
    postings.append(Posting(Account.LOT, made.code, total))
    held = total if rule is Pool.PRO_RATA else total + sum(lot.balance_g for lot in standing)
    return Entry(
        postings=postings,
        makes=[made],
        answer={"lot": made.code, "number": made.number, "held_g": held},
        facility=facility,
    )


@operation(Kind.DRAW_OFF)
def draw_off(session: Session, actor: Actor, fact: DrawOff) -> Entry:
    """C -> L, where all is mixed; the oldest layers, as many as are needed -> L, where they stay apart.

    Raises NotAPool, PoolEmpty, NotEnoughInPool, and OnHold or UnderRecall when anything in there is stopped.
    """
    facility, rule = _pool(session, actor, fact.facility)
    standing = _standing(session, facility)
    held = sum(lot.balance_g for lot in standing)
    mass = held if fact.mass_g is None else fact.mass_g
    if mass <= 0:
        raise MassNeeded(at="mass")
    if mass > held:
        raise NotEnoughInPool(place=facility.name, available_g=held, requested_g=mass, at="mass")
    parts = drawn(rule, [lot.balance_g for lot in standing], mass)
    gives = [(lot, part) for lot, part in zip(standing, parts, strict=True) if part]
    lots = [lot for lot, _ in gives]
    made = NewLots(session, actor, fact, facility).make(lots, grade=common([lot.grade for lot in lots]))
    postings = [Posting(Account.LOT, lot.code, -part) for lot, part in gives]
    postings.append(Posting(Account.LOT, made.code, mass))
    return Entry(
        postings=postings,
        makes=[made],
        answer={"lot": made.code, "number": made.number, "mass_g": mass, "held_g": held - mass},
        facility=facility,
    )


@operation(Kind.LEVEL_POOL)
def level_pool(session: Session, actor: Actor, fact: LevelPool) -> Entry:
    """What is missing leaves every lot there in proportion, as a named loss; what is more is a named gain.

    A gain needs a lot that can hold it: the mixed content, or the newest layer, is made anew. Raises NotAPool,
    PoolEmpty, ReasonNeeded, and OnHold or UnderRecall: stopped goods do not leave by a dipstick.
    """
    facility, rule = _pool(session, actor, fact.facility)
    standing = _standing(session, facility)
    counted, weighed = sum(lot.balance_g for lot in standing), fact.weighed_g
    permille = lookups.organisation_of(session, actor).lot_tolerance_permille
    check_tolerance(permille, counted, weighed, fact.reason, least=0)
    makes = []
    if weighed > counted:
        grown = standing if rule is Pool.PRO_RATA else standing[-1:]
        made = _stand(session, actor, fact, facility, grown)
        makes = [made]
        postings = [Posting(Account.LOT, lot.code, -lot.balance_g) for lot in grown]
        postings.append(Posting(Account.LOT, made.code, sum(lot.balance_g for lot in grown) + weighed - counted))
    else:
        shares = drawn(Pool.PRO_RATA, [lot.balance_g for lot in standing], counted - weighed)
        postings = [Posting(Account.LOT, lot.code, -part) for lot, part in zip(standing, shares, strict=True) if part]
    return Entry(
        postings=[*postings, *difference(counted, weighed, _SQUARED)],
        makes=makes,
        kdes={"counted_g": counted, "weighed_g": weighed, "reason": nfc(fact.reason)},
        answer={"facility": facility.code, "held_g": weighed},
        facility=facility,
    )


def _pool(session: Session, actor: Actor, code: str) -> tuple[Facility, Pool]:
    facility = session.get_one(Facility, lookups.facility_of(session, actor, code).id)
    if not facility.pool:
        raise NotAPool(place=facility.name, at="facility")
    return facility, Pool(facility.pool)


def _standing(session: Session, facility: Facility) -> list[Lot]:
    """What stands there and may leave. Raises PoolEmpty, OnHold, UnderRecall."""
    standing = standing_in(session, facility)
    if not standing:
        raise PoolEmpty(place=facility.name, at="facility")
    lookups.check_not_stopped(session, standing, at="facility")
    return standing


def _stand(
    session: Session, actor: Actor, fact: PourIn | LevelPool, facility: Facility, parents: Sequence[Goods]
) -> NewLot:
    """A new lot that stands in the place: the mixed content, or a layer."""
    grade = common([lot.grade for lot in parents])
    return NewLots(session, actor, fact, facility).make(parents, kind=POOLED, grade=grade)
