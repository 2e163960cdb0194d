"""One number of two houses: whoever chooses sees the number on the label, and how each batch stands."""

from __future__ import annotations

from tests.cast import World
from tests.web.client import Client, read_html
from tests.web.test_resolver import GTIN, daos
from traceability.domain import facts
from traceability.operations import inspection


def test_whoever_chooses_sees_the_number_on_the_label_and_how_each_stands(visitor: Client, world: World) -> None:
    batch, theirs = world.released(world.sealed(gtin=GTIN, own_number="LOT-7")), daos(world, "lot-7")
    said = {"lot": batch, "reason": "mould", "action": "return it"}
    world.do(world.malee, inspection.recall, facts.RecallGoods, **said)
    listed = read_html(visitor.http.get(f"/01/{GTIN}/10/LOT-7", headers={"Accept-Language": "en"}).text).text
    ours, other = (f"{tail} {world.row(code).number}" for tail, code in (("LOT-7 ·", batch), ("lot-7 ·", theirs)))
    assert f"{ours} Recalled Green coffee · Phou Noy Cooperative" in listed
    assert f"{other} Released Green coffee · Dao Trading" in listed
