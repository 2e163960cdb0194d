"""The public page in a real browser without scripts: three requests, one sheet of paper, no side scroll, a sane order.

Seven farms of the cooperative -> two lots -> packed -> B, with a certificate and a result of the laboratory.
"""

from __future__ import annotations

import io
from datetime import date
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, Response
from pypdf import PdfReader

from tests.browser.conftest import Site
from tests.cast import BOLAVEN, World
from traceability.domain import facts
from traceability.domain.facts import Measured
from traceability.operations import inspection, packing, registry
from traceability.words import LANGUAGES, PUBLIC_LANGUAGES

ORDER = [
    "status",
    "Green coffee",
    "The bag in your hand should show:",
    "About this batch",
    "Where it grew",
    "Journey",
    "Who grew it",
    "Certificates and claims",
    "Quality",
    "For inspectors",
]


@pytest.fixture
def world(site: Site) -> World:
    return World(site.database)


@pytest.fixture
def code(world: World) -> str:
    said = {"scheme": "organic", "number": "LA-ORG-7", "issuer": "Fair Check", "custody": "segregated"}
    paper = world.fact(facts.RegisterCertificate, **said, valid_from=date(2025, 1, 1))
    world.say(world.cooperative, registry.register_certificate, paper)
    farmers = [
        str(
            world.do(world.bakari, registry.register_farmer, facts.RegisterFarmer, name=f"N {at}", where=BOLAVEN)[
                "farmer"
            ]
        )
        for at in range(7)
    ]
    lots = [
        world.lot(*(world.delivery(20_000 + at, farmer) for at, farmer in enumerate(some)))
        for some in (farmers[:4], farmers[4:])
    ]
    packed = world.packed(*lots, mass_g=140_009, count=7)
    result = (Measured(property="moisture", value="11.3", unit="%", passed=True),)
    world.do(world.ines, inspection.inspect, facts.Inspect, lot=packed, measured=result)
    return world.released(world.sealed(packed))


def opened(page: Page, address: str) -> list[Response]:
    """A page and everything that it fetched."""
    fetched: list[Response] = []
    page.on("response", lambda one: fetched.append(one))
    page.goto(address, wait_until="networkidle")
    return fetched


def test_the_page_is_three_requests_of_one_house_without_script_or_cookie(site: Site, code: str) -> None:
    page = site.visitor()
    fetched = opened(page, f"/b/{code}")
    assert len(fetched) <= 3, [one.url for one in fetched]
    assert {urlsplit(one.url).netloc for one in fetched} == {urlsplit(site.address).netloc}
    assert not page.context.cookies()
    assert page.locator("script, iframe, img, object, embed").count() == 0
    first = page.inner_text("[role=status]") + page.inner_text("header.head")
    for said in ("Genuine lot, released for sale", "Green coffee", "140.009"):
        assert said in first


def on_paper(page: Page, paper: str = "A4") -> str:
    """What stands on the one sheet, without spaces: in Arabic a code comes out in pieces."""
    sheets = PdfReader(io.BytesIO(page.pdf(format=paper, prefer_css_page_size=True))).pages
    assert len(sheets) == 1, f"{page.url} on {paper}"
    return sheets[0].extract_text().replace(" ", "").replace("\n", "")


def test_a_batch_is_one_sheet_of_paper(site: Site, code: str) -> None:
    for language in (*LANGUAGES, "ar"):
        page = site.visitor()
        page.goto(f"/b/{code}?l={language}")
        assert "LA-ORG-7" in on_paper(page)
        page.context.close()


def test_goods_that_are_stopped_twice_and_replaced_are_one_sheet_too(site: Site, world: World, code: str) -> None:
    """Whatever is folded: how they stand, whom to call and what the bag should show is on it, and how much is not."""
    for at in range(2):
        why = f"{at + 1}: " + "A residue above the limit was found in two samples by the laboratory of Vientiane. " * 3
        stop = world.fact(facts.RecallGoods, lot=code, reason=why, action="Bring it back " * 12, phone="020 5550 9999")
        world.say(world.ines, inspection.recall, stop)
    newer = world.released(world.sealed(world.packed(world.lot(world.delivery(20_000)), mass_g=20_000, count=1)))
    world.do(world.malee, packing.supersede, facts.Supersede, old=code, new=newer, reason="packed again")
    for language in ("en", "th", "ja", "ar"):
        for paper in ("A4", "Letter"):
            page = site.visitor()
            page.goto(f"/b/{code}?l={language}")
            lot = page.locator("dl.facts dd").first.inner_text().strip()
            said = on_paper(page, paper)
            assert "2:Aresidue" in said, language
            assert "9999" in said
            assert lot in said
            assert "LA-ORG-7" in said
            page.context.close()
    page = site.visitor()
    page.goto(f"/b/{code}")
    assert "And2others.Thewholelistisbehindthecode." in on_paper(page)
    assert page.get_by_text("And 2 others. The whole list is behind the code.").is_hidden(), "a screen has room"


def test_six_long_recalls_are_one_sheet_and_each_of_their_reasons_can_be_read(
    site: Site, world: World, code: str
) -> None:
    """The first in full, the others by their day: what to do about each is behind a link, on a page with room."""
    why = ("ພົບສານຕົກຄ້າງເກີນມາດຕະຖານໃນສອງຕົວຢ່າງທີ່ຫ້ອງທົດລອງກວດ ", "ສິນຄ້າປົນກັບໝາກໄມ້ຈາກສວນທີ່ບໍ່ໄດ້ຂຶ້ນທະບຽນ ")
    for at in range(6):
        said = {"reason": why[at % 2] * 5, "action": f"{at % 2 + 1}: ຢຸດຂາຍທັນທີ ແລະ ແຍກໄວ້ໃນສາງ " * 6}
        world.say(world.ines, inspection.recall, world.fact(facts.RecallGoods, lot=code, phone="020 5550 9999", **said))
    for language in ("lo", "en", "ar"):
        for paper in ("A4", "Letter"):
            page = site.visitor()
            page.goto(f"/b/{code}?l={language}")
            assert "9999" in on_paper(page, paper)
            page.context.close()
    page = site.visitor()
    page.goto(f"/b/{code}")
    assert page.locator("[role=status] [lang=lo]").count() == 2, "one reason, and what to do about it"
    page.get_by_text("Read all of it, and why").click()
    assert page.locator("[role=status] [lang=lo]").count() == 4
    assert page.get_by_text("Since ").count() == 6


def test_recalls_that_are_over_stay_to_be_read_and_leave_the_page_on_one_sheet(
    site: Site, world: World, code: str
) -> None:
    for at in range(6):
        why = f"{at}: ພົບສານຕົກຄ້າງເກີນມາດຕະຖານ " * 10
        stop = world.fact(facts.RecallGoods, lot=code, reason=why, action="ຢຸດຂາຍ", phone="020 5550 9999")
        recall = world.say(world.ines, inspection.recall, stop)["recall"]
        over = world.fact(facts.LiftRecall, recall=recall, outcome="ກວດຄືນແລ້ວບໍ່ພົບ " * 15)
        world.say(world.malee, inspection.lift_recall, over)
    for language in ("lo", "th", "en"):
        page = site.visitor()
        page.goto(f"/b/{code}?l={language}")
        on_paper(page)
        page.context.close()
    page = site.visitor()
    page.goto(f"/b/{code}")
    lifted = page.locator("h3", has_text="Recalled before").locator("+ ul > li")
    assert (lifted.count(), lifted.locator("bdi").count()) == (4, 0), "the latest by their days"
    page.get_by_text("Read all of it, and why").click()
    told = page.locator("main").inner_text().replace("\u200b", "")
    places = [told.index(f"{at}: ພົບສານຕົກຄ້າງ") for at in range(6)]
    assert places == sorted(places, reverse=True), "the latest first"


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_scrolls_sideways_on_the_narrowest_phone(site: Site, code: str, width: int) -> None:
    page = site.visitor()
    page.set_viewport_size({"width": width, "height": 640})
    for address in (f"/b/{code}", f"/b/{code}/why", f"/b/{code}/why/farm-01"):
        for language in LANGUAGES:
            page.goto(f"{address}?l={language}")
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{address} in {language} is {wide} wide"


def test_what_can_be_tapped_is_24_pixels_high(site: Site, code: str) -> None:
    """WCAG 2.2, 2.5.8: all but links inside of a sentence, and those of the picture, which the table repeats."""
    page = site.visitor()
    for address in (f"/b/{code}", f"/b/{code}/why", f"/b/{code}/why/farm-01", f"/b/{code}/verify"):
        for language in ("en", "lo"):
            page.goto(f"{address}?l={language}")
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            for one in page.locator("a:not(.skip, svg *), button, summary, input").all():
                box = one.bounding_box()
                assert box is None or box["height"] >= 24, f"{address} in {language}: {one.inner_text()}"


def test_the_keyboard_and_the_headings_follow_the_order_of_the_page(site: Site, code: str) -> None:
    page = site.visitor()
    page.goto(f"/b/{code}")
    found = page.locator("[role=status], main h1, main h2").all()
    said = ["status" if one.get_attribute("role") else one.inner_text() for one in found]
    assert said == ORDER
    levels = [int(one.evaluate("one => one.tagName[1]")) for one in page.locator("h1, h2, h3").all()]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels)), levels
    heights = []
    for _ in range(40):
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.getBoundingClientRect().top + scrollY")
        if page.evaluate("document.activeElement === document.body"):
            break
        heights.append(at)
    assert len(heights) > 10
    drawn = [height for height in heights[1:] if height]
    assert all(below > above - 60 for above, below in pairwise(drawn)), drawn


def test_text_at_twice_its_size_loses_nothing(site: Site, code: str) -> None:
    page = site.visitor()
    page.set_viewport_size({"width": 640, "height": 640})
    page.goto(f"/b/{code}?l=lo")
    page.evaluate("document.documentElement.style.zoom = 2")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth * 2 + 1")
    assert page.locator("text=140,009").first.is_visible()


def test_photos_come_from_this_house_and_move_nothing(site: Site) -> None:
    """In every language: its own direction, no side scroll, no cookie, no script, and a light first view."""
    world = World(site.database)
    code = world.released(world.sealed(world.packed(world.lot(world.delivery(60_000)), mass_g=60_000, count=1)))
    picture = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(picture, "JPEG")
    for title in ("Bags", "Beds", "Trees", "Truck"):
        said = {"lot": code, "title": title, "content": picture.getvalue(), "public": True}
        world.do(world.bakari, inspection.attach, facts.Attach, **said)
    for language in PUBLIC_LANGUAGES:
        page = site.visitor()
        page.set_viewport_size({"width": 320, "height": 640})
        fetched = opened(page, f"/b/{code}?l={language}")
        assert {urlsplit(one.url).netloc for one in fetched} == {urlsplit(site.address).netloc}
        assert sum(one.request.sizes()["responseBodySize"] for one in fetched) <= 50_000
        assert not page.context.cookies()
        assert page.locator("script").count() == 0
        root = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
        assert root == [language, "rtl" if language == "ar" else ""]
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        seen = page.locator("header.head .photo img").bounding_box()
        assert seen is not None
        assert abs(seen["width"] * 3 / 4 - seen["height"]) < 2
        page.context.close()
