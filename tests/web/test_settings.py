"""An ordinary manager sets up buying alone, and the clerk's pages follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.web.client import Client
from tests.web.stocked import Stocked

SignedIn = Callable[..., Client]


def test_the_checklist_is_ticked_by_facts(stock: Stocked, signed_in: SignedIn) -> None:
    manager = signed_in("mali", "manager")
    before = manager.get("/settings").text
    manager.submit(manager.get(f"/settings/point?facility={stock.place}"), "/settings/point/scales", name="Hook")
    after = manager.get("/settings")
    assert "Hook" in after.text
    assert after.text.count("Done") == before.count("Done") + 1


def test_what_a_point_does_without_is_not_asked(stock: Stocked, signed_in: SignedIn) -> None:
    manager, clerk = signed_in("mali", "manager"), signed_in("bakari", "clerk")
    goods = f"/weigh-in?farmer={stock.farmer}&goods=arabica_coffee.fresh_cherry"
    asked = {control.attributes.get("name") for control in clerk.get(goods).root.all("input", "textarea")}
    assert {"grade", "quality", "variety", "price_per_kg"} <= asked
    page = manager.get(f"/settings/point?facility={stock.place}")
    manager.submit(page, "/settings/point/fields", shown=["price"])
    page = clerk.get(goods)
    asked = {control.attributes.get("name") for control in page.root.all("input", "textarea")}
    assert "price_per_kg" in asked
    assert not asked & {"grade", "quality", "variety", "note"}
    checked = clerk.submit(page, "/weigh-in", status=200, go="check", **{"bags_g-0": "48,6"})
    clerk.submit(checked, "/weigh-in")


def test_a_price_is_set_for_a_grade_that_there_is(stock: Stocked, signed_in: SignedIn) -> None:
    manager = signed_in("mali", "manager")
    cherry: Any = {"goods": "arabica_coffee.fresh_cherry", "price_per_kg": "11000"}
    page = manager.get("/settings/prices")
    offered = [group for group in page.root.all("optgroup") if group.attributes["label"] == "Arabica coffee"]
    assert [option.text for group in offered for option in group.all("option")] == ["A", "B", "R"]
    wrong = manager.submit(page, "/settings/prices", status=422, **cherry, grade="Q9")
    assert "This product is not bought in grade Q9." in wrong.text
    assert "#grade" in wrong.links()
    manager.submit(wrong, "/settings/prices", **cherry, grade="b")
    assert "Coffee cherry · B" in manager.get("/settings/prices").text


def test_a_price_of_the_list_is_filled_in(stock: Stocked, signed_in: SignedIn) -> None:
    manager, clerk = signed_in("mali", "manager"), signed_in("bakari", "clerk")
    page = manager.get("/settings/prices")
    wrong = manager.submit(page, "/settings/prices", status=422, goods="arabica_coffee.fresh_cherry", price_per_kg="x")
    assert "#price_per_kg" in wrong.links()
    manager.submit(wrong, "/settings/prices", goods="arabica_coffee.fresh_cherry", price_per_kg="14000")
    assert "14 000 LAK per kg" in manager.get("/settings/prices").text.replace("\xa0", " ")
    page = clerk.get(f"/weigh-in?farmer={stock.farmer}&goods=arabica_coffee.fresh_cherry")
    assert page.filled_in("/weigh-in")["price_per_kg"] == ["14000"]
    clerk.submit(clerk.get("/settings/prices"), "/sign-out")


def test_grades_are_chosen_by_product(stock: Stocked, signed_in: SignedIn) -> None:
    manager, clerk = signed_in("mali", "manager"), signed_in("bakari", "clerk")
    page = manager.get("/settings/grades?commodity=arabica_coffee")
    manager.submit(page, "/settings/grades", **{"grades-0": "One", "grades-1": "Two", "grades-2": ""}, status=303)
    shown = clerk.get(f"/weigh-in?farmer={stock.farmer}&goods=arabica_coffee.fresh_cherry").text
    assert "One" in shown
    clerk.get("/settings/grades?commodity=arabica_coffee", status=403)
    manager.get("/settings/grades?commodity=gold", status=404)


def test_a_scale_is_added_and_taken_out_of_use(stock: Stocked, signed_in: SignedIn, dao: Client) -> None:
    manager = signed_in("mali", "manager")
    address = f"/settings/point?facility={stock.place}"
    page = manager.get(address)
    wrong = manager.submit(page, "/settings/point/scales", status=422, name="", step_g="abc")
    assert {"#name", "#step_g"} <= set(wrong.links())
    manager.submit(wrong, "/settings/point/scales", name="Hook", step_g="0,5")
    page = manager.get(address)
    assert "0.5 kg" in page.text.replace("\xa0", " ")
    manager.submit(page, "/settings/point/scales/end")
    assert "No scale yet" in manager.get(address).text
    dao.get(address, status=404)
