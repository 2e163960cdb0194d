"""Money for farmers: who is owed what, a payment or an advance with its receipt, a price agreed later.

An organisation that never entered a price meets none of these pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.moments import day_of
from traceability.models import Party
from traceability.operations import lookups
from traceability.operations.money import agree_price, pay
from traceability.queries import farmers, money
from traceability.queries.currencies import currency_of
from traceability.queries.farmers import DeliveryRow, FarmerRow
from traceability.queries.owed import who_is_owed
from traceability.queries.payment_slips import payment_slip
from traceability.schemas.money import AgreePriceSchema, PaySchema
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in

blueprint = Blueprint("money", __name__)


@dataclass(frozen=True)
class Side:
    """The farmer on the other side of the table, and the currency that is dealt in."""

    party: Party
    who: FarmerRow
    account: money.Account
    currency: str


@blueprint.get("/money")
@signed_in()
def owed() -> Response:
    """Everybody who is owed something, who waits longest first; `?currency=LAK` only in one currency."""
    wanted = request.args.get("currency", "")
    with database().reading() as session:
        rows = who_is_owed(session, current_actor())
    shown = [row for row in rows if wanted in ("", row.currency)]
    currencies = sorted({row.currency for row in shown})
    of_currency = [(currency, [row.amount for row in shown if row.currency == currency]) for currency in currencies]
    sums = [(currency, len(amounts), sum(amounts)) for currency, amounts in of_currency]
    since = [(day_of(row.since, current_actor().zone_minutes), row) for row in shown]
    return page("money/owed.html", rows=since, sums=sums)


@blueprint.get("/farmers/<code>/pay")
@signed_in(Kind.PAY)
def open_pay(code: str) -> Response:
    """What is open, ready to be ticked; `?delivery=CODE` is ticked already."""
    actor, side = current_actor(), _side(code)
    start = {"farmer": side.who.code, "currency": side.currency, "purpose": "payment"}
    form = forms.opened(PaySchema(zone_minutes=actor.zone_minutes), start)
    return _pay_page(form, side, {request.args.get("delivery", "")})


@blueprint.post("/farmers/<code>/pay")
@signed_in(Kind.PAY)
def save_pay(code: str) -> AnyResponse:
    """Pay, and to the receipt."""
    actor, side = current_actor(), _side(code)
    form = forms.bind(PaySchema(zone_minutes=actor.zone_minutes), request.form)
    done = forms.attempt(form, lambda fact: database().write(lambda s: pay(s, actor, fact)))
    if done is None:
        return _pay_page(form, side, set(request.form.getlist("deliveries")))
    return redirect(url_for("money.receipt", code=done.event), 303)


@blueprint.get("/payments/<code>")
@signed_in()
def receipt(code: str) -> Response:
    """The receipt of a payment, to print or to show."""
    with database().reading() as session:
        return page("money/receipt.html", slip=payment_slip(session, current_actor(), code))


@blueprint.get("/farmers/<code>/price")
@signed_in(Kind.AGREE_PRICE)
def open_price(code: str) -> Response:
    """The deliveries without a price, and the one they all get."""
    actor, side = current_actor(), _side(code)
    form = forms.opened(AgreePriceSchema(zone_minutes=actor.zone_minutes), {"currency": side.currency})
    return _price_page(form, side, None)


@blueprint.post("/farmers/<code>/price")
@signed_in(Kind.AGREE_PRICE)
def save_price(code: str) -> AnyResponse:
    """Keep the price."""
    actor, side = current_actor(), _side(code)
    form = forms.bind(AgreePriceSchema(zone_minutes=actor.zone_minutes), request.form)
    done = forms.attempt(form, lambda fact: database().write(lambda s: agree_price(s, actor, fact)))
    if done is None:
        return _price_page(form, side, set(request.form.getlist("deliveries")))
    return redirect(url_for("registry.farmer", code=side.who.code), 303)


def _side(code: str) -> Side:
    """The farmer, and the currency asked for, or that something is open in, or that is usual here."""
    actor = current_actor()
    with database().reading() as session:
        who = farmers.farmer(session, actor, code)
        party = lookups.farmer_of(session, actor, who.code)
        account = money.account(session, actor, party.id)
        usual = currency_of(session, actor.org_id)
    known = [balance.currency for balance in account.balances if balance.owed > 0]
    asked = request.values.get("currency", "")
    return Side(party, who, account, asked if asked in known else (known or [usual])[0])


def _pay_page(form: forms.Form, side: Side, ticked: set[str]) -> Response:
    rows = side.account.open_in(side.currency)
    others = [b.currency for b in side.account.balances if b.owed > 0 and b.currency != side.currency]
    return page("money/pay.html", status=form.status, form=form, side=side, rows=rows, ticked=ticked, others=others)


def _price_page(form: forms.Form, side: Side, ticked: set[str] | None) -> Response:
    actor = current_actor()
    with database().reading() as session:
        rows: list[DeliveryRow] = money.unpriced(session, actor, side.party.id)
    chosen = {row.code for row in rows} if ticked is None else ticked
    return page("money/price.html", status=form.status, form=form, side=side, rows=rows, ticked=chosen)
