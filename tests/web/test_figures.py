"""The same part of a batch has the same figure wherever it is told, and every figure opens its sum.

`Phou Noy's farms -> L1, L2 (a loss on the way) -> M -> on the road`; `Dao's farms -> L3 -> on the road`;
`M + L3 -> Chiara's, milled -> two thirds of it packed -> B`, with other weights for every seed.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from tests.cast import World
from tests.databases import Databases
from tests.web.applications import application
from tests.web.client import Client, Page
from tests.web.public_pages import data
from tests.web.test_batch_sums import grams, tables
from traceability.domain import facts
from traceability.domain.facts import Loss, Output, Take, Where
from traceability.domain.methods import Method
from traceability.domain.roles import Actor
from traceability.operations import collection, packing, processing, registry, shipping
from traceability.words import mass

SEEDS = range(5)
OURS, DAOS = "Phou Noy Cooperative", "Dao Trading"
FIGURES = re.compile(r"[\d.]+kg")
VALID = {"valid_from": date(2025, 1, 1), "issuer": "Control Union"}


@dataclass(frozen=True)
class Farm:
    """A farm that agreed to be named, so that the test knows whose figure it reads."""

    code: str
    name: str
    district: str
    house: str
    organic: bool


class Trades:
    """Two houses whose farms grow for one exporter, with papers for some of them."""

    def __init__(self, app: Flask) -> None:
        self.app, self.world = app, World(app.extensions["database"])
        self.visitor = Client(app)
        self.farms = [self._farm(at) for at in range(13)]
        organic = tuple(farm.code for farm in self.farms if farm.organic)
        self._paper(self.world.malee, scheme="organic", custody="segregated", number="O-1", farmers=organic)
        self._paper(self.world.malee, scheme="gap", custody="controlled_blending", number="G-1")
        self._paper(self.world.dao, scheme="fair_trade", custody="mass_balance", number="F-1")
        self.covered: dict[str, Callable[[Farm], bool]] = {
            "organic": lambda farm: farm.organic,
            "gap": lambda farm: farm.house == OURS,
            "fair_trade": lambda farm: farm.house == DAOS,
        }
        self._batches: dict[tuple[int, str], str] = {}

    def _farm(self, at: int) -> Farm:
        house = OURS if at < 8 else DAOS
        district = ("Paksong", "Thateng")[at % 2] if house == OURS else "Laongam"
        clerk, manager = (self.world.bakari, self.world.malee) if house == OURS else (self.world.dao, self.world.dao)
        where = Where(country="LA", province="Champasak", district=district, village=f"Ban {district}")
        name, known = f"Grower {at:02}", {"nickname": "", "phone": "", "where": where}
        code = str(self.world.do(clerk, registry.register_farmer, facts.RegisterFarmer, name=name, **known)["farmer"])
        self.world.do(manager, registry.change_consent, facts.ChangeConsent, farmer=code, named_in_public=True)
        return Farm(code, name, district, house, organic=house == OURS and at < 5)

    def _paper(self, actor: Actor, **said: Any) -> None:
        self.world.do(actor, registry.register_certificate, facts.RegisterCertificate, **VALID, **said)

    def batch(self, seed: int, method: str = "") -> str:
        """The batch of one season of weights, released."""
        if (seed, method) not in self._batches:
            self._batches[seed, method] = self._traded(random.Random(seed), method)
        return self._batches[seed, method]

    def _traded(self, some: random.Random, method: str) -> str:
        world, chiara = self.world, self.world.chiara
        ours = [farm for farm in self.farms if farm.house == OURS]
        daos = [farm for farm in self.farms if farm.house == DAOS]
        first, second = self._lot(some, ours), self._lot(some, ours[: some.randint(3, 8)])
        held = world.left(second)[0]
        said = {"inputs": (Take(lot=second),), "outputs": (Output(form="green", mass_g=held - 1_003),)}
        done = world.do(
            world.bakari,
            processing.process,
            facts.Process,
            facility=world.mill,
            losses=(Loss(name="dust", mass_g=1_003),),
            confirmed=True,
            **said,
        )
        merged = world.merge(first, str(done["lot"]))
        arrived = [self._received(world.bakari, merged, some), self._received(world.dao, self._lot(some, daos), some)]
        inputs, total = tuple(Take(lot=lot) for lot in arrived), sum(world.left(lot)[0] for lot in arrived)
        husk = total * some.randint(150, 210) // 1_000
        milled = world.do(
            chiara,
            processing.process,
            facts.Process,
            facility=world.warehouse,
            inputs=inputs,
            outputs=(Output(form="green", mass_g=total - husk),),
            losses=(Loss(name="husk", mass_g=husk),),
            confirmed=True,
        )
        bag_g = 2 * (total - husk) // 3 + some.randint(0, 7)
        goods = {"form": "green", "unit": "bag", "count": 1, "mass_g": bag_g, "confirmed": True}
        take = (Take(lot=str(milled["lot"]), mass_g=bag_g),)
        packed = world.do(chiara, packing.pack, facts.Pack, facility=world.warehouse, inputs=take, **goods)
        declared = {"counted_by": method} if method else {}
        sealed = world.do(chiara, packing.seal, facts.Seal, lot=packed["lot"], **declared)
        return str(world.do(chiara, packing.release, facts.Release, batch=sealed["batch"])["batch"])

    def _lot(self, some: random.Random, farms: Sequence[Farm]) -> str:
        """Every farm came once, and some of them again."""
        world, ours = self.world, farms[0].house == OURS
        clerk, place = (world.bakari, world.mill) if ours else (world.dao, world.dao_place)
        goods = {"facility": place, "commodity": "arabica_coffee", "form": "green", "tare_g": 0, "confirmed": True}
        weighed = [
            world.do(
                clerk,
                collection.record_weigh_in,
                facts.WeighIn,
                farmer=farm.code,
                bags_g=(some.randint(9_001, 70_001),),
                plot="",
                **goods,
            )["lot"]
            for farm in [*farms, *some.sample(farms, 2)]
        ]
        said = {"facility": place, "deliveries": tuple(map(str, weighed))}
        return str(world.do(clerk, collection.form_lot, facts.FormLot, **said)["lot"])

    def _received(self, clerk: Actor, lot: str, some: random.Random) -> str:
        world = self.world
        to = {"lot": lot, "to_organisation": world.importer.org_code}
        sent = str(world.do(clerk, shipping.dispatch, facts.Dispatch, **to)["transfer"])
        return world.received(sent, world.row(lot).made_g - some.randint(0, 99))


@pytest.fixture(scope="module")
def trades(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trades]:
    folder = tmp_path_factory.mktemp("figures")
    app = application(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder)
    yield Trades(app)
    app.extensions["database"].close()


def figures(told: dict[str, Any], key: Callable[[Farm], str], farms: Sequence[Farm]) -> Counter[str]:
    """The shares of named farms, summed by something that the test knows of them; nothing is zero."""
    known, found = {farm.name: farm for farm in farms}, Counter[str]()
    for share in told["shares"]:
        found[key(known[share["name"]])] += share["mass_g"]
    return found


def big(page: Page) -> int:
    """The figure that a page of sums is about."""
    (found,) = [line for line in page.root.all("p") if line.attributes.get("class") == "big"]
    return grams(found.text)


def squeezed(text: str) -> str:
    """Without spaces, of which papers and pages have several kinds."""
    return re.sub(r"\s", "", text)


def figure(mass_g: int) -> str:
    return squeezed(mass("en", mass_g))


def links_with_figures(page: Page) -> Iterator[tuple[str, int]]:
    """Every link to a sum with the figure beside it: its own words, else the end of its row."""
    rows = {id(link): row for row in page.root.all("tr") for link in row.all("a")}
    for link in page.root.all("a"):
        address = link.attributes.get("href") or ""
        if "/why/" in address:
            said = (link.all("tspan") or [link])[-1].text
            if not re.search(r"\d.kg", said):
                said = rows[id(link)].all("td")[-1].text
            yield address, grams(said.partition("kg")[0] + "kg")


@pytest.mark.parametrize("method", ["", Method.FIRST_IN_FIRST_OUT])
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_told_of_a_group_is_the_sum_of_its_farms(trades: Trades, seed: int, method: str) -> None:
    told = data(trades.visitor, trades.batch(seed, method))
    assert sum(share["mass_g"] for share in told["shares"]) == told["mass_g"]
    by_house = figures(told, lambda farm: farm.house, trades.farms)
    by_district = figures(told, lambda farm: farm.district, trades.farms)
    assert Counter({place["where"][2]: place["mass_g"] for place in told["flow"]["places"]}) == by_district
    met: Counter[str] = Counter()
    for node in told["nodes"]:
        if node["kind"] == "origins":
            met[node["organisation"]] += node["mass_g"]
    assert met == by_house
    for house in (OURS, DAOS):  # and so has the last lot that a house made
        lots = [node for node in told["nodes"] if node["organisation"] == house and node["kind"] == "lot"]
        assert min(lots, key=lambda node: node["level"])["mass_g"] == by_house[house]
    houses = {part["whose"]["en"]: part["mass_g"] for part in told["flow"]["sources"] if part["kind"] == "cooperative"}
    assert houses.items() <= by_house.items()
    assert method or len(houses) == 2
    for claim in told["claims"]:
        covered = {farm.name for farm in trades.farms if trades.covered[claim["scheme"]](farm)}
        covered_g = sum(share["mass_g"] for share in told["shares"] if share["name"] in covered)
        assert claim["covered_g"] == covered_g, claim["scheme"]
    assert {claim["scheme"] for claim in told["claims"]} == trades.covered.keys()


@pytest.mark.parametrize("method", ["", Method.FIRST_IN_FIRST_OUT])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_goes_into_a_lot_is_what_it_gives(trades: Trades, seed: int, method: str) -> None:
    told = data(trades.visitor, trades.batch(seed, method))
    came, went = Counter[str](), Counter[str]()
    for edge in told["edges"]:
        came[edge["child"]] += edge["mass_g"]
        went[edge["parent"]] += edge["mass_g"]
    for node in told["nodes"]:
        assert node["kind"] == "origins" or came[node["code"]] == node["mass_g"], node
        assert node["kind"] == "batch" or went[node["code"]] == node["mass_g"], node
    lots = Counter({node["code"].partition(":")[2]: node["mass_g"] for node in told["nodes"] if ":" in node["code"]})
    assert Counter({part["key"].partition("-")[2]: part["mass_g"] for part in told["flow"]["lots"]}) == lots


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_farms_have_the_same_percentage(trades: Trades, seed: int) -> None:
    told = data(trades.visitor, trades.batch(seed))
    for parts in (told["shares"], *(told["flow"][name] for name in ("sources", "lots", "places"))):
        assert sum(part["tenths"] for part in parts) == 1_000
    (laongam,) = [place for place in told["flow"]["places"] if place["where"][2] == "Laongam"]
    (daos_lot,) = [lot for lot in told["flow"]["lots"] if lot["mass_g"] == laongam["mass_g"]]
    assert daos_lot["tenths"] == laongam["tenths"]
    assert told["claims"][0]["scheme"] == "fair_trade"
    said = trades.visitor.get(f"/b/{told['code']}/why/claim-1").text
    assert f"{laongam['tenths'] / 10} % of this batch" in said.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("method", ["", Method.FIRST_IN_FIRST_OUT])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_opens_its_sum(trades: Trades, seed: int, method: str) -> None:
    code = trades.batch(seed, method)
    opened = dict[str, Page]()
    told = data(trades.visitor, code)
    keys = set[str]()
    for address in (f"/b/{code}", f"/b/{code}/why"):
        for link, mass_g in links_with_figures(trades.visitor.get(address)):
            opened[link] = opened.get(link) or trades.visitor.get(link)
            assert big(opened[link]) == mass_g, link
            keys.add(link.rpartition("/")[2])
    flow = told["flow"]
    expected = {part["key"] for name in ("sources", "lots", "places") for part in flow[name]}
    assert keys >= expected | {f"claim-{at}" for at in range(1, len(told["claims"]) + 1)}
    for link, page in opened.items():
        for caption, lines, total in tables(page):
            assert sum(lines) == total, f"{link} {caption}"
        (comes_to,) = re.findall(r"so ([\d\s.]+kg) of the [\d\s.]+kg in this lot", page.text)[-1:]
        said = FIGURES.findall(squeezed(page.text.rpartition("omes to")[2]))
        assert grams(comes_to) == big(page) or {squeezed(comes_to), figure(big(page))} <= set(said), link


@pytest.mark.parametrize("seed", SEEDS)
def test_the_paper_says_the_same(trades: Trades, seed: int) -> None:
    code = trades.batch(seed)
    told = data(trades.visitor, code)
    pdf = PdfReader(BytesIO(trades.visitor.get(f"/b/{code}/certificate.pdf").body))
    said = squeezed("".join(page.extract_text() for page in pdf.pages))
    page = squeezed(trades.visitor.get(f"/b/{code}").text)
    for share in told["shares"]:
        assert figure(share["mass_g"]) in said
        assert figure(share["mass_g"]) in page
    for claim in told["claims"]:
        assert figure(claim["covered_g"]) in page
        assert not claim["in_part"] or figure(claim["covered_g"]) in said


def test_what_holds_for_a_part_is_not_called_lost(trades: Trades) -> None:
    code = trades.batch(0)
    told = {claim["scheme"]: claim for claim in data(trades.visitor, code)["claims"]}
    assert {scheme: (claim["holds"], claim["in_part"]) for scheme, claim in told.items()} == {
        "organic": (False, False),
        "gap": (False, True),
        "fair_trade": (False, True),
    }
    page = trades.visitor.get(f"/b/{code}")
    said = {box.all("h3")[0].text: box.text for box in page.root.all("div") if box.attributes.get("class") == "paper"}
    assert "May be said of a part of this batch" in said["Fair trade"]
    assert "may be sold as certified, no more" in said["Fair trade"]
    assert "May not be said" not in said["Fair trade"]
    assert "Chain of custody of the claim: Mass balance." in said["Fair trade"]
    assert "Chain of custody of the goods: Segregated. Kept apart from goods of unknown origin." in page.text
    assert "May not be said of this batch" in said["Organic"]
    assert "the claim is lost" in said["Organic"]
