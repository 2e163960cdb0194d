"""Keys of our own at the scale: large, in the mark of the language, and all that a weigh-in needs on one screen."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.hands import HOME, PASSWORD, WHEN
from tests.browser.test_weighing import LANGUAGES, amina, fits, phone
from traceability.domain.facts import RegisterPlot
from traceability.operations.account import sign_in
from traceability.operations.registry import register_plot

__all__ = ["phone"]  # the clerk's phone, as a fixture

LEAST_KEY = 56


def tap_keys(page: Page, typed: str) -> None:
    for key in typed:
        page.locator(f".keys button[value='{key}']").tap()


def another_plot(site: Site, farmer: str) -> None:
    """Now it has to be chosen: one line more on the screen."""
    fact = RegisterPlot(
        client_id="plot-lower",
        occurred_at=WHEN,
        farmer=farmer,
        name="Lower field",
        commodity="arabica_coffee",
        area_m2=4_000,
        where=HOME,
    )
    site.database.write(partial(register_plot, actor=sign_in(site.database, "bakari", PASSWORD).actor, fact=fact))


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_plot_quality_grade_and_totals_stand_on_one_screen(
    site: Site, phone: BrowserContext, language: str
) -> None:
    page = phone.new_page()
    card = amina(site)
    another_plot(site, card)
    page.goto(f"/weigh-in?farmer={card}&l={language}")
    page.wait_for_selector(".keys:not([hidden])")
    sizes = page.eval_on_selector_all(".keys button", "all => all.map((key) => [key.offsetWidth, key.offsetHeight])")
    assert len(sizes) == 12
    assert min(min(size) for size in sizes) >= LEAST_KEY
    mark = "," if language in ("lo", "vi") else "."
    tap_keys(page, f"48{mark}6")
    page.locator("#bags_g-1").tap()
    tap_keys(page, f"51{mark}2")
    assert "99" in page.inner_text("[data-sum=net]")
    for selector in ("#plot", "#tare_each_g", "#quality", "#grade", "button[value=check]", "[data-keyboard]"):
        expect(page.locator(selector)).to_be_in_viewport()
    assert fits(page)
    page.locator("button[value=more]").tap()  # a third bag pushes the first aside, not the page down
    tap_keys(page, "50")
    assert page.input_value("#bags_g-2") == "50"
    expect(page.locator("#bags_g-2")).to_be_in_viewport()
    assert fits(page)


def test_a_key_types_at_the_cursor_and_takes_the_digit_before_it_away(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"/weigh-in?farmer={amina(site)}")
    tap_keys(page, "486")
    assert page.input_value("#bags_g-0") == "486"
    page.locator(".keys button[value='']").tap()
    tap_keys(page, ".5")
    assert page.input_value("#bags_g-0") == "48.5"
    page.eval_on_selector("#bags_g-0", "input => input.setSelectionRange(0, 1)")
    tap_keys(page, "3")
    assert page.input_value("#bags_g-0") == "38.5"
    assert page.evaluate("document.activeElement.id") == "bags_g-0"
    assert page.evaluate("document.activeElement.inputMode") == "none"  # no second keyboard over the sums


def test_the_keyboard_of_the_phone_is_one_tap_away_and_stays(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    card = amina(site)
    page.goto(f"/weigh-in?farmer={card}")
    page.locator("[data-keyboard]").tap()
    expect(page.locator(".keys")).to_be_hidden()
    page.goto(f"/weigh-in?farmer={card}")
    expect(page.locator(".keys")).to_be_hidden()
    assert page.evaluate("document.querySelector('#bags_g-0').inputMode") == "decimal"
    page.locator("[data-keyboard]").tap()
    tap_keys(page, "7")
    assert page.input_value("#bags_g-0") == "7"


def test_totals_are_in_the_unit_of_the_session(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    card = amina(site)
    page.goto(f"/weigh-in?farmer={card}&weight_unit=ta&tare=0,002")
    page.fill("#bags_g-0", "0,486")
    expect(page.locator("[data-sum=gross]")).to_have_text("0.486\u00a0tạ")
    expect(page.locator("[data-sum=net]")).to_have_text("0.484\u00a0tạ")
    page.goto("/weigh-in")
    page.locator("[data-drafts] summary").tap()
    page.locator("[data-drafts] .card a").tap()  # the draft is gone on with in its own unit
    expect(page.locator("#bags_g-0")).to_have_value("0,486")
    expect(page.locator("[data-sum=net]")).to_have_text("0.484\u00a0tạ")
