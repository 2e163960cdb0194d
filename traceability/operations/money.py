"""Money for farmers, where an organisation enters it: a price agreed later, a payment, an advance. No gram moves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.moments import day_of
from traceability.domain.payments import AgreePrice, Pay, checked, price_of, share_out
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import (
    ChosenTwice,
    Conflict,
    Invalid,
    NeedsConfirming,
    NoSuchLot,
    NotADelivery,
    NothingChosen,
    Sentence,
)
from traceability.models import Due, Lot, Payment
from traceability.operations import lookups
from traceability.operations.ledger import Entry, operation
from traceability.queries import money
from traceability.queries.dues import standing
from traceability.queries.paid_lately import PaidLately, paid_lately
from traceability.queries.replaced import first_deliveries
from traceability.queries.usual_prices import unusual_price, usual_prices
from traceability.words import N_


class AmountNeeded(Invalid):
    """The amount must be more than zero. Enter what is paid."""


class CurrencyNeeded(Invalid):
    """Say in which currency: LAK, VND, CNY or USD."""


class HasAPrice(Conflict):
    """Delivery {lot} already has a price. Declare that entry in error first, then enter the right price."""


class NothingOpen(Conflict):
    """Delivery {lot} is not open for this farmer in {currency}: it has no price, or it is paid."""


@operation(Kind.AGREE_PRICE)
def agree_price(session: Session, actor: Actor, fact: AgreePrice) -> Entry:
    """Deliveries that were weighed in without a price get one.

    Raises HasAPrice, AmountNeeded, NotADelivery; NeedsConfirming for a price far from the usual one.
    """
    deliveries = _deliveries(session, actor, fact.deliveries)
    _check_currency(fact.currency)
    amounts = [price_of(lot.made_g, fact.price_per_kg) for lot in deliveries]
    if min(amounts) <= 0:
        raise AmountNeeded(at="price_per_kg")
    priced = session.scalars(
        select(Lot.number)
        .join(Due, Due.lot_id == Lot.id)
        .where(Lot.id.in_([lot.id for lot in deliveries]), standing(Due))
    ).first()
    if priced is not None:
        raise HasAPrice(lot=priced, at="deliveries")
    warnings = _unusual(session, actor, fact, deliveries)
    if warnings and not fact.confirmed:
        raise NeedsConfirming(warnings)
    pairs = list(zip(deliveries, amounts, strict=True))
    firsts = first_deliveries(session, [lot.id for lot in deliveries])
    dues = [
        Due(org_id=lot.org_id, lot_id=lot.id, amount=amount, currency=fact.currency, instead_of_id=firsts.get(lot.id))
        for lot, amount in pairs
    ]
    parts = [{"delivery": lot.code, "amount": amount} for lot, amount in pairs]
    return Entry(
        rows=dues,
        kdes={
            "price_per_kg": fact.price_per_kg,
            "currency": fact.currency,
            "parts": parts,
            "note": nfc(fact.note),
            **kept_unusual(warnings),
        },
        answer={"amount": sum(amounts), "currency": fact.currency, "deliveries": len(deliveries)},
    )


@operation(Kind.PAY)
def pay(session: Session, actor: Actor, fact: Pay) -> Entry:
    """Money for a farmer: for the deliveries it names, else for whatever is open longest; or an advance.

    Raises AmountNeeded, NothingOpen, NoSuchFarmer; NeedsConfirming when it is more than is owed, or the same sum was
    paid minutes ago.
    """
    farmer = lookups.farmer_of(session, actor, fact.farmer)
    _check_currency(fact.currency)
    account = money.account(session, actor, farmer.id)
    chosen = _deliveries(session, actor, fact.deliveries) if fact.deliveries and fact.purpose == "payment" else []
    still = {row.code: row.open for row in account.open_in(fact.currency)}
    for lot in chosen:
        if lot.code not in still:
            raise NothingOpen(lot=lot.number, currency=fact.currency, at="deliveries")
    chosen.sort(key=lambda lot: (lot.made_at, lot.id))
    asked = sum(still[lot.code] for lot in chosen)
    amount = asked if fact.amount is None else checked(fact.amount, at="amount")
    if amount <= 0:
        raise AmountNeeded(at="amount")
    owed = asked if chosen else max(account.balance_in(fact.currency), 0)
    warnings = [_too_much(amount - owed, fact.currency)] if fact.purpose == "payment" and amount > owed else []
    before = paid_lately(session, actor.org_id, farmer.id, amount, fact.currency, fact.occurred_at)
    if before is not None:
        warnings.append(_again(amount, fact.currency, before))
    if warnings and not fact.confirmed:
        raise NeedsConfirming(warnings)
    parts = list(zip(chosen, share_out(amount, [still[lot.code] for lot in chosen]), strict=True))
    rest = amount - sum(part for _, part in parts)

    def row(lot: Lot | None, part: int) -> Payment:
        return Payment(
            org_id=actor.org_id,
            party_id=farmer.id,
            lot_id=lot.id if lot else None,
            amount=part,
            currency=fact.currency,
            purpose=fact.purpose,
            paid_at=fact.occurred_at,
            zone_minutes=fact.zone_minutes,
        )

    settled = [(lot, part) for lot, part in parts if part]
    return Entry(
        rows=[row(lot, part) for lot, part in settled] + ([row(None, rest)] if rest else []),
        kdes={
            "farmer": farmer.code,
            "amount": amount,
            "currency": fact.currency,
            "purpose": fact.purpose,
            "parts": [{"delivery": lot.code, "amount": part} for lot, part in settled],
            "note": nfc(fact.note),
            **kept_unusual(warnings),
        },
        answer={"farmer": farmer.code, "amount": amount, "currency": fact.currency},
    )


def _unusual(session: Session, actor: Actor, fact: AgreePrice, deliveries: Sequence[Lot]) -> list[Sentence]:
    """What is asked about a price, once for goods and grade of any of the deliveries."""
    found: list[Sentence] = []
    of = {(lot.commodity, lot.form, lot.grade, day_of(lot.made_at, lot.zone_minutes)) for lot in deliveries}
    for commodity, form, grade, on in sorted(of):
        usual = usual_prices(session, actor, (commodity, form), grade, fact.currency, on)
        found += [one for one in unusual_price(fact.price_per_kg, fact.currency, usual) if one not in found]
    return found


def kept_unusual(warnings: Sequence[Sentence]) -> dict[str, object]:
    """What somebody was asked about and kept, as an entry says it; nothing where nothing was asked."""
    said = [{"text": warning.text, "values": dict(warning.values)} for warning in warnings]
    return {"kept_unusual": said} if said else {}


def _too_much(more: int, currency: str) -> Sentence:
    words = N_("This is {amount} {currency} more than is owed. It will stand as paid ahead.")
    return Sentence(words, {"amount": more, "currency": currency})


def _again(amount: int, currency: str, before: PaidLately) -> Sentence:
    words = N_("This farmer was paid {amount} {currency} at {time} already, entry {payment}. Is it another payment?")
    return Sentence(words, {"amount": amount, "currency": currency, "time": before.time, "payment": before.event})


def _check_currency(currency: str) -> None:
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise CurrencyNeeded(at="currency")


def _deliveries(session: Session, actor: Actor, codes: Sequence[str]) -> list[Lot]:
    """Deliveries of the house that stand, by code or number, whatever became of them since."""
    if not codes:
        raise NothingChosen(at="deliveries")
    wanted = [code.upper() for code in codes]
    named = Lot.code.in_(wanted) | Lot.number.in_(wanted)
    found = session.scalars(select(Lot).where(Lot.org_id == actor.org_id, named)).all()
    by_name = {lot.number: lot for lot in found} | {lot.code: lot for lot in found}
    chosen: list[Lot] = []
    for code in wanted:
        lot = by_name.get(code)
        if lot is None:
            raise NoSuchLot(code=code, at="deliveries")
        if lot in chosen:
            raise ChosenTwice(lot=lot.number, at="deliveries")
        if lot.kind != "delivery" or lot.void:
            raise NotADelivery(lot=lot.number, at="deliveries")
        chosen.append(lot)
    return chosen
