"""Where a lot comes from, why each number is what it is, the methods side by side, and a drill of a recall.

These pages only look: nothing is stored, and nothing stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, request

from traceability.domain.methods import BY_NAMES, METHOD_NAMES, PERIOD_NAMES, By, Method, Period
from traceability.domain.schemes import CLAIM_SCHEMES
from traceability.operations.lookups import lot_of
from traceability.queries import stock_choices
from traceability.queries.edges import ALWAYS
from traceability.queries.meanings import sources_meant
from traceability.queries.methods import methods_of, side_by_side
from traceability.queries.origins import days_between, seen_by, shares_by
from traceability.queries.reasons import own_rows, why_rows
from traceability.queries.traces import LotRow, trace_forward_rows
from traceability.schemas import Schema, Typed, load
from traceability.schemas.origins import (
    ForwardAsked,
    ForwardAskedSchema,
    MethodsAsked,
    MethodsAskedSchema,
    OriginsAsked,
    OriginsAskedSchema,
    WhyAsked,
    WhyAskedSchema,
    codes_in,
)
from traceability.web.pages import database, page, page_asked
from traceability.web.session import current_actor, signed_in

blueprint = Blueprint("origins", __name__)

ROWS: Final = 100  # of one page
TERMS: Final = 30  # of one lot in a reason; the others are told together


@blueprint.get("/lots/<code>/origins")
@signed_in()
def origins(code: str) -> Response:
    """Where a lot comes from: `?by=` farm, plot, organisation, input or day, through events of some days."""
    actor = current_actor()
    asked: OriginsAsked = _asked(OriginsAskedSchema())
    with database().reading() as session:
        lot = lot_of(session, actor, code)
        found = shares_by(session, lot, By(asked.by), days_between(asked.since, asked.until))
    rows = seen_by(actor.org_code, found.rows)
    last = max(1, -(-len(rows) // ROWS))
    number = min(page_asked(), last)
    return page(
        "origins/origins.html",
        found=found,
        rows=rows[(number - 1) * ROWS : number * ROWS],
        count=len(rows),
        number=number,
        last=last,
        asked=asked,
        ways=BY_NAMES,
        method=METHOD_NAMES[found.method],
        days=_days(asked),
    )


@blueprint.get("/lots/<code>/origins/why")
@signed_in()
def why(code: str) -> Response:
    """The arithmetic behind one number, from lot to lot."""
    actor = current_actor()
    asked: WhyAsked = _asked(WhyAskedSchema())
    with database().reading() as session:
        lot = lot_of(session, actor, code)
        told = why_rows(session, lot, asked.of, days_between(asked.since, asked.until), actor.org_id)
    return page(
        "origins/why.html",
        why=own_rows(told, actor.org_code),
        day_asked=told.called if isinstance(told.called, date) else None,
        days=_days(asked),
        most=TERMS,
    )


@blueprint.get("/lots/<code>/origins/methods")
@signed_in()
def methods(code: str) -> Response:
    """What every method says of a lot, side by side."""
    actor = current_actor()
    asked: MethodsAsked = _asked(MethodsAskedSchema())
    with database().reading() as session:
        lot = lot_of(session, actor, code)
        period = Period(asked.period)
        found = methods_of(session, lot, period=period, scheme=asked.scheme, everything=asked.not_allowed)
        rows = side_by_side(session, found, actor.org_code)
    last = max(1, -(-len(rows) // ROWS))
    number = min(page_asked(), last)
    return page(
        "origins/methods.html",
        lot=lot,
        found=found,
        rows=rows[(number - 1) * ROWS : number * ROWS],
        number=number,
        last=last,
        asked=asked,
        names=METHOD_NAMES,
        told=[one.method for one in found if one.grams],
        excess=any(one.nearby for one in found),
        periods=PERIOD_NAMES,
        schemes=CLAIM_SCHEMES,
        balance=next(one.account for one in found if one.method is Method.MASS_BALANCE),
    )


@dataclass(frozen=True)
class Drill:
    """What a recall of some lots would stop, as far as the own organisation may know it."""

    rows: Sequence[LotRow]
    sources: Sequence[LotRow]
    batches: int
    stock_g: int
    on_the_road_g: int
    shipped_g: int
    places: Sequence[tuple[str, int]]  # name and grams that lie there
    others: Sequence[tuple[str, int]]  # name of another organisation, and how many of its lots hold some of it


@blueprint.get("/recall/drill")
@signed_in()
def drill() -> Response:
    """What would stop if some lots, farmers, plots, or everything made at a place were recalled."""
    actor = current_actor()
    asked: ForwardAsked = _asked(ForwardAskedSchema(), of=", ".join(_codes_asked()))
    days = days_between(asked.since, asked.until)
    with database().reading() as session:
        places = stock_choices.places(session, actor.org_id)
        lots = sources_meant(session, asked.codes, asked.place, days, actor.org_id)
        trace = trace_forward_rows(session, lots, ALWAYS if asked.place else days)
    told = _drill(trace.rows, actor.org_code) if asked.codes or asked.place else None
    last = max(1, -(-len(told.rows) // ROWS)) if told else 1
    number = min(page_asked(), last)
    return page(
        "origins/drill.html",
        asked=asked,
        numbers={row.code: row.number for row in told.sources} if told else {},
        places=places,
        drill=told,
        rows=told.rows[(number - 1) * ROWS : number * ROWS] if told else (),
        number=number,
        last=last,
        days=_days(asked),
    )


def _drill(rows: Sequence[LotRow], org_code: str) -> Drill:
    own = [row for row in rows if row.organisation == org_code]
    others: dict[str, int] = {}
    lying: dict[str, int] = {}
    for row in rows:
        if row.organisation != org_code:
            others[row.organisation_name] = others.get(row.organisation_name, 0) + 1
        elif row.affected_stock_g:
            lying[row.facility] = lying.get(row.facility, 0) + row.affected_stock_g
    return Drill(
        rows=[row for row in own if not row.source],
        sources=[row for row in own if row.source],
        batches=sum(row.batch for row in own),
        stock_g=sum(row.affected_stock_g for row in own),
        on_the_road_g=sum(row.affected_on_the_road_g for row in own),
        shipped_g=sum(row.affected_shipped_g for row in own),
        places=sorted(lying.items(), key=lambda place: (-place[1], place[0])),
        others=sorted(others.items()),
    )


def _codes_asked() -> list[str]:
    """Every `of` of the address: typed ones with commas or on lines of their own, and those that stayed ticked."""
    return list(dict.fromkeys(code for typed in request.args.getlist("of") for code in codes_in(typed)))


def _asked(schema: Schema, **more: str) -> Any:
    """What the address asks for. Raises InvalidInput."""
    typed = {name: request.args[name] for name in schema.fields if request.args.get(name, "").strip()}
    return load(schema, {name: Typed(value) for name, value in {**typed, **more}.items()})


def _days(asked: OriginsAsked | WhyAsked | ForwardAsked) -> dict[str, str]:
    """The days as an address names them, to be carried from page to page."""
    named = {"since": asked.since, "until": asked.until}
    return {name: day.isoformat() for name, day in named.items() if day is not None}
