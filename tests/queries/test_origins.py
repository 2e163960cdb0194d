"""Where a lot comes from, counted by everything that it can be counted by, and why each number is what it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cast import BOLAVEN, World
from traceability.domain import facts
from traceability.domain.facts import Take
from traceability.domain.methods import By
from traceability.domain.moments import day_number
from traceability.models import Lot
from traceability.models.database import Database
from traceability.operations import collection, processing, registry, shipping
from traceability.queries.edges import ALWAYS, Days
from traceability.queries.origins import Shares, seen_by, shares_by
from traceability.queries.reasons import NotInThere, Why, own_rows, why_rows

LATER = datetime(2026, 2, 1, 3, tzinfo=UTC)
MORE = datetime(2026, 2, 2, 3, tzinfo=UTC)


class Blend(World):
    """60 Amina (plot) + 40 Bounmy -> L in January; in February 50 Amina (no plot), 20 of L and 30 of it -> M"""

    def blended(self) -> str:
        self.old = self.lot(
            self.delivery(60_000, plot=self.amina_plot), self.delivery(40_000, self.bounmy, plot=self.bounmy_plot)
        )
        self.new = self.delivery(50_000, occurred_at=LATER)
        inputs = (Take(lot=self.old, mass_g=20_000), Take(lot=self.new, mass_g=30_000))
        told = {"facility": self.mill, "inputs": inputs, "occurred_at": MORE}
        return str(self.do(self.bakari, processing.merge, facts.Merge, **told)["lot"])


@pytest.fixture
def blend(database: Database) -> Blend:
    return Blend(database)


def lot_of(session: Session, code: str) -> Lot:
    return session.scalars(select(Lot).where(Lot.code == code)).one()


def counted(world: World, code: str, by: By, days: Days = ALWAYS) -> Shares:
    with world.database.reading() as session:
        return shares_by(session, lot_of(session, code), by, days)


def because(world: World, code: str, about: str, **how: object) -> Why:
    with world.database.reading() as session:
        return why_rows(session, lot_of(session, code), about, **how)  # type: ignore[arg-type]


def test_the_same_lot_is_counted_by_everything(blend: Blend) -> None:
    lot = blend.blended()
    farms = counted(blend, lot, By.FARM)
    assert [(row.code, row.number, row.mass_g, row.tenths) for row in farms.rows] == [
        (blend.amina, "0001", 42_000, 840),
        (blend.bounmy, "0002", 8_000, 160),
    ]
    plots = counted(blend, lot, By.PLOT)
    assert [(row.code, row.mass_g) for row in plots.rows] == [
        ("", 30_000),
        (blend.amina_plot, 12_000),
        (blend.bounmy_plot, 8_000),
    ]
    [house] = counted(blend, lot, By.ORGANISATION).rows
    assert (house.code, house.mass_g, house.tenths) == (blend.cooperative.org_code, 50_000, 1_000)
    assert [(row.code, row.mass_g) for row in counted(blend, lot, By.INPUT).rows] == [
        (blend.new, 30_000),
        (blend.old, 20_000),
    ]
    days = counted(blend, lot, By.DAY)
    assert [(row.on, row.mass_g) for row in days.rows] == [(date(2026, 1, 5), 20_000), (date(2026, 2, 1), 30_000)]


@pytest.mark.parametrize("by", By)
def test_every_count_sums_to_the_lot_whatever_the_thirds(world: World, by: By) -> None:
    lot = world.lot(*[world.delivery(1_001, who) for who in (world.amina, world.bounmy, world.sida)])
    [part, _] = world.split(lot, 1_000, 2_003)
    found = counted(world, part, by)
    assert sum(row.mass_g for row in found.rows) == 1_000
    assert sum(row.tenths for row in found.rows) == 1_000
    assert found.outside_g == 0


@pytest.mark.parametrize("by", By)
def test_what_came_through_other_days_is_told_as_such(blend: Blend, by: By) -> None:
    """Only February: the January lot was made on another day, though it went in directly on one that is asked for."""
    lot = blend.blended()
    february = Days(day_number(LATER, 0), day_number(MORE, 0))
    found = counted(blend, lot, by, february)
    direct = 20_000 if by is By.INPUT else 0
    assert sum(row.mass_g for row in found.rows) == 30_000 + direct
    assert found.outside_g == 20_000 - direct
    assert sum(row.tenths for row in found.rows) + found.outside_tenths == 1_000
    never = counted(blend, lot, by, Days(0, 1))
    assert (never.rows, never.outside_g, never.outside_tenths) == ((), 50_000, 1_000)


@pytest.mark.parametrize("by", By)
def test_a_delivery_is_all_its_farmers(world: World, by: By) -> None:
    delivery = world.delivery(12_345, plot=world.amina_plot)
    [row] = counted(world, delivery, by).rows
    assert (row.mass_g, row.tenths) == (12_345, 1_000)


def test_a_fence_shows_the_other_organisation_as_one_line(world: World) -> None:
    arrived = world.received(world.dispatched(), 100_000)
    for by in By:
        rows = counted(world, arrived, by).rows
        assert all(row.number == row.name == "" for row in seen_by(world.importer.org_code, rows))
        [line] = seen_by(world.importer.org_code, rows)
        assert (line.organisation, line.code, line.mass_g) == (
            world.cooperative.org_code,
            world.cooperative.org_code,
            100_000,
        )
        assert not line.by_name
    own = seen_by(world.cooperative.org_code, counted(world, arrived, By.FARM).rows)
    assert [row.mass_g for row in own] == [60_000, 40_000]


def every_share(blend: Blend, lot: str) -> Iterator[tuple[str, int]]:
    for by in By:
        for row in counted(blend, lot, by).rows:
            if row.code:
                yield row.code, row.mass_g


def test_every_number_has_a_reason_that_ends_in_it(blend: Blend) -> None:
    lot = blend.blended()
    for about, mass in every_share(blend, lot):
        why = because(blend, lot, about)
        assert why.asked_g == mass, about
        last = why.rows[-1]
        assert last.code == lot
        assert abs(last.asked_g * why.mass_g - mass * last.whole_g) <= last.whole_g
        for row in why.rows:
            assert sum(term.asked_g for term in row.terms) <= row.asked_g <= row.whole_g


def test_the_arithmetic_goes_from_lot_to_lot(blend: Blend) -> None:
    """60 of the 100 kg in L are Amina's; of M's 50 kg, 20 came from L: 12, and 30 are hers alone: 42"""
    lot = blend.blended()
    first, last = because(blend, lot, "0001").rows
    assert (first.code, first.asked_g, first.whole_g, first.tenths) == (blend.old, 60_000, 100_000, 600)
    [term] = first.terms
    assert (term.delivery, term.mass_g, term.asked_g) == (True, 60_000, 60_000)
    assert [(term.code, term.mass_g, term.tenths, term.asked_g) for term in last.terms] == [
        (blend.new, 30_000, 1_000, 30_000),
        (blend.old, 20_000, 600, 12_000),
    ]
    assert (last.asked_g, last.whole_g, last.tenths) == (42_000, 50_000, 840)


def test_of_a_lot_on_the_way_one_asks_no_further(blend: Blend) -> None:
    lot = blend.blended()
    [row] = because(blend, lot, blend.old).rows
    assert [(term.code, term.asked_g) for term in row.terms] == [(blend.old, 20_000)]
    everything = because(blend, lot, "")
    assert (everything.asked_g, everything.tenths) == (50_000, 1_000)
    assert because(blend, blend.new, blend.amina).rows == ()


def test_only_what_is_in_there_has_a_reason(blend: Blend) -> None:
    lot = blend.blended()
    for about in (blend.sida, "0003", "2020-01-01", blend.importer.org_code, "nothing", "%", blend.mill):
        with pytest.raises(NotInThere):
            because(blend, lot, about)


def test_what_is_behind_the_fence_cannot_be_asked_about_by_name(world: World) -> None:
    """60 Amina + 40 Bounmy -> L -> Chiara's R"""
    lot = world.lot(world.delivery(60_000, plot=world.amina_plot), world.delivery(40_000, world.bounmy))
    arrived = world.received(world.dispatched(lot), 100_000)
    chiara = world.importer.org_id
    for about in (world.amina, "0001", world.amina_plot, lot):
        with pytest.raises(NotInThere):
            because(world, arrived, about, org_id=chiara)
        assert because(world, arrived, about).asked_g > 0
    whole = because(world, arrived, world.cooperative.org_code, org_id=chiara)
    assert whole.asked_g == 100_000
    [row] = own_rows(whole, world.importer.org_code).rows
    assert row.code == arrived
    assert [(term.code, term.number, term.organisation) for term in row.terms] == [("", "", world.cooperative.org_code)]


def test_of_a_day_one_is_told_what_came_into_the_own_house(world: World) -> None:
    """60 Amina + 40 Bounmy -> R of Dao, and 50 that Dao weighed in on the very same day -> M"""
    dao = world.outside.org_code
    road = {"lot": world.lot(), "to_organisation": dao, "mass_g": None}
    transfer = str(world.do(world.bakari, shipping.dispatch, facts.Dispatch, **road)["transfer"])
    arrived = str(world.do(world.dao, shipping.receive, facts.Receive, transfer=transfer, weighed_g=100_000)["lot"])
    grower = {"name": "Khamla", "nickname": "", "phone": "", "where": BOLAVEN}
    weighed = {
        "facility": world.dao_place,
        "farmer": world.do(world.dao, registry.register_farmer, facts.RegisterFarmer, **grower)["farmer"],
        "commodity": "arabica_coffee",
        "form": "green",
        "bags_g": (50_000,),
        "tare_g": 0,
        "confirmed": True,
        "occurred_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
    }
    own = str(world.do(world.dao, collection.record_weigh_in, facts.WeighIn, **weighed)["lot"])
    mixed = {"facility": world.dao_place, "inputs": (Take(lot=arrived), Take(lot=own))}
    lot = str(world.do(world.dao, processing.merge, facts.Merge, **mixed)["lot"])

    [day, others] = seen_by(dao, counted(world, lot, By.DAY).rows)
    assert (day.code, day.mass_g, others.mass_g) == ("2026-01-05", 50_000, 100_000)
    why = because(world, lot, day.code, org_id=world.outside.org_id)
    assert (why.asked_g, why.rows[-1].asked_g) == (50_000, 50_000)
    assert because(world, lot, day.code).asked_g == 150_000
    with pytest.raises(NotInThere):
        because(world, arrived, day.code, org_id=world.outside.org_id)
