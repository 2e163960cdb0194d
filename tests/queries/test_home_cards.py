"""The cards of the first page: every number is the sum of the list that it opens, on both databases.

Today: Amina 50 + Bounmy 30 kg at the mill, and a point that is silent. Before: 4 weeks of the same weekday.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.cast import BOLAVEN, World, event_of
from traceability.domain import facts
from traceability.domain.facts import Output, Take
from traceability.operations import collection, correction, inspection, processing, registry
from traceability.queries import approvals, home_cards, lot_lists, weighings
from traceability.queries.home_cards import LISTS, Day, Line
from traceability.queries.owed import who_is_owed


def day_of(world: World) -> Day:
    with world.database.reading() as session:
        return home_cards.home_cards(session, world.malee)


def lines(day: Day) -> dict[str, Line]:
    return {line.key: line for card in day.cards for line in card.lines}


def now() -> datetime:
    return datetime.now(UTC)


def a_day_of_work(world: World) -> None:
    """Something for every sentence."""
    shed = {"name": "Lak 30", "kind": "collection_point", "prefix": "LK", "where": BOLAVEN}
    point = world.do(world.malee, registry.register_facility, facts.RegisterFacility, **shed)["facility"]
    world.delivery(7_000, facility=point, occurred_at=now() - timedelta(days=3))
    world.delivery(50_000, occurred_at=now())
    world.delivery(30_000, world.bounmy, plot=world.bounmy_plot, occurred_at=now())
    asked = world.delivery(9_000, occurred_at=now() - timedelta(days=5), price_per_kg=14_000, currency="LAK")
    question: Any = {"event": event_of(world, asked), "reason": "Wrong farmer"}
    world.do(world.bakari, correction.ask_correction, facts.AskCorrection, **question)
    held = world.delivery(4_000, occurred_at=now())
    world.do(world.ines, inspection.put_on_hold, facts.PutOnHold, lot=held, reason="smell", action="wait")
    spoilt = facts.Measured(property="cadmium", value="4.2", unit="mg/kg", passed=False)
    world.do(world.ines, inspection.inspect, facts.Inspect, lot=world.lot(), measured=(spoilt,), confirmed=True)
    world.dispatched(world.lot())
    world.sealed()
    world.released()
    weighed: Any = {"deliveries": (world.delivery(100_000), world.delivery(100_000)), "weighed_g": 199_000}
    world.do(world.bakari, collection.form_lot, facts.FormLot, facility=world.mill, occurred_at=now(), **weighed)
    world.do(
        world.bakari,
        processing.process,
        facts.Process,
        facility=world.mill,
        inputs=(Take(lot=world.delivery(60_000, form="fresh_cherry", occurred_at=now())),),
        outputs=(Output(form="green", mass_g=10_000),),
        occurred_at=now(),
        confirmed=True,
    )
    world.delivery(90_000_000, world.bounmy, plot=world.bounmy_plot, form="fresh_cherry", occurred_at=now())
    paper: Any = {"scheme": "organic", "number": "LAO-1", "issuer": "LCB", "custody": "segregated"}
    until: Any = {"valid_from": date(2020, 1, 1), "valid_to": now().date() + timedelta(days=9)}
    world.do(world.malee, registry.register_certificate, facts.RegisterCertificate, **paper, **until)


def test_every_number_is_the_sum_of_the_list_that_it_opens(world: World) -> None:
    a_day_of_work(world)
    day = day_of(world)
    seen = set()
    with world.database.reading() as session:
        for line in (line for card in day.cards for line in card.lines):
            seen.add(line.key)
            if line.key in LISTS:
                items = LISTS[line.key](session, world.malee)
                assert (line.n, line.mass_g) == (len(items), sum(item.mass_g or 0 for item in items)), line
                assert line.beside_g in (0, sum(item.beside_g or 0 for item in items))
            elif line.key == "goods":
                found = lot_lists.lots(session, world.malee, goods=f"{line.commodity}.{line.form}")
                assert (line.n, line.mass_g) == (found.count, found.balance_g)
            elif line.key == "approve":
                assert line.n == len(approvals.requests(session, world.malee)[0])
            elif line.key == "owed":
                rows = [row for row in who_is_owed(session, world.malee) if row.currency == line.currency]
                assert (line.n, line.amount) == (len(rows), sum(row.amount for row in rows))
                assert line.days == 5
            else:
                opens = lot_lists.open_deliveries if line.key == "open" else weighings.deliveries_without_plot
                listed = [row for row in opens(session, world.malee) if not row.void]
                grams = sum(row.balance_g if line.key == "open" else row.made_g for row in listed)
                assert (line.n, line.mass_g) == (len(listed), grams)
        points = LISTS["points"](session, world.malee)
        today = [row for row in weighings.deliveries_on(session, world.malee, day_today(world)) if not row.void]
    assert seen == {*LISTS, "approve", "goods", "open", "no_plot", "owed"} - {"points", "silent", "receive"}
    assert day.points == len(points) == 1
    assert day.harvest.today_g == sum(point.mass_g or 0 for point in points) == sum(row.made_g for row in today)
    assert day.harvest.deliveries == len(today)
    assert day.harvest.farmers == len({row.farmer_number for row in today})
    assert [item.title for item in day.silent] == ["Lak 30"]


def day_today(world: World) -> date:
    return (now() + timedelta(minutes=world.malee.zone_minutes)).date()


def test_at_most_seven_cards_and_none_without_a_sentence(world: World) -> None:
    assert [card.key for card in day_of(world).cards] == []
    a_day_of_work(world)
    cards = day_of(world).cards
    assert len(cards) + 1 <= 7  # and the one of the harvest
    assert all(card.lines for card in cards)


def test_the_usual_is_of_the_same_weekday_of_four_weeks_and_only_of_days_with_work(world: World) -> None:
    for week, grams in ((1, 10_000), (2, 30_000), (5, 900_000)):
        world.delivery(grams, occurred_at=now() - timedelta(days=7 * week))
    world.delivery(555_000, occurred_at=now() - timedelta(days=3))
    harvest = day_of(world).harvest
    assert (harvest.today_g, harvest.deliveries, harvest.farmers) == (0, 0, 0)
    assert harvest.usual_g == 20_000
    assert harvest.last_days[-1] == 0
    assert (harvest.last_days[-4], harvest.last_days[-8], len(harvest.last_days)) == (555_000, 10_000, 14)


def test_a_point_is_not_silent_before_anybody_weighed_in_that_day(world: World) -> None:
    world.delivery(5_000, occurred_at=now() - timedelta(days=2))
    assert (day_of(world).points, day_of(world).silent) == (0, ())


def test_the_scale_is_compared_with_the_book_where_it_was_asked_again(world: World) -> None:
    a_day_of_work(world)
    line = lines(day_of(world))["weighed"]
    assert (line.n, line.mass_g, line.beside_g, line.beside_tenths) == (1, -1_000, 200_000, -5)


def test_who_brings_more_than_the_plots_bear_is_named_with_the_cap(world: World) -> None:
    world.delivery(90_000_000, world.bounmy, plot=world.bounmy_plot, form="fresh_cherry", occurred_at=now())
    world.delivery(100_000, form="fresh_cherry", occurred_at=now())
    with world.database.reading() as session:
        (item,) = LISTS["over-cap"](session, world.malee)
        assert LISTS["over-cap"](session, world.dao) == []
    assert (item.code, item.mass_g) == (world.bounmy, 90_000_000)
    assert 0 < (item.beside_g or 0) < 90_000_000


def test_another_organisation_sees_none_of_it(world: World) -> None:
    a_day_of_work(world)
    with world.database.reading() as session:
        theirs = home_cards.home_cards(session, world.dao)
    assert (theirs.cards, theirs.harvest.today_g, theirs.points, theirs.silent) == ((), 0, 0, ())


@pytest.mark.parametrize("what", [*LISTS])
def test_every_list_is_empty_where_there_is_nothing(world: World, what: str) -> None:
    with world.database.reading() as session:
        assert LISTS[what](session, world.dao) == []
