"""The dossier: one value from which everything public is made, and nothing private."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.cast import AMINA, BOUNMY, SECRETS, World
from traceability.domain.dossier import Dossier, Standing, Status
from traceability.domain.facts import (
    ChangeConsent,
    DeclareError,
    FormLot,
    Inspect,
    Loss,
    Measured,
    Output,
    Process,
    PutOnHold,
    RecallGoods,
    RegisterCertificate,
    RegisterRegistration,
    Ship,
    Supersede,
    SuspendRegistration,
    Take,
)
from traceability.operations.collection import form_lot
from traceability.operations.correction import declare_error
from traceability.operations.inspection import inspect, put_on_hold, recall
from traceability.operations.packing import supersede
from traceability.operations.processing import process
from traceability.operations.registry import (
    change_consent,
    register_certificate,
    register_registration,
    suspend_registration,
)
from traceability.operations.shipping import ship
from traceability.queries.dossiers import UnknownBatch, dossier_of


def dossier(world: World, code: str, **more: Any) -> Dossier:
    with world.database.reading() as session:
        return dossier_of(session, code, **more)


def test_a_lot_that_is_not_sealed_is_as_unknown_as_no_lot(world: World) -> None:
    for code in (world.lot(), "NOWHERE2"):
        with pytest.raises(UnknownBatch):
            dossier(world, code)


def test_shares_are_the_batch_the_largest_farm_first(world: World) -> None:
    """70 Amina (30 of them from her plot) + 30 Bounmy -> L -> P"""
    lot = world.lot(
        world.delivery(40_000), world.delivery(30_000, plot=world.amina_plot), world.delivery(30_000, world.bounmy)
    )
    found = dossier(world, world.released(world.sealed(world.packed(lot))))
    shares = [(share.label, share.mass_g, share.tenths) for share in found.shares]
    assert shares == [("01", 70_000, 700), ("02", 30_000, 300)]
    assert [share.plot_known for share in found.shares] == [True, False]
    assert (found.farms, found.plots, found.area_m2) == (2, 1, 12_000)
    assert (found.mass_g, found.unit_count, found.unit_mass_g) == (100_000, 2, 50_000)
    assert (found.harvested_from, found.harvested_to) == (date(2026, 1, 5), date(2026, 1, 5))


def test_the_state_is_the_worst_that_applies(world: World) -> None:
    batch = world.sealed()
    assert dossier(world, batch).status is Status.NOT_YET_PUBLIC
    world.released(batch)
    assert dossier(world, batch).status is Status.RELEASED
    newer = world.released()
    world.do(world.malee, supersede, Supersede, old=batch, new=newer, reason="new bags")
    assert (dossier(world, batch).status, dossier(world, batch).superseded_by) == (Status.SUPERSEDED, newer)
    world.do(world.ines, put_on_hold, PutOnHold, lot=batch, reason="labels")
    assert dossier(world, batch).status is Status.ON_HOLD
    world.do(world.ines, recall, RecallGoods, farmer=world.amina, reason="residues", action="bring it back")
    assert dossier(world, batch).status is Status.RECALLED
    assert [alert.kind for alert in dossier(world, batch).alerts] == [Status.RECALLED, Status.ON_HOLD]


def test_nobody_is_named_without_consent_and_no_longer_when_it_is_taken_back(world: World) -> None:
    batch = world.released()
    assert not [secret for secret in SECRETS if secret in repr(dossier(world, batch))]
    world.do(world.bakari, change_consent, ChangeConsent, farmer=world.amina, named_in_public=True)
    named = dossier(world, batch)
    assert [share.name for share in named.shares] == [AMINA, ""]
    assert not [secret for secret in SECRETS if secret in repr(named) and secret != AMINA]
    world.do(world.bakari, change_consent, ChangeConsent, farmer=world.amina, named_in_public=False)
    assert AMINA not in repr(dossier(world, batch))
    assert BOUNMY not in repr(dossier(world, batch))


def certify(world: World, **more: Any) -> None:
    paper = {"scheme": "organic", "number": "O-1", "issuer": "Certifier", "custody": "segregated"}
    days = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 6, 30)}
    world.do(world.malee, register_certificate, RegisterCertificate, **{**paper, **days, **more})


def test_a_claim_holds_only_when_every_farm_is_covered_on_its_day(world: World) -> None:
    certify(world, farmers=(world.amina,))
    certify(world, scheme="fair_trade", number="F-1", valid_to=date(2026, 1, 4))
    amina = world.released(world.sealed(world.packed(world.lot(world.delivery(60_000)), mass_g=60_000, count=1)))
    mixed = world.released()
    (claim,) = dossier(world, amina).claims
    assert (claim.scheme, claim.holds, claim.covered_g, claim.mass_g) == ("organic", True, 60_000, 60_000)
    (claim,) = dossier(world, mixed).claims
    assert (claim.holds, claim.covered_g, claim.mass_g) == (False, 60_000, 100_000)


def test_a_claim_outlives_its_paper_and_the_paper_says_how_it_stands(world: World) -> None:
    certify(world)
    batch = world.released()
    for on, standing in ((date(2026, 2, 1), Standing.VALID), (date(2026, 7, 1), Standing.EXPIRED)):
        found = dossier(world, batch, on=on)
        assert [claim.holds for claim in found.claims] == [True]
        assert [(paper.number, paper.standing) for paper in found.certificates] == [("O-1", standing)]


def test_another_organisations_paper_covers_none_of_our_farms(world: World) -> None:
    paper = {"scheme": "organic", "number": "X", "issuer": "Certifier", "custody": "segregated"}
    world.do(world.dao, register_certificate, RegisterCertificate, **paper, valid_from=date(2020, 1, 1))
    found = dossier(world, world.released())
    assert (found.claims, found.certificates) == ((), ())


def test_official_codes_stand_as_on_the_day_of_packing(world: World) -> None:
    code = {"scheme": "packing_house", "official_code": "PH-1"}
    world.do(world.malee, register_registration, RegisterRegistration, **code, facilities=(world.mill,))
    batch = world.released()
    packed_on = dossier(world, batch).packed_on
    assert packed_on is not None
    for start, standing in ((1, Standing.VALID), (0, Standing.SUSPENDED)):
        days = {"from_on": packed_on + timedelta(days=start), "to_on": None, "reason": "late paper"}
        world.do(world.malee, suspend_registration, SuspendRegistration, **code, **days)
        assert [mark.standing for mark in dossier(world, batch).registrations] == [standing]


def test_the_journey_tells_the_whole_way_in_order(world: World) -> None:
    """D1 + D2 -> L, measured -> road -> Chiara's R -> mill -> P -> sealed, released, shipped"""
    from traceability.domain import facts
    from traceability.operations import packing

    lot = world.lot(world.delivery(60_000, form="dry_parchment"), world.delivery(40_000, form="dry_parchment"))
    world.do(world.ines, inspect, Inspect, lot=lot, measured=(Measured(property="moisture", value="11.2", unit="%"),))
    received = world.received(world.dispatched(lot), 99_500)
    milling = {"outputs": (Output(form="green", mass_g=79_000),), "losses": (Loss(name="husk", mass_g=20_000),)}
    place = {"facility": world.warehouse}
    milled = world.do(world.chiara, process, Process, **place, inputs=(Take(lot=received),), **milling)
    goods = {"form": "green", "unit": "bag", "count": 2, "mass_g": 79_000, "confirmed": True}
    packed = world.do(world.chiara, packing.pack, facts.Pack, **place, inputs=(Take(lot=milled["lot"]),), **goods)
    batch = world.do(world.chiara, packing.seal, facts.Seal, lot=packed["lot"])["batch"]
    world.do(world.chiara, packing.release, facts.Release, batch=batch)
    world.do(world.chiara, ship, Ship, batch=batch, buyer=world.chiaras_buyer, container="CSQU3054383")
    found = dossier(world, batch)
    kinds = [step.kind for step in found.journey]
    assert kinds == ["weigh_in", "form_lot", "receive", "process", "pack", "release", "ship"]
    assert found.journey[0].events == 2
    assert [row.lot_number for row in found.measurements] == [world.row(lot).number]
    balance = found.balance
    assert (balance.received_g, balance.batch_g, balance.by_products_g, balance.gained_g) == (100_000, 79_000, 0, 0)
    assert balance.losses_g == {"husk": 20_000, "processing": 500, "transit": 500}
    assert found.issuer.name.text("en") == "Chiara Caffè"


def test_losses_and_by_products_are_those_of_the_batchs_own_part(world: World) -> None:
    """100 L -> 80 green + 10 husk, 10 lost; half of the green is packed"""
    lot = world.lot(world.delivery(100_000, form="dry_parchment", bags=2))
    outputs = (Output(form="green", mass_g=80_000), Output(form="husk", mass_g=10_000, by_product=True))
    fact = {"facility": world.mill, "inputs": (Take(lot=lot),), "outputs": outputs}
    green = world.do(world.bakari, process, Process, **fact)["lot"]
    half = world.split(green, 40_000)[0]
    balance = dossier(world, world.released(world.sealed(world.packed(half, mass_g=40_000, count=1)))).balance
    assert (balance.received_g, balance.by_products_g, balance.batch_g) == (50_000, 5_000, 40_000)
    assert balance.losses_g == {"processing": 5_000}


def test_the_picture_groups_farms_and_its_edges_add_up(world: World) -> None:
    first = world.lot()
    second = world.lot(world.delivery(50_000, world.sida))
    batch = world.released(world.sealed(world.packed(first, second, mass_g=150_000, count=3)))
    found = dossier(world, batch)
    nodes = {node.code: node for node in found.nodes}
    assert nodes[batch].kind == "batch"
    assert nodes[batch].level == 0
    assert {nodes[code].mass_g for code in (first, second)} == {100_000, 50_000}
    assert nodes[f"farms:{first}"].farms == 2
    for code in (batch, first, second):
        assert sum(edge.mass_g for edge in found.edges if edge.child == code) == nodes[code].mass_g


def test_a_correction_upstream_is_told(world: World) -> None:
    delivery = world.delivery(60_000)
    wrong = world.do(world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(delivery,))
    said = {"event": wrong.event, "reason": "incorrect_data", "note": "Bounmy's bags were forgotten"}
    world.do(world.bakari, declare_error, DeclareError, **said)
    lot = world.lot(delivery, world.delivery(40_000, world.bounmy))
    found = dossier(world, world.released(world.sealed(world.packed(lot))))
    (change,) = found.changes
    assert (change.what, change.event_code, change.replaced) == ("form_lot", wrong.event, False)


def test_the_digest_of_a_released_batch_never_changes_again(world: World) -> None:
    batch = world.released()
    before = dossier(world, batch)
    world.do(world.malee, ship, Ship, batch=batch, buyer=world.buyer, mass_g=50_000, count=1)
    world.do(world.bakari, change_consent, ChangeConsent, farmer=world.amina, named_in_public=True)
    after = dossier(world, batch)
    assert before.digest == after.digest
    assert len(before.digest) == 64
    assert (before.shares[0].mass_g, before.mass_g) == (after.shares[0].mass_g, after.mass_g)
    assert after.journal_seq > before.journal_seq
