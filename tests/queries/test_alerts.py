"""Holds and recalls reach everything made from what they stop, and nothing else."""

from __future__ import annotations

from sqlalchemy import select

from tests.cast import World
from traceability.domain.dossier import Alert, Status
from traceability.domain.facts import CloseHold, LiftRecall, PutOnHold, RecallGoods
from traceability.models import Lot
from traceability.operations.inspection import close_hold, lift_recall, put_on_hold, recall
from traceability.queries.alerts import alerts_of, any_alert
from traceability.queries.holds import stopped
from traceability.queries.home_lists import Item, held


def alerts(world: World, code: str) -> tuple[Alert, ...]:
    with world.database.reading() as session:
        lot_id = session.scalars(select(Lot.id).where(Lot.code == code)).one()
        found = alerts_of(session, lot_id)
        assert any_alert(session, [lot_id]) is bool(found)
        return found


def test_a_hold_reaches_what_was_made_from_the_lot_in_every_organisation(world: World) -> None:
    """D1 + D2 -> L -> A + B -> Chiara's R; D3 -> other"""
    delivery = world.delivery(60_000)
    lot = world.lot(delivery, world.delivery(40_000, world.bounmy))
    part, rest = world.split(lot, 60_000, 40_000)
    abroad = world.received(world.dispatched(rest), 40_000)
    other = world.lot(world.delivery(30_000))
    hold = world.do(world.ines, put_on_hold, PutOnHold, lot=delivery, reason="residues", action="wait")["hold"]
    number = world.row(delivery).number
    for code in (delivery, lot, part, abroad):
        (alert,) = alerts(world, code)
        assert (alert.kind, alert.source, alert.reason, alert.action) == (Status.ON_HOLD, number, "residues", "wait")
        assert alert.inherited is (code != delivery)
    assert alerts(world, other) == ()
    world.do(world.ines, close_hold, CloseHold, hold=hold, passed=True, outcome="clean")
    assert alerts(world, abroad) == ()


def test_a_failed_hold_stays_and_says_what_came_of_it(world: World) -> None:
    lot = world.lot()
    hold = world.do(world.ines, put_on_hold, PutOnHold, lot=lot, reason="residues", action="wait")["hold"]
    world.do(world.ines, put_on_hold, PutOnHold, lot=lot, reason="smell", action="wait")
    world.do(world.ines, close_hold, CloseHold, hold=hold, passed=False, outcome="cadmium found")
    said = [(alert.kind, alert.reason, alert.action) for alert in alerts(world, lot)]
    assert said == [(Status.FAILED, "cadmium found", ""), (Status.ON_HOLD, "smell", "wait")]


def test_a_hold_of_a_farm_is_of_whatever_comes_in_while_it_is_open(world: World) -> None:
    """D1 -> L on hold, D2 after it too; passed -> neither"""
    lot = world.lot(world.delivery(60_000, plot=world.amina_plot))
    for target in ({"farmer": world.amina}, {"plot": world.amina_plot}):
        code = world.do(world.ines, put_on_hold, PutOnHold, reason="residues", action="wait", **target)["hold"]
        later = world.delivery(10_000, plot=world.amina_plot)
        for reached in (lot, later):
            (alert,) = alerts(world, reached)  # whose farm it is, is nobody's business
            assert (alert.kind, alert.source, alert.inherited, alert.action) == (Status.ON_HOLD, "", True, "wait")
        assert set(stops(world)) >= {lot, later}
        assert alerts(world, world.delivery(10_000, world.bounmy)) == ()
        world.do(world.ines, close_hold, CloseHold, hold=code, passed=True, outcome="clean")
        assert alerts(world, lot) == alerts(world, later) == ()
        assert stops(world) == []


def test_what_a_farm_brings_in_after_it_failed_is_not_stopped(world: World) -> None:
    lot = world.lot(world.delivery(60_000, plot=world.amina_plot))
    for place, target in enumerate(({"farmer": world.amina}, {"plot": world.amina_plot}), 1):
        code = world.do(world.ines, put_on_hold, PutOnHold, reason="residues", **target)["hold"]
        world.do(world.ines, close_hold, CloseHold, hold=code, passed=False, outcome="cadmium found")
        assert [alert.reason for alert in alerts(world, lot)] == ["cadmium found"] * place
        assert lot in stops(world)
        after = world.delivery(10_000, plot=world.amina_plot)
        assert alerts(world, after) == ()
        assert after not in stops(world)
        assert after not in {item.code for item in held_on_the_first_page(world)}


def stops(world: World) -> list[str]:
    """The codes of all lots that lists mark as stopped."""
    with world.database.reading() as session:
        return list(session.scalars(select(Lot.code).where(Lot.id.in_(stopped(session)))))


def held_on_the_first_page(world: World) -> list[Item]:
    with world.database.reading() as session:
        return held(session, world.ines)


def test_whatever_is_on_hand_of_a_held_farm_waits_on_the_first_page(world: World) -> None:
    used, left, _ = world.delivery(60_000), world.delivery(50_000), world.delivery(40_000, world.bounmy)
    lot = world.lot(used)
    world.do(world.ines, put_on_hold, PutOnHold, reason="residues", farmer=world.amina)
    assert {item.code for item in held_on_the_first_page(world)} == {left, lot}


def test_a_recall_of_a_farm_does_not_say_whose_farm(world: World) -> None:
    delivery = world.delivery(60_000, plot=world.amina_plot)
    batch = world.released(world.sealed(world.packed(world.lot(delivery), mass_g=60_000, count=1)))
    said = {"reason": "residues", "action": "bring it back", "phone": "+856 20 5551 0000"}
    for target in ({"farmer": world.amina}, {"plot": world.amina_plot}):
        code = world.do(world.ines, recall, RecallGoods, **said, **target)["recall"]
        (alert,) = alerts(world, batch)
        assert (alert.kind, alert.source, alert.inherited) == (Status.RECALLED, "", True)
        assert alert.phone == "+856 20 5551 0000"
        world.do(world.ines, lift_recall, LiftRecall, recall=code, outcome="another farm")
    assert alerts(world, batch) == ()


def test_recalls_are_said_before_holds_and_the_oldest_first(world: World) -> None:
    delivery = world.delivery(60_000)
    lot = world.lot(delivery)
    for reason in ("first", "second"):
        world.do(world.ines, put_on_hold, PutOnHold, lot=delivery, reason=reason)
    world.do(world.ines, recall, RecallGoods, lot=lot, reason="third", action="bring it back")
    assert [alert.reason for alert in alerts(world, lot)] == ["third", "first", "second"]
    assert [alert.reason for alert in alerts(world, delivery)] == ["first", "second"]
