"""The audit: an honest record gives no finding, and nothing that somebody changed behind its back stays unseen."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.databases import KINDS, Databases
from tests.queries.season import Season
from traceability.domain.packed import pack_shares, unpack_shares
from traceability.models import guards
from traceability.models.database import Database
from traceability.models.migrate import migrate
from traceability.queries import audit as auditing
from traceability.queries.audit import Finding, audit, chain, events_to_audit, frozen, goods, page, registry

Tampering = str | Callable[[Session, Season], None]


@pytest.fixture(params=KINDS)
def season(request: pytest.FixtureRequest) -> Iterator[Season]:
    """A season in tables that the migrations made."""
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    migrate(database)
    yield Season(database)
    database.close()


@pytest.fixture(scope="module")
def kept(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Season:
    """The same on SQLite, made once, to be copied."""
    database = Database(databases.fresh_sqlite(tmp_path_factory.mktemp("season") / "kept.sqlite3"))
    migrate(database)
    made = Season(database)
    database.close()
    return made


def test_an_honest_record_gives_no_finding(season: Season) -> None:
    seen: Counter[str] = Counter()
    steps: list[int] = []

    assert list(audit(season.database, seen=seen, progress=steps.append)) == []

    assert seen["events"] == sum(steps) == events_to_audit(season.database)
    assert seen["events"] > 40
    assert seen["postings"] > 40
    assert (seen["batches"], seen["consignments"], seen["holds"], seen["recalls"]) == (2, 2, 3, 1)


def test_a_record_longer_than_a_page_is_followed_across_pages(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "EVENTS_AT_ONCE", 7)
    assert list(audit(season.database)) == []

    tamper(season, "update edge set mass_g = mass_g + 1 where child_id = (select id from lot where code = '{newer}')")
    assert [finding.what for finding in audit(season.database)] == [page.DIFFERS, frozen.NOT_AS_RELEASED]


def test_the_audit_writes_nothing(season: Season) -> None:
    tamper(season, "update lot set balance_g = balance_g - 1 where code = '{arrived}'")
    before = season.everything()

    assert list(audit(season.database))
    assert season.everything() == before


def test_an_empty_database_is_in_order(season: Season, databases: Databases, tmp_path: Path) -> None:
    database = Database(databases.fresh_sqlite(tmp_path / "empty.sqlite3"))
    migrate(database)

    assert list(audit(database)) == []
    database.close()


def _body(session: Session, season: Season, change: Callable[[bytes], bytes], *, digest_too: bool = False) -> None:
    """Change the bytes of the event that formed the lot."""
    where = "where id = (select made_by_id from lot where code = :code)"
    body = session.execute(text(f"select body from event {where}"), {"code": season.formed}).scalar_one()
    new = change(bytes(body))
    assert new != bytes(body)
    session.execute(text(f"update event set body = :body {where}"), {"body": new, "code": season.formed})
    if digest_too:
        values = {"digest": hashlib.sha256(new).hexdigest(), "code": season.formed}
        session.execute(text(f"update event set digest = :digest {where}"), values)


def _lighter(body: bytes) -> bytes:
    return body.replace(b"99500", b"99400")


def a_byte(session: Session, season: Season) -> None:
    _body(session, season, lambda body: body.replace(b'"note":""', b'"note":"!"'))


def bytes_that_say_nothing(session: Session, season: Season) -> None:
    _body(session, season, lambda body: body[:-1])


def an_account_that_there_is_not(session: Session, season: Season) -> None:
    _body(session, season, lambda body: body.replace(b'["lot"', b'["lit"'))


def bytes_and_digest(session: Session, season: Season) -> None:
    """A forger who knows how digests are made is betrayed by the event after."""
    _body(session, season, _lighter, digest_too=True)


def a_weight_everywhere(session: Session, season: Season) -> None:
    """The bytes, their digest, the lines, the lot and the edges, all in agreement."""
    bytes_and_digest(session, season)
    of = "event_id = (select made_by_id from lot where code = :code)"
    for statement in (
        f"update posting set mass_g = 99400 where mass_g = 99500 and {of}",
        f"update posting set mass_g = 600 where account = 'loss' and {of}",
    ):
        session.execute(text(statement), {"code": season.formed})


def a_key(session: Session, season: Season) -> None:
    """The bytes stay; what is read from the column beside them changes."""
    where = "where id = (select made_by_id from lot where code = :code)"
    found = session.execute(text(f"select kdes from event {where}"), {"code": season.first}).scalar_one()
    kdes = json.loads(found) if isinstance(found, str) else dict(found)
    kdes["price_per_kg"] = 1
    values = {"kdes": json.dumps(kdes), "code": season.first}
    cast = "cast(:kdes as jsonb)" if session.get_bind().dialect.name == "postgresql" else ":kdes"
    session.execute(text(f"update event set kdes = {cast} {where}"), values)


def _other_shares(session: Session, season: Season) -> None:
    """A gram from one farm to the other in the first version: packed as ours are, and of the same sum."""
    first = "version = 1 and batch_id = (select min(batch_id) from frozen_origin)"
    packed = session.execute(text(f"select shares from frozen_origin where {first}")).scalar_one()
    parties, plots, masses = unpack_shares(bytes(packed))
    moved = [masses[0] + 1, masses[1] - 1]
    changed = pack_shares(dict(zip(zip(parties, plots, strict=True), moved, strict=True)))
    session.execute(text(f"update frozen_origin set shares = :shares where {first}"), {"shares": changed})


def _anothers(session: Session, season: Season) -> None:
    """Shares and lineage that agree with each other, but belong to another batch."""
    other = "(select {} from frozen_origin where version = 3 and batch_id = (select max(batch_id) from frozen_origin))"
    session.execute(
        text(
            f"update frozen_origin set shares = {other.format('shares')}, above = {other.format('above')}"
            " where version = 3 and batch_id = (select min(batch_id) from frozen_origin)"
        )
    )


THE_FORMED = "(select id from lot where code = '{formed}')"
SECOND = "version = 2 and batch_id = (select min(batch_id) from frozen_origin)"
FORMED = "(select made_by_id from lot where code = '{formed}')"
TAMPERINGS: dict[str, tuple[Tampering, str]] = {
    "a balance": ("update lot set balance_g = balance_g - 1 where code = '{arrived}'", page.DIFFERS),
    "what a lot was made of": ("update lot set made_g = made_g + 1 where code = '{formed}'", page.DIFFERS),
    "a count": ("update lot set made_count = made_count + 1 where code = '{formed}'", page.DIFFERS),
    "a grade": ("update lot set grade = 'Extra' where code = '{graded}'", page.DIFFERS),
    "a commodity": ("update lot set commodity = 'tea' where code = '{graded}'", page.DIFFERS),
    "a day": ("update lot set zone_minutes = 0 where code = '{graded}'", page.DIFFERS),
    "a way out of a tank": ("update lot set kind = 'lot' where code = '{inside}'", page.DIFFERS),
    "the rule of a tank": ("update facility set pool = 'first_in_first_out' where code = '{tank}'", page.DIFFERS),
    "a tank that never was one": ("update facility set pool = 'pro_rata' where code = '{mill}'", page.DIFFERS),
    "a void lot": ("update lot set void = (1 = 1) where code = '{arrived}'", page.DIFFERS),
    "whose a delivery is": (
        "update lot set origin_party_id = (select id from party where code = '{sida}') where code = '{first}'",
        page.DIFFERS,
    ),
    "a lot of another event": (f"update lot set made_by_id = {FORMED} where code = '{{held}}'", page.MISSING),
    "an edge's weight": (f"update edge set mass_g = mass_g + 1 where child_id = {THE_FORMED}", page.DIFFERS),
    "an edge less": (f"delete from edge where child_id = {THE_FORMED}", page.MISSING),
    "an edge more": (
        "insert into edge (child_id, parent_id, org_id, day, mass_g) select child.id, parent.id, child.org_id,"
        " 1, 1 from lot child, lot parent where child.code = '{graded}' and parent.code = '{held}'",
        page.EXTRA,
    ),
    "whose an edge is": (f"update edge set origin_plot_id = null where child_id = {THE_FORMED}", page.DIFFERS),
    "the day of an edge": (f"update edge set day = day - 1 where child_id = {THE_FORMED}", page.DIFFERS),
    "the organisation of an edge": (f"update edge set org_id = org_id + 1 where child_id = {THE_FORMED}", page.DIFFERS),
    "the number of a line": (f"update posting set line = 9 where line = 3 and event_id = {FORMED}", chain.OTHER_LINES),
    "a line that names nothing": (
        f"update posting set lot_id = null where line = 1 and event_id = {FORMED}",
        page.DIFFERS,
    ),
    "an edge of no lot": ("insert into edge values (900001, 900002, 1, null, null, 1, 1)", page.EXTRA),
    "a posting's grams": (
        f"update posting set mass_g = mass_g + 1 where line = 1 and event_id = {FORMED}",
        chain.OTHER_LINES,
    ),
    "a posting's sum": (
        f"update posting set mass_g = mass_g + 1 where line = 1 and event_id = {FORMED}",
        chain.NOT_BALANCED,
    ),
    "a posting's lot": (
        "update posting set lot_id = (select id from lot where code = '{held}')"
        f" where line = 1 and event_id = {FORMED}",
        page.DIFFERS,
    ),
    "a posting less": (f"delete from posting where line = 3 and event_id = {FORMED}", chain.OTHER_LINES),
    "a byte": (a_byte, chain.NOT_ITS_DIGEST),
    "bytes that say nothing": (bytes_that_say_nothing, chain.UNREADABLE),
    "an account that there is not": (an_account_that_there_is_not, chain.UNREADABLE),
    "bytes and digest": (bytes_and_digest, chain.BROKEN_LINK),
    "a weight everywhere": (a_weight_everywhere, chain.BROKEN_LINK),
    "a digest": (f"update event set digest = previous_digest where id = {FORMED}", chain.NOT_ITS_DIGEST),
    "a link": (f"update event set previous_digest = digest where id = {FORMED}", chain.BROKEN_LINK),
    "an event's place": (f"update event set seq = 1000 where id = {FORMED}", chain.GAP),
    "an event's kind": (f"update event set kind = 'merge' where id = {FORMED}", page.DIFFERS),
    "an event's key data": (a_key, page.DIFFERS),
    "an event's time": (
        f"update event set recorded_at = '2020-01-01 00:00:00+00:00' where id = {FORMED}",
        chain.BACKWARDS,
    ),
    "who did it": (f"update event set actor_id = 102 where id = {FORMED}", page.DIFFERS),
    "the last event": (
        "delete from event where id = (select max(id) from event where kind = 'change_consent')",
        chain.OTHER_END,
    ),
    "a correction": (
        "update event set declares_id = (select made_by_id from lot where code = '{first}')"
        " where declares_id is not null",
        chain.NOT_REVERSED,
    ),
    "a consignment's state": ("update transfer set state = 'received' where code = '{pending}'", page.DIFFERS),
    "a consignment's rest": ("update transfer set open_g = 1 where code = '{pending}'", page.DIFFERS),
    "a consignment's weight": ("update transfer set received_g = 19999 where code = '{road}'", page.DIFFERS),
    "a hold that ends": ("update hold set closed_at = opened_at where closed_at is null", page.DIFFERS),
    "a hold that vanishes": ("delete from hold where closed_at is null", page.MISSING),
    "a hold that passed": ("update hold set passed = (1 = 1) where passed is not null", page.DIFFERS),
    "a recall's reason": ("update recall set reason = 'none'", page.DIFFERS),
    "a batch's destination": ("update batch set destination = 'CN' where superseded_by = ''", page.DIFFERS),
    "a batch's contents": ("update batch set release_digest = 'x' where superseded_by = ''", page.DIFFERS),
    "a batch that is not replaced": ("update batch set superseded_by = ''", page.DIFFERS),
    "a lot number on a label": ("update digital_link set lot = 'X-1' where lot = '{newer}'", page.MISSING),
    "an article of another batch": (
        "insert into digital_link (gtin, lot, batch_id, org_id) select '09506000134352', lot.code, batch.id,"
        " batch.org_id from batch join lot on lot.id = batch.lot_id where lot.code = '{batch}'",
        page.EXTRA,
    ),
    "a frozen digest": ("update frozen_origin set digest = 'x' where version = 1", page.DIFFERS),
    "a frozen origin less": (f"delete from frozen_origin where {SECOND}", page.MISSING),
    "a frozen origin more": (
        "insert into frozen_origin (org_id, batch_id, version, made_by_id, digest, shares, above)"
        f" select org_id, batch_id, 9, made_by_id, digest, shares, above from frozen_origin where {SECOND}",
        page.EXTRA,
    ),
    "who froze it": ("update frozen_origin set made_by_id = 1 where version = 2", page.DIFFERS),
    "frozen shares of the newest": (
        f"update frozen_origin set shares = (select shares from frozen_origin where {SECOND}) where version = 3",
        frozen.NOT_AS_RELEASED,
    ),
    "a frozen lineage of the newest": (
        f"update frozen_origin set above = (select above from frozen_origin where {SECOND}) where version = 3",
        frozen.NOT_AS_RELEASED,
    ),
    "frozen shares of an older version": (_other_shares, frozen.NOT_AS_RELEASED),
    "frozen bytes": ("update frozen_origin set above = x'01' where version = 1", frozen.NOT_AS_RELEASED),
    "another batch's origin": (_anothers, frozen.NOT_AS_RELEASED),
    "whose an edge of a released batch is": (
        "update edge set origin_party_id = (select id from party where code = '{sida}')"
        f" where child_id = {THE_FORMED} and origin_plot_id is null",
        frozen.NOT_AS_RELEASED,
    ),
    "a measured value": ("update measurement set value = '10.0' where value = '12.5'", page.DIFFERS),
    "a measurement less": ("delete from measurement where value = '12.5'", page.MISSING),
    "who sees a paper": ("update attachment set public = not public", page.DIFFERS),
    "a paper's digest": ("update attachment set digest = 'x'", goods.OTHER_CONTENT),
    "a plot's area": ("update plot set area_m2 = 1 where code = '{amina_plot}'", page.DIFFERS),
    "a plot's position": ("update plot set geometry = '' where code = '{amina_plot}'", registry.OTHER_PERSON),
    "a farmer's name": ("update person set name = 'Dao' where name like 'Amina%'", registry.OTHER_PERSON),
    "what a farmer is": ("update party set kind = 'supplier' where code = '{amina}'", page.DIFFERS),
    "a place": ("update facility set province = 'Attapeu' where code = '{mill}'", page.DIFFERS),
    "the head of a journal": ("update journal_head set seq = seq + 1", chain.OTHER_END),
    "the last public entry": ("update journal_head set public_seq = public_seq + 1", chain.OTHER_PUBLIC),
    "a column more": ("alter table lot add column price integer", auditing.OTHER_TABLES),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_changed_behind_the_record_is_found(kept: Season, tmp_path: Path, name: str) -> None:
    shutil.copyfile(str(kept.database.url.database), tmp_path / "copy.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    tampering, what = TAMPERINGS[name]
    _tamper(database, kept, tampering)

    findings = list(audit(database))

    assert what in {finding.what for finding in findings}
    assert all(isinstance(finding, Finding) and finding.where for finding in findings)
    database.close()


WITHOUT_KEYS = {
    "the organisation of a line": (f"update posting set org_id = org_id + 1 where event_id = {FORMED}", page.DIFFERS),
    "a line of no event": (
        "insert into posting (event_id, line, org_id, account, ref, mass_g, count)"
        " values (900001, 1, 1, 'loss', 'x', 1, 0)",
        page.EXTRA,
    ),
    "a lot of no event": ("update lot set made_by_id = 900001 where code = '{held}'", page.EXTRA),
    "a measurement of no event": ("update measurement set made_by_id = 900001 where value = '12.5'", page.EXTRA),
    "a paper of no event": ("update attachment set made_by_id = 900001", page.EXTRA),
}


@pytest.mark.parametrize("name", WITHOUT_KEYS)
def test_a_row_that_hangs_on_nothing_is_found(kept: Season, tmp_path: Path, name: str) -> None:
    """Only a connection that does not look at foreign keys can write one."""
    shutil.copyfile(str(kept.database.url.database), tmp_path / "copy.sqlite3")
    statement, what = WITHOUT_KEYS[name]
    raw = sqlite3.connect(tmp_path / "copy.sqlite3", isolation_level=None)
    held = raw.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    for trigger, _ in held:
        raw.execute(f"drop trigger {trigger}")
    raw.execute(statement.format_map(vars(kept)))
    for _, made in held:
        raw.execute(made)
    raw.close()
    database = Database(f"sqlite:///{tmp_path / 'copy.sqlite3'}")

    assert what in {finding.what for finding in audit(database)}
    database.close()


def test_on_postgresql_all_of_it_is_found_at_once(postgres_url: str) -> None:
    database = Database(postgres_url)
    migrate(database)
    made = Season(database)
    at_once = (
        ("a balance", "balance_g"),
        ("a grade", "grade"),
        ("an edge's weight", "mass_g"),
        ("a posting's sum", ""),
        ("a byte", ""),
        ("a digest", ""),
        ("an event's key data", "kdes"),
        ("a consignment's state", "state"),
        ("a hold that ends", "closed_at"),
        ("a batch's destination", "destination"),
        ("a farmer's name", "farmer"),
        ("the head of a journal", ""),
    )
    for name, _ in at_once:
        _tamper(database, made, TAMPERINGS[name][0])

    findings = list(audit(database))

    for name, where in at_once:
        assert any(found.what == TAMPERINGS[name][1] and where in found.where for found in findings), name
    database.close()


def test_a_guard_that_was_taken_down_is_found(season: Season) -> None:
    on = "" if season.database.is_sqlite else " on event"
    season.database.write(lambda session: session.execute(text(f"drop trigger guard_event_no_update{on}")))

    assert [(found.what, found.where) for found in audit(season.database)] == [
        (auditing.NO_GUARD, "guard_event_no_update")
    ]


def tamper(season: Season, tampering: Tampering) -> None:
    _tamper(season.database, season, tampering)


def _tamper(database: Database, season: Season, tampering: Tampering) -> None:
    """Take the guards and foreign keys down, change something, and put the guards up again as if nothing had been."""

    def work(session: Session) -> None:
        connection = session.connection()
        for name in guards.installed(connection):
            table = name.removeprefix("guard_").rpartition("_no_")[0].removesuffix("_") or "event"
            on = "" if database.is_sqlite else f" on {'event' if name == 'guard_event_gap_free' else table}"
            session.execute(text(f"drop trigger {name}{on}"))
        # foreign keys are switched off, or looked at when it is too late
        off = "pragma defer_foreign_keys = on" if database.is_sqlite else "set local session_replication_role = replica"
        session.execute(text(off))
        if isinstance(tampering, str):
            session.execute(text(tampering.format_map(vars(season)).replace(":", r"\:")))
        else:
            tampering(session, season)
        guards.install(connection)

    database.write(work)
