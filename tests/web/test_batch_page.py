"""What the public page owes its careful readers: how a figure is known, the law's minimum, lines that break in Lao.

`Amina 60 + Bounmy 40 -> L -> packed in 2 bags -> B`, sealed for Italy and released by Malee.
"""

from __future__ import annotations

import json
import re

import pytest

from tests.cast import BOLAVEN, World
from tests.web.client import Client, Page
from tests.web.public_pages import data
from traceability.domain import facts
from traceability.operations import packing, registry
from traceability.queries.dossiers import dossier_of
from traceability.web.line_breaks import ZERO_WIDTH, breakable
from traceability.words import translate


def plot(world: World, farmer: str, *, declared: bool) -> str:
    said = {"farmer": farmer, "name": "Lower", "commodity": "arabica_coffee", "area_m2": 20_000, "where": BOLAVEN}
    done = world.do(world.bakari, registry.register_plot, facts.RegisterPlot, **said, area_declared=declared)
    return str(done["plot"])


def of_plots(world: World, *, declared: tuple[bool, bool]) -> str:
    """A batch of 60 kg of Amina's and 40 kg of Bounmy's, each from a plot of two hectares."""
    first = world.delivery(60_000, plot=plot(world, world.amina, declared=declared[0]))
    second = world.delivery(40_000, world.bounmy, plot=plot(world, world.bounmy, declared=declared[1]))
    return world.released(world.sealed(world.packed(world.lot(first, second))))


def facts_of(page: Page) -> dict[str, str]:
    """What the page says by label, where it says it first."""
    found: dict[str, str] = {}
    for row in page.root.all("div"):
        if row.all("dt") and row.all("dd"):
            found.setdefault(row.all("dt")[0].text, row.all("dd")[0].text)
    return found


# --- how a figure is known ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "says", "declared_m2"),
    [
        ((False, False), "2 farms · 2 plots · 4.0 ha measured", 0),
        ((True, False), "2 farms · 2 plots · 4.0 ha (2.0 ha declared)", 20_000),
        ((True, True), "2 farms · 2 plots · 4.0 ha declared", 40_000),
    ],
)
def test_an_area_says_whether_anybody_measured_it(
    visitor: Client, world: World, declared: tuple[bool, bool], says: str, declared_m2: int
) -> None:
    code = of_plots(world, declared=declared)
    page = visitor.get(f"/b/{code}")
    assert facts_of(page)["Contributing farms"] == says
    farms = [row.text for row in page.root.all("li") if row.text.startswith("Farm ")]
    assert ["declared" in farm for farm in farms[:2]] == list(declared)
    found = data(visitor, code)
    assert found["declared_m2"] == declared_m2
    assert [share["area_declared"] for share in found["shares"]] == list(declared)


def test_a_weight_from_the_scale_is_marked_measured_with_what_that_means(visitor: Client, world: World) -> None:
    page = visitor.get(f"/b/{world.released()}")
    journey = page.root.all("ol")[0].text
    assert "100 kg measured" in journey
    assert "measured : weighed on a scale, or the land was walked with GPS" in page.text


def test_what_was_only_missing_is_marked_worked_out(visitor: Client, world: World) -> None:
    received = world.received(world.dispatched(world.lot()), 99_500)
    packed = {"facility": world.warehouse, "inputs": (facts.Take(lot=received),), "form": "green"}

    said = {**packed, "unit": "bag", "count": 2, "mass_g": 99_500, "confirmed": True}
    bag = world.do(world.chiara, packing.pack, facts.Pack, **said)["lot"]
    batch = world.do(world.chiara, packing.seal, facts.Seal, lot=bag)["batch"]
    world.do(world.chiara, packing.release, facts.Release, batch=batch)
    page = visitor.get(f"/b/{batch}")
    lines = {row.all("th")[0].text: row.all("td")[0].text for row in page.root.all("tr") if row.all("td")}
    assert lines["Lost on the way worked out"] == "−0.5 kg"
    assert lines["Received for this batch measured"] == "100 kg"


# --- the law's minimum (Circular 02/2024/TT-BKHCN) ------------------------------------------------------------------


def test_the_minimum_content_of_viet_nam_is_there(visitor: Client, world: World) -> None:
    code = world.released()
    with world.database.reading() as session:
        found = dossier_of(session, code)
    page = visitor.get(f"/b/{code}")
    shown = facts_of(page)
    assert page.heading == "Green coffee"  # name of the product
    assert shown["From"] == "Phou Noy Cooperative"  # producer, and where to find it
    assert shown["Address"] == "Lao PDR"
    assert shown["Lot number"] == found.lot_number  # traceability code
    assert {"Harvested", "Packing date", "Released"} <= set(shown)  # when it was made
    stages = next(row for row in page.root.all("ol") if "small" in row.attributes.get("class", ""))
    rows = [row.text for row in stages.all("li")]
    assert len(rows) == len(found.journey)
    for row, step in zip(rows, found.journey, strict=True):
        assert step.event_code in row
        assert step.kind == "release" or world.mill in row, "each stage says at which place"
        assert re.search(r"\d\d:\d\d", row), "and when, to the minute"
    packed = next(step for step in found.journey if step.kind == "pack")
    assert packed.lot_number == found.lot_number
    assert found.lot_number in next(row for row in rows if row.startswith("Packed"))


def test_everybody_on_the_way_is_named_with_an_address(visitor: Client, world: World) -> None:

    received = world.received(world.dispatched(world.lot()), 100_000)
    goods = {"facility": world.warehouse, "inputs": (facts.Take(lot=received),), "form": "green"}
    said = {**goods, "unit": "bag", "count": 2, "mass_g": 100_000, "confirmed": True}
    bag = world.do(world.chiara, packing.pack, facts.Pack, **said)["lot"]
    batch = world.do(world.chiara, packing.seal, facts.Seal, lot=bag)["batch"]
    world.do(world.chiara, packing.release, facts.Release, batch=batch)
    assert "Also handled by Phou Noy Cooperative: Lao PDR" in visitor.get(f"/b/{batch}").text
    assert [who["name"]["en"] for who in data(visitor, str(batch))["makers"]] == ["Phou Noy Cooperative"]


def test_machines_find_the_data_and_the_links(visitor: Client, world: World) -> None:
    code = world.released()
    links = visitor.get(f"/b/{code}").links()
    assert {f"/b/{code}.json", f"/b/{code}?linkType=linkset"} <= set(links)
    linkset = visitor.get(f"/b/{code}?linkType=linkset").response
    assert linkset.mimetype == "application/linkset+json"
    flow = data(visitor, code)["flow"]
    assert sum(band["mass_g"] for band in flow["bands"]) == sum(part["mass_g"] for part in flow["sources"]) == 100_000


# --- lines --------------------------------------------------------------------------------------------------------


def test_lao_may_break_between_syllables_on_the_page_and_nowhere_else(visitor: Client, world: World) -> None:
    code = world.released()
    page = visitor.get(f"/b/{code}?l=lo")
    head, _, body = page.html.partition("<main")
    assert ZERO_WIDTH in body
    assert ZERO_WIDTH not in head
    assert all(
        ZERO_WIDTH not in value for one in page.root.all("a", "div", "html") for value in one.attributes.values()
    )
    assert not [
        drawing for drawing in page.root.all("svg") if any(ZERO_WIDTH in str(piece) for piece in drawing.pieces)
    ]
    assert translate("lo", "Genuine lot, released for sale") in body.replace(ZERO_WIDTH, "")
    assert ZERO_WIDTH not in json.dumps(data(visitor, code), ensure_ascii=False)


def test_breaks_touch_neither_tags_nor_drawings_nor_other_scripts() -> None:
    drawing = "<svg><title>ຈຳປາສັກ</title><text>ສະຫະກອນ</text></svg>"
    html = (
        f'<title>ສະຫະກອນ</title><main title="ສະຫະກອນ">\n    <p>A &lt; ສະຫະກອນ 咖啡</p>{drawing}</main><footer></footer>'
    )
    broken = breakable(html)
    assert broken.replace(ZERO_WIDTH, "") == html.replace("\n    ", "\n")
    assert drawing in broken
    assert '<main title="ສະຫະກອນ">' in broken
    assert "ສະ" + ZERO_WIDTH + "ຫະ" + ZERO_WIDTH + "ກອນ 咖啡" in broken
