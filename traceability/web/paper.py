"""The paper book typed in later: a page, its lines and its total; then who is behind the numbers; then it is stored."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.commodities import COMMODITIES
from traceability.domain.events import Kind
from traceability.domain.paper import PaperPage
from traceability.operations.paper import record_paper_page
from traceability.queries import farmers
from traceability.queries.buying import buying
from traceability.queries.places import weighing_places
from traceability.queries.settings import grades_offered
from traceability.schemas.entry import unit_called, weighed_in
from traceability.schemas.paper import MOST_LINES, PaperPageSchema
from traceability.web import buying as book
from traceability.web import forms
from traceability.web.goods import intake_choices
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in

blueprint = Blueprint("paper", __name__)

LINES = 10  # empty ones to begin with, and more whenever they are asked for
END_OF_BUYING = time(17)  # when nobody says when it was


@blueprint.get("/weigh-in/paper")
@signed_in(Kind.WEIGH_IN)
def paper() -> Response:
    """An empty page for yesterday, or for the day that buying is open for; place and goods as they were last.

    `?lines=24` has as many lines as a page that the browser kept.
    """
    actor = current_actor()
    said = book.wish(actor)
    with database().reading() as session:
        bought = buying(session, actor, said)
    if bought is None:
        return page("collection/no_place.html")
    on = book.another_day(actor, bought.on) or book.today(actor) - timedelta(days=1)
    start = {
        "facility": bought.place.prefix,
        "goods": bought.key,
        "tare_each_g": bought.tare,
        "price_per_kg": bought.price,
        "currency": bought.currency,
        "weight_unit": bought.entry.key,
        "occurred_at": datetime.combine(on, END_OF_BUYING).isoformat(timespec="minutes"),
    }
    asked = {name: request.args.get(name, value) for name, value in start.items()}
    lines = request.args.get("lines", "")
    wanted = int(lines) if lines.isascii() and lines.isdecimal() and len(lines) < 4 else LINES
    return _page(forms.opened(_schema(), asked), max(wanted, 1))


@blueprint.post("/weigh-in/paper")
@signed_in(Kind.WEIGH_IN)
def save_paper() -> AnyResponse:
    """One step on: more lines, who they are, back to the lines, or store all of them."""
    actor = current_actor()
    form = forms.bind(_schema(request.form.get("goods", "")), request.form)
    go = request.form.get("go") or ("save" if request.form.get("step") == "check" else "check")
    if go in ("more", "change"):
        form.problems, form.failed = {}, 0
        return _page(form, LINES if go == "more" else 1)
    if go == "check":
        return _check_page(form) if forms.attempt(form, _tried) else _page(form, 1)
    if forms.attempt(form, lambda fact: database().write(lambda s: record_paper_page(s, actor, fact))) is None:
        return _page(form, 1)
    on = (form.fact.occurred_at + timedelta(minutes=form.fact.zone_minutes)).date()
    return redirect(url_for("collection.deliveries", day=on.isoformat(), saved=form.client_id), 303)


def _schema(goods: str = "") -> PaperPageSchema:
    actor = current_actor()
    schema = PaperPageSchema(zone_minutes=actor.zone_minutes)
    with database().reading() as session:
        places = weighing_places(session, actor)
    offered: dict[str, Any] = {
        "facility": [(place.prefix, f"{place.name} ({place.prefix})") for place in places],
        "goods": intake_choices(),
    }
    for name, choices in offered.items():
        described: Any = schema.fields[name]
        described.choices = choices
    lines: Any = schema.fields["lines"]
    lines.schema.fields["grade"].choices = _grades(goods)
    return schema


def _grades(goods: str) -> list[tuple[str, str]]:
    """The grades that goods are bought in."""
    known = COMMODITIES.get(goods.partition(".")[0])
    if known is None:
        return []
    with database().reading() as session:
        return [(grade, grade) for grade in grades_offered(session, current_actor(), known)]


def _page(form: forms.Form, spare: int) -> Response:
    """The lines as they were typed, and `spare` empty ones; the grades of the goods that are chosen."""
    form.offer("lines-0-grade", _grades(form.values.get("goods", "")))
    unit = unit_called(form.values.get("weight_unit"))
    weighed_in(form.schema, unit)
    filled = len(form.rows("lines"))
    rows = range(min(filled + spare, MOST_LINES))
    numbers = [form.values.get(f"lines-{place}-line") or str(place + 1) for place in rows]
    return page("paper/page.html", status=form.status, form=form, rows=rows, numbers=numbers, unit=unit)


def _check_page(form: forms.Form) -> Response:
    """Who is behind each number, and the sum, before anything is stored."""
    fact: PaperPage = form.fact
    with database().reading() as session:
        names = farmers.by_numbers(session, current_actor(), [line.farmer for line in fact.lines])
    lines = [(line, names.get(line.farmer), fact.net_g(line)) for line in fact.lines]
    carried = [(name, value) for name, value in form.values.items() if name != "client_id"]
    carried += [("confirmed", "1")] if form.confirmed else []
    on = (fact.occurred_at + timedelta(minutes=fact.zone_minutes)).date()
    return page("paper/check.html", status=form.status, form=form, fact=fact, lines=lines, carried=carried, on=on)


class _OnlyTried(Exception):
    """Takes back what a trial wrote."""


def _tried(fact: PaperPage) -> bool:
    """Everything that storing the page would refuse or ask about, without storing it."""

    def try_it(session: Any) -> None:
        record_paper_page(session, current_actor(), fact)
        raise _OnlyTried

    with suppress(_OnlyTried):
        database().write(try_it)
    return True
