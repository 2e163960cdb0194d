"""A manager sets the seasons, and receipts and statements follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.web.client import Client
from tests.web.stocked import Stocked
from traceability.domain.moments import day_of

SignedIn = Callable[..., Client]


def season(stock: Stocked, **more: Any) -> dict[str, Any]:
    """From yesterday to tomorrow."""
    today = day_of(datetime.now(UTC), stock.actor.zone_minutes)
    days = {"from_on": today - timedelta(days=1), "to_on": today + timedelta(days=1)}
    said = {"commodity": "arabica_coffee", "name": "ລະດູ/Main 1", **days, **more}
    return {name: str(value) for name, value in said.items()}


def test_a_season_is_set_and_taken_out_and_the_statement_follows(stock: Stocked, signed_in: SignedIn) -> None:
    manager = signed_in("mali", "manager")
    stock.delivery(50_000)
    assert "/settings/seasons" in manager.get("/settings").links()
    page = manager.get("/settings/seasons")
    assert "The crop year counts" in page.text
    page = manager.follow(manager.submit(page, "/settings/seasons", **season(stock)))
    assert "ລະດູ/Main 1" in page.text
    statement = manager.get(f"/farmers/{stock.farmer}/statement")
    assert "Season ລະດູ/Main 1 · Arabica coffee" in statement.text
    assert "ລະດູ/Main 1" in manager.get(f"/farmers/{stock.farmer}").text
    pdf = next(link for link in statement.links() if ".pdf" in link)
    answer = manager.http.get(pdf)
    assert answer.data.startswith(b"%PDF")
    assert "-arabica_coffee-Main-1.pdf" in answer.headers["Content-Disposition"]
    manager.submit(page, "/settings/seasons", withdrawn="1")  # the first form is that of the season
    assert "No season yet" in manager.get("/settings/seasons").text
    assert "ລະດູ" not in manager.get(f"/farmers/{stock.farmer}/statement").text


def test_what_is_wrong_is_said_at_its_field_and_stays_typed(stock: Stocked, signed_in: SignedIn) -> None:
    manager = signed_in("mali", "manager")
    page = manager.get("/settings/seasons")
    wrong = manager.submit(page, "/settings/seasons", status=422, **season(stock, name=""))
    assert "#name" in wrong.links()
    backwards = manager.submit(page, "/settings/seasons", status=422, **season(stock, to_on="2020-01-01"))
    assert "#to_on" in backwards.links()
    assert backwards.filled_in("/settings/seasons")["to_on"] == ["2020-01-01"]
    assert "No season yet" in manager.get("/settings/seasons").text


def test_a_clerk_sees_the_seasons_and_sets_none(stock: Stocked, signed_in: SignedIn) -> None:
    clerk = signed_in("bakari", "clerk")
    page = clerk.get("/settings/seasons")
    assert "Another season" not in page.text
    clerk.post("/settings/seasons", season(stock), status=403)
