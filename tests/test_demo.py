"""The demo season: whole, in every state, the same when told again, and traced as a walk by hand would trace it."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.cast import World
from tests.clocks import later
from tests.databases import KINDS, Databases
from tests.demo import demo_season
from tests.web.applications import application
from traceability import paths
from traceability.demo import ABOUT_FACTS, PASSWORD, DemoSummary, RealGoodsHere, make_demo, readers
from traceability.domain.dossier import Standing, Status
from traceability.domain.facts import RegisterOrganisation, Where
from traceability.domain.labelling import CARTON
from traceability.domain.pools import POOLED
from traceability.domain.roles import Actor, Role
from traceability.models import (
    Attachment,
    Base,
    Batch,
    Event,
    Facility,
    Hold,
    JournalHead,
    LabelRun,
    LabelVoid,
    Lot,
    Organisation,
    Pallet,
    Party,
    Posting,
    Report,
    ScanCount,
    Transfer,
)
from traceability.models.database import Database
from traceability.operations.account import sign_in
from traceability.operations.registry import register_organisation
from traceability.queries import dossiers
from traceability.queries.audit import audit
from traceability.queries.authority import seen_by
from traceability.queries.dossiers import dossier_of
from traceability.queries.lineage import Origin, deliveries_of_farmer, trace_back, trace_forward
from traceability.queries.recalls import open_recalls
from traceability.web import batches, served
from traceability.web.compression import compressed
from traceability.words import LANGUAGES

MAIN = "Nong Luang Coffee Cooperative (demo)"


@dataclass(frozen=True)
class Season:
    database: Database
    summary: DemoSummary


@pytest.fixture(scope="module", params=KINDS)
def season(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Season]:
    """The season on each kind of database; the tests only look at it. On PostgreSQL the power went out half-way."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = demo_season(databases, tmp_path_factory.mktemp("demo"))
        else:
            url = stack.enter_context(databases.fresh_postgres("tables"))
        database = Database(url)
        stack.callback(database.close)
        if request.param == "postgres":
            with pytest.raises(Interrupted):
                make_demo(database, progress=until_half)
        yield Season(database, make_demo(database))


class Interrupted(Exception):
    """The power went out."""


def until_half(done: int, total: int) -> None:
    if done > total // 2:
        raise Interrupted


@pytest.fixture
def session(season: Season) -> Iterator[Session]:
    with season.database.reading() as session:
        yield session


def everything(session: Session) -> dict[str, object]:
    """How many rows each table has, and where each journal ends."""
    rows: dict[str, object] = {
        table.name: session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    }
    return rows | {f"head {head.org_id}": (head.seq, head.digest) for head in session.scalars(select(JournalHead))}


# -- what there is ----------------------------------------------------------------------------------------------


def test_seven_organisations_say_loudly_that_they_are_a_demo(session: Session) -> None:
    organisations = session.scalars(select(Organisation)).all()

    assert len(organisations) == 7
    assert all(
        row.demo and "(demo)" in row.name and set(row.names) == {"en", "lo", "vi", "zh"} for row in organisations
    )


@pytest.mark.parametrize("season", ["sqlite"], indirect=True)  # a page weighs the same from either database
@pytest.mark.parametrize("ahead", [0, 600], ids=["today", "when every paper has run out"])
def test_the_page_of_every_batch_fits_one_congestion_window(
    season: Season, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    later(monkeypatch, timedelta(days=ahead), dossiers, batches, served)
    url = season.database.url.render_as_string(hide_password=False)
    app = application(url, tmp_path, demo=True)
    style = len(compressed((paths.STATIC / "style.css").read_bytes()))
    weights = {}
    for batch in season.summary.batches:
        for language in LANGUAGES:
            html = app.test_client().get(f"/b/{batch.code}?l={language}").get_data()
            weights[len(compressed(html)) + style] = f"{batch.number} in {language}"
    app.extensions["database"].close()
    assert max(weights) <= 14 * 1024, f"{max(weights)} bytes: {weights[max(weights)]}"


def test_a_page_with_a_photo_weighs_less_than_fifty_kilobytes_in_three_requests(
    season: Season, session: Session, tmp_path: Path
) -> None:
    """The batches that show one: everything that a phone loads the first time (UX 5.7)."""
    photos = session.execute(select(Attachment, Lot.code).join(Lot, Lot.id == Attachment.lot_id)).all()
    url = season.database.url.render_as_string(hide_password=False)
    app = application(url, tmp_path, demo=True)
    weights = []
    for photo, code in photos:
        page = app.test_client().get(f"/b/{code}").get_data()
        shown = f"/b/{code}/papers/{photo.code}.jpg"
        assert page.count(b"<img ") == 1
        assert f'src="{shown}"' in page.decode()
        picture = app.test_client().get(shown)
        assert picture.mimetype == "image/jpeg"
        files = (page, (paths.STATIC / "style.css").read_bytes())
        weights.append(sum(len(gzip.compress(file, 6)) for file in files) + len(picture.get_data()))
        assert len(photo.content) <= 20_000
    app.extensions["database"].close()
    assert {photo.public for photo, _ in photos} == {True}
    assert len(weights) == 9, "every batch from Viet Nam, where the picture of the product is wanted, and two of Laos"
    assert max(weights) <= 50 * 1024


def test_the_season_is_as_large_as_it_says(season: Season) -> None:
    counts = season.summary.counts

    assert counts["farmers"] == 150
    assert 1_000 < counts["weigh_ins"] < 4_000
    assert abs(counts["events"] - ABOUT_FACTS) < ABOUT_FACTS // 10


def test_there_are_batches_of_every_status_a_released_one_first(season: Season) -> None:
    summary = season.summary

    assert summary.batches[0].status is Status.RELEASED
    assert {batch.status for batch in summary.batches[:5]} == set(Status) - {Status.DESTROYED, Status.FAILED}
    assert len(summary.of(Status.RELEASED)) >= 12


def test_released_batches_went_to_china_europe_japan_and_the_emirates(season: Season) -> None:
    released = season.summary.of(Status.RELEASED)

    assert {batch.destination for batch in released} >= {"CN", "DE", "FR", "JP", "AE"}
    assert {batch.commodity for batch in released} == {
        "arabica_coffee", "robusta_coffee", "durian", "mango", "longan", "pangasius",
    }  # fmt: skip


def test_every_role_of_the_main_cooperative_can_sign_in(season: Season) -> None:
    own = {user.login: user.roles for user in season.summary.sign_ins if user.organisation == MAIN}

    assert set(own) == {"clerk", "manager", "manager2", "exporter", "inspector", "auditor", "administrator"}
    assert own["manager"] == own["manager2"] == ("manager",)
    assert sign_in(season.database, "manager", PASSWORD).actor.demo


def test_whoever_sealed_a_batch_of_the_main_cooperative_did_not_release_it(session: Session) -> None:
    rows = session.execute(
        select(Batch.sealed_by_user_id, Event.actor_id)
        .join(Event, Event.id == Batch.released_by_id)
        .join(Organisation, Organisation.id == Batch.org_id)
        .where(Organisation.name == MAIN)
    ).all()

    assert len(rows) == 3
    assert all(sealed != released for sealed, released in rows)


# -- the stories in it ------------------------------------------------------------------------------------------


def test_the_recall_reaches_a_batch_that_was_shipped(season: Season, session: Session) -> None:
    (recalled,) = season.summary.of(Status.RECALLED)
    dossier = dossier_of(session, recalled.code)

    assert any(step.kind == "ship" for step in dossier.journey)
    assert dossier.alerts[0].inherited


def test_goods_that_failed_their_hold_were_destroyed_and_others_passed(session: Session) -> None:
    holds = session.scalars(select(Hold)).all()
    (failed,) = [hold for hold in holds if hold.passed is False]

    assert session.get_one(Lot, failed.lot_id).balance_g == 0
    assert [hold.passed for hold in holds].count(True) == 1
    assert [hold.closed_at for hold in holds].count(None) == 1


def test_a_wrong_weigh_in_was_replaced_and_a_correction_shows_on_a_batch(season: Season, session: Session) -> None:
    declared = session.scalars(select(Event).where(Event.kind == "declare_error")).all()

    assert [event.kdes["replaced"] for event in declared].count(True) == 1
    changes = [change for batch in season.summary.batches for change in dossier_of(session, batch.code).changes]
    assert changes
    assert max(change.at for change in changes) < datetime(2026, 11, 20, tzinfo=UTC), "within the season, not now"


def test_a_part_of_a_load_was_refused_and_taken_back(session: Session) -> None:
    back = session.scalars(select(Transfer).where(Transfer.state == "returned")).one()

    assert back.received_g is not None
    assert 0 < back.received_g < back.mass_g
    assert back.open_g == 0


def test_claims_hold_expire_and_are_lost_in_a_mix(season: Season, session: Session) -> None:
    dossiers = [dossier_of(session, batch.code) for batch in season.summary.batches]
    claims = {(claim.scheme, claim.holds) for dossier in dossiers for claim in dossier.claims}
    standing = {certificate.standing for dossier in dossiers for certificate in dossier.certificates}

    assert {("organic", True), ("organic", False), ("deforestation_free", True), ("gap", True)} <= claims
    assert {Standing.VALID, Standing.EXPIRED} <= standing


def test_some_farmers_agreed_to_be_named_and_some_plots_are_not_known(season: Season, session: Session) -> None:
    shares = [share for batch in season.summary.batches for share in dossier_of(session, batch.code).shares]

    assert 0 < sum(bool(share.name) for share in shares) < len(shares) // 2
    assert any(not share.plot_known for share in shares)


def test_open_work_waits_for_the_manager_of_the_main_cooperative(session: Session) -> None:
    main = session.scalars(select(Organisation).where(Organisation.name == MAIN)).one()
    on_hand = select(func.count()).select_from(Lot).where(Lot.org_id == main.id, Lot.balance_g > 0, Lot.void.is_(False))
    pending = select(func.count()).select_from(Transfer).where(Transfer.state == "pending")

    assert session.scalars(on_hand.where(Lot.kind == "delivery")).one() >= 5
    assert session.scalars(on_hand.where(Lot.kind == "lot", Lot.form == "green")).one() >= 1
    assert session.scalars(pending.where(Transfer.to_org_id == main.id)).one() == 1
    assert session.scalars(pending.where(Transfer.org_id == main.id)).one() == 1


def test_two_released_batches_came_through_the_silo_which_is_not_empty(season: Season, session: Session) -> None:
    silo = session.scalars(select(Facility).where(Facility.pool != "")).one()
    standing = session.scalars(select(Lot).where(Lot.facility_id == silo.id, Lot.kind == POOLED, Lot.balance_g > 0))
    drawn = set(session.scalars(select(Lot.id).join(Event, Event.id == Lot.made_by_id).where(Event.kind == "draw_off")))
    through = [
        dossier
        for dossier in (dossier_of(session, batch.code) for batch in season.summary.of(Status.RELEASED))
        if any(step.kind == "draw_off" for step in dossier.journey)
    ]
    levelled = select(Posting.mass_g).join(Event, Event.id == Posting.event_id).where(Event.kind == "level_pool")

    assert "(demo)" in silo.name
    assert 0 < sum(lot.balance_g for lot in standing) < sum(session.get_one(Lot, key).made_g for key in drawn)
    assert sorted(dossier.destination for dossier in through) == ["DE", "FR"]
    assert all(any(claim.scheme == "organic" and claim.holds for claim in dossier.claims) for dossier in through)
    assert sorted(session.scalars(levelled.where(Posting.account == "loss"))) == [4_600, 4_600]


def test_the_cartons_of_one_orchard_are_numbered_and_stand_on_pallets(session: Session) -> None:
    run = session.scalars(select(LabelRun)).one()
    void = session.scalars(select(LabelVoid)).one()
    pallets = session.scalars(select(Pallet).order_by(Pallet.first)).all()

    assert run.layout == CARTON
    assert run.first <= void.first <= void.last < run.last
    assert [(pallet.first, pallet.last) for pallet in pallets] == [(1, 48), (49, 96)]
    assert all((pallet.sscc or "")[1:].startswith("950600") for pallet in pallets)


def test_the_ministry_reads_four_organisations_and_sees_who_knows_of_a_recall(session: Session) -> None:
    ministry = session.scalars(select(Organisation).where(Organisation.kind == "authority")).one()
    reader = Actor(1, "", ministry.id, ministry.code, frozenset({Role.AUDITOR}))
    seen = seen_by(session, reader)
    reached = open_recalls(session, seen)

    assert len(seen.organisations) == 4
    assert seen.sample_percent == 20
    assert sorted((row.receivers, row.acknowledged) for row in reached) == [(0, 0), (1, 0), (1, 1)]


# -- whose grams ------------------------------------------------------------------------------------------------


def test_every_batch_adds_up_to_the_gram(season: Season, session: Session) -> None:
    for batch in season.summary.batches:
        dossier = dossier_of(session, batch.code)
        assert sum(share.mass_g for share in dossier.shares) == dossier.mass_g
        assert sum(share.tenths for share in dossier.shares) == 1000


Mix = dict[Origin, Fraction]


def walked_by_hand(session: Session) -> dict[int, Mix]:
    """What every lot is made of, told from the postings alone, from the first event to the last."""
    undone = set(session.scalars(select(Event.declares_id).where(Event.declares_id.is_not(None))))
    corrections = set(session.scalars(select(Event.id).where(Event.declares_id.is_not(None))))
    growers = {code: key for code, key in session.execute(select(Party.code, Party.id))}
    told_farmer = {key: kdes.get("farmer") for key, kdes in session.execute(select(Event.id, Event.kdes))}
    carried = {key: lot for key, lot in session.execute(select(Transfer.id, Transfer.lot_id))}
    lines: dict[int, list[Posting]] = defaultdict(list)
    for line in session.scalars(select(Posting).order_by(Posting.event_id, Posting.line)):
        if line.event_id not in undone | corrections:
            lines[line.event_id].append(line)
    made: dict[int, Mix] = {}
    for event, postings in lines.items():
        mix: Mix = defaultdict(Fraction)
        for line in postings:
            if line.mass_g >= 0:
                continue
            if line.account in ("plot", "party"):
                mix[Origin(growers[told_farmer[event]], line.plot_id)] -= line.mass_g
            elif line.account in ("lot", "transit"):
                source = made[line.lot_id or carried[line.transfer_id or 0]]
                whole = sum(source.values())
                for origin, part in source.items():
                    mix[origin] -= line.mass_g * part / whole
        for line in postings:
            if line.account == "lot" and line.mass_g > 0 and line.lot_id is not None:
                made.setdefault(line.lot_id, dict(mix))
    return made


def test_tracing_back_agrees_with_a_walk_by_hand_for_every_batch(season: Season, session: Session) -> None:
    made = walked_by_hand(session)

    for lot in session.scalars(select(Lot).join(Batch, Batch.lot_id == Lot.id)):
        trace, mix = trace_back(session, lot), made[lot.id]
        whole = sum(mix.values())
        assert set(trace.shares_g) == set(mix)
        assert sum(trace.shares_g.values()) == lot.made_g
        assert all(abs(trace.shares_g[origin] - lot.made_g * part / whole) < 1 for origin, part in mix.items())


def test_tracing_forward_agrees_with_a_walk_by_hand_for_every_farmer(season: Season, session: Session) -> None:
    made = walked_by_hand(session)
    reached: dict[int, set[int]] = defaultdict(set)
    for lot, mix in made.items():
        for origin in mix:
            reached[origin.party_id].add(lot)

    for farmer in session.scalars(select(Party.id).where(Party.kind == "farmer")):
        assert trace_forward(session, deliveries_of_farmer(session, farmer)).lots == reached[farmer]


def test_the_audit_finds_nothing(season: Season) -> None:
    assert list(audit(season.database)) == []


# -- told again -------------------------------------------------------------------------------------------------


def test_telling_it_again_changes_nothing(season: Season) -> None:
    with season.database.reading() as session:
        before = everything(session)

    again = make_demo(season.database)

    assert not again.made
    assert again.batches == season.summary.batches
    with season.database.reading() as session:
        assert everything(session) == before


def test_who_reads_the_pages_is_told_whole_or_not_at_all(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(Database(databases.fresh_sqlite(tmp_path / "read.sqlite3", "tables")))
    world.database.write(lambda session: session.execute(update(Organisation).values(demo=True)))
    code = world.released(world.sealed(destination="IT"))
    with monkeypatch.context() as patch:
        patch.setattr(readers, "receive_report", lambda *_: until_half(2, 2))
        with pytest.raises(Interrupted):
            readers.tell_readers(world.database, [code])
    for _ in range(2):
        readers.tell_readers(world.database, [code])

    with world.database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Report)).one() == 1
        assert session.scalars(select(func.count(ScanCount.day.distinct()))).one() > 20
    world.database.close()


def test_invented_goods_are_not_told_into_a_record_of_real_ones(databases: Databases, tmp_path: Path) -> None:
    database = Database(databases.fresh_sqlite(tmp_path / "real.sqlite3", "tables"))
    opening = RegisterOrganisation(
        client_id="real-1",
        occurred_at=datetime(2026, 1, 5, 8, tzinfo=UTC),
        name="Hillside Growers",
        kind="cooperative",
        prefix="HG",
        where=Where(country="LA"),
    )
    database.write(lambda session: register_organisation(session, opening))

    with pytest.raises(RealGoodsHere):
        make_demo(database)

    with database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Organisation)).one() == 1
    database.close()


def lots_of(session: Session) -> list[tuple[str, str, int, int]]:
    """Every lot as the seed makes it, without the codes that are drawn anew each time."""
    rows = session.execute(
        select(Organisation.name, Lot.number, Lot.made_g, Lot.balance_g)
        .join(Organisation, Organisation.id == Lot.org_id)
        .order_by(Organisation.name, Lot.number)
    )
    return [(name, number, made, balance) for name, number, made, balance in rows]


@pytest.mark.parametrize("season", ["postgres"], indirect=True)
def test_an_interrupted_telling_is_taken_up_where_it_stopped(
    season: Season, session: Session, databases: Databases, tmp_path: Path
) -> None:
    database = Database(demo_season(databases, tmp_path))
    whole = make_demo(database)

    assert season.summary.made
    assert season.summary.counts == whole.counts
    with database.reading() as other:
        assert lots_of(session) == lots_of(other)
    database.close()
