"""Cartons for China: a number that was suspended for the day of packing stands on none that is handed out.

`one orchard -> L1 -> packed in 2 boxes -> B`; its cartons were made before the packing house lost its number.
"""

from __future__ import annotations

import re
from datetime import date

from flask import Flask

from tests.cast import World
from tests.operations.test_labels import Fruit
from tests.web.client import Client, Page
from tests.web.program import Program, token_of
from tests.web.test_boxes import PASSWORD, waited_for
from traceability.documents.stock import STOCKS
from traceability.domain import facts
from traceability.domain.labelling import CARTON
from traceability.operations import account, registry

SINCE = "it has been suspended since 1 January 2026"


def manager(app: Flask, world: World) -> Client:
    login = world.fact(facts.RegisterUser, login="noy", name="Noy", password=PASSWORD, roles=("manager",))
    world.database.write(lambda session: account.register_user(session, world.cooperative, login))
    return Client(app).sign_in("noy", PASSWORD)


def packed_fruit(world: World) -> str:
    """A batch for China whose orchard and packing house are registered."""
    fruit = Fruit(world)
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    fruit.code("growing_area", "LA-OR-1", plots=(fruit.plots[0],))
    return fruit.batch()


def suspend(world: World) -> None:
    said = {"scheme": "packing_house", "official_code": "LA-PH-1", "reason": "an inspection", "to_on": None}
    suspended = {**said, "from_on": date(2026, 1, 1)}
    world.do(world.malee, registry.suspend_registration, facts.SuspendRegistration, **suspended)


def test_cartons_that_were_made_are_not_handed_out_once_a_number_was_suspended(app: Flask, world: World) -> None:
    batch, clerk = packed_fruit(world), manager(app, world)
    address = f"/batches/{batch}/boxes"
    run = clerk.submit(clerk.get(address), address).location
    assert "Open the labels" in waited_for(clerk, run).text
    assert clerk.get(f"{run}/labels.pdf").body.startswith(b"%PDF")
    suspend(world)
    assert clerk.get(f"{run}/labels.pdf", status=303).location == run
    told = clerk.get(run)
    assert re.search(f"LA-PH-1 did not count on .*2026, the day of packing: {SINCE}. No carton", told.text)
    assert f"{run}/labels.pdf" not in told.links()
    assert "Try again" not in told.text, "it would be of no use"
    assert "/registers/codes" in told.links(), "where the number can be seen and another one be registered"


def layouts(page: Page) -> set[str]:
    """The sheets that the form offers."""
    named = [box.attributes for box in page.root.all("input", "option")]
    return {str(box["value"]) for box in named if box.get("value") in {CARTON, *STOCKS}}


def test_the_form_offers_what_suits_where_the_goods_go_also_after_a_mistake(app: Flask, world: World) -> None:
    fruit, clerk = Fruit(world), manager(app, world)
    for destination, offered in (("CN", {CARTON}), ("JP", {*STOCKS}), ("", {CARTON, *STOCKS})):
        batch = world.sealed(fruit.packed(), destination=destination, confirmed=True)
        address = f"/batches/{batch}/boxes"
        form = clerk.get(address)
        assert layouts(form) == offered
        assert layouts(clerk.submit(form, address, status=422, first="many")) == offered


def test_a_program_is_told_the_same_in_its_own_language(app: Flask, world: World) -> None:
    batch, clerk = packed_fruit(world), manager(app, world)
    run = clerk.submit(clerk.get(f"/batches/{batch}/boxes"), f"/batches/{batch}/boxes").location
    waited_for(clerk, run)
    suspend(world)
    program = Program(app, token_of(app, world.cooperative, "program"))
    problem = program.get(f"/label-runs/{run.removeprefix('/runs/')}/labels.pdf", 409)
    assert problem["name"] == "PackhouseNotStanding"
    assert SINCE in problem["detail"].replace("\xa0", " ")
    assert "at" not in problem, "no field of a form is wrong"


def test_a_number_that_does_not_count_that_day_seals_nothing(app: Flask, world: World) -> None:
    fruit = Fruit(world)
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    fruit.code("growing_area", "LA-OR-1", plots=(fruit.plots[0],))
    suspend(world)
    lot, clerk = fruit.packed(), manager(app, world)
    refused = clerk.submit(clerk.get(f"/seal?lot={lot}"), "/seal", status=409, destination="CN")
    assert re.search(f"LA-PH-1 did not count on .*2026, the day of packing: {SINCE}. No carton", refused.text)
    assert "#destination" in refused.links()
    clerk.submit(refused, "/seal", destination="JP")


def test_fruit_of_two_orchards_is_asked_about_before_it_is_sealed_for_china(app: Flask, world: World) -> None:
    fruit, clerk = Fruit(world), manager(app, world)
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    for code, plot in zip(("LA-OR-1", "LA-OR-2"), fruit.plots, strict=True):
        fruit.code("growing_area", code, plots=(plot,))
    asked = clerk.submit(clerk.get(f"/seal?lot={fruit.packed(*fruit.plots)}"), "/seal", status=422, destination="CN")
    assert "A carton names one: pack each orchard by itself." in asked.text
    clerk.submit(asked, "/seal", confirmed="1")


def test_a_number_suspended_since_is_said_before_the_release_and_on_the_page(
    app: Flask, world: World, visitor: Client
) -> None:
    batch, clerk = packed_fruit(world), manager(app, world)
    assert "did not count" not in clerk.get(f"/release?lot={batch}").text
    suspend(world)
    form = clerk.get(f"/release?lot={batch}")
    assert "This code did not count on the day of packing Packing-house code: LA-PH-1 Suspended" in form.text
    asked = clerk.submit(form, "/release", status=422)
    assert "No carton may name it." in asked.text
    clerk.submit(asked, "/release", confirmed="1")
    (shown,) = (one for one in visitor.get(f"/b/{batch}").root.all("section") if "in your hand" in one.text)
    assert "LA-PH-1 Suspended As on the day of packing" in shown.text
    assert "LA-OR-1 Suspended" not in shown.text
