"""Whose a delivery was is corrected on the pages: by a manager, also after it became a batch."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from tests.web.client import Client
from tests.web.public_pages import data
from tests.web.stocked import Stocked, said
from tests.web.test_correction import correct_link
from traceability.domain.facts import RegisterFarmer, Where
from traceability.models import Lot
from traceability.operations import registry
from traceability.queries.lineage import trace_back

SignedIn = Callable[..., Client]


def somebody(stock: Stocked, name: str) -> str:
    """Another farmer; the card code."""
    fact = RegisterFarmer(**said(), name=name, where=Where(country="LA", province="Champasak"))
    return str(stock.do(registry.register_farmer, fact)["farmer"])


def made_of(stock: Stocked, batch: str) -> str:
    """The delivery that a batch goes back to."""
    with stock.database.reading() as session:
        (origin,) = trace_back(session, session.scalars(select(Lot).where(Lot.code == batch)).one()).deliveries
        return session.get_one(Lot, origin).code


def test_whose_a_delivery_was_is_corrected_after_it_became_a_batch(
    stock: Stocked, signed_in: SignedIn, visitor: Client
) -> None:
    """D of Amina -> green -> packed -> batch, version 1; it was Sida's -> version 2, and version 1 stays readable"""
    manager, batch, sida = signed_in("mali", "manager"), stock.released(), somebody(stock, "Sida")
    delivery = made_of(stock, batch)
    wrong = manager.get(correct_link(manager, delivery))
    other = next(link for link in wrong.links() if link.startswith("/correct/origin"))
    assert "Amina" in manager.get(other).text
    found = manager.get(f"{other}&q=sida")
    form = manager.get(next(link for link in found.links() if f"farmer={sida}" in link))
    assert "Sida" in form.text
    assert "Amina" in form.text

    unsaid = manager.submit(form, "/correct/origin", status=422)
    assert "#reason" in unsaid.links()
    asked = manager.submit(unsaid, "/correct/origin", status=422, reason="the bags were carried by Amina")
    assert "get a new version" in asked.text
    assert data(visitor, batch)["version"] == 1
    assert "another version" not in visitor.get(f"/b/{batch}").text
    saved = manager.submit(asked, "/correct/origin", confirmed="1")
    assert saved.location == f"/lots/{delivery}"
    assert "Origin corrected" in manager.follow(saved).text

    page = visitor.get(f"/b/{batch}")
    assert "A delivery was booked on another farm or plot." in page.text
    assert "carried" not in page.text
    assert "Sida" not in page.text
    now = data(visitor, batch)
    assert (now["version"], now["certificate"]["number"]) == (2, f"{batch}-2")
    assert [share["plot_known"] for share in now["shares"]] == [False]
    older = visitor.get(next(link for link in page.links() if "version=1" in link))
    assert "This is version 1." in older.text
    anew = "A farm can have another number in another version."
    for path in ("", "?version=1", "/why/farm-01", "/why/farm-01?version=1", "/verify", "/verify?version=1"):
        assert anew in visitor.get(f"/b/{batch}{path}").text, path
    before = data(visitor, batch, "?version=1")
    assert (before["version"], before["certificate"]["number"]) == (1, f"{batch}-1")
    assert before["digest"] != now["digest"]
    for nonsense in ("0", "3", "9" * 30):
        visitor.get(f"/b/{batch}?version={nonsense}", status=404)


def test_only_a_manager_is_offered_it_and_only_for_what_moved_on(stock: Stocked, signed_in: SignedIn) -> None:
    manager, clerk = signed_in("mali", "manager"), signed_in("bakari", "clerk")
    fresh, moved = stock.delivery(), made_of(stock, stock.released())
    for who, lot, offered in ((manager, fresh, False), (clerk, moved, False), (manager, moved, True)):
        links = who.get(correct_link(who, lot)).links()
        assert any(link.startswith("/correct/origin") for link in links) is offered


def test_only_the_plot_is_wrong_and_a_lot_that_was_formed_has_no_farmer(stock: Stocked, signed_in: SignedIn) -> None:
    manager, batch = signed_in("mali", "manager"), stock.released()
    delivery = made_of(stock, batch)
    whose = manager.get(correct_link(manager, delivery).replace("/correct?", "/correct/origin?"))
    form = manager.get(next(link for link in whose.links() if f"farmer={stock.farmer}" in link))
    same = manager.submit(form, "/correct/origin", status=422, reason="no reason", plot=stock.plot)
    assert "booked on this farmer and plot already" in same.text
    made = correct_link(manager, batch).replace("/correct?", "/correct/origin?")
    assert "Only a weigh-in has a farmer" in manager.get(made, status=409).text
