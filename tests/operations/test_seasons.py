"""Seasons on both databases: what counts as “so far” on receipts, statements, limits and land follows their days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.cast import World
from traceability.commodities import commodity
from traceability.domain.approvals import Approve, AskCap
from traceability.domain.facts import WeighIn
from traceability.domain.seasons import OddSeason, SetSeason
from traceability.errors import CapReached, NeedsConfirming
from traceability.models import Plot
from traceability.operations import approvals
from traceability.operations.collection import record_weigh_in, record_weigh_ins
from traceability.operations.ledger import Done
from traceability.operations.seasons import CalledAsCropYear, NotASeason, SeasonsOverlap, set_season
from traceability.queries.receipts import receipt_of
from traceability.queries.seasons import all_seasons, seasons_of
from traceability.queries.statements import statement

MAIN: Any = {
    "commodity": "arabica_coffee",
    "name": "Main",
    "from_on": date(2025, 12, 1),
    "to_on": date(2026, 1, 31),
}
NOVEMBER = datetime(2025, 11, 10, 5, tzinfo=UTC)
JANUARY = datetime(2026, 1, 10, 5, tzinfo=UTC)
MARCH = datetime(2026, 3, 10, 5, tzinfo=UTC)


def set_main(world: World, **more: Any) -> None:
    world.do(world.malee, set_season, SetSeason, **{**MAIN, **more})


def so_far(world: World, lot: str) -> int:
    with world.database.reading() as session:
        return receipt_of(session, world.malee, lot).season_g


def test_of_one_name_the_last_days_count_until_it_is_taken_out(world: World) -> None:
    set_main(world)
    set_main(world, to_on=date(2026, 2, 28))
    set_main(world, name="Fly crop", from_on=date(2026, 5, 1), to_on=date(2026, 6, 30))
    with world.database.reading() as session:
        assert [(row.name, row.to_on) for row in seasons_of(session, world.malee.org_id, "arabica_coffee")] == [
            ("Main", date(2026, 2, 28)),
            ("Fly crop", date(2026, 6, 30)),
        ]
        assert all_seasons(session, world.dao.org_id) == []
    set_main(world, withdrawn=True)
    with world.database.reading() as session:
        assert [row.name for row in all_seasons(session, world.malee.org_id)] == ["Fly crop"]
    world.refused(NotASeason, world.malee, set_season, SetSeason, **MAIN, withdrawn=True)


@pytest.mark.parametrize(
    "days",
    [
        {"from_on": date(2026, 2, 1)},
        {"to_on": date(2028, 1, 1)},
        {"from_on": date.min, "to_on": date.min},
        {"from_on": date.max, "to_on": date.max},
    ],
)
def test_days_that_are_no_season_are_refused(world: World, days: dict[str, date]) -> None:
    world.refused(OddSeason, world.malee, set_season, SetSeason, **{**MAIN, **days})


@pytest.mark.parametrize("name", ["2026/27", "2026", "2026/2027", "2026–27"])
def test_a_season_is_not_called_as_a_crop_year(world: World, name: str) -> None:
    refusal = world.refused(CalledAsCropYear, world.malee, set_season, SetSeason, **{**MAIN, "name": name})
    assert f"{name} is how crop years are called" in str(refusal)
    set_main(world, name=f"Main harvest {name}")


def test_two_seasons_of_a_product_share_no_day(world: World) -> None:
    set_main(world)
    late: Any = {**MAIN, "name": "Late", "from_on": date(2026, 1, 31), "to_on": date(2026, 4, 1)}
    world.refused(SeasonsOverlap, world.malee, set_season, SetSeason, **late)
    set_main(world, **{**late, "commodity": "robusta_coffee"})
    set_main(world, **{**late, "from_on": date(2026, 2, 1)})


def test_the_season_so_far_follows_the_days_where_a_season_covers_them(world: World) -> None:
    before, first, second = (
        world.delivery(grams, occurred_at=at)
        for grams, at in ((10_000, NOVEMBER), (20_000, JANUARY), (30_000, JANUARY))
    )
    assert [so_far(world, lot) for lot in (before, first, second)] == [10_000, 30_000, 60_000]  # one crop year
    set_main(world)
    assert [so_far(world, lot) for lot in (before, first, second)] == [10_000, 20_000, 50_000]
    with world.database.reading() as session:
        newest, crop_year = (statement(session, world.malee, world.amina, name) for name in ("", "2025/26"))
    assert (newest.season.name, [name for _, name in newest.seasons]) == ("Main", ["Main", "2025/26"])
    assert [row.mass_g for row in newest.brought] == [20_000, 30_000]
    assert [row.mass_g for row in crop_year.brought] == [10_000]


def test_a_day_belongs_to_the_season_where_it_is(world: World) -> None:
    """23:30 of the last day in Laos is 16:30 in UTC; 00:30 of the first is the evening before."""
    set_main(world)
    inside = [datetime(2026, 1, 31, 16, 30, tzinfo=UTC), datetime(2025, 11, 30, 17, 30, tzinfo=UTC)]
    outside = [datetime(2026, 1, 31, 17, 30, tzinfo=UTC), datetime(2025, 11, 30, 16, 30, tzinfo=UTC)]
    lots = [world.delivery(1_000 + place, occurred_at=at) for place, at in enumerate([*inside, *outside])]
    assert [so_far(world, lot) for lot in lots] == [1_000, 2_001, 1_002, 2_005]


def weighed(world: World, grams: int, at: datetime, **more: Any) -> dict[str, Any]:
    goods = {"commodity": "arabica_coffee", "form": "fresh_cherry", "bags_g": (grams,), "tare_g": 0}
    given = {"facility": world.mill, "farmer": world.amina, "plot": world.amina_plot, "occurred_at": at}
    return {**goods, **given, "confirmed": True, **more}


def test_the_limit_of_a_plot_counts_anew_in_a_season(world: World) -> None:
    ask: Any = {"plot": world.amina_plot, "cap_g": 50_000, "reason": "old trees"}
    asked = world.do(world.malee, approvals.ask_cap, AskCap, **ask).event
    world.do(world.malee, approvals.approve, Approve, request=asked)
    world.do(world.bakari, record_weigh_in, WeighIn, **weighed(world, 40_000, NOVEMBER))
    world.refused(CapReached, world.bakari, record_weigh_in, WeighIn, **weighed(world, 20_000, JANUARY))
    set_main(world)
    world.do(world.bakari, record_weigh_in, WeighIn, **weighed(world, 20_000, JANUARY))
    world.refused(CapReached, world.bakari, record_weigh_in, WeighIn, **weighed(world, 40_000, JANUARY))
    # outside of any season the rest of the crop year counts: the 40 kg of November, not the 20 kg of the season
    world.refused(CapReached, world.bakari, record_weigh_in, WeighIn, **weighed(world, 10_001, MARCH))
    world.do(world.bakari, record_weigh_in, WeighIn, **weighed(world, 10_000, MARCH))
    # and the season of one product says nothing about another that the plot gives
    robusta = weighed(world, 40_000, JANUARY, commodity="robusta_coffee")
    world.do(world.bakari, record_weigh_in, WeighIn, **robusta)


def test_what_the_land_can_give_is_asked_about_by_the_season(world: World) -> None:
    with world.database.reading() as session:
        area = session.scalars(select(func.sum(Plot.area_m2)).where(Plot.code == world.amina_plot)).one()
    most = commodity("arabica_coffee").most_from("fresh_cherry", int(area))
    assert most is not None
    world.do(world.bakari, record_weigh_in, WeighIn, **weighed(world, most - 1_000, NOVEMBER))
    more = weighed(world, 50_000, JANUARY, confirmed=False)
    world.refused(NeedsConfirming, world.bakari, record_weigh_in, WeighIn, **more)
    set_main(world)
    facts = [world.fact(WeighIn, **weighed(world, grams, JANUARY, confirmed=False)) for grams in (50_000, 51_000)]
    told = world.database.write(lambda session: record_weigh_ins(session, world.bakari, facts))
    assert [type(one) for one in told] == [Done, Done]


def test_what_the_season_brought_does_not_weigh_on_the_land_outside_of_it(world: World) -> None:
    """All that the land gives in the season; November has the crop year for itself, one by one and together"""
    with world.database.reading() as session:
        area = session.scalars(select(func.sum(Plot.area_m2)).where(Plot.code == world.amina_plot)).one()
    most = commodity("arabica_coffee").most_from("fresh_cherry", int(area))
    assert most is not None
    world.do(world.bakari, record_weigh_in, WeighIn, **weighed(world, most, JANUARY))
    more = weighed(world, 50_000, MARCH, confirmed=False)
    world.refused(NeedsConfirming, world.bakari, record_weigh_in, WeighIn, **more)
    set_main(world)
    world.do(world.bakari, record_weigh_in, WeighIn, **more)
    facts = [world.fact(WeighIn, **weighed(world, grams, MARCH, confirmed=False)) for grams in (51_000, 52_000)]
    told = world.database.write(lambda session: record_weigh_ins(session, world.bakari, facts))
    assert [type(one) for one in told] == [Done, Done]
