"""A usual chain in one entry: 600 kg cherry -> parchment -> 96 kg green -> 2 bags, each step an event of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.client import Client, Page
from tests.web.stocked import Stocked, said, stocked
from traceability.commodities import COMMODITIES
from traceability.domain.chain import Chain, between
from traceability.domain.roles import Actor
from traceability.models import Event, Lot, Posting
from traceability.operations.chain import run_chain

SignedIn = Callable[..., Client]


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    """A place, Amina and her plot."""
    return stocked(app, cooperative)


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def events(store: Stocked, client_id: str) -> list[Event]:
    with store.database.reading() as session:
        said_so = select(Event).where(Event.client_id.startswith(client_id)).order_by(Event.seq)
        return list(session.scalars(said_so))


def test_cherry_goes_straight_into_bags_of_green(signed_in: SignedIn, store: Stocked) -> None:
    clerk, lot = signed_in("bakari", "clerk"), store.delivery(600_000)
    shortcut = next(link for link in clerk.get(f"/lots/{lot}").links() if link.startswith("/chain"))
    page = clerk.get(shortcut)
    assert "Dry parchment → Green coffee" in page.text
    typed = {
        "mass_g": "96",
        "packed": "2",
        "confirmed": "1",
        "by_products-0-form": "husk",
        "by_products-0-mass_g": "20",
        "losses-0-mass_g": "300",
    }
    saved = clerk.submit(page, "/chain", status=303, **typed)
    assert "96 kg" in plain(clerk.follow(saved))
    client_id = page.filled_in("/chain")["client_id"][0]
    wet, hull, packing = events(store, client_id)
    assert [event.kind for event in (wet, hull, packing)] == ["process", "process", "pack"]
    assert (wet.kdes["method"], hull.kdes["method"]) == ("estimated", "")
    with store.database.reading() as session:
        husk = session.scalars(select(Lot).where(Lot.form == "husk")).one()
        assert (husk.made_by_id, husk.made_g) == (hull.id, 20_000)
        pulp = session.scalars(select(Posting.mass_g).where(Posting.event_id == wet.id, Posting.ref == "pulp")).one()
        assert pulp == 300_000
    again = clerk.submit(page, "/chain", status=303, **typed)
    assert again.location == saved.location
    assert len(events(store, client_id)) == 3


def test_one_bad_step_stops_them_all_and_keeps_what_was_typed(signed_in: SignedIn, store: Stocked) -> None:
    clerk, lot = signed_in("bakari", "clerk"), store.delivery(600_000)
    page = clerk.get(f"/chain?lot={lot}")
    odd = clerk.submit(page, "/chain", status=422, mass_g="96", between_g="90")
    assert odd.filled_in("/chain")["between_g"] == ["90"]
    assert events(store, page.filled_in("/chain")["client_id"][0]) == []
    unusual = clerk.submit(page, "/chain", status=422, mass_g="200")
    assert "Is this right?" in unusual.text


def test_what_was_weighed_between_is_taken_as_it_is(store: Stocked) -> None:
    lot = store.delivery(600_000)
    fact = Chain(
        **said(confirmed=True),
        facility=store.place,
        lot=lot,
        forms=("dry_parchment", "green"),
        mass_g=96_000,
        between_g=121_000,
    )
    store.do(run_chain, fact)
    with store.database.reading() as session:
        assert session.scalars(select(Lot.made_g).where(Lot.form == "dry_parchment")).one() == 121_000
    assert [event.kdes["method"] for event in events(store, fact.client_id)] == ["", ""]


def test_goods_without_a_usual_chain_offer_none(signed_in: SignedIn, store: Stocked) -> None:
    clerk, lot = signed_in("bakari", "clerk"), store.green()
    assert not [link for link in clerk.get(f"/lots/{lot}").links() if link.startswith("/chain")]
    assert "No usual chain begins" in clerk.get(f"/chain?lot={lot}").text


def test_every_declared_chain_is_made_of_declared_steps() -> None:
    for goods in COMMODITIES.values():
        for chain in goods.chains:
            assert all(goods.step(*pair) for pair in itertools.pairwise(chain)), (goods.key, chain)


def test_what_nobody_weighed_lies_between_the_ends() -> None:
    usual = [Decimal("0.2"), Decimal("0.8")]
    assert between(600_000, 96_000, usual) == [120_000]
    assert between(600_000, 86_400, usual) == [114_000]  # a tenth less at the end, half of that on the way
