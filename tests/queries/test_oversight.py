"""What an authority reads: volumes beside land, certificates, codes and the reach of recalls, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from tests.cast import World, person
from traceability.domain import facts
from traceability.domain.authority import EndArea, EndReading, GrantArea, GrantReading
from traceability.domain.capacity import SetCapacity
from traceability.domain.dossier import Standing, Status
from traceability.domain.facts import Take, Where
from traceability.domain.labelling import BuildPallet, PrintLabels, SetGs1, VoidLabels
from traceability.domain.recalls import AcknowledgeRecall
from traceability.domain.roles import Actor, Role
from traceability.domain.serials import serial_of
from traceability.errors import Forbidden, NoSuchRecall
from traceability.models import LabelRun
from traceability.operations import authority, inspection, packing, registry
from traceability.operations.capacity import set_capacity
from traceability.operations.gs1 import set_gs1
from traceability.operations.labels import print_labels, void_labels
from traceability.operations.pallets import build_pallet
from traceability.operations.recalls import acknowledge_recall
from traceability.queries import oversight
from traceability.queries.authority import heard_of, readers_of, seen_by
from traceability.queries.capacity import worked
from traceability.queries.holds import reach_of
from traceability.queries.inspection_queue import AT_RANDOM, RECALLED, inspection_queue
from traceability.queries.labels import BoxState
from traceability.queries.oversight_search import find
from traceability.queries.recalls import incoming, open_recalls

MONDAY = date(2026, 3, 2)


def at(days: int, hours: float = 5) -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=days, hours=hours)


def volumes(world: World, **more: Any) -> list[oversight.Volume]:
    with world.database.reading() as session:
        return oversight.volumes(session, seen_by(session, world.malee), date(2026, 2, 1), date(2026, 4, 1), **more)


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
    world.delivery(2_000, occurred_at=at(0, -7) - timedelta(microseconds=200_000))
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
        assert oversight.provinces(session, seen_by(session, world.malee)) == ["Champasak"]
        assert oversight.volumes(session, seen_by(session, world.dao), date(2026, 1, 1), date(2026, 12, 31)) == []


def test_certificates_say_what_became_of_the_batch(world: World) -> None:
    batch, stopped = world.released(), world.released()
    held: Any = {"lot": stopped, "reason": "residue", "action": "stop"}
    world.do(world.ines, inspection.recall, facts.RecallGoods, **held)
    year, before = (date(2026, 1, 1), date(2026, 12, 31)), (date(2020, 1, 1), date(2020, 12, 31))
    with world.database.reading() as session:
        ours, others = seen_by(session, world.malee), seen_by(session, world.dao)
        rows = oversight.certificates_issued(session, ours, *year)
        assert oversight.certificates_issued(session, ours, *before) == []
        assert oversight.certificates_issued(session, others, *year) == []
    assert {(row.number, row.status) for row in rows} == {
        (f"{batch}-1", Status.RELEASED),
        (f"{stopped}-1", Status.RECALLED),
    }


def test_codes_that_do_not_stand_come_first(world: World) -> None:
    for number, until in (("A-1", None), ("A-2", date(2020, 1, 1))):
        code: Any = {"scheme": "growing_area", "official_code": number, "plots": (world.amina_plot,)}
        world.do(world.malee, registry.register_registration, facts.RegisterRegistration, valid_to=until, **code)
    with world.database.reading() as session:
        rows = oversight.registrations(session, seen_by(session, world.malee))
        assert oversight.registrations(session, seen_by(session, world.dao)) == []
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
        rows = {row.recall.kind: row for row in open_recalls(session, seen_by(session, world.malee))}
        assert open_recalls(session, seen_by(session, world.dao)) == []
        alone = reach_of(session, [world.row(batch).id], world.malee.org_id)
    assert (rows["lot"].lots, rows["lot"].batches, rows["lot"].on_hand_g) == (1, 1, alone.on_hand_g)
    assert rows["plot"].batches == rows["farmer"].batches == 1
    assert (rows["lot"].organisations, rows["farmer"].organisations) == (1, 2)
    lifted: Any = {"recall": rows["lot"].recall.code, "outcome": "clean"}
    world.do(world.ines, inspection.lift_recall, facts.LiftRecall, **lifted)
    with world.database.reading() as session:
        assert len(open_recalls(session, seen_by(session, world.malee))) == 2


# -- an authority over several -----------------------------------------------------------------------------------


def ministry(world: World, country: str = "LA") -> Actor:
    """An auditor of an authority that nobody let in yet."""
    named: Any = {"name": "Plant Protection", "kind": "authority", "prefix": "PP", "where": Where(country=country)}
    fact = world.fact(facts.RegisterOrganisation, **named)
    opened = world.database.write(lambda session: registry.register_organisation(session, fact))
    return person(opened, 500, "Olga", Role.AUDITOR)


def read_by(world: World, actor: Actor) -> set[str]:
    with world.database.reading() as session:
        return {name.text("en") for name in seen_by(session, actor).organisations.values()}


def test_an_authority_reads_who_let_it_in_and_whom_the_law_names(world: World) -> None:
    olga = ministry(world)
    machine, code = person(olga, 0, "", *Role), {"authority": olga.org_code}
    machine = replace(machine, user_id=None)
    assert read_by(world, olga) == set()
    world.do(world.malee, authority.grant_reading, GrantReading, **code)
    world.refused(authority.AlreadyGranted, world.malee, authority.grant_reading, GrantReading, **code)
    assert read_by(world, olga) == {"Phou Noy Cooperative"}
    world.do(machine, authority.grant_area, GrantArea, country="IT")
    assert read_by(world, olga) == {"Phou Noy Cooperative", "Chiara Caffè"}
    world.do(world.malee, authority.end_reading, EndReading, **code)
    world.refused(authority.NotGranted, world.malee, authority.end_reading, EndReading, **code)
    assert read_by(world, olga) == {"Chiara Caffè"}
    with world.database.reading() as session:
        assert [row.by_itself for row in readers_of(session, world.importer.org_id)] == [False]
        assert readers_of(session, world.malee.org_id) == []
    world.do(machine, authority.end_area, EndArea, country="IT")
    assert read_by(world, olga) == set()


def test_only_an_authority_is_let_in_and_only_the_machine_grants_an_area(world: World) -> None:
    other: Any = {"authority": world.importer.org_code}
    world.refused(authority.NotAnAuthority, world.malee, authority.grant_reading, GrantReading, **other)
    olga = ministry(world)
    for role in Role:
        somebody = person(olga, 501, "Somebody", role)
        world.refused(Forbidden, somebody, authority.grant_area, GrantArea, country="LA")


def test_volumes_of_all_are_summed_beside_what_their_places_can_take(world: World) -> None:
    olga = ministry(world)
    world.do(world.malee, authority.grant_reading, GrantReading, authority=olga.org_code)
    world.do(world.malee, set_capacity, SetCapacity, facility=world.mill, capacity_g=10_000)
    world.delivery(70_000, plot=world.amina_plot, occurred_at=at(0))
    world.delivery(70_001, plot=world.amina_plot, occurred_at=at(7))
    with world.database.reading() as session:
        rows = oversight.volumes(session, seen_by(session, olga), date(2026, 2, 1), date(2026, 4, 1))
    assert [(row.mass_g, row.capacity_g, row.above_capacity) for row in rows] == [
        (70_000, 70_000, False),
        (70_001, 70_000, True),
    ]
    world.do(world.malee, set_capacity, SetCapacity, facility=world.mill, capacity_g=None)
    assert {row.capacity_g for row in volumes(world)} == {None}


def test_the_busiest_day_of_a_place_stands_beside_its_capacity(world: World) -> None:
    world.packed()
    world.do(world.malee, set_capacity, SetCapacity, facility=world.mill, capacity_g=99_999)
    with world.database.reading() as session:
        (row,) = worked(session, seen_by(session, world.malee), date(2026, 1, 1), date(2026, 12, 31))
    assert (row.days, row.mass_g, row.busiest_g, row.capacity_g, row.over) == (1, 100_000, 100_000, 99_999, True)


def test_the_last_moment_of_a_day_is_of_that_day(world: World) -> None:
    bags: Any = {"facility": world.mill, "inputs": (Take(lot=world.lot()),), "form": "green", "unit": "bag"}
    when = at(0, -7) - timedelta(microseconds=200_000)
    world.do(world.bakari, packing.pack, facts.Pack, **bags, count=2, mass_g=100_000, confirmed=True, occurred_at=when)
    with world.database.reading() as session:
        (row,) = worked(session, seen_by(session, world.malee), date(2026, 3, 1), date(2026, 3, 1))
    assert (row.week, row.busiest, row.mass_g) == (MONDAY - timedelta(days=7), date(2026, 3, 1), 100_000)


def test_the_queue_says_why_and_puts_chance_last(world: World) -> None:
    stopped, other = world.released(), world.released()
    recalled: Any = {"lot": stopped, "reason": "residue", "action": "stop"}
    world.do(world.ines, inspection.recall, facts.RecallGoods, **recalled)
    year = date(2026, 1, 1), date(2026, 12, 31)
    with world.database.reading() as session:
        seen = seen_by(session, world.malee)
        everything = inspection_queue(session, replace(seen, sample_percent=100), *year)
        flagged = inspection_queue(session, replace(seen, sample_percent=0), *year)
    assert [(row.code, row.reasons) for row in everything] == [(stopped, (RECALLED, AT_RANDOM)), (other, (AT_RANDOM,))]
    assert [(row.code, row.reasons) for row in flagged] == [(stopped, (RECALLED,))]


def test_a_code_on_a_box_is_found_with_those_who_are_read_and_nowhere_else(world: World) -> None:
    batch, olga = world.released(world.sealed(serial="BM-0417")), ministry(world)
    with world.database.reading() as session:
        assert find(session, seen_by(session, olga), batch) == []
        (hit,) = find(session, seen_by(session, world.malee), batch)
        assert (hit.of, hit.code, hit.public, hit.status) == ("batch", batch, True, Status.RELEASED)
        assert [one.code for one in find(session, seen_by(session, world.malee), "bm-0417")] == [batch]
        (mill,) = find(session, seen_by(session, world.malee), world.mill)
        assert (mill.of, mill.number) == ("place", "Nong Luang mill")


def test_whatever_stands_on_a_label_or_a_paper_is_found_with_those_who_are_read(world: World) -> None:
    marks = {"ico": "105/9902/0078", "container": "CSQU 305438-3", "seal": "LA-00417", "gtin": "9506000134352"}
    batch, olga = world.released(world.sealed(world.packed(count=10), **marks)), ministry(world)
    world.do(world.malee, set_gs1, SetGs1, company_prefix="8850999")
    built = world.do(world.bakari, build_pallet, BuildPallet, batch=batch, first=1, last=4)
    boxes = {"batch": batch, "first": 1, "last": 6, "of": 10, "layout": "tag"}
    run = world.do(world.bakari, print_labels, PrintLabels, **boxes)["run"]
    world.do(world.bakari, void_labels, VoidLabels, run=run, first=3, last=3, reason="torn")
    with world.database.reading() as session:
        seed = session.scalars(select(LabelRun.seed).where(LabelRun.code == run)).one()
        for typed, of, more in (
            (built["pallet"], "pallet", {"first": 1, "last": 4}),
            (f"(00) {built['sscc']}", "pallet", {"code": built["pallet"]}),
            (f"https://trace.example/pallet/{built['pallet']}", "pallet", {"broken": False}),
            (serial_of(seed, 3), "box", {"first": 3, "last": 10, "state": BoxState.VOID}),
            (f"HTTPS://TRACE.EXAMPLE/B/{batch}/21/{serial_of(seed, 7)}", "box", {"state": BoxState.BEYOND}),
            (f"{batch}-1", "paper", {"code": f"{batch}-1"}),
            ("9506000134352", "mark", {}),
            ("105-9902-78", "mark", {}),
            ("csqu3054383", "mark", {}),
            ("LA 00417", "mark", {}),
        ):
            (hit,) = find(session, seen_by(session, world.malee), typed)
            assert (hit.of, hit.code) == ("batch", batch), typed
            assert hit.by is not None
            assert {"of": of, **more}.items() <= vars(hit.by).items(), typed
            assert find(session, seen_by(session, olga), typed) == [], typed


def test_who_was_not_heard_of_stands_first(world: World) -> None:
    with world.database.reading() as session:
        seen = seen_by(session, world.malee)
        (now,) = heard_of(session, seen, datetime.now(UTC))
        (later,) = heard_of(session, seen, datetime.now(UTC) + timedelta(days=8))
    assert (now.silent, later.silent) == (False, True)


def test_receivers_that_know_of_a_recall_are_counted(world: World) -> None:
    sent = world.lot(world.delivery(9_000))
    world.received(world.dispatched(sent), 9_000)
    said: Any = {"lot": sent, "reason": "residue", "action": "bring it back"}
    code = str(world.do(world.ines, inspection.recall, facts.RecallGoods, **said)["recall"])
    world.refused(NoSuchRecall, world.dao, acknowledge_recall, AcknowledgeRecall, recall=code)
    world.refused(NoSuchRecall, world.malee, acknowledge_recall, AcknowledgeRecall, recall=code)
    told = []
    for _ in range(2):
        with world.database.reading() as session:
            (row,) = open_recalls(session, seen_by(session, world.malee))
            told.append(
                (row.receivers, row.acknowledged, [one.acknowledged for one in incoming(session, world.chiara.org_id)])
            )
        if not row.acknowledged:
            world.do(world.chiara, acknowledge_recall, AcknowledgeRecall, recall=code)
    assert told == [(1, 0, [False]), (1, 1, [True])]
