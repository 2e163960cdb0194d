"""What a visit leaves: a count, before Flask as behind it, and nothing of whoever read; and nothing of who says no."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from tests.cast import World
from tests.clocks import standing
from traceability.domain.scans import Noted, What
from traceability.models import Base, ScanCount, ScanDevice
from traceability.models.database import Database, DatabaseSilent
from traceability.operations.scans import store
from traceability.queries.reports import heard_of
from traceability.web import batches, counting, served
from traceability.web.counting import Scans, country_of, scans_of

ADDRESS, AGENT = "115.84.99.123", "Mozilla/5.0 (Android 9; Needle 4711)"

pytestmark = pytest.mark.usefixtures("database")  # the application is tried on both databases


def read(app: Flask, address: str, method: str = "GET", **headers: str) -> TestResponse:
    named = {"User-Agent": AGENT, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Client(app, use_cookies=False).open(
        address, method=method, headers=named, environ_overrides={"REMOTE_ADDR": ADDRESS}
    )


def counts(world: World, app: Flask) -> list[tuple[Any, ...]]:
    scans_of(app).write()
    columns = ScanCount.serial, ScanCount.what, ScanCount.country, ScanCount.language, ScanCount.n
    with world.database.reading() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(*columns))]


def test_a_certificate_that_is_checked_is_no_scan_and_stands_in_the_oversight(
    app: Flask, world: World, code: str
) -> None:
    read(app, f"/b/{code}")
    read(app, f"/b/{code}/verify")
    read(app, f"/b/{code}/verify?l=lo")
    assert counts(world, app) == [
        ("", "scan", "LA", "en", 1),
        ("", "verify", "LA", "en", 1),
        ("", "verify", "LA", "lo", 1),
    ]
    today = datetime.now(UTC).date()
    with world.database.reading() as session:
        (heard,) = heard_of(session, [world.cooperative.org_id], today, today, 0)
        assert (heard.code, heard.visits, heard.verified, heard.reports) == (code, 1, 2, 0)
        assert heard_of(session, [world.importer.org_id], today, today, 0) == []


@pytest.mark.parametrize("zone_minutes", [-300, 0, 420])
def test_a_visit_is_of_one_day_wherever_the_table_is_read(world: World, code: str, zone_minutes: int) -> None:
    days = [date(2026, 11, 25) + timedelta(days=n) for n in range(3)]
    for n, day in enumerate(days, start=1):
        read_by = [Noted(code, "", What.SCAN, "LA", "lo", f"reader {n}", n)]
        world.database.write(partial(store, noted=read_by, today=day))
    with world.database.reading() as session:
        found = [heard_of(session, [world.cooperative.org_id], day, day, zone_minutes)[0].visits for day in days]
        (all_of_them,) = heard_of(session, [world.cooperative.org_id], days[0], days[-1], zone_minutes)

    assert (found, all_of_them.visits) == ([1, 2, 3], 6)


def test_a_scan_is_counted_before_flask_and_behind_it(
    app: Flask, world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing(monkeypatch, served, batches)
    read(app, f"/b/{code}")  # rendered by Flask and kept
    read(app, f"/B/{code}")
    etag = read(app, f"/b/{code}").headers["ETag"]
    assert read(app, f"/b/{code}", If_None_Match=etag).status_code == 304
    read(app, f"/b/{code}?x=1")  # only Flask answers this
    read(app, f"/b/{code}?l=lo")

    assert counts(world, app) == [("", "scan", "LA", "en", 5), ("", "scan", "LA", "lo", 1)]
    assert world.count(ScanDevice) == 1


def test_only_pages_that_people_read_are_counted(app: Flask, world: World, code: str) -> None:
    waiting = world.sealed()
    for address in (f"/b/{code}.json", f"/b/{code}/qr.svg", f"/b/{code}/certificate.pdf", f"/b/{waiting}", "/find"):
        read(app, address)
    read(app, f"/b/{code}", method="HEAD")
    read(app, f"/b/{code}", Accept="application/linkset+json")
    read(app, f"/b/{code}", User_Agent="WhatsApp/2.23 A")
    read(app, f"/b/{code}", Sec_Purpose="prefetch;prerender")
    read(app, f"/b/{code}", Cookie="session=of-bakari")

    assert counts(world, app) == []


@pytest.mark.parametrize("wish", ["DNT", "Sec-GPC"])
def test_who_asks_not_to_be_counted_is_not(app: Flask, world: World, code: str, wish: str) -> None:
    for address in (f"/b/{code}", f"/b/{code}?x=1"):
        assert read(app, address, **{wish: "1"}).status_code == 200

    assert counts(world, app) == []
    assert world.count(ScanDevice) == 0


def test_a_visit_is_taken_back_by_a_plain_link_without_a_cookie(app: Flask, world: World, code: str) -> None:
    page = read(app, f"/b/{code}")
    assert f'href="/b/{code}?count=no"' in page.text
    assert "Do not count this visit" in page.text
    assert counts(world, app) == [("", "scan", "LA", "en", 1)]

    answer = read(app, f"/b/{code}?count=no")

    assert "This visit is not counted." in answer.text
    assert "Set-Cookie" not in answer.headers
    assert counts(world, app) == [("", "scan", "LA", "en", 0)]
    assert world.count(ScanDevice) == 0


def test_one_who_invents_browsers_compares_once(app: Flask, world: World, code: str) -> None:
    for n in range(20):
        assert read(app, f"/b/{code}/match", method="POST", User_Agent=f"Browser {n}").status_code == 303
    assert counts(world, app) == [("", "match", "LA", "en", 1)]


def test_the_address_is_the_one_that_our_own_proxy_saw(database_url: str, tmp_path: Path) -> None:
    behind = Scans(Database(database_url), 1)
    taken = []
    for forwarded in ("1.2.3.4, 115.84.99.1", "115.84.99.2", ""):
        behind.note({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}, "CODE", "en")
    taken = [visit.address for visit in behind._visits]
    assert taken == ["115.84.99.1", "115.84.99.2", "127.0.0.1"]


def test_a_country_is_looked_up_here_and_asked_of_nobody() -> None:
    found = [country_of(address) for address in (ADDRESS, "::ffff:115.84.99.123", "2405:4800::1", "127.0.0.1", "", "x")]
    assert found == ["LA", "LA", "VN", "", "", ""]


def test_nothing_of_a_reader_is_kept_or_logged(
    app: Flask, world: World, code: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    page = read(app, f"/b/{code}").text + read(app, f"/b/{code}?x=1").text
    with monkeypatch.context() as silent:
        silent.setattr(Database, "write", _refuse)
        scans_of(app).write()
    assert counts(world, app) == [("", "scan", "LA", "en", 2)]  # kept for the next time

    with world.database.reading() as session:
        rows = repr([session.execute(select(table)).all() for table in Base.metadata.sorted_tables])
    for needle in (ADDRESS, "Needle 4711"):
        assert needle not in page + rows + caplog.text


def _refuse(*_asked: Any) -> None:
    raise DatabaseSilent()


def test_the_memory_is_bounded(app: Flask, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST", 10)
    scans = Scans(app.extensions["database"], 0)
    for _ in range(50):
        scans.note({"HTTP_USER_AGENT": "x" * 100_000, "REMOTE_ADDR": "y" * 1000}, code, "en", "z" * 1000)
    assert len(scans._visits) == 10
    assert max(len(str(visit)) for visit in scans._visits) < 500
