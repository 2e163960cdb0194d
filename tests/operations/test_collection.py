"""Weigh-ins and the lots formed from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import World
from traceability.commodities import UnknownCommodity
from traceability.domain.facts import FormLot, Measured, WeighIn
from traceability.domain.postings import UnitsBelowZero
from traceability.errors import (
    ChosenTwice,
    FormsDiffer,
    FromTheFuture,
    InALotAlready,
    InvalidInput,
    MassNeeded,
    MixedGoods,
    NeedsConfirming,
    NoSuchFacility,
    NoSuchFarmer,
    NoSuchLot,
    NoSuchPlot,
    NotADelivery,
    NothingChosen,
    NumberTaken,
    ReasonNeeded,
    SaidDifferently,
    TareTooHeavy,
)
from traceability.models import Event, Lot, Measurement
from traceability.operations.collection import form_lot, record_weigh_in, record_weigh_ins


def weighing(world: World, **changes: Any) -> dict[str, Any]:
    """50 kg of Amina's green coffee in one bag of 50.4 kg."""
    usual: dict[str, Any] = {
        "facility": world.mill,
        "farmer": world.amina,
        "commodity": "arabica_coffee",
        "form": "green",
        "bags_g": (50_400,),
        "tare_g": 400,
    }
    return {**usual, **changes}


def test_a_result_at_the_scale_is_possible_and_an_odd_one_is_asked_about(world: World) -> None:
    """Whoever says it: the same rule stands behind the page, a program and a phone."""

    def said(value: str, **more: Any) -> dict[str, Any]:
        return weighing(world, measured=(Measured(property="moisture_percent", value=value, unit="%"),), **more)

    for value in ("1160", "abc", "-3"):
        world.refused(InvalidInput, world.bakari, record_weigh_in, WeighIn, **said(value))
    world.refused(NeedsConfirming, world.bakari, record_weigh_in, WeighIn, **said("3"))
    world.do(world.bakari, record_weigh_in, WeighIn, **said("3", confirmed=True))
    with world.database.reading() as session:
        assert [(row.value, row.unit) for row in session.scalars(select(Measurement))] == [("3", "%")]


def test_a_weigh_in_makes_a_delivery_of_the_net_grams(world: World) -> None:
    """Amina, her plot -> D"""
    measured = (Measured(property="moisture", value="11.5", unit="%"),)
    fact = world.fact(WeighIn, **weighing(world, plot=world.amina_plot, measured=measured, price_per_kg=32_500))
    done = world.say(world.bakari, record_weigh_in, fact)
    assert (done["mass_g"], done["amount"], done["number"]) == (50_000, 1_625_000, "NL-0105-001")
    lot = world.row(done["lot"])
    assert (lot.kind, lot.made_g, lot.balance_g, lot.made_count) == ("delivery", 50_000, 50_000, 1)
    assert (lot.custody, lot.crop_year, lot.unit) == ("identity_preserved", "2025/26", "bag")
    assert world.count(Measurement) == 1


def test_more_than_the_land_can_give_in_a_season_is_asked_about_and_the_answer_is_kept(world: World) -> None:
    """Amina has 1.2 ha of arabica, which give at most 4.8 t of green coffee: what she brought so far counts."""

    def green(grams: int, **more: Any) -> WeighIn:
        return world.fact(WeighIn, **weighing(world, bags_g=(grams,), tare_g=0, **more))

    world.say(world.bakari, record_weigh_in, green(4_750_000, confirmed=True))
    heap = [green(49_000), green(30_500), green(30_700)]
    done = world.database.write(lambda session: record_weigh_ins(session, world.bakari, heap))
    assert [isinstance(one, NeedsConfirming) for one in done] == [False, True, True]
    with pytest.raises(NeedsConfirming) as doubt:
        world.say(world.bakari, record_weigh_in, green(30_500))
    assert [warning.values["season_g"] for warning in doubt.value.warnings] == [4_829_500]
    kept = world.say(world.bakari, record_weigh_in, green(30_500, confirmed=True))
    with world.database.reading() as session:
        event = session.scalars(select(Event).where(Event.code == kept.event)).one()
    assert [one["values"]["most_g"] for one in event.kdes["kept_unusual"]] == [4_800_000]


def test_the_same_form_sent_again_changes_nothing_and_answers_the_same(world: World) -> None:
    fact = world.fact(WeighIn, **weighing(world))
    first = world.say(world.bakari, record_weigh_in, fact)
    before = world.everything()
    again = world.say(world.bakari, record_weigh_in, fact)
    assert again.replayed
    assert not first.replayed
    assert (again.event, again.answer, again.recorded_at) == (first.event, first.answer, first.recorded_at)
    assert world.everything() == before


def test_the_same_form_with_other_contents_is_refused(world: World) -> None:
    fact = world.fact(WeighIn, **weighing(world))
    world.say(world.bakari, record_weigh_in, fact)
    world.refused(
        SaidDifferently,
        world.bakari,
        record_weigh_in,
        WeighIn,
        **weighing(world, tare_g=300, client_id=fact.client_id, occurred_at=fact.occurred_at),
    )


def test_two_organisations_may_use_the_same_client_id(world: World) -> None:
    fact = world.fact(WeighIn, **weighing(world))
    world.say(world.bakari, record_weigh_in, fact)
    with pytest.raises(NoSuchFacility):
        world.say(world.dao, record_weigh_in, fact)


def test_what_cannot_be_weighed_in_stores_nothing(world: World) -> None:
    reasons: list[tuple[dict[str, Any], type[Any]]] = [
        ({"bags_g": ()}, MassNeeded),
        ({"bags_g": (50_000, 0)}, MassNeeded),
        ({"tare_g": 50_400}, TareTooHeavy),
        ({"tare_g": -1}, TareTooHeavy),
        ({"form": "fillet"}, FormsDiffer),
        ({"commodity": "gold"}, UnknownCommodity),
        ({"farmer": "NOBODY22"}, NoSuchFarmer),
        ({"plot": "NOWHERE2"}, NoSuchPlot),
        ({"plot": world.bounmy_plot}, NoSuchPlot),
        ({"facility": "NOWHERE2"}, NoSuchFacility),
        ({"bags_g": (500_400,)}, NeedsConfirming),
    ]
    for changes, refusal in reasons:
        world.refused(refusal, world.bakari, record_weigh_in, WeighIn, **weighing(world, **changes))


def test_a_weigh_in_of_tomorrow_is_refused_and_one_of_three_minutes_ahead_is_not(world: World) -> None:
    now = datetime.now(UTC)
    late = weighing(world, occurred_at=now + timedelta(minutes=30))
    world.refused(FromTheFuture, world.bakari, record_weigh_in, WeighIn, **late)
    world.do(world.bakari, record_weigh_in, WeighIn, **weighing(world, occurred_at=now + timedelta(minutes=3)))


def test_an_unusual_bag_is_kept_once_somebody_confirmed_it(world: World) -> None:
    asked = world.refused(NeedsConfirming, world.bakari, record_weigh_in, WeighIn, **weighing(world, bags_g=(90_400,)))
    assert [str(warning)[:8] for warning in asked.warnings] == ["90400 in"]
    kept = weighing(world, bags_g=(90_400,), confirmed=True)
    assert world.do(world.bakari, record_weigh_in, WeighIn, **kept)["mass_g"] == 90_000


def test_the_same_weight_again_within_minutes_is_asked_about(world: World) -> None:
    first = world.fact(WeighIn, **weighing(world))
    world.say(world.bakari, record_weigh_in, first)
    soon = weighing(world, occurred_at=first.occurred_at + timedelta(minutes=4))
    world.refused(NeedsConfirming, world.bakari, record_weigh_in, WeighIn, **soon)
    world.do(world.bakari, record_weigh_in, WeighIn, **{**soon, "confirmed": True})
    world.do(world.bakari, record_weigh_in, WeighIn, **{**soon, "farmer": world.bounmy})


def test_receipts_of_two_devices_and_of_paper_books_never_meet(world: World) -> None:
    """A second device counts B002 for itself; somebody copies an old paper receipt with the same beginning."""

    morning = datetime(2026, 1, 5, 1, tzinfo=UTC)

    def number(**more: Any) -> str:
        return world.row(world.delivery(occurred_at=morning, **more)).number

    assert [number(), number(), number()] == ["NL-0105-001", "NL-0105-002", "NL-0105-003"]
    assert number(receipt_number="NL-0105-B002") == "NL-0105-B002"
    assert number() == "NL-0105-004"
    assert number(receipt_number="nl-0105-B120") == "NL-0105-B120"
    assert number() == "NL-0105-005"  # a phone counts for itself, behind its letter
    assert number(receipt_number="NL-0105-12/A") == "NL-0105-12/A"
    assert number(receipt_number="NL-0105-EXTRA") == "NL-0105-EXTRA"
    assert number() == "NL-0105-006"
    world.refused(NumberTaken, world.bakari, record_weigh_in, WeighIn, **weighing(world, receipt_number="NL-0105-B120"))


def test_a_receipt_that_looks_like_a_code_does_not_hide_the_lot_with_that_code(world: World) -> None:
    first = world.delivery()
    second = world.delivery(receipt_number=first)
    formed = world.do(world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(first,))
    assert world.left(first)[0] == 0
    assert world.left(second)[0] == 50_000
    assert formed["mass_g"] == 50_000


def test_deliveries_become_one_lot_with_their_grams_and_bags(world: World) -> None:
    """60 Amina + 40 Bounmy -> L"""
    lot = world.lot(world.delivery(60_000, bags=2), world.delivery(40_000, world.bounmy))
    row = world.row(lot)
    assert (row.made_g, row.made_count, row.kind, row.custody) == (100_000, 3, "lot", "segregated")
    assert row.number == "LA-PN-2026-0001"


def test_one_farm_alone_stays_identity_preserved(world: World) -> None:
    lot = world.lot(world.delivery(10_000, plot=world.amina_plot), world.delivery(20_000, plot=world.amina_plot))
    assert world.row(lot).custody == "identity_preserved"


def test_what_the_scale_shows_less_is_a_loss_and_more_a_gain(world: World) -> None:
    for weighed, reason in ((49_800, ""), (50_400, ""), (45_000, "wet bags dried")):
        form = {"facility": world.mill, "deliveries": (world.delivery(),), "weighed_g": weighed, "reason": reason}
        done = world.do(world.bakari, form_lot, FormLot, **form)
        assert (done["mass_g"], done["counted_g"]) == (weighed, 50_000)


def test_what_cannot_be_formed_stores_nothing(world: World) -> None:
    green, cherry = world.delivery(), world.delivery(form="fresh_cherry")
    used = world.delivery()
    formed = world.lot(used)

    def refused(refusal: type[Any], *deliveries: str, **more: Any) -> None:
        fact = {"facility": world.mill, "deliveries": deliveries, **more}
        world.refused(refusal, world.bakari, form_lot, FormLot, **fact)

    refused(NothingChosen)
    refused(ChosenTwice, green, green)
    refused(ChosenTwice, green, world.row(green).number)
    refused(MixedGoods, green, cherry)
    refused(InALotAlready, green, used)
    refused(NotADelivery, green, formed)
    refused(NoSuchLot, green, "NOWHERE2")
    refused(ReasonNeeded, green, weighed_g=49_000)
    refused(MassNeeded, green, weighed_g=0)
    refused(UnitsBelowZero, green, count=-2)


def test_a_lot_of_a_hundred_deliveries_is_formed_with_few_questions(world: World) -> None:
    """The number of queries must not grow with the number of deliveries."""
    from sqlalchemy import event

    few = [world.delivery(1_000 + grams) for grams in range(3)]
    many = [world.delivery(2_000 + grams) for grams in range(40)]
    asked: list[str] = []
    counts = []
    engine = world.database._write_engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    for deliveries in (few, many):
        asked.clear()
        world.lot(*deliveries)
        counts.append(sum(statement.lstrip().upper().startswith("SELECT") for statement in asked))
    assert counts[0] == counts[1]


def test_client_ids_are_kept_for_ever_even_when_the_lot_is_gone(world: World) -> None:
    fact = world.fact(WeighIn, **weighing(world))
    delivery = world.say(world.bakari, record_weigh_in, fact)["lot"]
    world.lot(delivery)
    assert world.say(world.bakari, record_weigh_in, fact)["lot"] == delivery
    assert world.count(Lot) == 2
    with pytest.raises(SaidDifferently):
        world.say(world.bakari, record_weigh_in, replace(fact, note="again"))


def test_a_delivery_that_is_in_a_lot_says_in_which(world: World) -> None:
    delivery = world.delivery()
    lot = world.lot(delivery)
    said: Any = {"facility": world.mill, "deliveries": (delivery,)}
    refusal = world.refused(InALotAlready, world.bakari, form_lot, FormLot, **said)
    assert refusal.sentence.values["lots"] == world.row(lot).number
