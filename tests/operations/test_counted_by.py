"""The method of origin that is declared when a batch is sealed: what it may be, what it counts, and what keeps it.

60 Amina + 40 Bounmy -> L; 70 of L leave first, the last 30 are packed: by mass 18 + 12, in that order all Bounmy's
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from tests.cast import World, event_of
from traceability.domain import facts
from traceability.domain.dossier import Dossier, Status
from traceability.domain.facts import CorrectOrigin, DeclareError, RecallGoods, Seal, Take
from traceability.domain.methods import By, Method
from traceability.errors import MethodRefused
from traceability.models import Batch, Lot, Party
from traceability.operations import inspection, packing
from traceability.operations.correction import declare_error
from traceability.operations.rebooking import correct_origin
from traceability.queries import frozen
from traceability.queries.audit import audit
from traceability.queries.dossiers import dossier_of
from traceability.queries.edges import Days
from traceability.queries.kept import KEPT
from traceability.queries.lineage import trace_back
from traceability.queries.lot_story import lot_story
from traceability.queries.methods import methods_of
from traceability.queries.origins import shares_by
from traceability.queries.reasons import why_rows
from traceability.queries.records import one
from traceability.queries.traces import trace_back_rows

IN_ORDER = {"counted_by": "first_in_first_out"}


def dossier(world: World, code: str, **more: Any) -> Dossier:
    with world.database.reading() as session:
        return dossier_of(session, code, **more)


def grams(world: World, code: str) -> dict[str, int]:
    """Whose grams a batch holds by the method that counts, by farmer's code."""
    with world.database.reading() as session:
        codes = {row.id: row.code for row in session.scalars(select(Party))}
        found = frozen.grams_by_farmer(session, row_of(session, code))
        assert sum(found.values()) == row_of(session, code).made_g
        return {codes[party]: mass for party, mass in found.items()}


def row_of(session: Session, code: str) -> Lot:
    return session.scalars(select(Lot).where(Lot.code == code)).one()


def last_thirty(world: World, *deliveries: str) -> str:
    """The last 30 kg of the lot, packed."""
    lot = world.lot(*deliveries)
    world.merge_some((lot, 70_000), (world.delivery(1_000, world.sida), 1_000))
    return world.packed(lot, mass_g=30_000, count=1)


def test_a_batch_counts_by_what_was_declared_from_the_seal_on(world: World) -> None:
    batch = world.sealed(last_thirty(world), **IN_ORDER)
    assert grams(world, batch) == {world.bounmy: 30_000}
    assert dossier(world, batch).origin_method == "first_in_first_out"
    world.released(batch)
    assert grams(world, batch) == {world.bounmy: 30_000}
    told = dossier(world, batch)
    assert (told.origin_method, told.farms, [share.mass_g for share in told.shares]) == (
        "first_in_first_out",
        1,
        [30_000],
    )
    with world.database.reading() as session:
        sealed = session.scalars(select(Batch)).one().sealed_by_id
        seal = session.execute(text("select kdes, body from event where id = :id"), {"id": sealed}).one()
        assert '"counted_by":"first_in_first_out"' in bytes(seal.body).decode()
        assert one(session, world.malee, KEPT["batches"], batch)["counted_by"] == "first_in_first_out"
        story = lot_story(session, world.malee, batch)
    assert story.batch is not None
    assert (story.batch.counted_by, [share.mass_g for share in story.shares]) == ("First in, first out", [30_000])
    assert list(audit(world.database)) == []


def test_what_declares_nothing_counts_by_mass_and_is_said_as_ever(world: World) -> None:
    """Requests, digests and pages from before anything could be declared stay what they were."""
    batch = world.released(world.sealed(last_thirty(world)))
    assert grams(world, batch) == {world.amina: 18_000, world.bounmy: 12_000}
    assert dossier(world, batch).origin_method == "pro_rata"
    before = "41898b295ef185410c4484674fd9df603d71a7a07ab91e9357aa35cc9975c35c"
    said = {"client_id": "said-before", "occurred_at": datetime(2026, 1, 5, tzinfo=UTC), "destination": "IT"}
    assert Seal(lot="7K3QX9MB", **said).request_digest() == before  # type: ignore[arg-type]
    assert Seal(lot="7K3QX9MB", **said, **IN_ORDER).request_digest() != before  # type: ignore[arg-type]
    with world.database.reading() as session:
        row, lot = session.execute(select(Batch, Lot).join(Lot)).one()
        shares_g = trace_back(session, lot).shares_g
        assert frozen.contents_digest(session, row, lot, shares_g) == row.release_digest
        row.counted_by = "first_in_first_out"
        assert frozen.contents_digest(session, row, lot, shares_g) != row.release_digest
        session.rollback()


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("identity_preserved", "It does not hold: 2 origins are in it."),
        ("mass_balance", "The chain of custody does not allow it: the goods themselves were kept apart."),
        ("in_excess", "It names everybody who could be in it, not how many grams of each."),
    ],
)
def test_what_may_not_count_is_refused_with_the_reason(world: World, method: str, why: str) -> None:
    said = {"lot": world.packed(), "destination": "IT", "counted_by": method}
    refusal = world.refused(MethodRefused, world.malee, packing.seal, Seal, **said)
    assert why in str(refusal)
    assert refusal.at == "counted_by"


def test_an_account_that_goes_on_is_not_kept_with_a_batch(world: World) -> None:
    lot = world.packed()
    mixed = update(Lot).where(Lot.code == lot).values(custody="mass_balance")
    world.database.write(lambda session: session.execute(mixed))
    said = {"lot": lot, "destination": "IT", "counted_by": "mass_balance"}
    assert "goes on" in str(world.refused(MethodRefused, world.malee, packing.seal, Seal, **said))


def corrected(world: World, delivery: str) -> None:
    said = {"event": event_of(world, delivery), "farmer": world.sida, "reason": "her bags", "confirmed": True}
    world.do(world.malee, correct_origin, CorrectOrigin, **said)


def test_a_correction_upstream_keeps_the_declared_method(world: World) -> None:
    first, theirs = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    batch = world.released(world.sealed(last_thirty(world, first, theirs), **IN_ORDER))
    corrected(world, theirs)
    assert grams(world, batch) == {world.sida: 30_000}
    assert (dossier(world, batch).version, dossier(world, batch).origin_method) == (2, "first_in_first_out")
    assert [share.mass_g for share in dossier(world, batch, version=1).shares] == [30_000]
    assert list(audit(world.database)) == []


def test_one_origin_counts_as_preserved_until_it_turns_out_to_be_two(world: World) -> None:
    first, second = world.delivery(60_000), world.delivery(40_000)
    packed = world.packed(world.lot(first, second))
    batch = world.released(world.sealed(packed, counted_by="identity_preserved"))
    assert dossier(world, batch).origin_method == "identity_preserved"
    corrected(world, second)
    assert grams(world, batch) == {world.amina: 60_000, world.sida: 40_000}
    assert dossier(world, batch).origin_method == "pro_rata"
    assert dossier(world, batch, version=1).origin_method == "identity_preserved"
    with world.database.reading() as session:
        story = lot_story(session, world.malee, batch)
    assert story.batch is not None
    assert story.batch.counted_by == "By mass"
    assert list(audit(world.database)) == []


def test_what_is_declared_in_error_beside_changes_the_next_version_only(world: World) -> None:
    """60 Amina + 40 Bounmy -> L; 70 packed, 30 sealed in order; the 70 never were: the page stays as it was released"""
    first, theirs = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    lot = world.lot(first, theirs)
    wrong = {"inputs": (Take(lot=lot, mass_g=70_000),), "form": "green", "unit": "bag", "count": 1, "mass_g": 70_000}
    done = world.do(world.bakari, packing.pack, facts.Pack, facility=world.mill, confirmed=True, **wrong)
    batch = world.released(world.sealed(world.packed(lot, mass_g=30_000, count=1), **IN_ORDER))
    assert grams(world, batch) == {world.bounmy: 30_000}
    world.do(world.malee, declare_error, DeclareError, event=done.event, reason="did_not_occur", note="typed twice")
    assert grams(world, batch) == {world.bounmy: 30_000}
    assert list(audit(world.database)) == []
    corrected(world, theirs)
    assert grams(world, batch) == {world.amina: 30_000}
    assert list(audit(world.database)) == []


def test_a_recall_reaches_everybody_whose_fruit_may_be_in_it(world: World) -> None:
    """Counted first in first out nothing of it is Amina's, and yet her cherries lay in the same heap."""
    batch = world.released(world.sealed(last_thirty(world), **IN_ORDER))
    said = {"reason": "residues", "action": "bring it back"}
    world.do(world.ines, inspection.recall, RecallGoods, farmer=world.amina, **said)
    assert dossier(world, batch).status is Status.RECALLED


def test_an_audit_finds_another_method_and_other_shares(world: World) -> None:
    batch = world.released(world.sealed(last_thirty(world), **IN_ORDER))
    world.database.write(lambda session: session.execute(update(Batch).values(counted_by="pro_rata")))
    found = {finding.where for finding in audit(world.database)}
    assert f"batch {batch}, counted_by" in found
    assert {f"batch {batch} origin, version 1, {part}" for part in ("shares", "lineage", "edges")} <= found


def test_whoever_reads_the_origins_is_told_by_which_method_and_from_where(world: World) -> None:
    loose = last_thirty(world)
    with world.database.reading() as session:
        now = shares_by(session, row_of(session, loose))
        assert (now.method, now.frozen_version, len(now.rows)) == (Method.PRO_RATA, None, 2)
    batch = world.released(world.sealed(loose, **IN_ORDER))
    with world.database.reading() as session:
        lot = row_of(session, batch)
        for by in (By.FARM, By.PLOT, By.ORGANISATION):
            kept = shares_by(session, lot, by)
            assert (kept.method, kept.frozen_version) == (Method.FIRST_IN_FIRST_OUT, 1)
            assert [row.mass_g for row in kept.rows] == [30_000]
        beyond = (
            shares_by(session, lot, By.INPUT),
            shares_by(session, lot, By.DAY),
            shares_by(session, lot, days=Days(0)),
        )
        for traced in beyond:
            assert (traced.method, traced.frozen_version) == (Method.PRO_RATA, None)
            assert sum(row.mass_g for row in traced.rows) == 30_000
        back = trace_back_rows(session, lot)
        assert (back.method, back.frozen_version, len(back.farms)) == (Method.FIRST_IN_FIRST_OUT, 1, 1)
        why = why_rows(session, lot, world.amina)
        assert (why.asked_g, why.method, why.frozen_version) == (18_000, Method.PRO_RATA, None)
        told = {found.method: found for found in methods_of(session, lot)}
        assert [method for method, found in told.items() if found.counts] == [Method.FIRST_IN_FIRST_OUT]
        assert sorted(told[Method.PRO_RATA].grams.values()) == [12_000, 18_000]
        assert list(told[Method.FIRST_IN_FIRST_OUT].grams.values()) == [30_000]
        assert len(told[Method.IN_EXCESS].nearby) > 1


def test_what_is_frozen_is_read_without_the_edges(world: World) -> None:
    batch = world.released(world.sealed(last_thirty(world)))
    world.database.write(lambda session: session.execute(text("delete from edge")))
    with world.database.reading() as session:
        kept = shares_by(session, row_of(session, batch))
        assert (kept.frozen_version, sorted(row.mass_g for row in kept.rows)) == (1, [12_000, 18_000])
        assert len(trace_back_rows(session, row_of(session, batch)).farms) == 2
        assert shares_by(session, row_of(session, batch), By.INPUT).rows == ()
