"""How an organisation buys: scales of its points, what is asked there, grades and prices. What was, stays on record."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.commodities import commodity
from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.domain.settings import FIELDS, RegisterScale, RetireScale, SetFields, SetGrades, SetPrice
from traceability.domain.text import nfc
from traceability.errors import Conflict, Invalid, MassNeeded, NotFound, NothingChosen
from traceability.models import BuyingChoice, Price, Scale
from traceability.operations import lookups
from traceability.operations.ledger import Entry, operation
from traceability.operations.naming import fresh_code
from traceability.queries.settings import grades_offered


class NoSuchScale(NotFound):
    """There is no scale {code}. Choose one from the list."""


class NoSuchGrade(Invalid):
    """This product is not bought in grade {grade}. Choose one of its grades, or add it under Grades first."""


class ScaleRetired(Conflict):
    """This scale is out of use already. There is nothing left to do."""


@operation(Kind.REGISTER_SCALE)
def register_scale(session: Session, actor: Actor, fact: RegisterScale) -> Entry:
    """A scale of a place. Raises NoSuchFacility, MassNeeded for a division of nothing."""
    facility = lookups.facility_of(session, actor, fact.facility)
    if fact.step_g <= 0:
        raise MassNeeded(at="step_g")
    scale = Scale(
        org_id=actor.org_id,
        code=fresh_code(session, Scale.code),
        facility_id=facility.id,
        name=nfc(fact.name),
        step_g=fact.step_g,
    )
    kdes = {"scale": scale.code, "name": scale.name, "step_g": scale.step_g}
    return Entry(rows=[scale], kdes=kdes, answer={"scale": scale.code}, facility=facility)


@operation(Kind.RETIRE_SCALE)
def retire_scale(session: Session, actor: Actor, fact: RetireScale) -> Entry:
    """The scale is offered no more. Raises NoSuchScale, ScaleRetired."""
    scale = session.scalars(
        select(Scale).where(Scale.org_id == actor.org_id, Scale.code == fact.scale.upper())
    ).one_or_none()
    if scale is None:
        raise NoSuchScale(code=fact.scale, at="scale")
    if scale.retired_at is not None:
        raise ScaleRetired(at="scale")
    scale.retired_at = datetime.now(UTC)
    return Entry(kdes={"scale": scale.code, "name": scale.name}, answer={"scale": scale.code})


@operation(Kind.SET_FIELDS)
def set_fields(session: Session, actor: Actor, fact: SetFields) -> Entry:
    """What a clerk is asked at a place beside farmer and bags. Raises NoSuchFacility, NothingChosen for odd names."""
    facility = lookups.facility_of(session, actor, fact.facility)
    if not set(fact.shown) <= set(FIELDS):
        raise NothingChosen(at="shown")
    chosen = [name for name in FIELDS if name in fact.shown]
    row = BuyingChoice(org_id=actor.org_id, about="fields", subject=facility.code, chosen=chosen)
    return Entry(rows=[row], kdes={"shown": chosen}, answer={"facility": facility.code}, facility=facility)


@operation(Kind.SET_GRADES)
def set_grades(session: Session, actor: Actor, fact: SetGrades) -> Entry:
    """The grades that a product is bought in. Raises UnknownCommodity."""
    goods = commodity(fact.commodity)
    by_name: dict[str, str] = {}
    for grade in (nfc(grade)[:40] for grade in fact.grades if grade.strip()):
        by_name.setdefault(grade.casefold(), grade)  # `a` is no other grade than `A`
    chosen = list(by_name.values())
    row = BuyingChoice(org_id=actor.org_id, about="grades", subject=goods.key, chosen=chosen)
    return Entry(rows=[row], kdes={"commodity": goods.key, "grades": chosen}, answer={"commodity": goods.key})


@operation(Kind.SET_PRICE)
def set_price(session: Session, actor: Actor, fact: SetPrice) -> Entry:
    """What is paid from a day on. Weigh-ins of before keep what was said.

    Raises UnknownCommodity, FormsDiffer; NoSuchGrade for one that the product is not bought in.
    """
    form = lookups.form_of(fact.commodity, fact.form)
    grade = nfc(fact.grade).strip()
    offered = {one.casefold(): one for one in grades_offered(session, actor, commodity(fact.commodity))}
    if grade and grade.casefold() not in offered:
        raise NoSuchGrade(grade=grade, at="grade")
    row = Price(
        org_id=actor.org_id,
        commodity=fact.commodity,
        form=form.key,
        grade=offered.get(grade.casefold(), ""),
        from_on=fact.from_on,
        price_per_kg=fact.price_per_kg,
    )
    kdes = {
        "commodity": row.commodity,
        "form": row.form,
        "grade": row.grade,
        "from_on": fact.from_on.isoformat(),
        "price_per_kg": row.price_per_kg,
    }
    return Entry(rows=[row], kdes=kdes, answer={"commodity": row.commodity, "form": row.form})
