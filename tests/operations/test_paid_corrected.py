"""What was paid for a delivery by name stays with it, however often it is corrected and however its price came.

Amina brought 10 kg first, which nobody paid, and then 4 kg, for which 4 000 is paid by name.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from tests.cast import World, event_of
from tests.operations.test_money import PRICED, account_of, paid
from tests.operations.test_reweighing import approved, sound
from traceability.domain import facts
from traceability.domain.payments import AgreePrice
from traceability.models import guards
from traceability.operations import correction, lookups, money
from traceability.operations.paid import declare_with_money
from traceability.queries.corrections import payments_for


@pytest.fixture
def older(world: World) -> str:
    return world.delivery(10_000, **PRICED)


def replaced(world: World, wrong: str, mass_g: int, **price: Any) -> str:
    """The delivery that takes the place of a wrong one."""
    usual: Any = {"facility": world.mill, "farmer": world.amina, "commodity": "arabica_coffee", "form": "green"}
    right = world.fact(facts.WeighIn, **usual, bags_g=(mass_g,), tare_g=0, confirmed=True, **price)
    said: Any = {"event": event_of(world, wrong), "reason": "wrong_weight", "replacement": right}
    return str(world.do(world.malee, correction.declare_error, facts.DeclareError, **said)["replacement"]["lot"])


def agreed(world: World, lot: str) -> None:
    world.do(world.malee, money.agree_price, AgreePrice, deliveries=(lot,), confirmed=True, **PRICED)


def still(world: World) -> dict[str, int]:
    """What is open, by delivery."""
    return {row.code: row.open for row in account_of(world).dues}


def test_one_that_replaced_another_is_weighed_anew(world: World, older: str) -> None:
    """4 kg paid -> 5 kg -> those were 6: 2 000 is open, and once that is paid by name, nothing"""
    first = world.delivery(4_000, **PRICED)
    paid(world, None, first)
    second = replaced(world, first, 5_000, **PRICED)
    approved(world, second, 6_000)
    assert still(world) == {older: 10_000, second: 2_000}
    paid(world, None, second)
    assert still(world) == {older: 10_000, second: 0}
    approved(world, second, 7_000)  # a third row of the same delivery counts no payment twice
    assert still(world) == {older: 10_000, second: 1_000}
    sound(world)


def test_its_price_is_agreed_anew(world: World, older: str) -> None:
    first = world.delivery(4_000)
    agreed(world, first)
    paid(world, None, first)
    second = replaced(world, first, 5_000)
    agreed(world, second)
    assert still(world) == {older: 10_000, second: 1_000}
    sound(world)


def test_one_between_had_no_price(world: World, older: str) -> None:
    first = world.delivery(4_000, **PRICED)
    paid(world, None, first)
    second = replaced(world, first, 5_000)
    with world.database.reading() as session:  # whoever corrects it again is told
        event = lookups.event_of(session, world.malee, event_of(world, second))
        assert [payment.for_it for payment in payments_for(session, event)] == [4_000]
    third = replaced(world, second, 5_000, **PRICED)
    assert still(world) == {older: 10_000, third: 1_000}
    sound(world)


@pytest.mark.parametrize("corrected", [False, True])
def test_what_was_paid_for_other_deliveries_is_not_asked_about_and_not_undone(
    world: World, older: str, corrected: bool
) -> None:
    """10 kg are paid by name, and so are the 4 kg that never were: only their payment goes with them."""
    wrong = world.delivery(4_000, **PRICED)
    paid(world, None, older)
    paid(world, None, wrong)
    if corrected:
        wrong = replaced(world, wrong, 5_000, **PRICED)
    event = event_of(world, wrong)
    with world.database.reading() as session:
        found = payments_for(session, lookups.event_of(session, world.malee, event))
    assert [payment.for_it for payment in found] == [4_000]
    said: Any = {"event": event, "reason": "did_not_occur", "note": "typed twice", "money": "undone"}
    world.do(world.malee, declare_with_money, facts.DeclareError, **said)
    assert still(world) == {older: 0}
    assert [row.void for row in account_of(world).payments] == [True, False]
    sound(world)


def test_a_record_of_before_is_tied_by_the_update(world: World, older: str) -> None:
    first = world.delivery(4_000, **PRICED)
    paid(world, None, first)
    third = replaced(world, replaced(world, first, 5_000), 5_000, **PRICED)
    approved(world, third, 6_000)
    rows = text("select id, instead_of_id from due order by id")
    with world.database.schema_connection() as connection, connection.begin():
        on_table = "" if world.database.is_sqlite else " on due"
        connection.execute(text(f"drop trigger if exists guard_due_no_update{on_table}"))
        now = connection.execute(rows).all()
        connection.execute(text("update due set instead_of_id = null"))
        guards.install(connection)  # as in a record that was kept until now
        with Operations.context(MigrationContext.configure(connection)):
            import_module("traceability.models.migrations.versions.0023_first_deliveries").upgrade()
        assert connection.execute(rows).all() == now
        guards.install(connection)  # which follows the last migration
    assert still(world) == {older: 10_000, third: 2_000}
    sound(world)
