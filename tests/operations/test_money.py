"""Money for farmers: what deliveries are worth, what is paid, what stays open; nothing of it without a price.

Amina: 50 kg at 1 000 -> 50 000, 30 kg at 1 000 -> 30 000; Bounmy: 20 kg at 1 000 -> 20 000.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import World, event_of
from traceability.domain import facts
from traceability.domain.payments import AgreePrice, AmountTooLarge, Pay, share_out
from traceability.errors import (
    AlreadyDeclared,
    ChosenTwice,
    Forbidden,
    NeedsConfirming,
    NoSuchFarmer,
    NoSuchLot,
    NotADelivery,
    NothingChosen,
)
from traceability.models import Due, Event, Party, Payment
from traceability.operations import collection, correction, money, rebooking
from traceability.operations.ledger import Done
from traceability.operations.paid import declare_with_money, weigh_in_paid
from traceability.queries import money as reading
from traceability.queries.money import Account
from traceability.queries.owed import owed_sums, who_is_owed
from traceability.queries.payment_slips import payment_slip

PRICED: Any = {"price_per_kg": 1_000, "currency": "LAK"}


@pytest.fixture
def sold(world: World) -> tuple[str, str, str]:
    """Two deliveries of Amina's and one of Bounmy's, with their prices."""
    return (
        world.delivery(50_000, **PRICED),
        world.delivery(30_000, **PRICED),
        world.delivery(20_000, world.bounmy, **PRICED),
    )


def paid(world: World, amount: int | None = None, *deliveries: str, **more: Any) -> Done:
    said = {"farmer": world.amina, "currency": "LAK", "amount": amount, "deliveries": deliveries, **more}
    return world.do(world.bakari, money.pay, Pay, **said)


def account_of(world: World, farmer: str = "") -> Account:
    with world.database.reading() as session:
        party = session.scalars(select(Party.id).where(Party.code == (farmer or world.amina))).one()
        return reading.account(session, world.malee, party)


def owed(world: World) -> dict[str, tuple[int, datetime]]:
    with world.database.reading() as session:
        return {row.code: (row.amount, row.since) for row in who_is_owed(session, world.malee)}


def opened(world: World) -> list[int]:
    """What is open of each of Amina's deliveries, the oldest first."""
    return [row.open for row in reversed(account_of(world).dues)]


def declared(world: World, event: str, **more: Any) -> Done:
    said = {"event": event, "reason": "incorrect_data", "note": "typed wrongly", **more}
    return world.do(world.malee, correction.declare_error, facts.DeclareError, **said)


def test_without_a_price_there_is_no_money(world: World) -> None:
    world.delivery()
    with world.database.reading() as session:
        assert reading.uses_money(session, world.malee) is False
        assert who_is_owed(session, world.malee) == []
    account = account_of(world)
    assert (account.balances, account.dues, account.payments, account.unpriced) == ((), (), (), 1)


def test_what_is_weighed_in_with_a_price_is_owed_until_it_is_paid(world: World, sold: tuple[str, ...]) -> None:
    assert {code: amount for code, (amount, _) in owed(world).items()} == {world.amina: 80_000, world.bounmy: 20_000}
    assert owed(world)[world.amina][1] == world.row(sold[0]).made_at
    paid(world, 60_000)  # names none: the oldest first
    assert opened(world) == [0, 20_000]
    assert owed(world)[world.amina] == (20_000, world.row(sold[1]).made_at)
    paid(world, 20_000)
    assert world.amina not in owed(world)
    assert account_of(world).balance_in("LAK") == 0


def test_a_payment_for_one_delivery_settles_that_one(world: World, sold: tuple[str, ...]) -> None:
    done = paid(world, None, sold[1])
    assert done["amount"] == 30_000
    assert opened(world) == [50_000, 0]
    assert owed(world)[world.amina] == (50_000, world.row(sold[0]).made_at)
    assert opened(world) == [50_000, 0]
    paid(world, 10_000, sold[0])
    assert opened(world) == [40_000, 0]


def test_a_pay_out_for_several_deliveries_takes_the_oldest_first(world: World, sold: tuple[str, ...]) -> None:
    paid(world, 60_000, sold[1], sold[0])
    assert opened(world) == [0, 20_000]
    refused = world.refused(
        money.NothingOpen, world.bakari, money.pay, Pay, farmer=world.amina, currency="LAK", deliveries=(sold[0],)
    )
    assert "is paid" in str(refused)


def test_more_than_is_owed_is_asked_about_and_then_stands_as_paid_ahead(world: World, sold: tuple[str, ...]) -> None:
    said: Any = {"farmer": world.amina, "currency": "LAK", "amount": 90_000}
    doubt = world.refused(NeedsConfirming, world.bakari, money.pay, Pay, **said)
    assert doubt.warnings[0].values == {"amount": 10_000, "currency": "LAK"}
    paid(world, 90_000, confirmed=True)
    assert account_of(world).balance_in("LAK") == -10_000
    world.delivery(30_000, **PRICED)
    assert opened(world) == [0, 0, 20_000]
    assert owed(world)[world.amina][0] == 20_000


def test_an_advance_is_paid_before_anything_is_owed(world: World) -> None:
    paid(world, 25_000, purpose="advance")
    account = account_of(world)
    assert (account.balance_in("LAK"), account.payments[0].advance) == (-25_000, True)
    world.delivery(40_000, **PRICED)
    assert opened(world) == [15_000]


def test_a_payment_declared_in_error_is_owed_again_and_stays_readable(world: World, sold: tuple[str, ...]) -> None:
    done = paid(world, 80_000)
    assert world.amina not in owed(world)
    declared(world, done.event)
    assert owed(world)[world.amina][0] == 80_000
    (row,) = account_of(world).payments
    assert (row.amount, row.void) == (80_000, True)
    with world.database.reading() as session:
        assert payment_slip(session, world.malee, done.event).void
    world.refused(
        AlreadyDeclared,
        world.malee,
        correction.declare_error,
        facts.DeclareError,
        event=done.event,
        reason="incorrect_data",
        note="again",
    )


def test_a_delivery_declared_in_error_is_owed_no_longer_and_its_money_settles_the_next(
    world: World, sold: tuple[str, ...]
) -> None:
    paid(world, None, sold[0])
    declared(world, event_of(world, sold[0]))
    assert opened(world) == [0]
    assert account_of(world).balance_in("LAK") == -20_000


def test_a_delivery_booked_on_another_farmer_is_owed_to_that_one(world: World, sold: tuple[str, ...]) -> None:
    paid(world, None, sold[0])
    other = {"event": event_of(world, sold[0]), "farmer": world.bounmy, "reason": "other card"}
    world.do(world.malee, rebooking.correct_origin, facts.CorrectOrigin, **other)
    assert {code: amount for code, (amount, _) in owed(world).items()} == {world.bounmy: 70_000}
    assert account_of(world).balance_in("LAK") == -20_000  # what Amina got stays with Amina


def test_a_price_agreed_later_is_owed_and_can_be_corrected(world: World) -> None:
    lots = world.delivery(50_000), world.delivery(30_000)
    world.lot(lots[0])  # what became of it since does not matter
    said: Any = {"deliveries": lots, "price_per_kg": 2_000, "currency": "LAK"}
    done = world.do(world.malee, money.agree_price, AgreePrice, **said)
    assert (done["amount"], owed(world)[world.amina][0]) == (160_000, 160_000)
    world.refused(money.HasAPrice, world.malee, money.agree_price, AgreePrice, **said)
    declared(world, done.event)
    assert owed(world) == {}
    world.do(world.malee, money.agree_price, AgreePrice, **{**said, "price_per_kg": 1_500})
    assert owed(world)[world.amina][0] == 120_000


def test_currencies_are_never_added_up(world: World) -> None:
    world.delivery(10_000, **PRICED)
    world.delivery(10_000, price_per_kg=5, currency="USD")
    assert [(b.currency, b.owed) for b in account_of(world).balances] == [("LAK", 10_000), ("USD", 50)]
    paid(world, 50, currency="USD")
    with world.database.reading() as session:
        assert [(row.currency, row.amount, row.farmers) for row in owed_sums(session, world.malee)] == [
            ("LAK", 10_000, 1)
        ]


def test_what_cannot_be_paid_is_refused_and_nothing_is_stored(world: World, sold: tuple[str, ...]) -> None:
    farmer: Any = {"farmer": world.amina, "currency": "LAK"}
    for refusal, more in (
        (AmountTooLarge, {"amount": 10**15}),
        (money.AmountNeeded, {"amount": 0}),
        (money.AmountNeeded, {}),
        (money.CurrencyNeeded, {"amount": 1, "currency": ""}),
        (NoSuchFarmer, {"amount": 1, "farmer": "0999"}),
        (NoSuchLot, {"deliveries": ("NONE",)}),
        (ChosenTwice, {"deliveries": (sold[0], sold[0])}),
        (money.NothingOpen, {"deliveries": (sold[2],)}),  # Bounmy's
    ):
        world.refused(refusal, world.bakari, money.pay, Pay, **{**farmer, **more})
    price: Any = {"price_per_kg": 1_000, "currency": "LAK"}
    world.refused(NothingChosen, world.malee, money.agree_price, AgreePrice, deliveries=(), **price)
    world.refused(NotADelivery, world.malee, money.agree_price, AgreePrice, deliveries=(world.lot(),), **price)
    world.refused(Forbidden, world.ines, money.pay, Pay, **farmer, amount=1)
    world.refused(NoSuchFarmer, world.dao, money.pay, Pay, **farmer, amount=1)


def test_a_price_that_cannot_be_right_is_refused_at_the_scale(world: World) -> None:
    weighing: Any = {
        "facility": world.mill,
        "farmer": world.amina,
        "commodity": "arabica_coffee",
        "form": "green",
        "bags_g": (10_000_000,),
        "tare_g": 0,
        "confirmed": True,
    }
    price = {"price_per_kg": 10**15, "currency": "LAK"}
    world.refused(AmountTooLarge, world.bakari, collection.record_weigh_in, facts.WeighIn, **weighing, **price)


def test_paid_twice_under_one_client_id_is_paid_once(world: World, sold: tuple[str, ...]) -> None:
    fact = world.fact(Pay, farmer=world.amina, currency="LAK", amount=30_000)
    first, again = (world.say(world.bakari, money.pay, fact) for _ in range(2))
    assert (first.replayed, again.replayed, first.event) == (False, True, again.event)
    assert account_of(world).balance_in("LAK") == 50_000


def test_the_right_weigh_in_in_the_place_of_a_wrong_one_is_owed_instead(world: World, sold: tuple[str, ...]) -> None:
    right = world.fact(
        facts.WeighIn,
        facility=world.mill,
        farmer=world.amina,
        commodity="arabica_coffee",
        form="green",
        bags_g=(40_000,),
        tare_g=0,
        confirmed=True,
        **PRICED,
    )
    declared(world, event_of(world, sold[0]), replacement=right)
    assert sorted(opened(world)) == [30_000, 40_000]


def test_every_row_of_money_is_what_an_entry_says(world: World, sold: tuple[str, ...]) -> None:
    paid(world, 60_000, sold[0], confirmed=True)
    paid(world, 5_000, purpose="advance")
    with world.database.reading() as session:
        bodies = {event.id: json.loads(event.body)["kdes"] for event in session.scalars(select(Event))}
        dues = {row.made_by_id: row.amount for row in session.scalars(select(Due))}
        assert dues == {key: said["amount"] for key, said in bodies.items() if key in dues}
        sums: dict[int, int] = {}
        for row in session.scalars(select(Payment)):
            sums[row.made_by_id] = sums.get(row.made_by_id, 0) + row.amount
        assert sums == {key: said["amount"] for key, said in bodies.items() if key in sums}


def test_a_sum_settles_one_after_the_other() -> None:
    assert share_out(60, (50, 30)) == (50, 10)
    assert share_out(100, (50, 30)) == (50, 30)
    assert share_out(0, (50, -5)) == (0, 0)


def test_many_weigh_ins_in_one_turn_are_owed_too(world: World) -> None:
    said = [
        world.fact(
            facts.WeighIn,
            facility=world.mill,
            farmer=world.amina,
            commodity="arabica_coffee",
            form="green",
            bags_g=(grams,),
            tare_g=0,
            confirmed=True,
            **PRICED,
        )
        for grams in (10_000, 11_000)
    ]
    world.database.write(lambda session: collection.record_weigh_ins(session, world.bakari, said))
    assert opened(world) == [10_000, 11_000]


def test_a_delivery_that_does_not_count_is_not_owed_however_its_price_came(world: World) -> None:
    """50 kg without a price, priced later, then declared in error and weighed again as 40 kg: 40 000 is owed."""
    first = world.delivery(50_000)
    world.do(world.malee, money.agree_price, AgreePrice, deliveries=(first,), price_per_kg=1_000, currency="LAK")
    event = event_of(world, first)
    world.do(world.malee, correction.declare_error, facts.DeclareError, event=event, reason="twice", note="x")
    assert owed(world) == {}
    world.delivery(40_000, **PRICED)
    assert owed(world)[world.amina][0] == 40_000


def test_a_price_without_a_currency_is_in_that_of_the_country(world: World) -> None:
    world.delivery(10_000, price_per_kg=1_000)
    paid(world, 10_000)
    assert owed(world) == {}


@pytest.mark.parametrize(("money_was", "paid_sum"), [("stays", 50_000), ("undone", 0)])
def test_what_was_paid_at_the_scale_stays_or_goes_with_a_weigh_in_in_error(
    world: World, money_was: str, paid_sum: int
) -> None:
    """50 kg at 1 000 paid at once, and it was 60: with the payment 10 000 are owed, without it all 60 000"""
    usual = {"facility": world.mill, "farmer": world.amina, "commodity": "arabica_coffee", "form": "green"}
    priced: Any = {**usual, "tare_g": 0, "price_per_kg": 1_000, "currency": "LAK"}
    done = world.do(world.malee, weigh_in_paid, facts.WeighIn, **priced, bags_g=(50_000,))
    right = world.fact(facts.WeighIn, **priced, bags_g=(60_000,))
    said: Any = {"event": done.event, "reason": "wrong_weight", "replacement": right, "money": money_was}
    fact = world.fact(facts.DeclareError, **said)
    world.say(world.malee, declare_with_money, fact)
    before = world.everything()
    assert world.say(world.malee, declare_with_money, fact).replayed
    assert world.everything() == before
    (balance,) = account_of(world).balances
    assert (balance.due, balance.paid, balance.owed) == (60_000, paid_sum, 60_000 - paid_sum)


def test_a_payment_that_was_declared_in_error_before_is_left_alone(world: World) -> None:
    usual = {"facility": world.mill, "farmer": world.amina, "commodity": "arabica_coffee", "form": "green"}
    priced: Any = {**usual, "tare_g": 0, "price_per_kg": 1_000, "currency": "LAK"}
    done = world.do(world.malee, weigh_in_paid, facts.WeighIn, **priced, bags_g=(50_000,))
    with world.database.reading() as session:
        payment = session.scalars(select(Event.code).where(Event.kind == "pay")).one()
    declared(world, payment)
    said: Any = {"event": done.event, "reason": "twice", "money": "undone"}
    world.do(world.malee, declare_with_money, facts.DeclareError, **said)
    assert [(row.due, row.paid) for row in account_of(world).balances if row.due or row.paid] == []


def test_what_was_said_as_owed_is_not_paid_by_saying_it_again_as_paid(world: World) -> None:
    usual = {"facility": world.mill, "farmer": world.amina, "commodity": "arabica_coffee", "form": "green"}
    fact = world.fact(facts.WeighIn, **usual, bags_g=(50_000,), tare_g=0, price_per_kg=1_000, currency="LAK")
    world.say(world.malee, collection.record_weigh_in, fact)
    assert world.say(world.malee, weigh_in_paid, fact).replayed
    assert world.count(Payment) == 0
