"""A network of others in the pages of the organisation that imported it: every page opens, no link is dead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Flask

from tests.imports.networks import BAKERY
from tests.web.client import Client, Page
from traceability.domain.roles import Actor
from traceability.imports.network_files import read_network
from traceability.operations.networks import Source, store_network

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
    lot = manager.get(f"/lots/{codes['D6']}")
    assert "Firm hens" in lot.text
    assert "Cake" in lot.text
    assert "Lot reported by others" in lot.text
