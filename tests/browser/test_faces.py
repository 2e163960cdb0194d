"""The nine states of a public page in all eight languages, as a phone of 320 px shows them, and to axe-core.

A house with a page in every state; beside it one that is a demonstration, and one whose database is gone. Of the batch
that is recalled a box has a number, and stands on a pallet.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from sqlalchemy import select

from tests.browser.test_axe import AXE, COLOURS, RUN, issues
from tests.databases import Databases
from tests.serving import served
from tests.web.staffed import Staffed, staffed
from traceability import paths
from traceability.app import create_app
from traceability.config import Config
from traceability.domain import facts
from traceability.domain.identifiers import new_code
from traceability.domain.labelling import BuildPallet, PrintLabels
from traceability.domain.serials import serial_of
from traceability.models import LabelRun
from traceability.operations import inspection, labels, packing, pallets, registry
from traceability.web.guessing import CODES, Misses
from traceability.words import FROM_RIGHT_TO_LEFT, PUBLIC_LANGUAGES, translate

NARROW: Final = ViewportSize(width=320, height=640)
PHONE: Final = ViewportSize(width=360, height=640)
STYLES: Final = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
MOST: Final = 14 * 1024  # bytes of HTML and CSS, compressed: one congestion window
ANSWERS: Final = {"unknown": 404, "unavailable": 503}  # all others are found
SAYS: Final = {  # what the band says, which stands first
    "valid": "Genuine lot, released for sale",
    "on hold": "This lot is on hold. Do not sell it yet.",
    "recalled": "Recalled. Do not eat or sell.",
    "superseded": "Replaced by a newer batch",
    "certificate expired": "Genuine lot, released for sale",
    "demonstration": "Genuine lot, released for sale",
    "not yet public": "Not released yet. Do not trade on it.",
    "unknown": "We do not know this code",
    "unavailable": "Not available for a moment",
}
BESIDE: Final = (  # pages around them
    "/b/{batch}/why",
    "/b/{batch}/why/farm-01",
    "/b/{batch}/verify",
    "/b/{batch}/21/{serial}",
    "/pallet/{pallet}",
    "/place/{pool}",
    "/organisation/{organisation}",
    "/b/{batch}/report",
    "/find?code=0",
)
LONGEST: Final = ("lo", "vi", "fr", "ar")  # of words, or of lines without a space
FIRST: Final = """() => {
  const first = [...document.querySelector("main").children].find(one => one.innerText.trim())
  return [first.getAttribute("role"), (first.querySelector("strong, h1") || first).innerText.replace(/\\u200b/g, "")]
}"""
OPEN_ALL: Final = "document.querySelectorAll('details').forEach(one => one.open = true)"
WIDTH: Final = "document.documentElement.scrollWidth"


@dataclass(frozen=True)
class Faces:
    """Where each state is seen, and the house that most of them are in."""

    house: Staffed
    addresses: dict[str, str]  # state -> whole address
    apps: dict[str, Flask]  # state -> what serves it
    around: tuple[str, ...]  # pages around the recalled batch, whole addresses

    def weight(self, state: str, language: str) -> int:
        """Bytes of the page and its looks, compressed."""
        client = self.apps[state].test_client()
        html = client.get(f"{urlsplit(self.addresses[state]).path}?l={language}").get_data()
        names = [Path(urlsplit(sheet).path).name for sheet in STYLES.findall(html.decode())]
        assert "style.css" in names
        sheets = [(paths.STATIC / name).read_bytes() for name in names]
        return sum(len(gzip.compress(part, 6)) for part in (html, *sheets))


def codes_of(house: Staffed) -> dict[str, str]:
    """The code of a batch in every state that is a state of goods."""
    season = house.season
    second = house.newcomer("releaser", "manager")

    def released(packed: str) -> str:
        fact: Any = {"batch": season.sealed(packed)}
        return str(season.do(second, packing.release, facts.Release, **fact)["batch"])

    held, recalled = released(season.packed()), released(season.packed())
    season.do(season.malee, inspection.put_on_hold, facts.PutOnHold, lot=held, reason="A smell", action="Wait")
    paper: Any = {"scheme": "organic", "number": "LA-ORG-2024-7", "issuer": "Fair Check", "custody": "segregated"}
    ended: Any = {"valid_from": date(2024, 1, 1), "valid_to": date(2026, 1, 1), "farmers": (season.sida,)}
    season.do(season.malee, registry.register_certificate, facts.RegisterCertificate, **paper, **ended)
    sidas = season.packed(season.lot(season.delivery(50_000, season.sida)), mass_g=50_000, count=1)
    return {
        "valid": house.codes["batch"],
        "on hold": held,
        "recalled": recalled,
        "superseded": season.batch,
        "certificate expired": released(sidas),
        "not yet public": house.codes["waiting"],
        "unknown": new_code(),
    }


def stopped_goods(house: Staffed, batch: str) -> tuple[str, ...]:
    """The pages around a batch, which is recalled once its box has a label and stands on a pallet."""
    season = house.season
    boxes: Any = {"batch": batch, "first": 1, "last": 2}
    run = season.do(season.bakari, labels.print_labels, PrintLabels, **boxes, of=2, layout="tag")["run"]
    pallet = season.do(season.bakari, pallets.build_pallet, BuildPallet, **boxes)["pallet"]
    said: Any = {"reason": "Residue found", "action": "Bring it back", "phone": "+856 20 5550 9999"}
    season.do(season.malee, inspection.recall, facts.RecallGoods, lot=batch, **said)
    with house.database.reading() as session:
        seed = session.scalars(select(LabelRun.seed).where(LabelRun.code == run)).one()
    below = (f"/21/{serial_of(seed, 1)}", "/21/7", "/verify", "/why", "/why/farm-01")
    return (*(f"/b/{batch}{path}" for path in (*below, "?version=9")), f"/pallet/{pallet}", "/b/nonsense")


@pytest.fixture(scope="module")
def faces(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    folder = tmp_path_factory.mktemp("faces")
    with ExitStack() as stack:
        house = stack.enter_context(staffed(databases.fresh_sqlite(folder / "test.sqlite3", "tables"), folder))
        codes = codes_of(house)
        gone = Config(data_dir=folder, database_url=f"sqlite:///{folder}/gone/x.sqlite3", secret_key="only for tests")
        demonstration = create_app(replace(house.app.extensions["config"], demo=True))
        others = {"demonstration": demonstration, "unavailable": create_app(gone)}
        stack.callback(demonstration.extensions["database"].close)
        apps = {**dict.fromkeys(codes, house.app), **others}
        servers = {id(app): stack.enter_context(served(app)) for app in (house.app, *others.values())}
        hosts = {state: f"http://127.0.0.1:{servers[id(app)].effective_port}" for state, app in apps.items()}
        addresses = {state: f"{host}/b/{codes.get(state, codes['valid'])}" for state, host in hosts.items()}
        around = [hosts["recalled"] + path for path in stopped_goods(house, codes["recalled"])]
        yield Faces(house, addresses, apps, tuple(around))


@pytest.fixture(autouse=True)
def _a_reader_of_its_own(faces: Faces) -> None:
    """The tests share a house and a connection: together they may ask for more unknown codes than a minute allows."""
    for app in faces.apps.values():
        app.extensions[CODES] = Misses()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """The narrowest phone; its policy of content is left out so that axe may run."""
    context = chromium.new_context(viewport=NARROW, bypass_csp=True, reduced_motion="reduce")
    yield context
    context.close()


def heard(page: Page) -> tuple[list[str], set[str]]:
    """What the page complains of from now on, and whom it asks."""
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda one: hosts.add(urlsplit(one.url).netloc))
    return complaints, hosts


@pytest.mark.parametrize("state", SAYS)
def test_a_state_in_every_language_on_the_narrowest_phone(faces: Faces, phone: BrowserContext, state: str) -> None:
    page = phone.new_page()
    complaints, hosts = heard(page)
    address = faces.addresses[state]
    for language in PUBLIC_LANGUAGES:
        answer = page.goto(f"{address}?l={language}")
        assert answer is not None
        assert answer.status == ANSWERS.get(state, 200)
        direction = "rtl" if language in FROM_RIGHT_TO_LEFT else "ltr"
        root = page.evaluate("[document.documentElement.lang, getComputedStyle(document.documentElement).direction]")
        assert root == [language, direction]
        role, said = page.evaluate(FIRST)
        assert said == translate(language, SAYS[state])
        assert role == "status"
        page.evaluate(OPEN_ALL)
        assert page.evaluate(WIDTH) <= NARROW["width"], f"{state} in {language} scrolls sideways"
        assert faces.weight(state, language) <= MOST, f"{state} in {language} is too heavy"
    assert hosts == {urlsplit(address).netloc}
    assert not phone.cookies()
    assert not [said for said in complaints if f"status of {ANSWERS.get(state)}" not in said]


@pytest.mark.parametrize("state", SAYS)
def test_a_state_has_no_serious_issue_in_arabic_and_one_more_language(
    faces: Faces, phone: BrowserContext, state: str
) -> None:
    others = [language for language in PUBLIC_LANGUAGES if language != "ar"]
    wrong: list[str] = []
    page = phone.new_page()
    for language in ("ar", others[list(SAYS).index(state) % len(others)]):
        page.emulate_media(color_scheme="light")
        page.goto(f"{faces.addresses[state]}?l={language}")
        page.evaluate(AXE)
        wrong += [f"{language}: {issue}" for issue in issues(page, RUN)]
        page.emulate_media(color_scheme="dark")  # only colours differ
        wrong += [f"{language}, dark: {issue}" for issue in issues(page, COLOURS)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["en", "lo", "ar"])
def test_how_the_goods_stand_is_seen_and_read_before_the_languages(
    faces: Faces, phone: BrowserContext, language: str
) -> None:
    page = phone.new_page()
    page.set_viewport_size(PHONE)
    for address in (*faces.addresses.values(), *faces.around):
        page.goto(f"{address}{'&' if '?' in address else '?'}l={language}")
        role, said = page.evaluate(FIRST)
        assert role == "status", f"{address} says {said!r} first"
        order = page.locator("[role=status], .languages, h1:not([role=status] *)").all()  # as it is read
        tops = [one.evaluate("one => one.getBoundingClientRect().top") for one in order]
        assert tops == sorted(tops), address
        kinds = ["status" if one.get_attribute("role") else one.evaluate("one => one.className") for one in order]
        assert kinds.index("languages") == kinds.count("status"), address
        assert tops[0] < 80, f"{address}: something stands above the band"


@pytest.mark.parametrize("path", BESIDE)
def test_nothing_beside_them_scrolls_sideways(faces: Faces, phone: BrowserContext, path: str) -> None:
    page = phone.new_page()
    address = faces.addresses["valid"].partition("/b/")[0] + path.format_map(faces.house.codes)
    for language in LONGEST:
        page.goto(f"{address}{'&' if '?' in address else '?'}l={language}")
        assert page.locator("main h1").count() == 1
        page.evaluate(OPEN_ALL)
        assert page.evaluate(WIDTH) <= NARROW["width"], f"{address} in {language} scrolls sideways"


# --- from right to left -------------------------------------------------------------------------------------------

PLACE_OF: Final = """([selector, wanted]) => {
  for (const root of document.querySelectorAll(selector)) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const at = walker.currentNode.data.search(wanted)
      if (at < 0) continue
      const range = document.createRange()
      return [0, 1].map(step => {
        range.setStart(walker.currentNode, at + step)
        range.setEnd(walker.currentNode, at + step + 1)
        return range.getBoundingClientRect().x
      })
    }
  }
}"""


def left_of(selector: str, wanted: str) -> Callable[[Page], list[float]]:
    """Where two neighbouring signs of a text stand, from the left."""
    return lambda page: list(page.evaluate(PLACE_OF, [selector, wanted]))


def test_arabic_turns_the_words_and_no_number_code_or_name(faces: Faces, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"{faces.addresses['valid']}?l=ar")
    page.evaluate(OPEN_ALL)
    for selector, wanted in (
        (".big.code", "[0-9A-Z]{2}"),
        (".sums .number", "\u2212[0-9]"),  # a loss: the minus stands before its number
        (".shares .number", "[0-9]\\."),
        (".whole", "L?A-"),
    ):
        first, second = left_of(selector, wanted)(page)
        assert first < second, f"{selector} is turned"
    (mass, unit) = left_of(".head .big", "\u00a0كغ")(page)
    assert unit < mass, "the unit follows its number, to the left"
    assert "←" in page.inner_text(".journey")
    assert "→" not in page.inner_text("main")
    bars, words = (page.locator(f".lineage {part}").first.bounding_box() for part in ("rect", "text"))
    assert bars is not None
    assert words is not None
    assert words["x"] + words["width"] <= bars["x"], "the picture runs from the right"


def test_arrows_point_on_in_arabic(faces: Faces, phone: BrowserContext) -> None:
    page = phone.new_page()
    for language, way in (("ar", -1), ("fr", 1)):
        page.goto(f"{faces.addresses['valid']}/why?l={language}")
        turned = page.evaluate("new DOMMatrix(getComputedStyle(document.querySelector('.up .icon')).transform).a")
        assert turned == way
