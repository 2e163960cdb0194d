"""What the public page owes its careful readers: how a figure is known, the law's minimum, lines that break in Lao.

`Amina 60 + Bounmy 40 -> L -> packed in 2 bags -> B`, sealed for Italy and released by Malee.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.cast import AMINA, BOLAVEN, World
from tests.web.client import Client, Page
from tests.web.public_pages import data
from traceability.domain import facts
from traceability.domain.approvals import Approve, AskCap
from traceability.domain.dossier import Names, RegistrationMark, Standing
from traceability.domain.facts import Take
from traceability.operations import approvals, inspection, packing, registry, shipping
from traceability.queries.dossiers import dossier_of
from traceability.web.batch_page import BatchPage
from traceability.web.line_breaks import ZERO_WIDTH, breakable
from traceability.words import translate

SOMEONE = Names({"en": "Someone"})


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


def picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (64, 48), "#c6a26c").save(drawn, "JPEG")
    return drawn.getvalue()


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
    packed = {"facility": world.warehouse, "inputs": (Take(lot=received),), "form": "green"}

    said = {**packed, "unit": "bag", "count": 2, "mass_g": 99_500, "confirmed": True}
    bag = world.do(world.chiara, packing.pack, facts.Pack, **said)["lot"]
    batch = world.do(world.chiara, packing.seal, facts.Seal, lot=bag)["batch"]
    world.do(world.chiara, packing.release, facts.Release, batch=batch)
    page = visitor.get(f"/b/{batch}")
    lines = {row.all("th")[0].text: row.all("td")[0].text for row in page.root.all("tr") if row.all("td")}
    assert lines["Lost on the way worked out"] == "−0.5 kg"
    assert lines["Received for this batch measured"] == "100 kg"


# --- the law's minimum (Circular 02/2024/TT-BKHCN) ------------------------------------------------------------------


MAKER = {"brand": "Cà phê Bình Minh", "model": "Classic 250", "serial": "BM-0417"}


def test_the_minimum_content_of_viet_nam_is_there(visitor: Client, world: World) -> None:
    code = world.sealed(best_before=date(2027, 1, 5), **MAKER)
    goods = {"lot": code, "title": "Bags", "content": picture(), "public": True}
    shot = world.do(world.bakari, inspection.attach, facts.Attach, **goods)["attachment"]
    world.released(code)
    with world.database.reading() as session:
        found = dossier_of(session, code)
    page = visitor.get(f"/b/{code}")
    shown = facts_of(page)
    assert page.heading == "Green coffee"  # name of the product
    assert [one.attributes["src"] for one in page.root.all("img")] == [f"/b/{code}/papers/{shot}.jpg"]  # and its image
    assert [shown[name] for name in ("Brand", "Model", "Serial number")] == list(MAKER.values())
    assert shown["Best before"] == "5 January 2027"
    assert shown["From"] == "Phou Noy Cooperative"  # producer, and where to find it
    assert shown["Address"] == "Lao PDR"
    assert shown["Lot number"] == found.lot_number  # traceability code
    assert {"Harvested", "Packing date", "Released"} <= set(shown)  # when it was made
    stages = next(row for row in page.root.all("ol") if "small" in row.attributes.get("class", ""))
    rows = [row.text for row in stages.all("li")]
    assert len(rows) == len(found.journey)
    made = {step.kind: step.lot_number for step in found.journey}
    assert made["pack"] == made["release"] == found.lot_number
    for row, step in zip(rows, found.journey, strict=True):
        assert row.endswith(f"· {step.event_code}") or step.kind == "weigh_in"
        assert world.mill in row, "each stage says at which place"
        assert re.search(r"\d\d:\d\d", row), "and when, to the minute"
        # and what came out; the number of a delivery stands on its farmer's receipt, so the entry speaks for it
        assert made[step.kind] in row
        assert bool(made[step.kind]) == (step.kind != "weigh_in")


def test_a_stage_names_the_first_of_many_lots_and_every_place(visitor: Client, world: World) -> None:
    """`6 deliveries -> 6 lots -> M -> packed -> B`"""
    lots = [world.lot(world.delivery(20_000 + at, key)) for at, key in enumerate([world.amina, world.bounmy] * 3)]
    code = world.released(world.sealed(world.packed(world.merge(*lots))))
    (formed,) = [step for step in data(visitor, code)["journey"] if step["kind"] == "form_lot"]
    numbers = sorted(world.row(lot).number for lot in lots)
    assert (formed["lots"], formed["lot_numbers"], formed["lot_number"]) == (6, numbers, "")
    assert f"{' '.join(numbers[:2])} +4 · {world.mill} ·" in visitor.get(f"/b/{code}").text


def recalled(world: World, code: str) -> None:
    world.do(world.malee, inspection.recall, facts.RecallGoods, lot=code, reason="smell", action="wait")


def held(world: World, code: str) -> None:
    world.do(world.malee, inspection.put_on_hold, facts.PutOnHold, lot=code, reason="smell", action="wait")


def replaced(world: World, code: str) -> None:
    world.do(world.malee, packing.supersede, facts.Supersede, old=code, new=world.released(), reason="packed again")


@pytest.mark.parametrize("happens", [lambda _world, _code: None, recalled, held, replaced])
def test_brand_model_and_serial_number_are_said_in_every_state(
    visitor: Client, world: World, happens: Callable[[World, str], None]
) -> None:
    code = world.released(world.sealed(**MAKER))
    happens(world, code)
    shown = facts_of(visitor.get(f"/b/{code}"))
    labels = ("Brand", "Model", "Serial number")
    assert [shown[label] for label in labels] == list(MAKER.values())
    assert {name: data(visitor, code)["marks"][name] for name in MAKER} == MAKER
    pdf = PdfReader(BytesIO(visitor.get(f"/b/{code}/certificate.pdf").body))
    paper = " ".join(" ".join(sheet.extract_text() for sheet in pdf.pages).split())
    for label, value in zip(labels, MAKER.values(), strict=True):
        assert label in paper
        assert value in paper


def test_goods_without_brand_say_nothing_of_it_and_machines_read_the_brand_in_the_linkset(
    visitor: Client, world: World
) -> None:
    plain = visitor.get(f"/b/{world.released()}")
    assert not {"Brand", "Model", "Serial number"} & set(facts_of(plain))
    code = world.released(world.sealed(**MAKER))
    (context,) = json.loads(visitor.get(f"/b/{code}?linkType=linkset").response.data)["linkset"]
    assert context["itemDescription"].startswith("Green coffee · Cà phê Bình Minh · ")


def test_everybody_on_the_way_is_named_with_an_address(visitor: Client, world: World) -> None:

    received = world.received(world.dispatched(world.lot()), 100_000)
    goods = {"facility": world.warehouse, "inputs": (Take(lot=received),), "form": "green"}
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


# --- limits (fraud scenario F3) -----------------------------------------------------------------------------------


def test_the_block_of_inspectors_says_when_a_limit_was_raised_and_else_nothing(visitor: Client, world: World) -> None:
    fruit = (world.delivery(60_000, plot=world.amina_plot), world.delivery(40_000, world.bounmy))
    code = world.released(world.sealed(world.packed(world.lot(*fruit))))
    for cap_g in (100_000, 200_000):
        before = visitor.get(f"/b/{code}")
        assert "Yearly limits" not in before.text
        assert (data(visitor, code)["raised_farms"], data(visitor, code)["raised"]) == (0, [])
        asked = world.do(
            world.bakari, approvals.ask_cap, AskCap, plot=world.amina_plot, cap_g=cap_g, reason="trees"
        ).event
        world.do(world.malee, approvals.approve, Approve, request=asked)
    after = visitor.get(f"/b/{code}")
    (block,) = [one.text for one in after.root.all("details") if "inspector" in one.attributes.get("class", "")]
    assert "Yearly limits One of 2 farms had its yearly limit raised in the season of this batch." in block
    assert "Asked for by one person and approved by another: " in block
    assert not [name for name in (AMINA, "Malee", "Bakari") if name in after.text]
    assert data(visitor, code)["raised_farms"] == 1
    assert [one["checked"] for one in data(visitor, code)["raised"]] == ["by_another"]


# --- lines --------------------------------------------------------------------------------------------------------


def test_the_word_for_what_the_reader_holds_follows_the_unit(visitor: Client, world: World) -> None:
    goods = {"facility": world.mill, "form": "green", "unit": "box", "count": 10, "mass_g": 100_000, "confirmed": True}
    packed = world.do(world.bakari, packing.pack, facts.Pack, inputs=(Take(lot=world.lot()),), **goods)["lot"]
    bags, boxes = world.released(), world.released(world.sealed(packed))
    assert "The bag in your hand should show:" in visitor.get(f"/b/{bags}").text
    page = visitor.get(f"/b/{boxes}").text
    assert "The box in your hand should show:" in page
    assert "The bag in your hand" not in page


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
    assert translate("lo", "The bag in your hand should show:") in body.replace(ZERO_WIDTH, "")
    assert ZERO_WIDTH not in json.dumps(data(visitor, code), ensure_ascii=False)


def test_where_it_grew_is_one_run_of_words_in_two_scripts_too(visitor: Client, world: World) -> None:
    """Beside the pin stands one box: each part of a village in two scripts would else be a column of its own."""
    code = world.released(world.sealed(world.packed(world.lot(world.delivery(100_000, world.sida)))))
    page = visitor.get(f"/b/{code}?l=ja")
    where = next(line for line in page.root.all("p") if line.attributes.get("class") == "where")
    assert [part.name for part in where.children] == ["svg", "span"]
    assert where.text.strip()


def test_a_province_is_named_as_its_carton_names_it(visitor: Client, world: World, code: str) -> None:
    """Page, map and paper of one batch are compared by people who read no Latin letters."""
    for language, name in (("lo", "ຈຳປາສັກ"), ("zh", "占巴塞"), ("vi", "Champasak")):
        page = visitor.get(f"/b/{code}?l={language}")
        where = next(line for line in page.root.all("p") if line.attributes.get("class") == "where")
        assert name in where.text.replace(ZERO_WIDTH, "")
        assert [drawing for drawing in page.root.all("title") if drawing.inside("svg") and name in drawing.text]


def test_a_village_in_another_script_turns_nothing_around_it_in_arabic(
    visitor: Client, world: World, code: str
) -> None:
    page = visitor.get(f"/b/{code}?l=ar")
    farms = next(part for part in page.root.all("ol") if part.attributes.get("class") == "farms")
    assert "\u2068" in farms.text


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


def test_no_day_no_quantity_and_no_code_is_broken() -> None:
    """A month in Lao stands between no-break spaces; a day and a weight in Chinese could be broken at every sign."""

    def shown(text: str) -> str:
        return breakable(f"<main>{text}</main></footer>").removeprefix("<main>").removesuffix("</main></footer>")

    assert shown("31\u00a0ສິງຫາ\u00a02026") == "31\u00a0ສິງຫາ\u00a02026"
    assert shown("ສິງຫາ\u00a02026") == f"ສິງ{ZERO_WIDTH}ຫາ\u00a02026"
    assert shown("ຢາງເມືອກ\u00a05") == f"ຢາງ{ZERO_WIDTH}ເມືອ\u2060ກ\u00a05"
    for whole in ("LA-PX-2026-0012", "0REQQ0H4-1", "2026年11月27日", "1\u00a0116.337\u00a0公斤"):
        assert shown(f"<p>A {whole}.</p>") == f'<p>A <span class="whole">{whole}</span>.</p>'
    assert shown("占 2\u00a0公斤。") == '占 <span class="whole">2\u00a0公斤。</span>', "a full stop begins no line"
    for plain in ("UTC+7", "EU-Bio", "12-year", '<a href="/LA-1-2">x</a>', '<b class="whole">LA-1</b>'):
        assert shown(plain) == plain


# --- what the bag in the hand should show -----------------------------------------------------------------------------


def test_only_what_our_labels_print_should_be_on_the_bag(visitor: Client, world: World) -> None:
    """Whoever misses one of these is told not to accept the goods."""
    code = world.sealed(ico="105/3/285", gtin="09506000134352", own_number="B-7", **MAKER)
    world.released(code)
    world.do(
        world.malee, shipping.ship, facts.Ship, batch=code, buyer=world.buyer, container="CSQU3054383", seal="004512"
    )
    page = visitor.get(f"/b/{code}")
    [box] = [one for one in page.root.all("section") if "in your hand should show" in one.text]
    assert [one.text for one in box.all("dt")] == ["Lot number", "Packed as", "ICO mark"]
    elsewhere = facts_of(page)
    told = {
        "Container number": "CSQU3054383",
        "Seal number": "004512",
        "GTIN": "09506000134352",
        "Owner's number": "B-7",
    }
    assert told.items() <= elsewhere.items()


def test_a_carton_of_fruit_for_china_shows_its_orchard_and_its_packing_house(world: World) -> None:
    code = world.released()
    with world.database.reading() as session:
        coffee = dossier_of(session, code)
    marks = (
        RegistrationMark("growing_area", "LA-G-1", SOMEONE, Standing.VALID),
        RegistrationMark("growing_area", "LA-G-2", SOMEONE, Standing.SUSPENDED),
        RegistrationMark("packing_house", "LA-P-1", SOMEONE, Standing.SUSPENDED),
        RegistrationMark("ico_exporter", "105/3", SOMEONE, Standing.VALID),
    )

    def shown(**more: Any) -> dict[str, list[str]]:
        return dict(BatchPage(replace(coffee, **{"registrations": marks, **more}), "en", None).on_the_bag)

    carton = shown(commodity="durian", destination="CN")
    assert [carton[name] for name in ("Growing-area code", "Packing-house code")] == [["LA-G-1"], ["LA-P-1"]]
    assert "Packing date" in carton
    two = (*marks, RegistrationMark("growing_area", "LA-G-3", SOMEONE, Standing.VALID))
    assert "Growing-area code" not in shown(commodity="durian", destination="CN", registrations=two), "which of two?"
    for other in (shown(), shown(commodity="durian", destination="JP")):
        assert set(other) <= {"Lot number", "Packed as", "ICO mark"}, "the usual label names no orchard"
