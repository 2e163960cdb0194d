"""Whose a delivery was: frozen with the batch, corrected when it turns out to be another farm's, in every lot below."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.cast import SIDA, World, event_of
from traceability.domain import facts
from traceability.domain.custody import Custody
from traceability.domain.dossier import Dossier, Status
from traceability.domain.facts import CorrectOrigin, DeclareError, RecallGoods, RegisterPlot, Take
from traceability.domain.packed import pack_shares
from traceability.errors import (
    AlreadyDeclared,
    Forbidden,
    NeedsConfirming,
    NoSuchEvent,
    NoSuchFarmer,
    NoSuchPlot,
    NotAWeighIn,
    OriginCorrected,
    SameOrigin,
    SayWhy,
)
from traceability.models import Batch, Edge, Event, FrozenOrigin, Lot, Party, Posting
from traceability.operations import freezing, inspection, packing, registry
from traceability.operations.correction import declare_error
from traceability.operations.rebooking import correct_origin
from traceability.queries import frozen
from traceability.queries.audit import audit
from traceability.queries.dossiers import NoSuchVersion, dossier_of
from traceability.queries.kept import KEPT
from traceability.queries.lineage import trace_back
from traceability.queries.lot_story import lot_story
from traceability.queries.records import one

CARRIED = {"reason": "Bounmy carried the bags of Sida"}


def corrected(world: World, delivery: str, **more: Any) -> Any:
    said = {"event": event_of(world, delivery), "farmer": world.sida, "confirmed": True}
    return world.do(world.malee, correct_origin, CorrectOrigin, **{**said, **CARRIED, **more})


def dossier(world: World, code: str, **more: Any) -> Dossier:
    with world.database.reading() as session:
        return dossier_of(session, code, **more)


def grams(world: World, code: str) -> dict[str, int]:
    """Whose grams the page of a batch says, by name."""
    with world.database.reading() as session:
        batch, lot = session.execute(select(Batch, Lot).join(Lot).where(Lot.code == code)).one()
        row = frozen.frozen_origin(session, batch, batch.version)
        assert row is not None
        trace = frozen.trace_of(row, lot)
        assert trace.shares_g == trace_back(session, lot).shares_g
        codes = {row.id: row.code for row in session.scalars(select(Party))}
        return {codes[party]: mass for party, mass in trace.by_farmer().items()}


def mixed(world: World) -> tuple[str, str]:
    """60 Amina + 40 Bounmy -> L -> P, released. Answers Bounmy's delivery and the batch."""
    theirs = world.delivery(40_000, world.bounmy)
    return theirs, world.released(world.sealed(world.packed(world.lot(world.delivery(60_000), theirs))))


def test_the_forty_were_sidas(world: World) -> None:
    """60 Amina + 40 Bounmy -> L -> P, version 1; the 40 were Sida's: version 2, and version 1 stays readable"""
    theirs, batch = mixed(world)
    before = dossier(world, batch)
    assert grams(world, batch) == {world.amina: 60_000, world.bounmy: 40_000}

    done = corrected(world, theirs)

    assert (done["lot"], done["batches"], done["others"]) == (theirs, [batch], 0)
    assert grams(world, batch) == {world.amina: 60_000, world.sida: 40_000}
    after = dossier(world, batch)
    assert (before.version, after.version) == (1, 2)
    assert before.digest != after.digest
    assert [share.mass_g for share in after.shares] == [60_000, 40_000]
    with world.database.reading() as session:
        [told] = one(session, world.malee, KEPT["events"], done.event)["kdes"]["batches"]
    assert told == {"batch": batch, "version": 2, "contents": after.digest}
    (change,) = after.changes
    assert (change.what, change.event_code, change.reason) == ("correct_origin", done.event, "")
    assert SIDA not in repr(after)
    old = dossier(world, batch, version=1)
    assert (old.version, old.digest, old.shares) == (1, before.digest, before.shares)
    for version in (0, 3):
        with pytest.raises(NoSuchVersion):
            dossier(world, batch, version=version)
    assert list(audit(world.database)) == []


def test_a_recall_reaches_whose_it_was_and_no_longer_whom_it_was_booked_on(world: World) -> None:
    theirs, batch = mixed(world)
    corrected(world, theirs)
    said = {"reason": "residues", "action": "bring it back"}
    world.do(world.ines, inspection.recall, RecallGoods, farmer=world.bounmy, **said)
    assert dossier(world, batch).status is Status.RELEASED
    world.do(world.ines, inspection.recall, RecallGoods, farmer=world.sida, **said)
    assert dossier(world, batch).status is Status.RECALLED


def test_what_stops_a_batch_now_stops_every_version_of_it(world: World) -> None:
    theirs, batch = mixed(world)
    corrected(world, theirs)
    said = {"reason": "residues", "action": "bring it back"}
    world.do(world.ines, inspection.recall, RecallGoods, farmer=world.sida, **said)
    assert dossier(world, batch, version=1).status is Status.RECALLED


def test_not_a_gram_moves_but_from_one_source_to_the_other(world: World) -> None:
    theirs, _ = mixed(world)
    left = {lot: world.left(lot) for lot in (theirs,)}
    done = corrected(world, theirs)
    with world.database.reading() as session:
        event = session.scalars(select(Event).where(Event.code == done.event)).one()
        rows = session.scalars(select(Posting).where(Posting.event_id == event.id).order_by(Posting.line))
        lines = [(row.account, row.ref, row.mass_g) for row in rows]
        sums = session.execute(select(Posting.ref, func.sum(Posting.mass_g)).group_by(Posting.ref))
        taken = {ref: int(mass) for ref, mass in sums}
    assert lines == [("party", world.bounmy, 40_000), ("party", world.sida, -40_000)]
    assert (taken[world.bounmy], taken[world.sida]) == (0, -40_000)
    assert {lot: world.left(lot) for lot in left} == left


def test_only_the_plot_was_wrong(world: World) -> None:
    theirs = world.delivery(40_000, world.bounmy, plot=world.bounmy_plot)
    batch = world.released(world.sealed(world.packed(world.lot(theirs, world.delivery(60_000)))))
    corrected(world, theirs, farmer=world.bounmy, plot="")
    assert grams(world, batch) == {world.amina: 60_000, world.bounmy: 40_000}
    assert [share.plot_known for share in dossier(world, batch).shares] == [False, False]
    corrected(world, theirs, farmer=world.bounmy, plot=world.bounmy_plot)
    assert dossier(world, batch).digest == dossier(world, batch, version=1).digest
    assert dossier(world, batch).version == 3
    assert list(audit(world.database)) == []


def test_saying_it_again_changes_nothing_and_answers_the_same(world: World) -> None:
    theirs, _ = mixed(world)
    said = {"event": event_of(world, theirs), "farmer": world.sida, "confirmed": True}
    fact = world.fact(CorrectOrigin, **said, **CARRIED)
    done = world.say(world.malee, correct_origin, fact)
    before = world.everything()
    again = world.say(world.malee, correct_origin, replace(fact))
    assert (again.replayed, again.event, again.answer) == (True, done.event, done.answer)
    assert world.everything() == before


def test_a_batch_of_another_organisation_gets_its_new_version_in_the_same_step(world: World) -> None:
    """60 Amina + 40 Bounmy -> L -> road -> Chiara's R -> her batch"""
    theirs = world.delivery(40_000, world.bounmy)
    received = world.received(world.dispatched(world.lot(world.delivery(60_000), theirs)), 100_000)
    goods = {"form": "green", "unit": "bag", "count": 2, "mass_g": 100_000, "confirmed": True}
    place = {"facility": world.warehouse, "inputs": (Take(lot=received),)}
    packed = world.do(world.chiara, packing.pack, facts.Pack, **place, **goods)["lot"]
    batch = world.do(world.chiara, packing.seal, facts.Seal, lot=packed)["batch"]
    world.do(world.chiara, packing.release, facts.Release, batch=batch)

    done = corrected(world, theirs)

    assert (done["batches"], done["others"]) == ([], 1)
    with world.database.reading() as session:
        told = one(session, world.malee, KEPT["events"], done.event)["kdes"]
    assert (told["lot"], told["batches"]) == (theirs, [])
    assert (dossier(world, batch).version, grams(world, batch)) == (2, {world.amina: 60_000, world.sida: 40_000})
    assert [change.what for change in dossier(world, batch).changes] == ["correct_origin"]
    assert list(audit(world.database)) == []


def test_one_origin_is_no_longer_preserved_where_a_delivery_was_anothers(world: World) -> None:
    """60 + 40 Amina -> L, identity preserved; the 40 were Sida's"""
    theirs = world.delivery(40_000)
    lot = world.lot(world.delivery(60_000), theirs)

    def custody() -> str:
        with world.database.reading() as session:
            return lot_story(session, world.malee, lot).custody

    paper = {"scheme": "organic", "number": "OC-1", "issuer": "Fair Check", "custody": "identity_preserved"}
    since = {"valid_from": date(2025, 1, 1)}
    world.do(world.malee, registry.register_certificate, facts.RegisterCertificate, **paper, **since)
    batch = world.released(world.sealed(world.packed(lot)))
    assert custody() == dossier(world, batch).custody == Custody.IDENTITY_PRESERVED
    corrected(world, theirs)
    assert custody() == dossier(world, batch).custody == Custody.SEGREGATED
    [claim] = dossier(world, batch).claims
    assert (claim.custody, claim.holds) == (Custody.SEGREGATED, True)
    assert dossier(world, batch, version=1).custody == Custody.IDENTITY_PRESERVED
    assert list(audit(world.database)) == []


def test_a_delivery_that_goes_to_another_organisation_alone_carries_it_too(world: World) -> None:
    """40 Bounmy -> road -> Chiara's R: her edge carries whose it was"""
    theirs = world.delivery(40_000, world.bounmy)
    received = world.received(world.dispatched(theirs), 40_000)
    corrected(world, theirs)
    with world.database.reading() as session:
        (origin,) = trace_back(session, session.scalars(select(Lot).where(Lot.code == received)).one()).shares_g
        assert session.get_one(Party, origin.party_id).code == world.sida
    assert list(audit(world.database)) == []


def test_what_is_not_released_needs_no_version_and_is_released_as_it_is_now(world: World) -> None:
    theirs = world.delivery(40_000, world.bounmy)
    batch = world.sealed(world.packed(world.lot(world.delivery(60_000), theirs)))
    assert corrected(world, theirs)["batches"] == []
    world.released(batch)
    assert (dossier(world, batch).version, grams(world, batch)) == (1, {world.amina: 60_000, world.sida: 40_000})
    assert [change.what for change in dossier(world, batch).changes] == ["correct_origin"]


def test_what_it_reaches_is_said_before_it_is_done(world: World) -> None:
    theirs, batch = mixed(world)
    said = {"event": event_of(world, theirs), "farmer": world.sida, **CARRIED}
    doubt = world.refused(NeedsConfirming, world.malee, correct_origin, CorrectOrigin, **said)
    (warning,) = doubt.warnings
    assert warning.values == {"batches": world.row(batch).number}
    assert dossier(world, batch).version == 1


def test_what_cannot_be_corrected_says_what_to_do(world: World) -> None:
    theirs, batch = mixed(world)
    field = {"name": "Lower", "commodity": "arabica_coffee", "area_m2": 5_000, "where": facts.Where(country="LA")}
    point = {"geometry_kind": "point", "geometry": '{"type":"Point","coordinates":[106.2,15.1]}'}
    sidas = world.do(world.bakari, registry.register_plot, RegisterPlot, farmer=world.sida, **field, **point)["plot"]
    usual = {"event": event_of(world, theirs), "farmer": world.sida, "reason": "Sida's bags"}
    for refusal, changes in (
        (NotAWeighIn, {"event": event_of(world, batch)}),
        (NoSuchEvent, {"event": "NOWHERE2"}),
        (NoSuchFarmer, {"farmer": "NOWHERE2"}),
        (NoSuchPlot, {"plot": world.amina_plot}),
        (NoSuchPlot, {"farmer": world.amina, "plot": sidas}),
        (SameOrigin, {"farmer": world.bounmy}),
        (SayWhy, {"reason": " "}),
    ):
        world.refused(refusal, world.malee, correct_origin, CorrectOrigin, **{**usual, **changes})
    world.refused(Forbidden, world.bakari, correct_origin, CorrectOrigin, **usual)
    assert corrected(world, theirs, plot=sidas)["batches"] == [batch]


def test_a_weigh_in_and_its_origin_are_corrected_one_after_the_other(world: World) -> None:
    """What was declared in error has no origin to correct; what was corrected goes back before it is declared."""
    gone, moved = world.delivery(50_000), world.delivery(40_000, world.bounmy)
    wrong = {"reason": "did_not_occur", "note": "typed twice"}
    world.do(world.malee, declare_error, DeclareError, event=event_of(world, gone), **wrong)
    said = {"event": event_of(world, gone), "farmer": world.sida, "reason": "x"}
    world.refused(AlreadyDeclared, world.malee, correct_origin, CorrectOrigin, **said)
    corrected(world, moved)
    declared = {"event": event_of(world, moved), **wrong}
    world.refused(OriginCorrected, world.malee, declare_error, DeclareError, **declared)
    corrected(world, moved, farmer=world.bounmy)
    world.do(world.malee, declare_error, DeclareError, **declared)
    assert list(audit(world.database)) == []


def test_a_lot_below_a_lot_below_is_reached_once(world: World) -> None:
    """40 Bounmy -> L1; L1 split in two, merged again with Amina's -> P"""
    theirs = world.delivery(40_000, world.bounmy)
    parts = world.split(world.lot(theirs), 10_000, 30_000)
    batch = world.released(world.sealed(world.packed(world.merge(*parts, world.lot(world.delivery(60_000))))))
    corrected(world, theirs)
    assert (dossier(world, batch).version, grams(world, batch)) == (2, {world.amina: 60_000, world.sida: 40_000})
    assert world.count(FrozenOrigin) == 2


# -- what was released before origins were kept -----------------------------------------------------------------


def forgotten(world: World) -> None:
    """As it was before origins were kept."""
    from sqlalchemy import text

    def work(session: Session) -> None:
        for name in ("update", "delete", "replace"):
            on = "" if world.database.is_sqlite else " on frozen_origin"
            session.execute(text(f"drop trigger guard_frozen_origin_no_{name}{on}"))
        session.execute(text("delete from frozen_origin"))

    world.database.write(work)
    world.database.create_all()


def test_a_batch_released_before_is_traced_until_it_is_frozen(world: World) -> None:
    theirs, batch = mixed(world)
    before = dossier(world, batch)
    forgotten(world)
    assert dossier(world, batch) == before
    assert [finding.where for finding in audit(world.database)] == [f"batch {batch} origin, version 1"]
    assert [freezing.freeze_released(world.database) for _ in range(2)] == [1, 0]
    assert dossier(world, batch) == before
    assert list(audit(world.database)) == []
    forgotten(world)
    corrected(world, theirs)
    now = dossier(world, batch)
    assert [one.digest for one in now.versions] == [before.digest, now.digest]
    assert dossier(world, batch, version=1) == replace(
        before, journal_seq=before.journal_seq + 1, changes=now.changes, newest=2, versions=now.versions
    )
    assert list(audit(world.database)) == []


def test_what_the_edges_no_longer_say_is_not_frozen(world: World) -> None:
    theirs, batch = mixed(world)
    forgotten(world)
    lighter = update(Edge).where(Edge.parent_id == world.row(theirs).id).values(mass_g=1)
    world.database.write(lambda session: session.execute(lighter))
    assert freezing.freeze_released(world.database) == 0
    assert f"batch {batch} origin, version 1" in {finding.where for finding in audit(world.database)}


def test_a_release_freezes_what_the_trace_says(world: World) -> None:
    batch = world.released(world.sealed(world.packed(world.lot(), world.lot(world.delivery(10_000)), mass_g=110_000)))
    with world.database.reading() as session:
        row, lot = session.execute(select(FrozenOrigin, Lot).join(Lot, Lot.code == batch)).one()
        trace, live = frozen.trace_of(row, lot), trace_back(session, lot)
        assert (trace.shares_g, trace.deliveries, trace.through) == (live.shares_g, live.deliveries, live.through)
        assert set(trace.oldest_last) == set(live.oldest_last)
        assert frozen.shares_of(row.shares) == live.shares_g
        assert frozen.grams_by_farmer(session, lot) == live.by_farmer()
        assert row.shares == pack_shares({(o.party_id, o.plot_id or 0): mass for o, mass in live.shares_g.items()})
