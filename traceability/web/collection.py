"""The weigh-in: who, how much, check it with the farmer, and the receipt. Each step is a page; nothing needs a script.

What was typed travels in the form itself from step to step, under one client id: sent twice it is stored once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from traceability.commodities import commodity
from traceability.domain.events import Kind
from traceability.domain.facts import UNDONE, DeclareError, WeighIn
from traceability.domain.moments import day_of
from traceability.domain.quantity import plain_mass, shifted
from traceability.domain.roles import Actor
from traceability.errors import FormsDiffer, NotFound, TareTooHeavy
from traceability.operations import paid
from traceability.operations.collection import doubts
from traceability.operations.correction import UNDO_SECONDS
from traceability.queries import cards, farmers, lot_lists, weighings
from traceability.queries.buying import Buying, buying
from traceability.queries.receipts import receipt_of
from traceability.schemas.entry import weighed_in
from traceability.schemas.inspection import ERROR_REASONS
from traceability.web import buying as book
from traceability.web import forms
from traceability.web.goods import address
from traceability.web.pages import database, page, page_asked
from traceability.web.paid import paid_or_owed, to_pay_now
from traceability.web.session import current_actor, signed_in
from traceability.web.weighing import WeighingSchema
from traceability.words import N_

blueprint = Blueprint("collection", __name__)
nav = (N_("Weigh in"), "collection.weigh_in", "scale", Kind.WEIGH_IN, 20)

ON_A_PAGE = 100  # deliveries of a list
KEPT_APART = frozenset({"client_id", "confirmed", "paid"})  # of the hidden inputs of the check page
FILLED = "filled"  # the hidden input that says which price was filled in, so that one that was typed is told from it


@blueprint.get("/weigh-in")
@signed_in(Kind.WEIGH_IN)
def weigh_in() -> AnyResponse:
    """Screen 1, who; with `?farmer=CODE` screen 2, how much. `?q=` searches."""
    actor, code = current_actor(), request.args.get("farmer", "").strip()
    asked = request.args.get("q", "").strip()
    wanted = book.wish(actor)
    with database().reading() as session:
        bought = buying(session, actor, wanted)
        if bought is None:
            return page("collection/no_place.html")
        if code:
            return _open_bags(actor, bought, code)
        found = farmers.farmers(session, actor, asked)[0] if asked else []
        if len(found) == 1 and asked in (found[0].number, found[0].number.lstrip("0")):
            return redirect(address("collection.weigh_in", farmer=found[0].code, **_wish()), 303)
        lost = cards.lost_card(session, actor, asked) if not found else None
        recent = farmers.recent_farmers(session, actor)
        some = recent or farmers.farmers(session, actor, size=5)[0]
    return page(
        "collection/who.html",
        bought=bought,
        day=book.another_day(actor, bought.on),
        asked=asked,
        found=found,
        lost=lost,
        recent=some,
        wish=_wish(),
    )


@blueprint.post("/weigh-in")
@signed_in(Kind.WEIGH_IN)
def save_weigh_in() -> AnyResponse:
    """One step on: another bag, check, back to the bags, or save."""
    actor = current_actor()
    checked = request.form.get("step") == "check"
    # a button with the likely number puts it in, and the page is checked again
    go = request.form.get("go") or ("save" if checked and "chosen" not in request.form else "check")
    form = forms.bind(_schema(actor), request.form)
    saved = None
    if go == "save":
        saved = forms.attempt(form, lambda fact: database().write(lambda s: paid.weigh_in(s, actor, fact)))
    if saved is not None:
        return redirect(url_for("collection.saved", code=saved["lot"]), 303)
    posted = {name: form.values.get(name, "") for name in ("facility", "commodity", "form", "weight_unit")}
    wanted = book.wish(actor, {**posted, "goods": f"{posted['commodity']}.{posted['form']}"})
    with database().reading() as session:
        bought = buying(session, actor, wanted)
    if bought is None:
        raise NotFound()
    filled = request.form.get(FILLED)
    if go != "save":
        form, filled = _at_the_price_of_the_grade(form, bought)
        if not form.problems and form.fact.net_g <= 0:
            form.refuse(TareTooHeavy(tare_g=form.fact.tare_g, gross_g=form.fact.gross_g, at="tare_each_g"))
    if form.problems or go in ("more", "change"):
        return _bags_page(actor, form, bought, filled, more=go == "more")
    return _check_page(actor, form, bought, filled)


def _at_the_price_of_the_grade(form: forms.Form, bought: Buying) -> tuple[forms.Form, str | None]:
    """The form at the price of its grade, where the price of another grade was filled in and left like that.

    What the clerk said, here or when buying was opened, stands. Beside it what is filled in now; see `_filled`.
    """
    filled, typed = request.form.get(FILLED), form.values.get("price_per_kg", "")
    price, _, grade = (filled or "").partition(" ")
    wanted = form.values.get("grade", "")
    if filled is None or price != typed or grade == wanted:
        return form, filled
    others = [(name, value) for name, value in request.form.items(multi=True) if name != "price_per_kg"]
    form = forms.bind(form.schema, MultiDict([*others, ("price_per_kg", bought.price_for(wanted))]))
    return form, _filled(bought, wanted)


def _filled(bought: Buying, grade: str) -> str | None:
    """The price that is filled in and its grade, for the page to send back; None where the clerk said a price."""
    return None if bought.price_said else f"{bought.price_for(grade)} {grade}"


@blueprint.get("/weigh-in/saved/<code>")
@signed_in(Kind.WEIGH_IN)
def saved(code: str) -> Response:
    """Saved: the receipt number, the kilograms, the season so far, and on to the next farmer."""
    with database().reading() as session:
        found = receipt_of(session, current_actor(), code)
    young = datetime.now(UTC) - found.recorded_at < timedelta(seconds=UNDO_SECONDS)
    return page("collection/saved.html", receipt=found, young=young, payment=paid_or_owed(found))


@blueprint.post("/weigh-in/undo")
@signed_in(Kind.DECLARE_ERROR)
def undo() -> AnyResponse:
    """Take back what was saved seconds ago and paid with it; later it is corrected, with a reason."""
    actor, code = current_actor(), request.form.get("delivery", "")
    with database().reading() as session:
        event = receipt_of(session, actor, code).delivery.event
    fact = DeclareError(
        client_id=f"undo-{event}",
        occurred_at=datetime.now(UTC),
        zone_minutes=actor.zone_minutes,
        event=event,
        reason=UNDONE,
    )
    database().write(lambda session: paid.undo_weigh_in(session, actor, fact))
    return redirect(url_for("collection.saved", code=code), 303)


@blueprint.get("/receipts/<code>")
@signed_in()
def receipt(code: str) -> Response:
    """The receipt, to print or to show."""
    with database().reading() as session:
        found = receipt_of(session, current_actor(), code)
    return page("collection/receipt.html", receipt=found, reasons=ERROR_REASONS, payment=paid_or_owed(found))


@blueprint.get("/deliveries")
@signed_in()
def deliveries() -> Response:
    """Deliveries of a day (`?day=2026-11-20`), those not yet in a lot (`?show=open`), or without a plot; by pages."""
    actor, show = current_actor(), request.args.get("show", "day")
    on = _day(request.args.get("day")) or day_of(datetime.now(UTC), actor.zone_minutes)
    with database().reading() as session:
        if show == "open":
            rows = lot_lists.open_deliveries(session, actor)
        elif show == "no-plot":
            rows = weighings.deliveries_without_plot(session, actor)
        else:
            rows = weighings.deliveries_on(session, actor, on)
    standing = [row for row in rows if not row.void]
    last = max(1, -(-len(rows) // ON_A_PAGE))
    at = min(page_asked(), last)
    return page(
        "collection/deliveries.html",
        rows=rows[(at - 1) * ON_A_PAGE : at * ON_A_PAGE],
        show=show,
        on=on,
        mass=sum(row.balance_g if show == "open" else row.made_g for row in standing),
        people=len({row.farmer_number for row in standing}),
        n=len(standing),
        at=at,
        last=last,
        saved=request.args.get("saved", ""),
    )


def _schema(actor: Actor) -> WeighingSchema:
    goods = commodity(request.form.get("commodity", ""))
    form = goods.form(request.form.get("form", ""))
    if form is None:
        raise FormsDiffer(form=request.form.get("form", ""), commodity=goods.names.by_language)
    return WeighingSchema(intake=form.intake, zone_minutes=actor.zone_minutes)


def _open_bags(actor: Actor, bought: Buying, farmer: str) -> Response:
    """Screen 2 as it is opened: the defaults of today, and the plot when the farmer has only one."""
    start = {
        "farmer": farmer,
        "facility": bought.place.prefix,
        "commodity": bought.goods.key,
        "form": bought.form.key,
        "tare_each_g": bought.tare,
        "weight_unit": bought.entry.key,
        "price_per_kg": bought.price_for(""),
        "currency": bought.currency,
        "scale": bought.scale,
        "vehicle": bought.vehicle,
        "collector": bought.collector,
    }
    day = book.another_day(actor, bought.on)
    if day is not None:
        now = datetime.now(timezone(timedelta(minutes=actor.zone_minutes)))
        start["occurred_at"] = f"{day.isoformat()}T{now:%H:%M}"
    schema = WeighingSchema(intake=bought.form.intake, zone_minutes=actor.zone_minutes)
    return _bags_page(actor, forms.opened(schema, start), bought, _filled(bought, ""))


def _bags_page(actor: Actor, form: forms.Form, bought: Buying, filled: str | None, *, more: bool = False) -> Response:
    """Screen 2. Two empty bags to begin with, two more whenever they are asked for."""
    with database().reading() as session:
        who = farmers.farmer(session, actor, form.values.get("farmer", ""))
        plots = farmers.plots_of(session, actor, who.code, bought.goods.key)
    weighed_in(form.schema, bought.entry)
    form.offer("plot", [*((plot.code, plot.name) for plot in plots), ("", N_("Not known"))])
    form.left_out = bought.left_out - {name for name in form.problems if name in form.values}
    form.offer("grade", [(grade, grade) for grade in bought.goods.grades])
    if len(plots) == 1:
        form.values.setdefault("plot", plots[0].code)
    bags = len(form.rows("bags_g"))
    wanted = max(2, bags + bags % 2 + (2 if more and bags % 2 == 0 else 0))
    spare = wanted - bags
    return page(
        "collection/bags.html",
        status=form.status,
        form=form,
        bought=bought,
        day=book.another_day(actor, bought.on),
        who=who,
        plots=plots,
        spare=spare,
        filled=filled,
        prices={grade: bought.price_for(grade) for grade in ("", *bought.goods.grades)},
    )


def _check_page(actor: Actor, form: forms.Form, bought: Buying, filled: str | None) -> Response:
    """Screen 3: what will be stored, readable at arm's length."""
    fact = form.fact
    with database().reading() as session:
        who = farmers.farmer(session, actor, fact.farmer)
        if not form.warnings and not form.confirmed:
            form.warn(*doubts(session, actor, fact))
    return page(
        "collection/check.html",
        status=form.failed or 200,  # a question is no failure before anybody wanted to save
        form=form,
        fact=fact,
        likely=_likely(bought, fact) if form.warnings else (),
        bought=bought,
        filled=filled,
        who=who,
        carried=[(name, value) for name, value in form.values.items() if name not in KEPT_APART],
        amount=fact.net_g * fact.price_per_kg // 1000 if fact.price_per_kg is not None else None,
        to_pay=to_pay_now(fact),
        paid=form.values.get("paid", ""),
    )


def _likely(bought: Buying, fact: WeighIn) -> list[tuple[str, str, int]]:
    """For each bag of an odd weight what was probably meant: its input, what to type there, and the grams.

    A decimal mark was forgotten, or a digit: 486 and 4.86 are 48.6 where bags weigh 20 to 60 kg.
    """
    package, found = bought.form.package, []
    for place, gross in enumerate(fact.bags_g):
        if package is None or package.plausible(gross):
            continue
        meant = next((grams for grams in shifted(gross) if package.plausible(grams)), None)
        if meant is not None:
            found.append((f"bags_g-{place}", plain_mass(meant, unit=bought.entry), meant))
    return found


def _wish() -> dict[str, str]:
    return {name: request.args[name] for name in book.KEPT if name in request.args}


def _day(typed: str | None) -> date | None:
    """The day asked for; None for what is none, or lies so far off that its midnight in another zone has no year."""
    try:
        on = date.fromisoformat(typed or "")
    except ValueError:
        return None
    return on if date.min.year < on.year < date.max.year else None
