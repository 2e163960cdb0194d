"""What an authority reads: volumes beside land, certificates, codes and the reach of recalls, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.cast import World
from traceability.domain import facts
from traceability.domain.dossier import Standing, Status
from traceability.operations import inspection, registry
from traceability.queries import oversight
from traceability.queries.holds import reach_of

MONDAY = date(2026, 3, 2)


def at(days: int, hours: float = 5) -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=days, hours=hours)


def volumes(world: World, **more: Any) -> list[oversight.Volume]:
    with world.database.reading() as session:
        return oversight.volumes(session, world.malee, date(2026, 2, 1), date(2026, 4, 1), **more)


def test_volumes_are_summed_by_week_and_province_beside_the_registered_land(world: World) -> None:
    world.delivery(10_000, plot=world.amina_plot, occurred_at=at(0))
    world.delivery(20_000, world.bounmy, occurred_at=at(6))
    world.delivery(40_000, occurred_at=at(7))
    rows = volumes(world)
    told = [(row.week, row.province, row.farmers, row.deliveries, row.mass_g, row.so_far_g) for row in rows]
    assert told == [
        (MONDAY, "Champasak", 2, 2, 30_000, 30_000),
        (MONDAY + timedelta(days=7), "Champasak", 1, 1, 40_000, 70_000),
    ]
    assert {row.area_m2 for row in rows} == {24_000}
    assert sum(row.mass_g for row in rows) == 70_000


def test_a_week_begins_on_monday_where_the_organisation_is(world: World) -> None:
    world.delivery(1_000, occurred_at=at(0, -7))  # midnight in Laos: it is Monday
    world.delivery(2_000, occurred_at=at(0, -7.1))
    assert [(row.week, row.mass_g) for row in volumes(world)] == [
        (MONDAY - timedelta(days=7), 2_000),
        (MONDAY, 1_000),
    ]


def test_more_than_the_land_bears_in_a_year_is_flagged(world: World) -> None:
    world.delivery(90_000_000, form="fresh_cherry", occurred_at=at(1))
    (row,) = volumes(world)
    assert row.over
    assert row.cap_g is not None
    world.delivery(1_000, form="fresh_cherry", occurred_at=at(-8))
    assert [row.over for row in volumes(world)] == [False, True]


def test_the_filter_keeps_a_product_a_province_and_the_days(world: World) -> None:
    world.delivery(10_000, occurred_at=at(0))
    world.delivery(10_000, occurred_at=datetime(2026, 5, 1, tzinfo=UTC))
    assert len(volumes(world)) == len(volumes(world, commodity="arabica_coffee", province="Champasak")) == 1
    assert volumes(world, commodity="tea") == volumes(world, province="Hà Giang") == []
    with world.database.reading() as session:
        assert oversight.provinces(session, world.malee) == ["Champasak"]
        assert oversight.volumes(session, world.dao, date(2026, 1, 1), date(2026, 12, 31)) == []


def test_certificates_say_what_became_of_the_batch(world: World) -> None:
    batch, stopped = world.released(), world.released()
    held: Any = {"lot": stopped, "reason": "residue", "action": "stop"}
    world.do(world.ines, inspection.recall, facts.RecallGoods, **held)
    with world.database.reading() as session:
        rows = oversight.certificates_issued(session, world.malee, date(2026, 1, 1), date(2026, 12, 31))
        assert oversight.certificates_issued(session, world.malee, date(2020, 1, 1), date(2020, 12, 31)) == []
        assert oversight.certificates_issued(session, world.dao, date(2026, 1, 1), date(2026, 12, 31)) == []
    assert {(row.number, row.status) for row in rows} == {
        (f"{batch}-1", Status.RELEASED),
        (f"{stopped}-1", Status.RECALLED),
    }


def test_codes_that_do_not_stand_come_first(world: World) -> None:
    for number, until in (("A-1", None), ("A-2", date(2020, 1, 1))):
        code: Any = {"scheme": "growing_area", "official_code": number, "plots": (world.amina_plot,)}
        world.do(world.malee, registry.register_registration, facts.RegisterRegistration, valid_to=until, **code)
    with world.database.reading() as session:
        rows = oversight.registrations(session, world.malee)
        assert oversight.registrations(session, world.dao) == []
    assert [(row.code, row.standing, row.plots, row.places) for row in rows] == [
        ("A-2", Standing.EXPIRED, 1, 0),
        ("A-1", Standing.VALID, 1, 0),
    ]


def test_the_reach_of_all_open_recalls_is_that_of_each_alone(world: World) -> None:
    first, other = world.delivery(60_000), world.delivery(40_000, world.bounmy, plot=world.bounmy_plot)
    batch = world.released(world.sealed(world.packed(world.lot(first, other))))
    world.received(world.dispatched(world.lot(world.delivery(9_000))), 9_000)
    for target in ({"lot": batch}, {"farmer": world.amina}, {"plot": world.bounmy_plot}):
        said: Any = {"reason": "residue", "action": "bring it back", **target}
        world.do(world.ines, inspection.recall, facts.RecallGoods, **said)
    with world.database.reading() as session:
        rows = {row.recall.kind: row for row in oversight.open_recalls(session, world.malee)}
        assert oversight.open_recalls(session, world.dao) == []
        alone = reach_of(session, [world.row(batch).id], world.malee.org_id)
    assert (rows["lot"].lots, rows["lot"].batches, rows["lot"].on_hand_g) == (1, 1, alone.on_hand_g)
    assert rows["plot"].batches == rows["farmer"].batches == 1
    assert (rows["lot"].organisations, rows["farmer"].organisations) == (1, 2)
    lifted: Any = {"recall": rows["lot"].recall.code, "outcome": "clean"}
    world.do(world.ines, inspection.lift_recall, facts.LiftRecall, **lifted)
    with world.database.reading() as session:
        assert len(oversight.open_recalls(session, world.malee)) == 2
