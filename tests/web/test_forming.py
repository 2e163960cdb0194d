"""A lot before it is formed: `Amina 250.5 + Bounmy 300 -> L`, and the same figures once it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.web.client import Client
from tests.web.stocked import PAKSONG, Stocked, said
from traceability.domain.facts import RegisterFarmer, WeighIn
from traceability.operations import collection, registry


def test_the_largest_share_is_the_same_before_and_after(stock: Stocked, signed_in: Callable[..., Client]) -> None:
    clerk = signed_in("bakari", "clerk")
    bounmy = stock.do(registry.register_farmer, RegisterFarmer(**said(), name="Bounmy", where=PAKSONG))["farmer"]
    stock.delivery(250_500)
    goods: dict[str, Any] = {"commodity": "arabica_coffee", "form": "fresh_cherry", "bags_g": (300_000,), "tare_g": 0}
    weighed = WeighIn(**said(confirmed=True), facility=stock.place, farmer=bounmy, **goods)
    stock.do(collection.record_weigh_in, weighed)
    groups = clerk.get("/lots/new")
    page = clerk.get(next(link for link in groups.links() if link.startswith("/lots/new?facility=")))
    ahead = clerk.submit(page, "/lots/new", status=200, go="ahead")
    assert "Largest share 54.5 %" in ahead.text.replace("\xa0", " ")
    lot = clerk.follow(clerk.submit(ahead, "/lots/new", go="save"))
    assert "Bounmy · 300 kg · 54.5 %" in lot.text.replace("\xa0", " ")
