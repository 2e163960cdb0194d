"""How an organisation buys, as it stands: scales, what a point asks for, grades, prices; and what is set up so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.orm import Session

from traceability.commodities import Commodity
from traceability.domain.roles import Actor, Role
from traceability.domain.settings import FIELDS, INPUTS
from traceability.models import BuyingChoice, Event, Facility, Lot, Party, Plot, Price, Scale
from traceability.models.statements import Statement
from traceability.queries.sealed_batches import managers_of, members_with


@dataclass(frozen=True)
class ScaleRow:
    """A scale in use; `step_g` is one division."""

    code: str
    name: str
    step_g: int
    place: str
    place_code: str


@dataclass(frozen=True)
class PriceRow:
    """What a kilogram costs from a day on; of every other grade where `grade` is empty."""

    commodity: str
    form: str
    grade: str
    from_on: date
    price_per_kg: int | None


# the prices of some goods are asked for at every weigh-in with a price, so this is built once
_SET: Final = (
    select(Price.commodity, Price.form, Price.grade, Price.from_on, Price.price_per_kg)
    .where(Price.org_id == bindparam("org"), Price.from_on <= bindparam("on"))
    .order_by(Price.from_on, Price.id)
)
_PRICES: Final = Statement(_SET)
_PRICES_OF_GOODS: Final = Statement(
    _SET.where(Price.commodity == bindparam("commodity"), Price.form == bindparam("form"))
)


@dataclass(frozen=True)
class Step:
    """One thing to set up: its key, and whether the record shows that it is done."""

    key: str
    done: bool


def scales_in_use(session: Session, actor: Actor, facility: str = "") -> list[ScaleRow]:
    """The scales, or those of one place by its code."""
    wanted: list[ColumnElement[bool]] = [Scale.org_id == actor.org_id, Scale.retired_at.is_(None)]
    if facility:
        wanted.append(Facility.code == facility)
    rows = session.execute(
        select(Scale, Facility).join(Facility, Facility.id == Scale.facility_id).where(*wanted).order_by(Scale.id)
    )
    return [ScaleRow(row.code, row.name, row.step_g, place.name, place.code) for row, place in rows]


def fields_shown(session: Session, actor: Actor, facility: str) -> tuple[str, ...]:
    """What is asked at a place beside farmer and bags; everything where nobody chose."""
    chosen = _chosen(session, actor, "fields", facility)
    return tuple(FIELDS) if chosen is None else tuple(name for name in FIELDS if name in chosen)


def inputs_left_out(session: Session, actor: Actor, facility: str) -> frozenset[str]:
    """Names of the inputs that a place does without."""
    shown = fields_shown(session, actor, facility)
    return frozenset(name for field, names in INPUTS.items() if field not in shown for name in names)


def grades_offered(session: Session, actor: Actor, goods: Commodity) -> tuple[str, ...]:
    """The grades that a product is bought in: as chosen, else those of the product."""
    return tuple(_chosen(session, actor, "grades", goods.key) or goods.grades)


def prices(session: Session, actor: Actor, on: date, *, commodity: str = "", form: str = "") -> list[PriceRow]:
    """The prices of a day: of each product and grade the last one set for it."""
    asked = _PRICES_OF_GOODS if commodity else _PRICES
    values = {"org": actor.org_id, "on": on, "commodity": commodity, "form": form}
    rows = (PriceRow(*row) for row in asked.rows(session.connection(), values))
    found = {(row.commodity, row.form, row.grade.casefold()): row for row in rows}
    return [row for _, row in sorted(found.items())]


def price_row(rows: Sequence[PriceRow], grade: str) -> PriceRow | None:
    """The line of the list that holds for a grade, among those of one product on one day; None where none was set."""
    by_grade = {row.grade.casefold(): row for row in rows}
    return by_grade.get(grade.casefold(), by_grade.get(""))


def price_of(rows: Sequence[PriceRow], grade: str) -> int | None:
    """The price of a grade among those of one product on one day."""
    row = price_row(rows, grade)
    return row.price_per_kg if row is not None else None


def steps(session: Session, actor: Actor) -> list[Step]:
    """The first steps of an organisation, ticked by what is on record and by nothing else."""

    def there(*conditions: ColumnElement[bool]) -> bool:
        return bool(session.scalar(select(exists().where(*conditions))))

    here = actor.org_id
    return [
        Step("place", there(Facility.org_id == here)),
        Step("scale", there(Scale.org_id == here, Scale.retired_at.is_(None))),
        Step("clerk", members_with(session, here, Role.CLERK) > 0),
        Step("second", managers_of(session, here) > 1),
        Step("farmer", there(Party.org_id == here, Party.kind == "farmer")),
        Step("plot", there(Plot.org_id == here)),
        Step("price", there(Price.org_id == here)),
        Step("weigh_in", there(Event.org_id == here, Event.kind == "weigh_in")),
        Step("lot", there(Lot.org_id == here, Lot.kind != "delivery")),
    ]


def _chosen(session: Session, actor: Actor, about: str, subject: str) -> list[str] | None:
    """What was chosen last; None when nobody ever chose."""
    return session.scalars(
        select(BuyingChoice.chosen)
        .where(BuyingChoice.org_id == actor.org_id, BuyingChoice.about == about, BuyingChoice.subject == subject)
        .order_by(BuyingChoice.id.desc())
        .limit(1)
    ).first()
