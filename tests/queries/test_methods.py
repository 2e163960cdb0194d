"""The methods side by side over what the operations wrote: what each says of one lot, and why another says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.cast import World
from tests.operations.refold import named
from tests.queries.season import Season
from traceability.domain import facts
from traceability.domain.facts import Take
from traceability.domain.methods import Method, Period
from traceability.models import Lot
from traceability.models.database import Database
from traceability.operations import correction, packing, processing, registry, shipping
from traceability.queries.lineage import Origin
from traceability.queries.methods import Found, methods_of, side_by_side

Grams = dict[str, int]


@pytest.fixture
def season(database: Database) -> Season:
    return Season(database)


def asked(session: Session, code: str, **how: object) -> dict[Method, Found]:
    lot = session.scalars(select(Lot).where(Lot.code == code)).one()
    return {found.method: found for found in methods_of(session, lot, **how)}  # type: ignore[arg-type]


def by_farmer(session: Session, grams: Mapping[Origin, int]) -> Grams:
    """Farmer's code -> grams."""
    found: Grams = {}
    for (farmer, _), mass in named(session, grams).items():
        found[farmer] = found.get(farmer, 0) + mass
    return found


def said(world: World, code: str, method: Method, **how: object) -> Grams:
    with world.database.reading() as session:
        found = asked(session, code, **how)[method]
        assert found.refusal is None
        return by_farmer(session, found.grams)


def mass_balance(world: World, *codes: str) -> None:
    """Say of some lots that their goods may be mixed; nothing in the operations says so yet."""
    mixed = update(Lot).where(Lot.code.in_(codes)).values(custody="mass_balance")
    world.database.write(lambda session: session.execute(mixed))


def test_first_in_first_out_follows_the_order_of_deliveries(world: World) -> None:
    """60 Amina + 40 Bounmy -> L; L -> 70 one by itself, then 30"""
    lot = world.lot()
    first = world.merge_some((lot, 70_000), (world.delivery(1_000, world.sida), 1_000))
    rest = world.packed(lot, mass_g=30_000, count=1)
    assert said(world, first, Method.FIRST_IN_FIRST_OUT) == {
        world.amina: 60_000,
        world.bounmy: 10_000,
        world.sida: 1_000,
    }
    assert said(world, rest, Method.FIRST_IN_FIRST_OUT) == {world.bounmy: 30_000}
    assert said(world, rest, Method.PRO_RATA) == {world.amina: 18_000, world.bounmy: 12_000}


def test_shipments_and_the_road_take_their_turn_and_what_comes_home_lies_last(world: World) -> None:
    """60 Amina + 40 Bounmy -> L; 50 to Chiara, who takes 20; 30 come home; 50 leave, the last 30 are packed"""
    lot = world.lot()
    road = world.dispatched(lot, 50_000)
    arrived = world.received(road, 20_000, refused_g=30_000, reason="wet")
    world.do(world.malee, shipping.take_back, facts.TakeBack, transfer=road, weighed_g=None, reason="")
    world.do(world.malee, processing.dispose, facts.Dispose, lot=lot, mass_g=50_000, reason="mould")
    packed = world.packed(lot, mass_g=30_000, count=1)
    assert said(world, arrived, Method.FIRST_IN_FIRST_OUT) == {world.amina: 20_000}
    assert said(world, packed, Method.FIRST_IN_FIRST_OUT) == {world.amina: 30_000}


def test_what_was_declared_in_error_took_no_turn(world: World) -> None:
    lot = world.lot()
    wrong = {"facility": world.mill, "inputs": (Take(lot=lot, mass_g=50_000),)}
    done = world.do(
        world.bakari,
        packing.pack,
        facts.Pack,
        **wrong,
        form="green",
        unit="bag",
        count=1,
        mass_g=50_000,
        confirmed=True,
    )
    declared = {"event": done.event, "reason": "did_not_occur", "note": "typed twice"}
    world.do(world.malee, correction.declare_error, facts.DeclareError, **declared)
    right = world.merge_some((lot, 50_000), (world.delivery(1_000, world.sida), 1_000))
    assert said(world, right, Method.FIRST_IN_FIRST_OUT) == {world.amina: 50_000, world.sida: 1_000}


def test_one_single_origin_holds_only_of_one(world: World) -> None:
    with world.database.reading() as session:
        mixed = asked(session, world.lot())[Method.IDENTITY_PRESERVED]
        assert (mixed.grams, str(mixed.refusal)) == ({}, "It does not hold: 2 origins are in it.")
    alone = world.lot(world.delivery(30_000), world.delivery(20_000))
    assert said(world, alone, Method.IDENTITY_PRESERVED) == {world.amina: 50_000}


def test_a_balance_pours_the_period_together_and_shows_what_is_left(world: World) -> None:
    """In the quarter 60 Amina + 40 Bounmy + 100 Sida came in; a batch of 100 of the first two was sealed"""
    batch = world.sealed(world.packed(world.lot()))
    world.delivery(100_000, world.sida)
    with world.database.reading() as session:
        refused = asked(session, batch)[Method.MASS_BALANCE]
        assert "does not allow it" in str(refused.refusal)
        assert (refused.grams, refused.account) == ({}, None)
        shown = asked(session, batch, everything=True)[Method.MASS_BALANCE]
        assert "does not allow it" in str(shown.refusal)
        assert sum(shown.grams.values()) == 100_000
    mass_balance(world, batch)
    assert said(world, batch, Method.MASS_BALANCE) == {world.amina: 30_000, world.bounmy: 20_000, world.sida: 50_000}
    with world.database.reading() as session:
        account = asked(session, batch)[Method.MASS_BALANCE].account
        assert account is not None
        assert (account.credit_g, account.debit_g, account.left_g, account.overdrawn) == (
            200_000,
            100_000,
            100_000,
            False,
        )
        assert (str(account.first), str(account.last)) == ("2026-01-01", "2026-03-31")
        year = asked(session, batch, period=Period.CROP_YEAR)[Method.MASS_BALANCE].account
        assert year is not None
        assert (year.crop_year, year.first, year.credit_g, year.debit_g) == ("2025/26", None, 200_000, 100_000)
    world.database.write(lambda session: session.execute(update(Lot).values(crop_year="")))
    with world.database.reading() as session:
        none = asked(session, batch, period=Period.CROP_YEAR)[Method.MASS_BALANCE]
        assert str(none.refusal) == "The lot has no crop year."


def test_a_balance_counts_receipts_back_to_farms_and_may_be_overdrawn(world: World) -> None:
    """50 of Amina's and Bounmy's arrive at Chiara's and weigh 49; she seals all of it, opens it, and seals it again"""
    arrived = world.received(world.dispatched(world.lot(), 50_000), 50_000)
    packed = facts.Pack, {"facility": world.warehouse, "form": "green", "unit": "bag", "count": 1, "confirmed": True}

    def sealed(lot: str) -> str:
        inputs = (Take(lot=lot),)
        done = world.do(world.chiara, packing.pack, packed[0], inputs=inputs, mass_g=50_000, **packed[1])
        return str(world.do(world.chiara, packing.seal, facts.Seal, lot=done["lot"], destination="IT")["batch"])

    first = sealed(arrived)
    mass_balance(world, first)
    assert said(world, first, Method.MASS_BALANCE) == {world.amina: 30_000, world.bounmy: 20_000}
    second = sealed(first)
    with world.database.reading() as session:
        account = asked(session, second, everything=True)[Method.MASS_BALANCE].account
        assert account is not None
        assert (account.credit_g, account.debit_g) == (50_000, 50_000)  # the first was opened again: it counts no more


def test_a_balance_is_less_by_what_was_passed_on_unsealed_and_more_by_what_came_back(world: World) -> None:
    """60 covered of Amina + 40 of Bounmy -> L; 50 of it go to Chiara, who takes 40; then 100 of others are sealed"""
    covered = {"scheme": "organic", "number": "1", "issuer": "Certifier", "custody": "mass_balance"}
    days = {"valid_from": date(2026, 1, 1), "valid_to": None, "farmers": (world.amina,)}
    world.do(world.malee, registry.register_certificate, facts.RegisterCertificate, **covered, **days)
    road = world.dispatched(world.lot(), 50_000)
    batch = world.sealed(world.packed(world.delivery(100_000, world.sida)))

    def account(scheme: str) -> tuple[int, int, int, bool]:
        with world.database.reading() as session:
            found = asked(session, batch, scheme=scheme, everything=True)[Method.MASS_BALANCE].account
            assert found is not None
            return found.credit_g, found.passed_on_g, found.left_g, found.overdrawn

    assert account("") == (200_000, 50_000, 50_000, False)
    assert account("organic") == (60_000, 30_000, -70_000, True)
    world.received(road, 40_000, refused_g=10_000, reason="wet")
    world.do(world.malee, shipping.take_back, facts.TakeBack, transfer=road)
    assert account("") == (200_000, 40_000, 60_000, False)
    assert account("organic") == (60_000, 24_000, -64_000, True)


def test_a_balance_of_a_scheme_counts_what_its_certificates_cover(world: World) -> None:
    covered = {"scheme": "organic", "number": "1", "issuer": "Certifier", "custody": "mass_balance"}
    days = {"valid_from": date(2026, 1, 1), "valid_to": None, "farmers": (world.bounmy,)}
    world.do(world.malee, registry.register_certificate, facts.RegisterCertificate, **covered, **days)
    batch = world.sealed(world.packed(world.lot()))
    assert said(world, batch, Method.MASS_BALANCE, scheme="organic") == {world.bounmy: 100_000}
    with world.database.reading() as session:
        account = asked(session, batch, scheme="organic")[Method.MASS_BALANCE].account
        assert account is not None
        assert (account.credit_g, account.overdrawn) == (40_000, True)
        other = asked(session, batch, scheme="gap")[Method.MASS_BALANCE]
        assert "does not allow it" in str(other.refusal)


def test_in_excess_names_who_lay_beside_it_and_who_lay_beside_those(world: World) -> None:
    """Sida's delivery lay at the mill when Amina's and Bounmy's became a lot; it is in nothing else"""
    world.delivery(20_000, world.sida)
    lot = world.lot()
    with world.database.reading() as session:
        found = asked(session, lot)
        excess = found[Method.IN_EXCESS]
        shares = named(session, dict.fromkeys(excess.nearby, 1))
        assert {farmer for farmer, _ in shares} == {world.amina, world.bounmy, world.sida}
        assert excess.grams == {}
        reasons = [near for near in excess.nearby.values() if near is not None]
        assert [(near.lot, near.on.isoformat()) for near in reasons] == [("NL-0105-001", "2026-01-06")]
        assert set(by_farmer(session, found[Method.PRO_RATA].grams)) == {world.amina, world.bounmy}


def test_in_excess_leaves_out_what_was_used_up_before_or_came_later(world: World) -> None:
    """Sida's became a lot days before, and was destroyed; Bounmy's other delivery came days later"""
    early, late = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)
    gone = world.delivery(20_000, world.sida, occurred_at=early)
    destroyed = {"lot": gone, "mass_g": None, "reason": "mould", "occurred_at": early.replace(hour=5)}
    world.do(world.malee, processing.dispose, facts.Dispose, **destroyed)
    lot = world.lot(world.delivery(30_000), world.delivery(20_000))
    world.delivery(40_000, world.bounmy, occurred_at=late)
    with world.database.reading() as session:
        nearby = asked(session, lot)[Method.IN_EXCESS].nearby
        assert {farmer for farmer, _ in named(session, dict.fromkeys(nearby, 1))} == {world.amina}
        assert list(nearby.values()) == [None]


@pytest.mark.parametrize("method", [Method.PRO_RATA, Method.FIRST_IN_FIRST_OUT, Method.IDENTITY_PRESERVED])
def test_a_delivery_comes_from_its_farmer(world: World, method: Method) -> None:
    assert said(world, world.delivery(12_345), method) == {world.amina: 12_345}


def test_every_method_that_says_grams_says_the_grams_of_the_lot(season: Season) -> None:
    """Whatever a season did: losses, gains, the road and home again, a recall, goods destroyed, a batch replaced"""
    with season.database.reading() as session:
        lots = list(session.scalars(select(Lot).where(Lot.void.is_(False))))
        assert len(lots) > 10
        for lot in lots:
            told = {found.method: found for found in methods_of(session, lot, everything=True)}
            for found in told.values():
                assert not found.grams or sum(found.grams.values()) == lot.made_g
                assert all(mass >= 0 for mass in found.grams.values())
            mixed, queued, excess = (
                told[method] for method in (Method.PRO_RATA, Method.FIRST_IN_FIRST_OUT, Method.IN_EXCESS)
            )
            assert queued.grams.keys() <= mixed.grams.keys() <= excess.nearby.keys()


def test_the_reason_of_an_excess_is_told_in_the_own_house_only(world: World) -> None:
    """Sida's lay at the mill when the lot was made that Chiara received: Chiara is told the cooperative, not why"""
    world.delivery(20_000, world.sida)
    lot = world.lot()
    arrived = world.received(world.dispatched(lot), 100_000)
    with world.database.reading() as session:
        own = side_by_side(session, list(asked(session, lot).values()), world.cooperative.org_code)
        assert [(row.share.number, row.place) for row in own if row.nearby] == [("0003", "Nong Luang mill")]
        [row] = side_by_side(session, list(asked(session, arrived).values()), world.importer.org_code)
        assert (row.share.organisation, row.share.number, row.nearby) == (world.cooperative.org_code, "", None)
        assert row.grams[Method.PRO_RATA] == 100_000
        assert row.possible
