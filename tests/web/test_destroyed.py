"""A batch that was destroyed to the last gram: its pages, papers and data say so, and nothing more is made of it.

`Amina 60 + Bounmy 40 -> L -> packed in 2 bags -> B`, released; a fire in the warehouse takes all of it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cast import World
from tests.web.client import Client
from tests.web.public_pages import band, data
from tests.web.stocked import Stocked
from traceability.domain import facts
from traceability.domain.labelling import BuildPallet, PrintLabels
from traceability.operations import correction, inspection, labels, packing, pallets, processing, shipping
from traceability.operations.labels import DestroyedIsNotLabelled
from traceability.operations.packing import DestroyedAlready
from traceability.queries.home_lists import unreleased
from traceability.words import LANGUAGES

VERDICT = "Destroyed on 6 January 2026. Nothing of it may be on sale."
NO_LABELS = "No labels are printed for a batch that was destroyed."


def destroy(world: World, batch: str, mass_g: int | None = None) -> str:
    said = {"lot": batch, "mass_g": mass_g or world.left(batch)[0], "reason": "fire in the warehouse"}
    return str(world.do(world.malee, processing.dispose, facts.Dispose, **said).event)


def told(visitor: Client, address: str) -> str:
    return band(visitor.get(address)).replace("\xa0", " ")


def burnt(visitor: Client, code: str) -> list[str]:
    """What the journey of its page says of it."""
    lists = visitor.get(f"/b/{code}").root.all("ol")
    steps = [step for some in lists if some.attributes.get("class") == "journey" for step in some.all("li")]
    return [" ".join(step.text.replace("\xa0", " ").split()) for step in steps if "Destroyed" in step.text]


@pytest.mark.usefixtures("database")
def test_every_page_and_paper_of_it_says_so(visitor: Client, world: World, code: str) -> None:
    printed = world.do(world.bakari, labels.print_labels, PrintLabels, batch=code, first=1, last=2, of=2, layout="tag")
    pallet = world.do(world.malee, pallets.build_pallet, BuildPallet, batch=code, first=1, last=2)["pallet"]
    assert printed["count"] == 2
    assert "Genuine lot, released for sale" in told(visitor, f"/b/{code}")
    destroy(world, code)
    for address in (f"/b/{code}", f"/b/{code}/verify", f"/b/{code}/why", f"/pallet/{pallet}"):
        assert told(visitor, address).startswith(VERDICT), address
        assert "No recall" not in told(visitor, address)
        assert "Genuine lot" not in visitor.get(address).text
    assert "It matches" not in visitor.get(f"/b/{code}").text
    said = data(visitor, code)
    assert (said["status"], said["destroyed_at"][:10]) == ("destroyed", "2026-01-05")  # of UTC
    for language in LANGUAGES:
        assert "band--stop" in visitor.get(f"/b/{code}?l={language}").html


@pytest.mark.usefixtures("database")
def test_nothing_more_is_made_of_it(world: World, code: str) -> None:
    destroy(world, code)
    printing = {"batch": code, "first": 1, "last": 2, "of": 2, "layout": "tag", "confirmed": True}
    world.refused(DestroyedIsNotLabelled, world.bakari, labels.print_labels, PrintLabels, **printing)
    world.refused(DestroyedIsNotLabelled, world.malee, pallets.build_pallet, BuildPallet, batch=code, first=1, last=2)


@pytest.mark.usefixtures("database")
def test_what_was_destroyed_before_its_release_is_never_released(visitor: Client, world: World) -> None:
    batch = world.sealed()
    destroy(world, batch)
    assert told(visitor, f"/b/{batch}").startswith(VERDICT)
    assert "Look again after its release" not in visitor.get(f"/b/{batch}").text
    assert set(data(visitor, batch)) == {"code", "status", "demo", "as_of", "destroyed_at"}
    world.refused(DestroyedAlready, world.malee, packing.release, facts.Release, batch=batch)
    with world.database.reading() as session:
        assert unreleased(session, world.malee) == []


@pytest.mark.usefixtures("database")
def test_a_recall_comes_before_it_and_both_are_said(visitor: Client, world: World, code: str) -> None:
    destroy(world, code)
    said = {"farmer": world.bounmy, "reason": "Residue found", "action": "Bring it back", "phone": "+856 20 5550 9999"}
    world.do(world.malee, inspection.recall, facts.RecallGoods, **said)
    shown = told(visitor, f"/b/{code}")
    assert shown.startswith("Recalled. Do not eat or sell.")
    assert VERDICT in shown
    assert data(visitor, code)["status"] == "recalled"


@pytest.mark.usefixtures("database")
def test_as_long_as_some_may_be_on_sale_it_is_not_said(visitor: Client, world: World, code: str) -> None:
    """One bag shipped and the other destroyed; or a destruction that was declared in error."""
    sold = {"batch": code, "buyer": world.buyer, "mass_g": 50_000, "count": 1}
    world.do(world.malee, shipping.ship, facts.Ship, **sold)
    destroy(world, code)
    assert "Genuine lot" in told(visitor, f"/b/{code}")
    assert burnt(visitor, code) == ["6 January 2026 Destroyed Phou Noy Cooperative 50 kg"]
    assert "warehouse" not in visitor.get(f"/b/{code}").text  # why is nobody's business outside
    last = data(visitor, code)["journey"][-1]
    assert (last["kind"], last["in_g"], last["out_g"], last["losses_g"]) == ("dispose", 50_000, 0, {})
    other = world.released()
    wrong = destroy(world, other)
    assert told(visitor, f"/b/{other}").startswith(VERDICT)
    over = {"event": wrong, "reason": "did_not_occur", "note": "another lot burnt"}
    world.do(world.malee, correction.declare_error, facts.DeclareError, **over)
    assert "Genuine lot" in told(visitor, f"/b/{other}")
    assert data(visitor, other)["destroyed_at"] is None
    assert burnt(visitor, other) == []


@pytest.mark.usefixtures("database")
def test_its_own_people_read_it_on_every_list(stock: Stocked, signed_in: Callable[..., Client]) -> None:
    manager = signed_in("mali", "manager")
    batch = stock.released()
    manager.submit(manager.get(f"/dispose?lot={batch}"), "/dispose", reason="fire in the warehouse")
    assert "Destroyed" in manager.get("/batches").text
    for address in (f"/batches/{batch}", f"/lots/{batch}"):
        shown = manager.get(address).text
        assert "Nothing of it may be on sale." in shown, address
    assert NO_LABELS in manager.get(f"/batches/{batch}").text
    assert NO_LABELS in manager.get(f"/batches/{batch}/boxes").text
