"""A newer batch takes the place of an older one: which may, what the pages of both say, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cast import World
from tests.web.client import Client
from tests.web.public_pages import band, data
from tests.web.stocked import Stocked
from traceability.domain import facts
from traceability.domain.labelling import BuildPallet
from traceability.errors import CheckFailed, NeedsConfirming, OnHold, UnderRecall
from traceability.operations import correction, inspection, packing, pallets, processing
from traceability.operations.packing import DestroyedAlready, ReplacedAlready
from traceability.queries.audit import audit

SAID = {"reason": "residues", "action": "bring it back"}


def replaced(world: World, old: str, new: str, **more: object) -> str:
    said = {"old": old, "new": new, "reason": "The buyer asked for smaller bags", **more}
    return str(world.do(world.malee, packing.supersede, facts.Supersede, **said).event)


def on_hold(world: World, code: str) -> str:
    return str(world.do(world.ines, inspection.put_on_hold, facts.PutOnHold, lot=code, **SAID)["hold"])


def recalled(world: World, code: str) -> str:
    return str(world.do(world.ines, inspection.recall, facts.RecallGoods, lot=code, **SAID)["recall"])


def failed(world: World, code: str) -> None:
    outcome = {"hold": on_hold(world, code), "passed": False, "outcome": "cadmium found"}
    world.do(world.ines, inspection.close_hold, facts.CloseHold, **outcome)


def destroyed(world: World, code: str) -> None:
    said = {"lot": code, "mass_g": world.left(code)[0], "reason": "fire"}
    world.do(world.malee, processing.dispose, facts.Dispose, **said)


ENDS: list[tuple[type, Callable[[World, str], object]]] = [
    (UnderRecall, recalled),
    (OnHold, on_hold),
    (CheckFailed, failed),
    (DestroyedAlready, destroyed),
]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("refusal", "happens"), ENDS, ids=[refusal.__name__ for refusal, _ in ENDS])
def test_nobody_is_led_to_goods_that_may_not_be_sold(
    world: World, code: str, refusal: type, happens: Callable[[World, str], object]
) -> None:
    newer = world.released()
    happens(world, newer)
    said = {"old": code, "new": newer, "reason": "new bags", "confirmed": True}
    assert world.refused(refusal, world.malee, packing.supersede, facts.Supersede, **said).at == "new"


@pytest.mark.usefixtures("database")
def test_other_goods_take_a_place_after_a_question(world: World, code: str) -> None:
    graded = world.do(
        world.bakari,
        processing.process,
        facts.Process,
        facility=world.mill,
        inputs=(facts.Take(lot=world.lot()),),
        outputs=(facts.Output(form="graded_green", mass_g=50_000),),
        losses=(facts.Loss(name="dust", mass_g=50_000),),
        confirmed=True,
    )
    packing_of = {"inputs": (facts.Take(lot=str(graded["lot"])),), "form": "graded_green", "unit": "bag", "count": 1}
    packed = world.do(
        world.bakari, packing.pack, facts.Pack, facility=world.mill, mass_g=50_000, confirmed=True, **packing_of
    )
    other = world.released(world.sealed(str(packed["lot"])))
    said = {"old": code, "new": other, "reason": "new bags"}
    asked = world.refused(NeedsConfirming, world.malee, packing.supersede, facts.Supersede, **said)
    assert "Does it take its place?" in asked.warnings[0].text
    assert replaced(world, code, other, confirmed=True)


@pytest.mark.usefixtures("database")
def test_the_form_says_which_batches_may_not_be_sold(stock: Stocked, signed_in: Callable[..., Client]) -> None:
    manager = signed_in("mali", "manager", "inspector")
    old, newer, bad = stock.released(), stock.released(), stock.released()
    manager.submit(manager.get(f"/recall?lot={bad}"), "/recall", reason="residues", action="bring it back")
    form = manager.get(f"/supersede?lot={old}")
    assert form.html.count(" · Recalled</option>") == 1
    refused = manager.submit(form, "/supersede", status=409, new=bad, reason="wrong bags")
    assert "is recalled: residues" in refused.text
    assert refused.filled_in("/supersede")["reason"] == ["wrong bags"]
    assert manager.submit(refused, "/supersede", new=newer).location == f"/batches/{old}"


# --- what the page of the older one says ------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
def test_the_page_says_when_why_and_by_which(visitor: Client, world: World, code: str) -> None:
    newer = world.released()
    replaced(world, code, newer)
    page = visitor.get(f"/b/{code}")
    for said in ("Replaced by a newer batch", "January 2026", "The buyer asked for smaller bags", "No recall."):
        assert said in band(page).replace("\xa0", " "), said
    assert f"Open the newer batch {newer}" in band(page)
    told = data(visitor, code)["successor"]
    assert (told["code"], told["status"], told["reason"]) == (newer, "released", "The buyer asked for smaller bags")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("state", "happens"),
    [("Recalled", recalled), ("On hold", on_hold), ("Check failed", failed), ("Destroyed", destroyed)],
)
def test_nobody_is_led_on_as_if_the_newer_one_were_good(
    visitor: Client, world: World, code: str, state: str, happens: Callable[[World, str], object]
) -> None:
    newer = world.released()
    replaced(world, code, newer)
    happens(world, newer)
    said = band(visitor.get(f"/b/{code}"))
    assert f"The newer batch may not be sold either. It stands at: {state}." in said
    assert "Open the newer batch" not in said
    assert "No recall" not in said
    assert f"/b/{newer}" in visitor.get(f"/b/{code}").links()


@pytest.mark.usefixtures("database")
def test_boxes_and_pallets_of_it_lead_to_the_newer_one(visitor: Client, world: World, code: str) -> None:
    newer = world.released()
    pallet = world.do(world.malee, pallets.build_pallet, BuildPallet, batch=code, first=1, last=2)["pallet"]
    replaced(world, code, newer)
    shown = band(visitor.get(f"/pallet/{pallet}"))
    assert shown.startswith("Replaced by a newer batch")
    assert f"Open the newer batch {newer}" in shown


@pytest.mark.usefixtures("database")
def test_a_batch_that_was_never_released_does_not_ask_to_look_again(visitor: Client, world: World) -> None:
    old, newer = world.sealed(), world.released()
    replaced(world, old, newer)
    page = visitor.get(f"/b/{old}")
    assert f"Open the newer batch {newer}" in band(page)
    for untrue in ("Not released yet", "Look again after its release"):
        assert untrue not in page.text
    assert "Never released" in page.text
    assert data(visitor, old)["superseded_by"] == newer


# --- a replacement by mistake -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
def test_a_replacement_by_mistake_is_taken_back(visitor: Client, world: World, code: str) -> None:
    newer, right = world.released(), world.released()
    wrong = replaced(world, code, newer)
    again = {"old": code, "new": right, "reason": "the right one"}
    world.refused(ReplacedAlready, world.malee, packing.supersede, facts.Supersede, **again)
    mistake = {"event": wrong, "reason": "did_not_occur", "note": "another batch was meant"}
    world.do(world.malee, correction.declare_error, facts.DeclareError, **mistake)
    assert band(visitor.get(f"/b/{code}")).startswith("Genuine lot, released for sale")
    assert data(visitor, code)["superseded_by"] == ""
    assert list(audit(world.database)) == []
    replaced(world, code, right)
    assert data(visitor, code)["successor"]["code"] == right
    assert list(audit(world.database)) == []


@pytest.mark.usefixtures("database")
def test_it_is_taken_back_where_it_is_read(stock: Stocked, signed_in: Callable[..., Client]) -> None:
    manager, old, newer = signed_in("mali", "manager"), stock.released(), stock.released()
    manager.submit(manager.get(f"/supersede?lot={old}"), "/supersede", new=newer, reason="wrong bags")
    (entry,) = {link for link in manager.get(f"/lots/{old}").links() if "/correct?" in link} & {
        link for link in manager.get(f"/batches/{old}").links() if "/correct?" in link
    }
    form = manager.get(entry)
    assert f"Batch {old} was replaced by batch {newer}." in form.text
    done = manager.submit(form, "/correct", reason="did_not_occur", note="another was meant")
    assert "Released" in manager.follow(done).text
    assert "It was replaced by mistake" not in manager.get(f"/batches/{old}").text
