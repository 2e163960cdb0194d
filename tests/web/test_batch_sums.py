"""Every number on the page of a batch opens the sum behind it, and every sum adds up to the gram.

`Amina 60 + Bounmy 40 -> L`; `L -> 79 green + 20 husk + 1 lost` by Chiara -> packed -> B.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.cast import AMINA, SECRETS, World
from tests.databases import Databases
from tests.operations.test_reweighing import approved
from tests.web.applications import application
from tests.web.client import Client, Page
from traceability import paths
from traceability.domain import facts
from traceability.domain.facts import Loss, Output, Process, Take, Where
from traceability.domain.flow import MOST
from traceability.operations import collection, packing, processing, registry
from traceability.queries.dossiers import dossier_of

KILOGRAMS = re.compile(r"−?[\d\N{NO-BREAK SPACE}]+(?:\.\d+)?\N{NO-BREAK SPACE}kg")
FARMS = 3_000
VILLAGES = 9


def grams(text: str) -> int:
    """The one mass in a text."""
    (found,) = KILOGRAMS.findall(text.replace(" ", "\N{NO-BREAK SPACE}"))
    whole, _, rest = re.sub(r"[^\d.]", "", found).partition(".")
    return int(whole) * 1000 + int(rest.ljust(3, "0") if rest else 0)


def tables(page: Page) -> Iterator[tuple[str, list[int], int]]:
    """Caption, masses of the lines, and the total of every table of sums."""
    for table in page.root.all("table"):
        if not table.all("tfoot"):
            continue
        lines = [row.all("td")[-1].text for body in table.all("tbody") for row in body.all("tr")]
        yield (
            table.all("caption")[0].text,
            [grams(line) for line in lines],
            grams(table.all("tfoot")[0].all("td")[-1].text),
        )


def reasons(page: Page) -> list[str]:
    return sorted({link for link in page.links() if "/why" in link})


@pytest.fixture
def milled(world: World) -> str:
    """The batch of the chain above."""
    received = world.received(world.dispatched(world.lot()), 99_500)
    place = {"facility": world.warehouse}
    outputs, losses = (Output(form="green", mass_g=79_000),), (Loss(name="husk", mass_g=20_000),)
    said = {"inputs": (Take(lot=received),), "outputs": outputs, "losses": losses, "confirmed": True}
    green = world.do(world.chiara, processing.process, Process, **place, **said)["lot"]
    goods = {"form": "green", "unit": "bag", "count": 2, "mass_g": 79_000, "confirmed": True}
    packed = world.do(world.chiara, packing.pack, facts.Pack, **place, inputs=(Take(lot=green),), **goods)
    batch = world.do(world.chiara, packing.seal, facts.Seal, lot=packed["lot"])["batch"]
    world.do(world.chiara, packing.release, facts.Release, batch=batch)
    return str(batch)


@pytest.mark.parametrize(("which", "mass_g"), [(1, 80_000), (0, 20_000)])
def test_a_corrected_weight_is_a_line_of_its_own_in_every_sum(
    visitor: Client, world: World, which: int, mass_g: int
) -> None:
    """60 and 40 in a lot, all of it packed; then one of them weighed 40 more, or less: the lot stays what it was"""
    deliveries = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    batch = world.released(world.sealed(world.packed(world.lot(*deliveries), mass_g=100_000)))
    before = visitor.get(f"/b/{batch}/why?version=1")
    approved(world, deliveries[which], mass_g)
    for page in (visitor.get(f"/b/{batch}?version=2"), visitor.get(f"/b/{batch}/why?version=2")):
        assert re.search(r"Weight corrected.{1,30}40.kg", page.text, re.DOTALL), page.text
    told = reasons(visitor.get(f"/b/{batch}"))
    assert len(told) > 2
    for link in told:
        page = visitor.get(link)
        assert "Weight corrected" in page.text
        for caption, lines, total in tables(page):
            assert caption == "Mass balance of this batch" or sum(lines) == total, (link, caption)
    assert list(tables(visitor.get(f"/b/{batch}/why?version=1"))) == list(tables(before))
    for version in (1, 2):
        said = visitor.get(f"/b/{batch}.json?version={version}").response.json
        assert isinstance(said, dict)
        books = said["balance"]
        out_g = sum(books["losses_g"].values()) + books["by_products_g"] + books["batch_g"]
        assert books["received_g"] + books["gained_g"] == out_g
        for step in said["journey"]:
            assert step["in_g"] + step["corrected_g"] == step["out_g"] + sum(step["losses_g"].values())


# --- every number opens its sum ---------------------------------------------------------------------------------


def test_every_number_of_the_picture_opens_a_sum_that_adds_up(visitor: Client, milled: str) -> None:
    page = visitor.get(f"/b/{milled}")
    drawn = [link for picture in page.root.all("svg") for link in picture.all("a")]
    assert [link.text for link in drawn] == [
        "Farm 01 47.4 kg · 60.0 %",
        "Farm 02 31.6 kg · 40.0 %",
        f"Lot {lot_number(visitor, milled)} 79 kg · 100.0 %",
        f"This batch 79 kg · {visitor.get(f'/b/{milled}.json').response.json['lot_number']}",  # type: ignore[index]
    ]
    for address in reasons(page):
        opened = visitor.get(address)
        sums = list(tables(opened))
        assert sums
        for caption, lines, total in sums:
            if caption != "Mass balance of this batch":
                assert sum(lines) == total, f"{address} {caption}"


def lot_number(visitor: Client, code: str) -> str:
    """Of the lot in which the farms met: the furthest from the batch."""
    found = visitor.get(f"/b/{code}.json").response.json
    assert isinstance(found, dict)
    lots = [node for node in found["nodes"] if node["kind"] == "lot"]
    return str(max(lots, key=lambda node: node["level"])["number"])


def test_a_farms_grams_are_followed_through_every_loss(visitor: Client, milled: str) -> None:
    page = visitor.get(f"/b/{milled}/why/farm-01")
    assert page.heading == "Farm 01"
    said = [line.text for line in page.root.all("strong") if "that went in" in line.text]
    assert said == [
        "60 kg of 100 kg that went in, so 60 kg of the 100 kg in this lot.",
        "60 kg of 100 kg that went in, so 59.7 kg of the 99.5 kg in this lot.",
        "59.7 kg of 99.5 kg that went in, so 47.4 kg of the 79 kg in this lot.",
        "47.4 kg of 79 kg that went in, so 47.4 kg of the 79 kg in this lot.",
    ]
    for words in ("Husk", "20 kg", "in proportion", "60.0 % of this batch of 79 kg."):
        assert words in page.text


def test_the_table_of_farms_leads_to_the_same_sums(visitor: Client, milled: str) -> None:
    page = visitor.get(f"/b/{milled}")
    assert {f"/b/{milled}/why/farm-01", f"/b/{milled}/why/farm-02", f"/b/{milled}/why"} <= set(page.links())


def test_all_sums_are_on_one_page_too(visitor: Client, milled: str) -> None:
    sums = {caption: (lines, total) for caption, lines, total in tables(visitor.get(f"/b/{milled}/why"))}
    assert sums["Farms"] == ([47_400, 31_600], 79_000)
    assert sums["Lots in which they met"] == ([79_000], 79_000)
    received, *lost = sums["Mass balance of this batch"][0]
    assert received - sum(lost) == sums["Mass balance of this batch"][1] == 79_000


@pytest.mark.parametrize(
    "what",
    [
        "farm-1",
        "farm-03",
        "farm-00",
        "farm-٣",
        "farms-1",
        "farms-rest",
        "lot-AAAAAAAA",
        "place-2",
        "claim-1",
        "x",
        "%00",
    ],
)
def test_a_number_that_is_not_there_leads_back(visitor: Client, milled: str, what: str) -> None:
    page = visitor.get(f"/b/{milled}/why/{what}", status=404)
    assert f"/b/{milled}" in page.links()


def test_an_unknown_code_is_as_unknown_here(visitor: Client) -> None:
    visitor.get("/b/AAAAAAAA/why", status=404)
    visitor.get("/b/2XVVGEQQ/why/farm-01", status=404)


def test_before_the_release_no_sum_is_told(visitor: Client, world: World) -> None:
    waiting = world.sealed()
    for address in (f"/b/{waiting}/why", f"/b/{waiting}/why/farm-01"):
        page = visitor.get(address)
        assert page.heading == "Not released yet"
        assert not KILOGRAMS.search(page.html)


def test_no_sum_names_anybody(visitor: Client, world: World, milled: str) -> None:
    addresses = reasons(visitor.get(f"/b/{milled}"))
    for address in addresses:
        for secret in SECRETS:
            assert secret not in visitor.get(address).html
    agreed = {"farmer": world.amina, "named_in_public": True}
    world.do(world.malee, registry.change_consent, facts.ChangeConsent, **agreed)
    assert visitor.get(f"/b/{milled}/why/farm-01").heading == AMINA


def test_of_a_tank_no_state_is_told_twice(visitor: Client, world: World) -> None:
    """`Amina 60 poured in, Bounmy 40 poured in, 50 drawn off -> packed`"""
    tank = world.pool("pro_rata")
    world.poured(tank, world.delivery(60_000))
    world.poured(tank, world.delivery(40_000, world.bounmy))
    code = world.released(world.sealed(world.packed(world.drawn(tank, 50_000), mass_g=50_000, count=1)))
    page = visitor.get(f"/b/{code}")
    for address in reasons(page):
        for caption, lines, total in tables(visitor.get(address)):
            assert caption == "Mass balance of this batch" or sum(lines) == total, f"{address} {caption}"
    assert "30 kg of" in visitor.get(f"/b/{code}/why/farm-01").text


# --- three thousand farms ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Large:
    """A batch of three thousand farms in nine villages."""

    app: Flask
    code: str


@pytest.fixture(scope="module")
def large(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    folder = tmp_path_factory.mktemp("large")
    url = databases.fresh_sqlite(folder / "test.sqlite3", "tables")
    app = application(url, folder)
    world = World(app.extensions["database"])
    villages = [
        Where(country="LA", province="Champasak", district="Paksong", village=f"ບ້ານ ໜອງຫຼວງ {at}")
        for at in range(VILLAGES)
    ]

    def grown(first: int) -> list[str]:
        facing = range(first, min(FARMS, first + 100))
        known = [
            world.fact(facts.RegisterFarmer, name=f"N {at}", nickname="", phone="", where=villages[at % VILLAGES])
            for at in facing
        ]
        farmers = world.database.write(
            lambda s: [registry.register_farmer(s, world.bakari, one)["farmer"] for one in known]
        )
        goods = {"facility": world.mill, "commodity": "arabica_coffee", "form": "green", "tare_g": 0, "confirmed": True}
        weighed = [
            world.fact(facts.WeighIn, farmer=farmer, bags_g=(8_000 + 137 * at,), **goods)
            for at, farmer in zip(facing, farmers, strict=True)
        ]
        return world.database.write(
            lambda s: [str(collection.record_weigh_in(s, world.bakari, one)["lot"]) for one in weighed]
        )

    lots = [world.lot(*grown(first)) for first in range(0, FARMS, 100)]
    mass = sum(8_000 + 137 * at for at in range(FARMS))
    code = world.released(world.sealed(world.packed(*lots, mass_g=mass, count=1_000)))
    yield Large(app, code)
    app.extensions["database"].close()


def test_three_thousand_farms_are_drawn_as_their_villages(large: Large) -> None:
    page = Client(large.app).get(f"/b/{large.code}")
    drawn = [link.text for picture in page.root.all("svg") for link in picture.all("a")]
    assert len(drawn) == 2 * MOST + 1  # and the batch itself
    assert sum("farms" in words for words in drawn) == MOST
    assert drawn[MOST - 1].startswith(
        f"{FARMS - 5 * FARMS // VILLAGES - 2:,} other farms".replace(",", "\N{NO-BREAK SPACE}").replace(
            "\N{NO-BREAK SPACE}", " "
        )
    )
    with large.app.extensions["database"].reading() as session:
        found = dossier_of(session, large.code)
    assert sum(part.mass_g for part in found.flow.sources) == found.mass_g
    assert sum(part.mass_g for part in found.flow.lots) == found.mass_g
    assert sum(part.tenths for part in found.flow.sources) == 1000


def test_every_sum_of_three_thousand_farms_adds_up_and_is_light(large: Large) -> None:
    visitor = Client(large.app)
    style = len(gzip.compress((paths.STATIC / "style.css").read_bytes(), 6))
    for address in reasons(visitor.get(f"/b/{large.code}")):
        page = visitor.get(address)
        for caption, lines, total in tables(page):
            assert caption == "Mass balance of this batch" or sum(lines) == total, f"{address} {caption}"
        assert len(gzip.compress(page.body, 6)) + style <= 14 * 1024, address


def test_the_page_of_three_thousand_farms_fits_one_congestion_window(large: Large) -> None:
    style = len(gzip.compress((paths.STATIC / "style.css").read_bytes(), 6))
    for language in ("en", "lo", "vi", "zh"):
        html = Client(large.app).get(f"/b/{large.code}?l={language}").body
        weight = len(gzip.compress(html, 6)) + style
        assert weight <= 14 * 1024, f"{weight} bytes in {language}"
