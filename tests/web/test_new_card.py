"""A lost farmer card is replaced: the new one opens the weigh-in, the old one is refused and says why."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pypdf
import pytest
from flask import Flask

from tests.web.client import Client
from tests.web.stocked import Stocked, neighbour, stocked
from traceability.domain.identifiers import show_code
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.models.database import Database
from traceability.queries.audit import audit
from traceability.queries.cards import UnknownCard, card_of, current_of
from traceability.queries.farmers import by_numbers, farmers
from traceability.queries.snapshot import snapshot
from traceability.words import NO_BREAK, day

SignedIn = Callable[..., Client]


@pytest.fixture
def store(database: Database, app: Flask, cooperative: Actor) -> Stocked:
    """A place, Amina and her plot, on both databases."""
    return stocked(app, cooperative)


@pytest.fixture
def malee(signed_in: SignedIn, store: Stocked) -> Client:
    return signed_in("malee", "manager", "clerk")


def replaced(malee: Client, store: Stocked) -> str:
    """Amina's card was lost; the code of the new one."""
    form = malee.get(f"/farmers/{store.farmer}/new-card")
    malee.submit(form, f"/farmers/{store.farmer}/new-card", reason="In the river")
    with store.database.reading() as session:
        return current_of(session, store.farmer)


def test_the_new_card_opens_the_weigh_in_and_the_lost_one_says_since_when_it_is_refused(
    malee: Client, store: Stocked
) -> None:
    assert malee.get(f"/f/{store.farmer}", status=303).location == f"/weigh-in?farmer={store.farmer}"
    first = replaced(malee, store)
    second = replaced(malee, store)
    today = day("en", day_of(datetime.now(UTC), 420)).replace(NO_BREAK, " ")
    assert len({store.farmer, first, second}) == 3
    for lost in (store.farmer, first):
        refused = malee.follow(malee.get(f"/f/{lost}", status=303))
        assert "because it was lost" in refused.text
        assert today in refused.text.replace(NO_BREAK, " ")
        assert f"farmer={store.farmer}" not in refused.html  # the clerk does not come on by the card
        assert "because it was lost" in malee.get(f"/weigh-in?q={show_code(lost).lower()}").text
    assert malee.get(f"/f/{second}", status=303).location == f"/weigh-in?farmer={store.farmer}"
    assert f"farmer={store.farmer}" in malee.get(f"/weigh-in?q={second}").html
    assert f"farmer={store.farmer}" in malee.get("/weigh-in?q=Amina").html
    page = malee.get(f"/farmers/{store.farmer}")
    assert f"/f/{second}" in page.html
    assert f"/f/{store.farmer}" not in page.html
    assert malee.get(f"/find?code={second}", status=303).location == f"/f/{second}"


def test_cards_are_printed_with_the_code_that_counts(malee: Client, store: Stocked) -> None:
    new = replaced(malee, store)
    for address in (f"/farmers/{store.farmer}/card.pdf", "/farmers/cards.pdf"):
        paper = malee.http.get(address).data
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages).replace("\xa0", " ")
        assert show_code(new).replace("\xa0", " ") in text
        assert show_code(store.farmer).replace("\xa0", " ") not in text


def test_the_paper_book_and_a_phone_know_the_card_that_counts(
    malee: Client, store: Stocked, cooperative: Actor
) -> None:
    with store.database.reading() as session:
        assert set(by_numbers(session, cooperative, [store.farmer])) == {store.farmer}
        (before,) = [row for shelf in snapshot(session, cooperative, "")["shelves"].values() for row in shelf]
    first, second = replaced(malee, store), replaced(malee, store)
    with store.database.reading() as session:
        found = by_numbers(session, cooperative, [store.farmer, first, second])
        assert {typed: who.code for typed, who in found.items()} == {second: store.farmer}
        assert [who.code for who in farmers(session, cooperative, second)[0]] == [store.farmer]
        assert farmers(session, cooperative, first)[1] == 0
        (after,) = [row for shelf in snapshot(session, cooperative, "")["shelves"].values() for row in shelf]
    assert after == [*before, second, first]


def test_nobody_else_learns_that_a_card_was_lost(app: Flask, malee: Client, store: Stocked, visitor: Client) -> None:
    new = replaced(malee, store)
    pages = [visitor.get(f"/f/{code}") for code in (store.farmer, new)]
    assert "Please give it back" in pages[0].text
    assert pages[0].text == pages[1].text.replace(new, store.farmer)
    other = neighbour(app)
    with store.database.reading() as session:
        assert farmers(session, other, new)[1] == 0
        with pytest.raises(UnknownCard):
            card_of(session, "Z" * 8)


def test_the_audit_compares_cards_with_the_journal(malee: Client, store: Stocked) -> None:
    replaced(malee, store)
    assert list(audit(store.database)) == []
