"""Public bytes before Flask: the same answers to the byte, never one that was true a moment ago, and nothing private.

`Amina 60 + Bounmy 40 -> L -> packed in 2 bags -> B`, released by Malee, in every state that a page can have.
"""

from __future__ import annotations

import itertools
import sqlite3
import time as stopwatch
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from werkzeug.test import Client, TestResponse

from tests.cast import AMINA, SECRETS, World
from tests.clocks import later, standing
from tests.web.applications import application, nowhere
from traceability import words
from traceability.domain import facts
from traceability.domain.identifiers import new_code
from traceability.domain.moments import day_of
from traceability.models import Rendered
from traceability.models.database import Database
from traceability.operations import account, inspection, packing, registry
from traceability.queries import dossiers
from traceability.web import batches, served
from traceability.web.served import Served

LAO = 420  # minutes that the days of this cooperative are ahead of UTC
PASSWORD = "a long enough password"
SPELLINGS = ("/b/{}", "/B/{}", "/b/{}.json", "/B/{}.json", "/b/{}/qr.svg", "/b/{}/qr.png", "/b/{}/qr-203.png")

pytestmark = pytest.mark.usefixtures("database")  # the application is tried on both databases


def layer(app: Flask) -> Served:
    found: Served = app.extensions["served"]
    return found


def visitor(application: Any) -> Client:
    """A browser that sends the cookies it is told to send."""
    return Client(application, use_cookies=False)


def from_flask(app: Flask, address: str, **asked: Any) -> TestResponse:
    """The answer as Flask gives it, past the layer."""
    return visitor(layer(app).inside).open(address, **asked)


def handed_out(app: Flask, address: str, **asked: Any) -> TestResponse:
    """The answer of the layer, which must not ask Flask for it once it is kept."""
    visitor(layer(app)).open(address, **asked)
    inside = layer(app).inside
    layer(app).inside = refusing
    try:
        return visitor(layer(app)).open(address, **asked)
    finally:
        layer(app).inside = inside


def refusing(*_asked: Any) -> Any:
    raise AssertionError("this was to be answered before Flask")


def from_inside(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("299 Flask", [])
    return [b""]


def told(answer: TestResponse) -> tuple[str, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    assert len(headers) + 1 == len(list(answer.headers))
    assert answer.headers["Date"]
    return answer.status, headers, answer.get_data()


def same(app: Flask, address: str, **asked: Any) -> TestResponse:
    """The answer, after making sure that it is Flask's to the byte; pages name the minute, so within one minute."""
    while True:
        began = datetime.now(UTC).minute
        ours, theirs = handed_out(app, address, **asked), from_flask(app, address, **asked)
        if datetime.now(UTC).minute == began:
            assert told(ours) == told(theirs), address
            return ours


def kept(world: World) -> list[Rendered]:
    with world.database.reading() as session:
        return list(session.scalars(select(Rendered)))


def member(app: Flask, world: World) -> str:
    """Bakari's session."""
    fact = world.fact(
        facts.RegisterUser, login="bakari", name="Bakari", password=PASSWORD, roles=("clerk",), client_id="user-bakari"
    )
    world.database.write(lambda session: account.register_user(session, world.cooperative, fact))
    return account.sign_in(world.database, "bakari", PASSWORD).token


# --- the same answer --------------------------------------------------------------------------------------------


def states(world: World, code: str) -> Iterator[str]:
    yield "released"
    world.do(world.malee, registry.change_consent, facts.ChangeConsent, farmer=world.amina, named_in_public=True)
    hold = world.do(world.ines, inspection.put_on_hold, facts.PutOnHold, lot=code, reason="A <sample> & smells")
    yield "on_hold"
    outcome = {"hold": hold["hold"], "passed": True, "outcome": "fresh"}
    world.do(world.ines, inspection.close_hold, facts.CloseHold, **outcome)
    recalled = {"farmer": world.bounmy, "reason": "residue", "action": "bring it back"}
    recall = world.do(world.ines, inspection.recall, facts.RecallGoods, **recalled)
    yield "recalled"
    world.do(world.ines, inspection.lift_recall, facts.LiftRecall, recall=recall["recall"], outcome="false alarm")
    newer = world.released()
    world.do(world.malee, packing.supersede, facts.Supersede, old=code, new=newer, reason="new bags")
    yield "superseded"


def test_every_state_is_answered_as_flask_answers_it(app: Flask, world: World, code: str) -> None:
    for status in states(world, code):
        assert (same(app, f"/b/{code}.json").json or {})["status"] == status
        for language in words.PUBLIC_LANGUAGES:
            assert f'<html lang="{language}"' in same(app, f"/b/{code}?l={language}").text
            spoken = {"Accept-Language": f"{language}-XX, de;q=0.3", "Accept-Encoding": "gzip, br"}
            same(app, f"/b/{code}", headers=spoken)


def test_every_spelling_and_encoding_is_answered_as_flask_answers_it(
    app: Flask, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing(monkeypatch, served, batches)
    for spelling, taken in itertools.product(SPELLINGS, ("", "gzip", "gzip;q=0", "br, *", "identity;q=0.5, gzip")):
        address = spelling.format(code)
        answer = same(app, address, headers={"Accept-Encoding": taken})
        unchanged = {"Accept-Encoding": taken, "If-None-Match": answer.headers["ETag"]}
        assert same(app, address, headers=unchanged).status_code == 304
        assert same(app, address, headers={"If-None-Match": f'"other", W/{answer.headers["ETag"]}'}).status_code == 304
        assert same(app, address, headers={"If-None-Match": '"another"'}).status_code == 200
        nothing = same(app, address, method="HEAD", headers={"Accept-Encoding": taken})
        assert (nothing.get_data(), nothing.headers["Content-Length"]) == (b"", str(len(answer.get_data())))
        assert (answer.headers.get("Content-Encoding") == "gzip") == (
            taken not in ("", "gzip;q=0") and not address.endswith(".png")
        )
        assert 0 < int(answer.cache_control.max_age or 0) <= 60


def test_what_is_not_plain_goes_on_to_flask(app: Flask, code: str) -> None:
    same(app, f"/b/{code}")
    layer(app).inside = from_inside
    unusual: list[tuple[str, dict[str, Any]]] = [
        (f"/b/{code}?x=1", {}),
        (f"/b/{code}?l=xx", {}),
        (f"/b/{code}?lo", {}),
        (f"/b/{code}?l=lo&l=vi", {}),
        (f"/b/{code}/", {}),
        (f"/b/{code.lower()}", {}),
        (f"/b/{code}/verify", {}),
        (f"/b/{code}", {"method": "POST"}),
        (f"/b/{code}", {"headers": {"Range": "bytes=0-9"}}),
        (f"/b/{code}", {"headers": {"If-Match": '"x"'}}),
        (f"/b/{code}", {"headers": {"Host": "a b"}}),
        (f"/b/{code}", {"headers": {"Accept": "application/linkset+json"}}),
        (f"/b/{code}", {"headers": {"Accept-Language": "lo," * 200}}),  # what it means would be kept
        (f"/b/{code}", {"headers": {"Accept-Encoding": "gzip," * 200}}),
        (f"/b/{code}?linkType=linkset", {}),
        (f"/b/{code}", {"environ_overrides": {"HTTP_COOKIE": "a=\xff; language=lo"}}),  # of a site beside ours
        (f"/b/{new_code()}", {}),
    ]
    for address, asked in unusual:
        assert visitor(layer(app)).open(address, **asked).status_code == 299, (address, asked)


def test_a_page_does_not_depend_on_who_is_signed_in(
    app: Flask, world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing(monkeypatch, served, batches)
    staff = {"Cookie": f"session={member(app, world)}; language=vi"}
    assert '<html lang="vi"' in same(app, f"/b/{code}", headers=staff).text
    assert '<html lang="lo"' in same(app, f"/b/{code}?l=lo", headers=staff).text
    without = staff["Cookie"].partition(";")[0]
    assert told(same(app, f"/b/{code}", headers={"Cookie": without})) == told(same(app, f"/b/{code}"))


def test_the_moment_of_reading_is_that_of_the_reader(app: Flask, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = handed_out(app, f"/b/{code}").text
    later(monkeypatch, timedelta(minutes=7), served, batches)
    second = same(app, f"/b/{code}")
    assert second.text != first
    assert second.headers["ETag"] in str(from_flask(app, f"/b/{code}").headers)


# --- never a moment late ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("through", ["batch", "lot", "delivery", "farmer", "plot"])
def test_a_recall_is_seen_at_the_very_next_request_of_every_process(
    app: Flask, world: World, database_url: str, tmp_path: Path, through: str
) -> None:
    delivery = world.delivery(60_000, plot=world.amina_plot)
    lot = world.lot(delivery, world.delivery(40_000, world.bounmy))
    batch = world.released(world.sealed(world.packed(lot)))
    other = application(database_url, tmp_path)
    for door in (app, other):
        assert "No recall." in handed_out(door, f"/b/{batch}").text
    target = {"batch": ("lot", batch), "lot": ("lot", lot), "delivery": ("lot", delivery)}
    target |= {"farmer": ("farmer", world.amina), "plot": ("plot", world.amina_plot)}
    key, value = target[through]
    recall = world.do(
        world.ines, inspection.recall, facts.RecallGoods, reason="Residue", action="Bring it back", **{key: value}
    )
    for door in (other, app):
        assert "Recalled. Do not eat or sell." in visitor(layer(door)).get(f"/b/{batch}").text
    world.do(world.ines, inspection.lift_recall, facts.LiftRecall, recall=recall["recall"], outcome="false alarm")
    for door in (app, other):
        assert "No recall." in visitor(layer(door)).get(f"/b/{batch}").text
    other.extensions["database"].close()


def test_a_recall_while_a_page_is_rendered_is_seen_at_the_next_request(
    app: Flask, world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recalled: dict[str, Any] = {"lot": code, "reason": "Residue", "action": "Bring it back"}
    looked = dossiers.dossier_of

    def while_it_is_read(session: Any, asked: str, **more: Any) -> Any:
        found = looked(session, asked, **more)
        monkeypatch.setattr(batches, "dossier_of", looked)
        world.do(world.ines, inspection.recall, facts.RecallGoods, **recalled)
        return found

    monkeypatch.setattr(batches, "dossier_of", while_it_is_read)
    assert "No recall." in visitor(layer(app)).get(f"/b/{code}").text  # what was true when it was asked
    assert not kept(world)  # and is not any more
    assert "Recalled. Do not eat or sell." in visitor(layer(app)).get(f"/b/{code}").text


def certified_until_today(world: World) -> date:
    """A certificate whose last day is today in Laos; that day."""
    said = {"scheme": "organic", "number": "LAST-DAY", "issuer": "Fair Check", "custody": "segregated"}
    today = day_of(datetime.now(UTC), LAO)
    fact = world.fact(facts.RegisterCertificate, **said, valid_from=date(2025, 1, 1), valid_to=today)
    world.say(world.cooperative, registry.register_certificate, fact)
    return today


def test_a_certificate_ends_with_its_last_day(
    app: Flask, world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    certified_until_today(world)
    assert "Expired" not in handed_out(app, f"/b/{code}").text
    later(monkeypatch, timedelta(days=1), served, batches, dossiers)
    assert "Expired" in handed_out(app, f"/b/{code}").text


def test_a_kept_page_does_not_outlive_the_day_where_the_goods_were_made(
    app: Flask, world: World, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute before midnight in Laos it is 16:59 in UTC, and a minute later another day has come for the paper."""
    today = certified_until_today(world)
    midnight = datetime.combine(today + timedelta(days=1), time(), timezone(timedelta(minutes=LAO)))
    before, after = (midnight + timedelta(minutes=more) - datetime.now(UTC) for more in (-2, 1))
    for address in (f"/b/{code}", f"/b/{code}.json"):
        later(monkeypatch, before, served, batches, dossiers)
        assert "expired" not in handed_out(app, address).text.lower(), address
        later(monkeypatch, after, served, batches, dossiers)
        assert "expired" in handed_out(app, address).text.lower(), address
    with world.database.reading() as session:
        assert len({row.stamp for row in session.scalars(select(Rendered))}) == 1


def test_settings_that_pages_show_make_them_anew(app: Flask, code: str) -> None:
    assert "Demonstration" not in handed_out(app, f"/b/{code}").text
    app.extensions["config"] = replace(app.extensions["config"], demo=True, public_url="https://elsewhere.example")
    assert "Demonstration" in same(app, f"/b/{code}").text
    same(app, f"/b/{code}/qr.svg")


# --- what is kept -----------------------------------------------------------------------------------------------


def test_another_process_finds_what_was_rendered(app: Flask, code: str, database_url: str, tmp_path: Path) -> None:
    first = told(handed_out(app, f"/b/{code}.json"))
    other = application(database_url, tmp_path)
    layer(other).inside = refusing
    assert told(visitor(layer(other)).get(f"/b/{code}.json")) == first
    other.extensions["database"].close()


def test_what_holds_no_longer_makes_room(app: Flask, world: World, code: str) -> None:
    for language in words.PUBLIC_LANGUAGES:
        handed_out(app, f"/b/{code}?l={language}")
    assert len(kept(world)) == len(words.PUBLIC_LANGUAGES)
    world.do(world.ines, inspection.put_on_hold, facts.PutOnHold, lot=code, reason="smell")
    handed_out(app, f"/b/{code}")
    assert [row.address for row in kept(world)] == [f"/b/{code}"]


def test_a_name_that_was_taken_back_is_kept_nowhere(app: Flask, world: World, code: str) -> None:
    for agreed in (True, False):
        said = {"farmer": world.amina, "named_in_public": agreed}
        world.do(world.malee, registry.change_consent, facts.ChangeConsent, **said)
        assert not kept(world)
        assert (AMINA in handed_out(app, f"/b/{code}").text) == agreed
        assert any(AMINA.encode() in served.unpacked(row).body for row in kept(world)) == agreed


def test_memory_is_bounded(app: Flask, world: World, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "MOST_BYTES", 0)
    same(app, f"/b/{code}")
    world.database.write(lambda session: session.execute(delete(Rendered)))
    layer(app).inside = refusing
    with pytest.raises(AssertionError, match="before Flask"):
        through_the_layer(app, f"/b/{code}")


def test_what_a_reader_makes_up_is_not_kept(app: Flask, code: str) -> None:
    asked = served._language.cache_info().misses
    for n in range(9):
        assert through_the_layer(app, f"/b/{code}", headers={"Cookie": f"language={n}{'x' * 5_000}"}).status_code == 200
    assert served._language.cache_info().misses <= asked + 1


def test_nothing_private_is_kept(app: Flask, world: World, code: str) -> None:
    waiting, staff = world.sealed(), {"Cookie": f"session={member(app, world)}"}
    for address in (f"/b/{waiting}", f"/b/{waiting}.json", f"/b/{waiting}/qr.svg", f"/b/{new_code()}", "/b/00000000"):
        for headers in ({}, staff):
            ours, theirs = (ask(app, address, headers=headers) for ask in (through_the_layer, from_flask))
            assert (ours.status, ours.get_data()) == (theirs.status, theirs.get_data())
    assert not kept(world)
    for spelling in SPELLINGS:
        handed_out(app, spelling.format(code), headers=staff)
    rows = kept(world)
    assert {row.address for row in rows} == {spelling.format(code) for spelling in SPELLINGS}
    for row in rows:
        known = repr((row.headers, served.unpacked(row).body.decode("utf-8", "replace")))
        assert not [secret for secret in (*SECRETS, staff["Cookie"]) if secret in known]
        assert "Set-Cookie" not in row.headers


def through_the_layer(app: Flask, address: str, **asked: Any) -> TestResponse:
    return visitor(layer(app)).open(address, **asked)


def test_a_code_typed_with_look_alikes_is_kept_under_no_other_name(app: Flask, world: World, code: str) -> None:
    alike = code.replace("0", "O").replace("1", "I")
    through_the_layer(app, f"/b/{alike}.json")
    assert {row.address for row in kept(world)} <= {f"/b/{code}.json"}


def test_a_kept_page_that_was_changed_is_found_by_the_audit(app: Flask, world: World, code: str) -> None:
    for spelling in SPELLINGS:
        handed_out(app, spelling.format(code))
    handed_out(app, f"/b/{code}?l=lo")
    assert list(layer(app).differing()) == []
    changed = update(Rendered).where(Rendered.address == f"/b/{code}.json").values(body=zlib.compress(b'{"ok": 1}'))
    world.database.write(lambda session: session.execute(changed))
    assert list(layer(app).differing()) == [(f"/b/{code}.json", "en")]


# --- a database that cannot be written, or not be read --------------------------------------------------------------


def test_a_page_is_served_while_another_program_writes(app: Flask, world: World, code: str) -> None:
    with another_writer(world.database):
        assert "No recall." in same(app, f"/b/{code}").text
    assert not kept(world)


@contextmanager
def another_writer(database: Database) -> Iterator[None]:
    """It has not finished: it holds SQLite's only write lock, and on PostgreSQL the table."""
    if database.is_sqlite:
        with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
            other.execute("begin immediate")
            yield
    else:
        with database.schema_connection() as connection, connection.begin():
            connection.execute(text("lock table rendered in share mode"))
            yield


def test_a_page_is_served_from_a_database_that_only_reads(
    postgres_url: str, database: Database, tmp_path: Path
) -> None:
    if database.is_sqlite:
        return
    world = World(database)
    batch = world.released()
    with database.schema_connection() as connection, connection.begin():
        name = database.url.database
        connection.execute(text(f'alter database "{name}" set default_transaction_read_only = on'))
    app = application(database.url.render_as_string(hide_password=False), tmp_path)
    assert "No recall." in same(app, f"/b/{batch}").text
    assert not kept(world)
    app.extensions["database"].close()


@contextmanager
def locked(database: Database, mode: str, *tables: str) -> Iterator[None]:
    """Somebody holds tables on PostgreSQL for long, or the whole file of SQLite."""
    if database.is_sqlite:
        with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
            other.execute("begin exclusive")
            yield
    else:
        with database.schema_connection() as connection, connection.begin():
            connection.execute(text(f"lock table {', '.join(tables)} in {mode} mode"))
            yield


def test_a_page_that_is_kept_is_served_while_the_database_is_locked(app: Flask, world: World, code: str) -> None:
    handed_out(app, f"/b/{code}")
    handed_out(app, f"/b/{code}.json")
    with locked(world.database, "access exclusive", "lot", "batch", "rendered", "event", "posting"):
        assert "No recall." in visitor(layer(app)).get(f"/b/{code}").text
        assert (visitor(layer(app)).get(f"/b/{code}.json").json or {})["status"] == "released"


def test_another_process_serves_what_is_kept_while_a_writer_holds_the_database(
    app: Flask, world: World, code: str, database_url: str, tmp_path: Path
) -> None:
    handed_out(app, f"/b/{code}")
    other = application(database_url, tmp_path)
    layer(other).inside = refusing
    with locked(world.database, "exclusive", "lot", "batch", "rendered", "public_clock"):
        assert "No recall." in visitor(layer(other)).get(f"/b/{code}").text
    other.extensions["database"].close()


def test_without_the_clock_nobody_is_told_yes_or_no_and_nobody_waits(app: Flask, world: World, code: str) -> None:
    handed_out(app, f"/b/{code}")
    with keeping_out(world.database):
        for address in (f"/b/{code}", f"/b/{code}?l=lo", f"/b/{code}.json", f"/b/{code}/qr.svg"):
            began = stopwatch.monotonic()
            answer = visitor(layer(app)).get(address)
            assert answer.status_code == 503, address
            assert stopwatch.monotonic() - began < 9
            assert "No recall." not in answer.text
            if address.endswith(".json"):
                assert answer.mimetype == "application/problem+json"
            else:
                assert code in answer.text
    world.do(world.ines, inspection.recall, facts.RecallGoods, lot=code, reason="Residue", action="Bring it back")
    assert "Recalled. Do not eat or sell." in visitor(layer(app)).get(f"/b/{code}").text


@contextmanager
def keeping_out(database: Database) -> Iterator[None]:
    """Somebody lets no reader in: on SQLite with the file to itself, on PostgreSQL with a lock on the clock."""
    if not database.is_sqlite:
        with locked(database, "access exclusive", "public_clock"):
            yield
        return
    database.close()  # who has the file to itself has to come first
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None, timeout=0)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        yield
        other.execute("rollback")


def test_a_silent_database_is_flasks_to_tell(tmp_path: Path) -> None:
    app = nowhere(tmp_path)
    answer = through_the_layer(app, f"/b/{new_code()}.json")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


def test_a_connection_that_was_cut_is_made_again(app: Flask, world: World, code: str) -> None:
    same(app, f"/b/{code}")
    if not world.database.is_sqlite:
        with world.database.schema_connection() as connection:
            cut = "select pg_terminate_backend(pid) from pg_stat_activity"
            connection.execute(text(f"{cut} where datname = current_database() and pid <> pg_backend_pid()"))
    assert through_the_layer(app, f"/b/{code}").status_code == 200
    same(app, f"/b/{code}")
