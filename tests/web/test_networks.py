"""A network of others in the pages of the organisation that imported it: every page opens, no link is dead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.imports.networks import BAKERY
from tests.web.client import Client, Page
from tests.web.stocked import said
from traceability.domain.facts import Fact, Pack, RecallGoods, Release, Seal, Take
from traceability.domain.roles import Actor
from traceability.imports.network_files import read_network
from traceability.models import Facility
from traceability.operations import inspection, packing
from traceability.operations.ledger import Done
from traceability.operations.networks import Source, store_network
from traceability.words import translate

SignedIn = Callable[..., Client]


def test_every_page_about_reported_lots_opens_and_leads_on(app: Flask, cooperative: Actor, signed_in: SignedIn) -> None:
    source = Source(hashlib.sha256(BAKERY).hexdigest(), "other_goods", "goods")
    codes = store_network(app.extensions["database"], cooperative, read_network(BAKERY), source)
    manager = signed_in("malee", "manager", "exporter", "inspector", "clerk")
    waiting = ["/", "/lots", "/lots?all=1", "/deliveries", "/weigh-in", "/lots/new", "/search?q=D6"]
    waiting += [f"/lots/{code}" for code in codes.values()]
    waiting += [f"/pack?lot={codes['D6']}", f"/process?lot={codes['D6']}"]
    seen = set(waiting)
    while waiting:
        address = waiting.pop()
        page = Page(manager.http.get(address), address)
        assert page.status in (200, 303), address
        new = {link for link in page.links() if link.startswith("/")} - seen
        waiting += sorted(new)
        seen |= new
    lot = manager.get(f"/lots/{codes['D6']}?l=lo")
    assert "Firm hens" in lot.text
    assert "Cake" in lot.text
    assert translate("lo", "Lot reported by others") in lot.text


def test_a_batch_of_reported_lots_tells_that_others_reported_them_and_names_no_firm_to_the_public(
    app: Flask, cooperative: Actor, signed_in: SignedIn, visitor: Client
) -> None:
    """Everything of D6 -> one bag -> a released batch; D1 is recalled."""
    source = Source(hashlib.sha256(BAKERY).hexdigest(), "arabica_coffee", "green")
    database = app.extensions["database"]
    codes = store_network(database, cooperative, read_network(BAKERY), source)
    place = database.write(lambda session: session.scalars(select(Facility.code)).first())

    def do(operation: Any, kind: type[Fact], **values: Any) -> Done:
        fact = kind(**said(), **values)
        done: Done = database.write(lambda session: operation(session, cooperative, fact))
        return done

    take = (Take(lot=codes["D6"]),)
    bag = do(packing.pack, Pack, facility=place, inputs=take, form="green", unit="bag", count=1, mass_g=30_000)["lot"]
    do(packing.seal, Seal, lot=bag)
    do(packing.release, Release, batch=bag)
    page = visitor.get(f"/b/{bag}")
    assert "Delivery reported by others" in page.text
    assert "Lot reported by others" in page.text
    assert [words for words in ("declared", "assumed") if f"{words} :" in page.text] == ["declared", "assumed"]
    assert "Firm" not in page.html
    do(inspection.recall, RecallGoods, lot=codes["D1"], reason="Found in the wheat", action="Stop")
    assert "Recalled" in visitor.get(f"/b/{bag}").text
    assert signed_in("malee", "manager").get(f"/batches/{bag}").status == 200
