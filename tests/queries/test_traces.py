"""Traces as people read them: farms behind a lot, lots and batches in front, in grams that agree both ways."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cast import BOLAVEN
from tests.queries.season import Season
from traceability.domain import facts
from traceability.domain.identifiers import MistypedCode
from traceability.models import Edge, Lot, Party
from traceability.models.database import Database
from traceability.operations import registry
from traceability.queries.meanings import EndsHere, Meaning, NothingMeant, SeveralMeant, lot_meant_by, meant_by
from traceability.queries.traces import trace_back_rows, trace_forward_rows


@pytest.fixture
def season(database: Database) -> Season:
    return Season(database)


def brute_parts(session: Session, source: int) -> dict[int, Fraction]:
    """Walk every way down from a lot, one edge at a time."""

    def part(lot: int) -> Fraction:
        if lot == source:
            return Fraction(1)
        parents = session.execute(select(Edge.parent_id, Edge.mass_g).where(Edge.child_id == lot)).all()
        whole = sum(mass for _, mass in parents)
        return sum((part(parent) * Fraction(mass, whole) for parent, mass in parents), Fraction(0))

    found = {lot: part(lot) for lot in session.scalars(select(Lot.id))}
    return {lot: share for lot, share in found.items() if share}


def test_a_trace_back_lists_every_farm_and_sums_to_the_lot_exactly(season: Season) -> None:
    with season.database.reading() as session:
        trace = trace_back_rows(session, lot_meant_by(session, season.batch))

    assert [(farm.label, farm.name, farm.number, farm.mass_g, farm.tenths) for farm in trace.farms] == [
        ("01", "Amina Vongsavath", "0001", 16_800, 600),
        ("02", "Bounmy Keosana", "0002", 11_200, 400),
    ]
    assert sum(farm.mass_g for farm in trace.farms) == trace.mass_g == 28_000
    assert trace.farms[0].plots == (season.amina_plot,)
    assert trace.farms[0].place.village == "Ban Nong Luang"
    assert trace.farms[1].plots == ()
    assert (trace.deliveries, trace.lots) == (2, 7)


def test_a_trace_crosses_organisations(season: Season) -> None:
    with season.database.reading() as session:
        back = trace_back_rows(session, lot_meant_by(session, season.arrived))
        forward = trace_forward_rows(session, meant_by(session, season.amina).lots)

    assert {farm.organisation for farm in back.farms} == {season.cooperative.org_code}
    assert sum(farm.mass_g for farm in back.farms) == 20_000
    [arrived] = [row for row in forward.rows if row.code == season.arrived]
    assert (arrived.organisation, arrived.affected_g, arrived.affected_stock_g) == (
        season.importer.org_code,
        12_000,
        12_000,
    )


def test_a_trace_forward_says_where_the_goods_are_now(season: Season) -> None:
    with season.database.reading() as session:
        trace = trace_forward_rows(session, meant_by(session, season.amina).lots)
    rows = {row.code: row for row in trace.rows}

    assert {row.code for row in trace.batches} == {season.batch, season.newer}
    assert rows[season.first].source
    assert not rows[season.formed].source
    batch = rows[season.batch]
    assert (batch.affected_g, batch.affected_stock_g, batch.shipped_g, batch.buyers) == (
        16_800,
        12_000,
        8_000,
        ("Bottega",),
    )
    assert batch.released
    assert batch.facility == "Nong Luang mill"
    assert rows[season.sent].on_the_road_g == 5_000
    assert season.second not in rows
    assert trace.affected_stock_g == sum(row.affected_stock_g for row in trace.rows)


def test_forward_and_a_walk_along_every_edge_agree(season: Season) -> None:
    with season.database.reading() as session:
        lot = lot_meant_by(session, season.second)
        trace = trace_forward_rows(session, [lot])
        codes = {code: key for code, key in session.execute(select(Lot.code, Lot.id))}

        made_g = {key: mass for key, mass in session.execute(select(Lot.id, Lot.made_g))}
        brute = {key: ceil(part * made_g[key]) for key, part in brute_parts(session, lot.id).items()}
        assert {codes[row.code]: row.affected_g for row in trace.rows} == brute


def test_forward_and_back_agree_on_every_lot(season: Season) -> None:
    with season.database.reading() as session:
        for party in session.scalars(select(Party).where(Party.kind == "farmer")):
            for row in trace_forward_rows(session, meant_by(session, party.code).lots).rows:
                back = trace_back_rows(session, lot_meant_by(session, row.code))
                [mine] = [farm for farm in back.farms if farm.code == party.code]
                assert mine.mass_g <= row.affected_g <= mine.mass_g + 1


def test_a_code_is_forgiven_what_people_type(season: Season) -> None:
    with season.database.reading() as session:
        typed = f"{season.batch[:4]} {season.batch[4:]}".lower()
        assert lot_meant_by(session, typed).code == season.batch
        assert meant_by(session, "la-pn-2026-0001").code == season.formed
        assert meant_by(session, season.amina_plot).meaning is Meaning.PLOT
        assert [lot.code for lot in meant_by(session, season.amina_plot).lots] == [season.first]
        assert meant_by(session, "0002").meaning is Meaning.FARMER


def test_what_stands_for_nothing_or_too_much_is_refused_with_what_to_do(season: Season) -> None:
    slip = season.batch[:-1] + ("0" if season.batch[-1] != "0" else "1")
    with season.database.reading() as session:
        with pytest.raises(MistypedCode):
            meant_by(session, slip)
        with pytest.raises(NothingMeant, match="LA-PN-2026-9999"):
            meant_by(session, "LA-PN-2026-9999")
        with pytest.raises(EndsHere, match="Trace forward"):
            lot_meant_by(session, season.amina)


def test_a_number_that_two_organisations_use_asks_for_the_code(season: Season) -> None:
    keo = {"name": "Keo", "number": "0001", "where": BOLAVEN}
    other = season.do(season.dao, registry.register_farmer, facts.RegisterFarmer, **keo)
    with season.database.reading() as session, pytest.raises(SeveralMeant) as refused:
        meant_by(session, "0001")
    assert season.amina in str(refused.value)
    assert other["farmer"] in str(refused.value)
