"""A farmer's statement of a season, on both databases.

60 Amina + 40 Bounmy -> lot -> packed 100 -> released batch; Amina's 60 kg cost 60 000, of which 25 000 are paid.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.cast import World, event_of
from traceability.documents.statement import statement_pdf
from traceability.domain import facts
from traceability.domain.approvals import Approve
from traceability.domain.facts import Loss, Output, Take
from traceability.domain.payments import Pay
from traceability.domain.seasons import SetSeason
from traceability.domain.statement import Statement
from traceability.errors import NoSuchFarmer
from traceability.operations import collection, correction, money, processing, shipping
from traceability.operations.approvals import approve
from traceability.operations.seasons import set_season
from traceability.queries.farmers import farmer_page
from traceability.queries.statements import NoSuchSeason, statement
from traceability.queries.traces import trace_back_rows

PRICED: Any = {"price_per_kg": 1_000, "currency": "LAK"}


def of(world: World, farmer: str = "", season: str = "", commodity: str = "") -> Statement:
    with world.database.reading() as session:
        return statement(session, world.malee, farmer or world.amina, season, commodity)


def printed(found: Statement, language: str = "lo") -> list[str]:
    reader = PdfReader(BytesIO(statement_pdf(found, language=language)))
    return [page.extract_text().replace("\xa0", " ") for page in reader.pages]


def sold(world: World) -> str:
    """The released batch."""
    lot = world.lot(world.delivery(60_000, **PRICED), world.delivery(40_000, world.bounmy))
    pay: Any = {"farmer": world.amina, "currency": "LAK", "amount": 25_000}
    world.do(world.bakari, money.pay, Pay, **pay)
    return world.released(world.sealed(world.packed(lot)))


def test_it_says_what_was_brought_paid_and_where_it_went_to_the_gram(world: World) -> None:
    batch = sold(world)
    found = of(world)
    assert [(row.mass_g, row.amount) for row in found.brought] == [(60_000, 60_000)]
    assert [(row.due, row.paid, row.owed) for row in found.money] == [(60_000, 25_000, 35_000)]
    assert [(row.code, row.country, row.mass_g, row.batch_g) for row in found.went] == [(batch, "IT", 60_000, 100_000)]
    with world.database.reading() as session:
        shares = {farm.code: farm.mass_g for farm in trace_back_rows(session, world.row(batch)).farms}
    assert {world.amina: found.went[0].mass_g, world.bounmy: of(world, world.bounmy).went[0].mass_g} == shares
    assert (found.stock_g, found.road_g, found.others_g) == (0, 0, 0)


def test_what_is_not_sold_yet_lies_here_or_is_on_the_road_or_with_others(world: World) -> None:
    world.delivery(7_000)
    world.dispatched(world.lot(world.delivery(5_000)))
    world.received(world.dispatched(world.lot(world.delivery(3_000))), 3_000)
    found = of(world)
    assert (found.went, found.stock_g, found.road_g, found.others_g) == ((), 7_000, 5_000, 3_000)


def test_without_a_price_it_has_no_money_and_without_deliveries_there_is_none(world: World) -> None:
    world.delivery()
    assert of(world).money == ()
    with pytest.raises(NoSuchSeason):
        of(world, world.sida)
    with pytest.raises(NoSuchSeason):
        of(world, season="1999")


def test_a_delivery_declared_in_error_is_not_on_it(world: World) -> None:
    wrong = world.delivery(9_000, **PRICED)
    world.delivery(1_000, **PRICED)
    fact: Any = {"event": event_of(world, wrong), "reason": "incorrect_data", "note": "x"}
    world.do(world.malee, correction.declare_error, facts.DeclareError, **fact)
    assert [row.mass_g for row in of(world).brought] == [1_000]


def test_each_season_has_its_own_and_payments_belong_to_the_season_they_were_made_in(world: World) -> None:
    world.delivery(10_000, occurred_at=datetime(2025, 1, 10, tzinfo=UTC), **PRICED)
    pay: Any = {"farmer": world.amina, "currency": "LAK", "amount": 10_000}
    world.do(world.bakari, money.pay, Pay, occurred_at=datetime(2025, 3, 1, tzinfo=UTC), **pay)
    world.delivery(20_000, **PRICED)
    newest, before = of(world), of(world, season="2024/25")
    assert [name for _, name in newest.seasons] == ["2025/26", "2024/25"]
    assert [(m.due, m.paid, m.owed) for m in newest.money] == [(20_000, 0, 20_000)]
    assert [(m.due, m.paid, m.owed) for m in before.money] == [(10_000, 10_000, 20_000)]


def test_a_payment_for_a_delivery_is_of_its_season_and_the_newest_delivery_says_which_opens(world: World) -> None:
    """November (crop year), January (Main), March (crop year again); an advance in January

    Of the 10 of November the advance settles 5, and the other 5 are paid in April."""
    early = world.delivery(10_000, occurred_at=datetime(2025, 11, 10, tzinfo=UTC), **PRICED)
    days: Any = {"from_on": date(2025, 12, 1), "to_on": date(2026, 1, 31)}
    world.do(world.malee, set_season, SetSeason, commodity="arabica_coffee", name="Main", **days)
    world.delivery(20_000, occurred_at=datetime(2026, 1, 10, tzinfo=UTC), **PRICED)
    pay: Any = {"farmer": world.amina, "currency": "LAK"}
    advance: Any = {**pay, "amount": 5_000, "purpose": "advance"}
    world.do(world.bakari, money.pay, Pay, occurred_at=datetime(2026, 1, 20, tzinfo=UTC), **advance)
    assert of(world).season.name == "Main"
    world.delivery(30_000, occurred_at=datetime(2026, 3, 10, tzinfo=UTC), **PRICED)
    world.do(world.bakari, money.pay, Pay, occurred_at=datetime(2026, 4, 1, tzinfo=UTC), deliveries=(early,), **pay)
    newest, main = of(world), of(world, season="Main")
    assert (newest.season.name, [name for _, name in newest.seasons]) == ("2025/26", ["2025/26", "Main"])
    assert [(m.due, m.paid, m.owed) for m in newest.money] == [(40_000, 5_000, 50_000)]
    assert [(m.due, m.paid, m.owed) for m in main.money] == [(20_000, 5_000, 50_000)]


def test_seasons_of_two_products_share_no_statement_also_under_one_name(world: World) -> None:
    """“Main” of coffee and of mango: 20 kg of coffee for 20 000, 7 kg of mangos for 7 000, all of them paid"""
    days: Any = {"from_on": date(2026, 1, 1), "to_on": date(2026, 1, 31)}
    for commodity in ("arabica_coffee", "mango"):
        world.do(world.malee, set_season, SetSeason, commodity=commodity, name="Main", **days)
    first, then = (datetime(2026, 1, day, tzinfo=UTC) for day in (10, 11))
    world.delivery(20_000, occurred_at=first, **PRICED)
    fruit: Any = {"commodity": "mango", "form": "fresh", "plot": "", "occurred_at": then, **PRICED}
    mango = world.delivery(7_000, **fruit)
    pay: Any = {"farmer": world.amina, "currency": "LAK", "amount": 7_000, "deliveries": (mango,)}
    world.do(world.bakari, money.pay, Pay, **pay)
    fruit_season, coffee_season = of(world, season="Main"), of(world, season="Main", commodity="arabica_coffee")
    assert fruit_season.seasons == (("mango", "Main"), ("arabica_coffee", "Main"))
    assert (fruit_season.product.text("en"), coffee_season.product.text("en")) == ("Mango", "Arabica coffee")
    assert (sums(fruit_season), sums(coffee_season)) == ((7_000, 1), (20_000, 1))
    assert ([row.mass_g for row in fruit_season.brought], [row.mass_g for row in coffee_season.brought]) == (
        [7_000],
        [20_000],
    )
    assert [(m.due, m.paid) for m in fruit_season.money] == [(7_000, 7_000)]
    assert [(m.due, m.paid) for m in coffee_season.money] == [(20_000, 0)]
    assert (fruit_season.stock_g, coffee_season.stock_g) == (7_000, 20_000)
    assert "Main · Mango" in printed(fruit_season, "en")[0]
    with pytest.raises(NoSuchSeason):
        of(world, season="Main", commodity="durian")


def test_the_page_of_the_farmer_sums_what_each_statement_sums(world: World) -> None:
    """5 kg of last year, 10 kg in “Main”, and 30 kg of the same crop year after it, of which 1 kg was a mistake."""
    world.delivery(5_000, occurred_at=datetime(2025, 1, 10, tzinfo=UTC))
    days: Any = {"from_on": date(2025, 12, 1), "to_on": date(2026, 1, 31)}
    world.do(world.malee, set_season, SetSeason, commodity="arabica_coffee", name="Main", **days)
    world.delivery(10_000, occurred_at=datetime(2026, 1, 10, tzinfo=UTC))
    world.delivery(29_000, occurred_at=datetime(2026, 3, 10, tzinfo=UTC))
    wrong = world.delivery(1_000, occurred_at=datetime(2026, 3, 11, tzinfo=UTC))
    fact: Any = {"event": event_of(world, wrong), "reason": "incorrect_data", "note": "x"}
    world.do(world.malee, correction.declare_error, facts.DeclareError, **fact)
    with world.database.reading() as session:
        totals = farmer_page(session, world.malee, world.amina).totals
    said = [(row.season, row.mass_g, row.deliveries) for row in totals]
    assert said == [("2025/26", 29_000, 1), ("Main", 10_000, 1), ("2024/25", 5_000, 1)]
    assert said == [(row.season, *sums(of(world, season=row.season))) for row in totals]


def sums(found: Statement) -> tuple[int, int]:
    """Grams and deliveries of its one kind of goods."""
    (only,) = found.sums
    return only.mass_g, only.deliveries


def test_a_payment_for_last_year_that_comes_late_is_of_last_year(world: World) -> None:
    old = world.delivery(10_000, occurred_at=datetime(2025, 1, 10, tzinfo=UTC), **PRICED)
    world.delivery(20_000, **PRICED)
    pay: Any = {"farmer": world.amina, "currency": "LAK", "deliveries": (old,)}
    world.do(world.bakari, money.pay, Pay, **pay)
    assert [(m.due, m.paid) for m in of(world).money] == [(20_000, 0)]
    assert [(m.due, m.paid) for m in of(world, season="2024/25").money] == [(10_000, 10_000)]


def test_another_organisation_has_no_statement_of_our_farmer(world: World) -> None:
    world.delivery()
    with world.database.reading() as session, pytest.raises(NoSuchFarmer):
        statement(session, world.dao, world.amina)


@pytest.mark.parametrize("language", ["en", "lo", "vi", "zh"])
def test_the_paper_says_the_same_and_the_same_statement_gives_the_same_bytes(world: World, language: str) -> None:
    sold(world)
    found = of(world)
    (page,) = printed(found, language)
    for part in ("Amina Vongsavath", found.number, found.went[0].number, "35 000 LAK", "60 000 LAK"):
        assert part in page
    assert statement_pdf(found, language=language) == statement_pdf(found, language=language)


def test_a_long_season_goes_over_to_more_pages_and_loses_no_line(world: World) -> None:
    numbers = [world.row(world.delivery(1_000 + turn, **PRICED)).number for turn in range(120)]
    pages = printed(of(world))
    assert len(pages) > 1
    text = "".join(pages)
    assert all(text.count(number) == 1 for number in numbers)


def all_lines(found: Statement) -> int:
    """Every gram that the sheet says a place of."""
    return (
        sum(row.mass_g for row in found.went)
        + sum(grams for _, grams in found.left)
        + sum(row.mass_g for row in found.lost)
    )


def test_every_gram_that_was_brought_stands_in_one_line(world: World) -> None:
    """60 Amina + 40 Bounmy, weighed again 99 -> 50 A + 20 B (by-product) + 10 moisture + 19 not named; A packed, sold

    33 more lie here, 11 are on the road, 7 were sent away of which 6 arrived, 5 were destroyed, 3 corrected to 4."""
    deliveries = world.delivery(60_001), world.delivery(40_000, world.bounmy)
    said: Any = {"facility": world.mill, "deliveries": deliveries, "weighed_g": 99_000, "reason": "dust"}
    lot = str(world.do(world.bakari, collection.form_lot, facts.FormLot, **said)["lot"])
    outputs = (Output(form="green", mass_g=50_000), Output(form="green", mass_g=20_000, by_product=True))
    milled: Any = {"facility": world.mill, "inputs": (Take(lot=lot),), "outputs": outputs, "confirmed": True}
    milled["losses"] = (Loss(name="moisture", mass_g=10_000),)
    main, _ = world.do(world.bakari, processing.process, facts.Process, **milled)["lots"]
    batch = world.released(world.sealed(world.packed(main, mass_g=49_000)))
    world.do(world.malee, shipping.ship, facts.Ship, batch=batch, buyer=world.buyer)
    world.delivery(33_333)
    world.dispatched(world.lot(world.delivery(11_000)))
    world.received(world.dispatched(world.lot(world.delivery(7_000))), 6_000, reason="a torn bag")
    gone = world.delivery(5_000)
    world.do(world.malee, processing.dispose, facts.Dispose, lot=gone, mass_g=5_000, reason="mould")
    found = of(world)
    assert found.brought_g == 60_001 + 33_333 + 11_000 + 7_000 + 5_000
    assert all_lines(found) == found.brought_g
    lost = {(row.step, row.name.text("en")): row.mass_g for row in found.lost}
    assert lost["Destroyed", "Destroyed"] == 5_000
    assert lost["Processed", "Moisture"] in (6_000, 6_001)
    assert lost["Received", "Lost on the way"] == 1_000
    assert (found.stock_g, found.road_g, found.others_g, found.otherwise_g) == (33_333, 11_000, 6_000, 0)
    assert found.by_products_g in (12_000, 12_001)
    text = " ".join("".join(printed(found, "en")).split())
    assert "Together, as brought" in text


def test_the_lines_sum_also_after_a_weight_was_corrected_and_where_a_page_counts_in_order(world: World) -> None:
    first = world.delivery(60_000)
    deliveries = first, world.delivery(40_000, world.bounmy)
    said: Any = {"facility": world.mill, "deliveries": deliveries, "weighed_g": 99_000, "reason": "dust"}
    lot = str(world.do(world.bakari, collection.form_lot, facts.FormLot, **said)["lot"])
    [part] = world.split(lot, 50_000)
    world.released(world.sealed(world.packed(part, mass_g=50_000), counted_by="first_in_first_out"))
    found = of(world)
    assert found.otherwise_g < 0
    assert all_lines(found) == 60_000
    ask: Any = {"event": event_of(world, first), "mass_g": 57_000, "reason": "a slip"}
    asked = world.do(world.bakari, correction.ask_correction, facts.AskCorrection, **ask)
    world.do(world.malee, approve, Approve, request=asked.event)
    for farmer, brought in ((world.amina, 57_000), (world.bounmy, 40_000)):
        found = of(world, farmer)
        assert (found.brought_g, all_lines(found)) == (brought, brought)
        assert [row.mass_g < 0 for row in found.lost] == [True]  # 97 went in, 99 were weighed


def test_payments_are_listed_one_by_one(world: World) -> None:
    lots = world.delivery(10_000, **PRICED), world.delivery(20_000, **PRICED)
    pay: Any = {"farmer": world.amina, "currency": "LAK"}
    world.do(world.bakari, money.pay, Pay, deliveries=lots, **pay)
    world.do(world.bakari, money.pay, Pay, amount=5_000, purpose="advance", **pay)
    found = of(world)
    numbers = tuple(world.row(lot).number for lot in lots)
    assert [(row.amount, row.advance, row.numbers) for row in found.payments] == [
        (30_000, False, numbers),
        (5_000, True, ()),
    ]
    assert [row.paid for row in found.money] == [35_000]
    (page,) = printed(found, "en")
    assert "Advance" in page
    assert f"For {', '.join(numbers)}" in " ".join(page.split())
