"""Counting visits: several processes add to the same sums, days become months, and no day can be tied to another.

The batch B of `Amina 60 + Bounmy 40`, sent to Italy, is read by Chiara's phone, a neighbour's, and many more.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, text

from tests.cast import World
from traceability.domain.scans import KEPT, Limits, Noted, Reason, What
from traceability.models import Base, ScanCount, ScanDevice, ScanSalt, ScanSum
from traceability.operations.scans import keep_usual, store
from traceability.queries.scans import (
    Counted,
    counted_of,
    limits_here,
    limits_of_batch,
    reasons_of_label,
    reckoned,
    seen_widely,
    shared_of,
    usual_tenths,
)

TODAY = datetime.now(UTC).date()
CHIARA, NEIGHBOUR = "93.44.1.2\nPhone of Chiara", "93.44.1.2\nPhone of the neighbour"


@pytest.fixture
def batch(world: World) -> str:
    return world.released()


def visit(code: str, reader: str = CHIARA, serial: str = "", what: What = What.SCAN, country: str = "IT") -> Noted:
    return Noted(code, serial, what, country, "en", reader)


def back(code: str, reader: str = CHIARA, serial: str = "", what: What = What.SCAN) -> Noted:
    return replace(visit(code, reader, serial, what), taken_back=True)


def tell(world: World, *noted: Noted, on: date = TODAY) -> None:
    world.database.write(lambda session: store(session, noted, on))


def counted(world: World, code: str, on: date = TODAY) -> Counted:
    with world.database.reading() as session:
        return counted_of(session, world.row(code).id, on)


def many(code: str, n: int, serial: str = "", country: str = "IT") -> Sequence[Noted]:
    """Of so many devices."""
    return [visit(code, f"{country} {place}\nphone", serial, country=country) for place in range(n)]


def test_visits_are_added_up_by_day_and_country(world: World, batch: str) -> None:
    tell(world, visit(batch), visit(batch), visit(batch, NEIGHBOUR, country=""), on=TODAY - timedelta(days=1))
    tell(world, visit(batch), visit(batch, serial="A1"))

    found = counted(world, batch)
    assert found.last_days[-3:] == (0, 3, 2)
    assert found.scans == 5
    assert found.countries == (("IT", 4), ("", 1))
    assert found.languages == (("en", 5),)


def test_a_process_that_is_late_at_midnight_makes_nobody_two_devices(world: World, batch: str) -> None:
    for day in (TODAY, TODAY - timedelta(days=1), TODAY):
        tell(world, visit(batch), on=day)

    assert counted(world, batch).last_days[-2:] == (1, 2)
    assert world.count(ScanDevice) == 2  # one on each day


def test_what_is_no_released_batch_is_not_counted(world: World, batch: str) -> None:
    waiting = world.sealed()
    tell(world, visit("00000000"), visit(waiting), visit(batch))

    assert counted(world, batch).scans == 1
    assert world.count(ScanCount) == world.count(ScanDevice) == 1


def test_a_visit_can_be_taken_back_and_only_once(world: World, batch: str) -> None:
    tell(world, visit(batch), visit(batch, NEIGHBOUR))
    for _ in range(2):
        tell(world, back(batch))

    assert counted(world, batch).scans == 1
    tell(world, back(batch, "somebody else"))
    assert counted(world, batch).scans == 1
    assert world.count(ScanDevice) == 1


@pytest.mark.parametrize(("serial", "what"), [("A1", What.SCAN), ("", What.VERIFY), ("A1", What.UNPRINTED)])
def test_what_else_was_read_can_be_taken_back_and_nothing_beside_it(
    world: World, batch: str, serial: str, what: What
) -> None:
    tell(world, visit(batch), visit(batch, serial=serial, what=what))
    tell(world, back(batch, serial=serial, what=what))
    assert world.count(ScanDevice) == 1
    assert counted(world, batch).scans == 1


def test_a_visit_is_taken_back_before_it_was_written(world: World, batch: str) -> None:
    tell(world, visit(batch), back(batch))

    assert counted(world, batch).scans == 0
    assert world.count(ScanDevice) == 0


def test_it_matches_counts_once_a_day_however_often_it_is_pressed(world: World, batch: str) -> None:
    tell(world, *[visit(batch, what=What.MATCH)] * 5, visit(batch, NEIGHBOUR, what=What.MATCH))
    tell(world, visit(batch, what=What.MATCH))

    assert counted(world, batch).matches == 2
    assert counted(world, batch).scans == 0


def test_several_writers_at_once_add_up_right(world: World, batch: str) -> None:
    def writer(place: int) -> None:
        for turn in range(10):
            tell(world, visit(batch, f"writer {place}"), visit(batch, f"{place} in turn {turn}", serial="A1"))

    threads = [threading.Thread(target=writer, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted(world, batch).scans == 80
    assert world.count(ScanDevice) == 4 + 40
    assert world.count(ScanSalt) == 1


def test_no_day_can_be_tied_to_another(world: World, batch: str) -> None:
    for back in (2, 1, 0):
        tell(world, visit(batch), on=TODAY - timedelta(days=back))

    with world.database.reading() as session:
        digests = session.scalars(select(ScanDevice.device)).all()
        assert session.scalars(select(ScanSalt.day)).all() == [TODAY]
    assert len(set(digests)) == 3


def test_a_reader_is_in_no_table(world: World, batch: str) -> None:
    tell(world, visit(batch), visit(batch, serial="A1"), visit(batch, what=What.MATCH))

    with world.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert "93.44.1.2" not in repr(tuple(row)), table.name
                assert "Phone of Chiara" not in repr(tuple(row)), table.name
    assert "93.44.1.2" not in repr(visit(batch))


def test_after_thirty_days_only_months_are_left(world: World, batch: str) -> None:
    old = TODAY - KEPT - timedelta(days=40)
    for back in range(3):
        tell(world, visit(batch, serial=f"A{back}"), visit(batch, NEIGHBOUR, country="CH"), on=old + timedelta(back))
    tell(world, visit(batch, what=What.MATCH), on=TODAY - KEPT)
    tell(world, visit(batch))

    found = counted(world, batch)
    assert (found.scans, found.matches) == (7, 1)
    assert found.countries == (("IT", 1),)
    with world.database.reading() as session:
        assert session.scalar(select(func.min(ScanDevice.day))) == TODAY - KEPT
        assert session.scalar(select(func.min(ScanCount.day))) == TODAY - KEPT
        sums = session.execute(select(ScanSum.country, func.sum(ScanSum.n)).group_by(ScanSum.country)).all()
    assert sorted((country, int(n)) for country, n in sums) == [("CH", 3), ("IT", 3)]


def test_a_label_in_few_hands_is_fine_and_one_in_many_is_not(world: World, batch: str) -> None:
    limits, before = Limits(), TODAY - timedelta(days=1)
    tell(world, *many(batch, 8, serial="COPIED01"), on=before)
    tell(world, *many(batch, 14, serial="HONEST01"), *many(batch, 12, serial="COPIED01"), *many(batch, 500))

    with world.database.reading() as session:
        seen = seen_widely(session, world.malee, limits, TODAY)
        lot = world.row(batch).id
        assert reasons_of_label(session, lot, "HONEST01", limits, TODAY) == ()
        assert shared_of(session, lot, "HONEST01", limits, TODAY) is None
        assert shared_of(session, lot, "COPIED01", limits, TODAY) == seen[0].found
        assert reasons_of_label(session, lot, "COPIED01", limits, TODAY) == (Reason.DEVICES,)
        assert reasons_of_label(session, lot, "NEVER", limits, TODAY) == ()
        assert seen_widely(session, world.dao, limits, TODAY) == []
        assert seen_widely(session, world.malee, limits, TODAY + timedelta(days=29)) == []  # yesterday is too old
        assert len(seen_widely(session, world.malee, limits, TODAY + timedelta(days=28))) == 1
    assert [(one.code, one.serial, one.reasons) for one in seen] == [(batch, "COPIED01", (Reason.DEVICES,))]
    found = seen[0].found
    assert (found.devices, found.days, found.most, seen[0].scans, dict(found.countries)) == (20, 2, 12, 20, {"IT": 20})


def reckon(world: World, on: date = TODAY) -> dict[int, int] | None:
    with world.database.reading() as session:
        usual = reckoned(session, on)
    if usual is not None:
        world.database.write(lambda session: keep_usual(session, usual, on))
    return usual


def test_the_limit_follows_the_labels_read_until_yesterday_once_a_hundred_were(world: World, batch: str) -> None:
    def limit() -> int:
        with world.database.reading() as session:
            assert usual_tenths(session, world.dao.org_id) == 0  # another organisation learns nothing of it
            assert limits_here(session, world.dao.org_id, Limits()) == Limits()
            here = limits_here(session, world.malee.org_id, Limits())
            assert limits_of_batch(session, world.row(batch).id, Limits()) == here
        return here.devices

    def labels(first: int, count: int, n: int) -> list[Noted]:
        return [one for label in range(first, first + count) for one in many(batch, n, f"A{label}")]

    before = TODAY - timedelta(days=1)
    tell(world, *many(batch, 300), *labels(0, 99, 3), on=before)  # readers of the batch are no readers of a label
    assert reckon(world) == {}
    assert limit() == 14

    tell(world, *labels(99, 1, 3), *many(batch, 30, "COPIED01"), on=before)
    tell(world, *many(batch, 11, "A1"), *labels(200, 500, 1))  # what is read today moves nothing today
    assert reckon(world) == {world.malee.org_id: 30}
    assert reckon(world) is None  # once a day
    assert limit() == 11

    with world.database.reading() as session:
        seen = seen_widely(session, world.malee, Limits(), TODAY)
        assert reasons_of_label(session, world.row(batch).id, "A1", Limits(), TODAY) == (Reason.DEVICES,)
    assert [(one.serial, one.found.devices) for one in seen] == [("COPIED01", 30), ("A1", 14)]

    assert reckon(world, TODAY + timedelta(days=1)) == {world.malee.org_id: 25}
    assert limit() == 9
    assert reckon(world, TODAY + timedelta(days=40)) == {}  # nothing is kept of what was read
    assert limit() == 9  # people will read as readily in the next season


def test_processes_that_reckon_at_once_keep_one_number(world: World, batch: str) -> None:
    for usual in ({world.malee.org_id: 30}, {world.malee.org_id: 31}):
        world.database.write(partial(keep_usual, usual=usual, today=TODAY))

    with world.database.reading() as session:
        assert usual_tenths(session, world.malee.org_id) == 31


def test_a_country_counts_from_the_third_device_on(world: World, batch: str) -> None:
    for country, n in (("IT", 3), ("LA", 3), ("", 3), ("DE", 2)):
        tell(world, *many(batch, n, "A1", country))
    with world.database.reading() as session:
        assert seen_widely(session, world.malee, Limits(), TODAY) == []

    tell(world, *many(batch, 3, "A1", "DE"))
    with world.database.reading() as session:
        assert reasons_of_label(session, world.row(batch).id, "A1", Limits(), TODAY) == (Reason.COUNTRIES,)
        assert [one.serial for one in seen_widely(session, world.malee, Limits(), TODAY)] == ["A1"]


def test_a_batch_is_missed_where_it_was_not_shipped_to(world: World, batch: str) -> None:
    tell(world, *many(batch, 30), *many(batch, 14, country="CN"), *many(batch, 30, country="LA"))
    with world.database.reading() as session:
        assert seen_widely(session, world.malee, Limits(), TODAY) == []

    tell(world, *many(batch, 15, country="CN"), *many(batch, 8, "A1", "CN"))
    with world.database.reading() as session:
        (seen,) = seen_widely(session, world.malee, Limits(), TODAY)
    assert (seen.serial, seen.reasons, seen.found.countries["CN"]) == ("", (Reason.ELSEWHERE,), 15)
    tell(world, *many(batch, 9, "A1", "CN"))
    with world.database.reading() as session:
        assert [one.serial for one in seen_widely(session, world.malee, Limits(), TODAY)] == ["", "A1"]

    tell(world, *many(batch, 120))  # among many, one in twenty is told to be where it is not
    with world.database.reading() as session:
        assert [one.serial for one in seen_widely(session, world.malee, Limits(), TODAY)] == ["A1"]


def test_what_is_read_after_its_best_before_day_asks_for_a_look(world: World) -> None:
    batch = world.released(world.sealed(best_before=TODAY - timedelta(days=1)))
    tell(world, *many(batch, 8, "A1"), *many(batch, 14))
    with world.database.reading() as session:
        assert seen_widely(session, world.malee, Limits(), TODAY) == []

    tell(world, *many(batch, 9, "A1"))
    with world.database.reading() as session:
        assert [one.reasons for one in seen_widely(session, world.malee, Limits(), TODAY)] == [(Reason.LATE,)]


def test_serial_numbers_that_were_never_printed_are_only_counted(world: World, batch: str) -> None:
    def made_up(n: int) -> list[Noted]:
        return [visit(batch, f"reader {one}", f"MADE-UP-{one}", What.UNPRINTED) for one in range(n)]

    tell(world, *made_up(14))  # somebody who types one wrong is no news
    with world.database.reading() as session:
        assert seen_widely(session, world.malee, Limits(), TODAY) == []

    tell(world, *made_up(15))
    with world.database.reading() as session:
        (seen,) = seen_widely(session, world.malee, Limits(), TODAY)
        assert set(session.scalars(select(ScanCount.serial))) == {""}
    assert (seen.reasons, seen.found.unprinted) == ((Reason.UNPRINTED,), 15)
    assert counted(world, batch).scans == 0


def test_counts_may_be_deleted_and_the_record_may_not(world: World, batch: str) -> None:
    tell(world, visit(batch))
    world.database.write(lambda session: session.execute(text("delete from scan_count")))

    assert counted(world, batch).scans == 0
