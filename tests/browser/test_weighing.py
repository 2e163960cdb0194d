"""The scale on a cheap phone: the taps of a weigh-in, screens that fit, and a killed tab that loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.hands import HOME, PASSWORD, WHEN, cooperative, told
from traceability.domain.facts import RegisterFarmer, RegisterPlot
from traceability.domain.settings import SetPrice
from traceability.operations.account import sign_in
from traceability.operations.registry import register_farmer, register_plot
from traceability.operations.settings import set_price
from traceability.queries import farmers

MOST_TAPS = 6
LANGUAGES = ("en", "lo", "vi", "zh")


@pytest.fixture
def phone(site: Site) -> Iterator[BrowserContext]:
    """Bakari's phone, with scripts and a finger, signed in."""
    cooperative(site.database, demo=True)  # its band takes a line of every screen
    context = site.chromium.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, base_url=site.address, locale="en-GB"
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#login", "bakari")
    page.fill("#password", PASSWORD)
    page.click("button.button--main")
    yield context
    context.close()


def amina(site: Site) -> str:
    """Amina's card code; from now on she has one plot."""
    actor = sign_in(site.database, "bakari", PASSWORD).actor
    with site.database.reading() as session:
        code = farmers.farmers(session, actor, "amina")[0][0].code
    fact = RegisterPlot(
        client_id="plot-upper",
        occurred_at=WHEN,
        farmer=code,
        name="Upper field",
        commodity="arabica_coffee",
        area_m2=12_000,
        where=HOME,
    )
    site.database.write(partial(register_plot, actor=actor, fact=fact))
    return code


def neighbours(site: Site) -> None:
    """Four more growers, so that the list of the first screen is full."""
    actor = sign_in(site.database, "bakari", PASSWORD).actor
    for number, name in enumerate(("Bounmy", "Khamla", "Thongxay", "Souksavanh"), start=1):
        fact = RegisterFarmer(client_id=f"neighbour-{number}", occurred_at=WHEN, name=name, where=HOME)
        site.database.write(partial(register_farmer, actor=actor, fact=fact))


class Finger:
    """Taps and counts; a digit on the keyboard is a tap as well."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(selector).first.tap()
        self.taps += 1

    def keys(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.taps += len(text)


def fits(page: Page) -> bool:
    height, width = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    return bool(height <= PHONE["height"] and width <= PHONE["width"])


def test_a_known_farmer_with_one_bag_takes_six_taps_from_the_card(site: Site, phone: BrowserContext) -> None:
    """Four of them are the digits of the weight; the keyboard is open because the first bag has the focus."""
    page = phone.new_page()
    page.goto(f"/f/{amina(site)}")
    finger = Finger(page)
    finger.keys("48,6")
    finger.tap("button[value=check]")
    assert "48.6 kg" in told(page)
    assert fits(page)
    finger.tap("button[value=save]")
    assert "NL-" in page.inner_text("h1")
    assert finger.taps <= MOST_TAPS


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_and_how_much_fit_the_screen_without_scrolling(site: Site, phone: BrowserContext, language: str) -> None:
    page = phone.new_page()
    card = amina(site)
    neighbours(site)
    page.goto(f"/weigh-in?l={language}")
    assert page.locator(".picks a").count() == 5
    assert fits(page)
    page.goto(f"/weigh-in?farmer={card}")
    assert fits(page)
    page.fill("#bags_g-0", "48,6")
    page.fill("#bags_g-1", "51,2")
    assert fits(page)


def test_totals_follow_every_digit_and_bags_are_added_in_place(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"/weigh-in?farmer={amina(site)}&tare=0,2&price=14000")
    page.fill("#bags_g-0", "48,6")
    page.fill("#bags_g-1", "໕໑,໒")
    net = page.locator("[data-sum=net]")
    expect(net).to_have_text("99.4\u00a0kg")
    expect(page.locator("[data-amount]")).to_have_text("1\u00a0391\u00a0600 LAK")
    page.locator("button[value=more]").tap()
    assert page.evaluate("document.activeElement.name") == "bags_g-2"
    page.keyboard.type("1.250")
    expect(net).to_have_text("…")  # nobody knows yet which of the two it is
    page.fill("#bags_g-2", "0,3")
    expect(net).to_have_text("99.5\u00a0kg")
    Finger(page).tap("button[value=check]")
    assert "99.5 kg" in told(page)


def test_the_price_of_the_list_follows_the_grade_until_another_is_typed(site: Site, phone: BrowserContext) -> None:
    actor = sign_in(site.database, "mali", PASSWORD).actor
    goods: Any = {"commodity": "arabica_coffee", "form": "fresh_cherry", "from_on": WHEN.date()}
    for grade, price in (("", 15_000), ("B", 11_000)):
        fact = SetPrice(client_id=f"listed-{grade}", occurred_at=WHEN, **goods, grade=grade, price_per_kg=price)
        site.database.write(partial(set_price, actor=actor, fact=fact))
    page = phone.new_page()
    page.goto(f"/weigh-in?farmer={amina(site)}&tare=0,2&goods=arabica_coffee.fresh_cherry")
    page.fill("#bags_g-0", "41,2")
    amount = page.locator("[data-amount]")
    expect(amount).to_have_text("615\u00a0000 LAK")
    page.get_by_role("radio", name="B").check()
    expect(amount).to_have_text("451\u00a0000 LAK")
    page.locator("details summary").last.click()
    page.fill("#price_per_kg", "12000")
    page.get_by_role("radio", name="A").check()
    expect(amount).to_have_text("492\u00a0000 LAK")
    Finger(page).tap("button[value=check]")
    assert "12 000 LAK/kg = 492 000 LAK" in told(page)


def test_a_killed_tab_loses_no_bag_and_the_draft_ends_with_the_receipt(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"/weigh-in?farmer={amina(site)}")
    for place, bag in enumerate(("48,6", "51,2")):
        page.fill(f"#bags_g-{place}", bag)
    page.locator("button[value=more]").tap()
    page.keyboard.type("49")
    page.close()
    page = phone.new_page()
    page.goto("/weigh-in")
    offer = page.locator("[data-drafts] .card")
    expect(offer).to_contain_text("Unfinished: Amina Phommachan, 48,6 + 51,2 + 49")
    page.locator("[data-drafts] summary").tap()
    Finger(page).tap("[data-drafts] .card a")
    for place, bag in enumerate(("48,6", "51,2", "49")):
        expect(page.locator(f"#bags_g-{place}")).to_have_value(bag)
    finger = Finger(page)
    finger.tap("button[value=check]")
    finger.tap("button[value=save]")
    assert "NL-" in page.inner_text("h1")
    page.goto("/weigh-in")
    expect(offer).to_have_count(0)


def test_a_draft_is_discarded_with_one_tap(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    card = amina(site)
    page.goto(f"/weigh-in?farmer={card}")
    page.fill("#bags_g-0", "48,6")
    page.goto("/weigh-in")
    page.goto(f"/weigh-in?farmer={card}")
    expect(page.locator("[data-drafts] .card")).to_contain_text("48,6")
    page.locator("[data-drafts] summary").tap()
    page.locator("[data-drafts] button").tap()
    expect(page.locator("[data-drafts]")).to_be_hidden()
    page.goto("/weigh-in")
    expect(page.locator("[data-drafts] .card")).to_have_count(0)


def test_weigh_ins_left_half_typed_take_one_line_above_the_next(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    card = amina(site)
    for weight in range(41, 47):
        page.goto(f"/weigh-in?farmer={card}")
        page.fill("#bags_g-0", f"{weight},5")
    page.goto(f"/weigh-in?farmer={card}")
    line = page.locator("[data-drafts]")
    expect(line.locator("summary")).to_have_text("Unfinished: 6")
    box = line.bounding_box()
    assert box is not None
    assert box["height"] <= 50
    page.fill("#bags_g-0", "1.250")
    Finger(page).tap("button[value=check]")
    expect(line.locator("summary")).to_have_text("Unfinished: 6")
    for selector in ("#bags_g-0", "#bags_g-0-problem", "button[value='bags_g-0=1250']"):
        expect(page.locator(selector)).to_be_in_viewport()


def test_a_killed_tab_loses_no_line_of_a_paper_page_and_the_draft_ends_with_its_weigh_ins(
    site: Site, phone: BrowserContext
) -> None:
    page = phone.new_page()
    amina(site)
    page.goto("/weigh-in/paper")
    page.fill("#page", "12")
    page.fill("#lines-0-farmer", "0001")
    page.fill("#lines-0-bags_g", "48,6 + 51,2")
    page.locator("button[value=more]").first.tap()
    page.wait_for_selector("#lines-10-farmer")
    page.fill("#lines-10-farmer", "1")
    page.fill("#lines-10-bags_g", "30")
    page.close()
    page = phone.new_page()
    page.goto("/weigh-in/paper")
    offer = page.locator("[data-paper-drafts] .card")
    expect(offer).to_contain_text("Unfinished: page 12, lines: 2,")
    page.locator("[data-paper-drafts] summary").tap()
    Finger(page).tap("[data-paper-drafts] .card a")
    expect(page.locator("#lines-0-bags_g")).to_have_value("48,6 + 51,2")
    expect(page.locator("#lines-10-bags_g")).to_have_value("30")
    expect(page.locator("[data-sum]")).to_have_text("129.8\u00a0kg")
    page.fill("#total_g", "129,8")
    finger = Finger(page)
    finger.tap("button[value=check]")
    finger.tap("button[value=save]")
    assert "129.8 kg" in told(page)
    page.goto("/weigh-in/paper")
    expect(offer).to_have_count(0)
